"""Pages of a handout on paper."""

import io

import pypdf
import pytest

from initopt_core.figures.export import paper
from initopt_core.figures.fonts import converter


def page(width: int, height: int) -> bytes:
    return converter().svg_to_pdf(
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}">'
        f'<rect width="{width}" height="{height}" fill="#4477AA"/></svg>'
    )


PAGES = [page(1024, 768), page(300, 900), page(2000, 200)]


def test_sheets_are_a4_with_numbers_and_a_note_on_the_first():
    made = paper.on_paper(PAGES, "Title", "What is meant.")
    reader = pypdf.PdfReader(io.BytesIO(made), strict=True)
    assert reader.metadata.title == "Title"
    for n, one in enumerate(reader.pages, 1):
        assert (one.mediabox.width, one.mediabox.height) == pytest.approx((842, 595), abs=1)
        words = " ".join(one.extract_text().split())
        assert f"Title · {n} / 3" in words and ("What is meant." in words) == (n == 1)


def test_a_second_run_gives_the_same_bytes():
    assert paper.on_paper(PAGES, "Title") == paper.on_paper(PAGES, "Title")


@pytest.mark.parametrize("size", [(1024, 768), (300, 900), (2000, 200)])
def test_a_page_keeps_its_shape_within_the_margins(size, monkeypatch):
    put = []
    monkeypatch.setattr(
        pypdf.PageObject, "merge_transformed_page", lambda self, page, how: put.append((page, how))
    )
    paper.on_paper([page(*size)], "Title")
    ((one, how),) = put
    left, low = how.apply_on((0.0, 0.0))
    right, top = how.apply_on((float(one.mediabox.width), float(one.mediabox.height)))
    cm = 72 / 2.54
    assert left >= cm and right <= 842 - cm and low >= cm + 20 and top <= 595 - cm
    assert (right - left) / (top - low) == pytest.approx(size[0] / size[1], rel=0.02)
    assert right - left == pytest.approx(782, abs=1) or top - low == pytest.approx(509, abs=1)
