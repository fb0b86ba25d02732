"""A PDF's parts in a fixed order: the same page in other numbers gives the same bytes."""

from __future__ import annotations

import io
import re

import pypdf

from initopt_core.figures.export import pdf

PAGE = b"0 0 m 9 9 l S"


def written(number: dict[str, int]) -> bytes:
    """A page with two fonts, as the converter writes it; each object has the number given."""
    n = {name: b"%d 0 R" % value for name, value in number.items()}
    dictionaries = {
        "catalog": b"<<\n  /Type /Catalog\n  /Pages " + n["pages"] + b"\n>>",
        "pages": b"<<\n  /Type /Pages\n  /Count 1\n  /Kids [" + n["page"] + b"]\n>>",
        "page": b"<<\n  /Type /Page\n  /MediaBox [0 0 9 9]\n  /Parent " + n["pages"]
        + b"\n  /Contents " + n["content"] + b"\n  /Resources <<\n    /Font <<\n"
        + b"".join(sorted((b"      /%s %s\n" % (f.encode(), n[f]) for f in ("fa", "fb")),
                          key=lambda line: number["fa"] * line[7])) + b"    >>\n  >>\n>>",
        "content": b"<<\n  /Length %d\n>>\nstream\n%s\nendstream" % (len(PAGE), PAGE),
        "fa": b"<<\n  /Type /Font\n  /Subtype /Type1\n  /BaseFont /Times-Roman\n>>",
        "fb": b"<<\n  /Type /Font\n  /Subtype /Type1\n  /BaseFont /Courier\n>>",
    }  # fmt: skip
    out, places = b"%PDF-1.7\n%\x80\x80\x80\x80\n\n", {}
    for name in sorted(number, key=lambda name: number[name]):
        places[number[name]] = len(out)
        out += b"%d 0 obj\n%s\nendobj\n\n" % (number[name], dictionaries[name])
    table = len(out)
    size = len(number) + 1
    lines = b"".join(b"%010d 00000 n\r\n" % places[i] for i in range(1, size))
    out += b"xref\n0 %d\n0000000000 65535 f\r\n%s" % (size, lines)
    return out + b"trailer\n<<\n  /Size %d\n  /Root %s\n>>\nstartxref\n%d\n%%%%EOF" % (
        size, n["catalog"], table)  # fmt: skip


NAMES = ("catalog", "pages", "page", "content", "fa", "fb")
ONE = dict(zip(NAMES, (1, 2, 3, 4, 5, 6), strict=True))
OTHER = dict(zip(NAMES, (4, 6, 1, 2, 5, 3), strict=True))


def test_other_numbers_give_the_same_bytes():
    assert written(ONE) != written(OTHER)
    assert pdf.in_order(written(ONE)) == pdf.in_order(written(OTHER))


def test_what_comes_out_is_the_page_that_went_in():
    reader = pypdf.PdfReader(io.BytesIO(pdf.in_order(written(OTHER))), strict=True)
    (page,) = reader.pages
    assert page.get_contents().get_data().strip() == PAGE
    fonts = {k: v.get_object()["/BaseFont"] for k, v in page["/Resources"]["/Font"].items()}
    assert fonts == {"/fa": "/Times-Roman", "/fb": "/Courier"}


def test_one_with_another_table_stays_as_it_is():
    other = re.sub(rb"xref\n0 7", b"99 0 obj", written(ONE), count=1)
    assert pdf.in_order(other) == other


def test_a_document_has_its_title():
    named = pdf.in_order(written(OTHER), "σ = 0.1: (a) depth")
    assert named == pdf.in_order(written(ONE), "σ = 0.1: (a) depth")
    reader = pypdf.PdfReader(io.BytesIO(named), strict=True)
    assert reader.metadata.title == "σ = 0.1: (a) depth" and len(reader.pages) == 1
    assert pypdf.PdfReader(io.BytesIO(pdf.in_order(written(ONE))), strict=True).metadata is None
