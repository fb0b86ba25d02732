"""Pages of a handout on paper: each scaled to its sheet, with a foot that numbers it."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from initopt_core.figures import theme
from initopt_core.figures.fonts import converter

if TYPE_CHECKING:
    from pypdf import PageObject

SHEET = 842.0, 595.0
"""A4, landscape, in points."""
MARGIN, FOOT = 30.0, 26.0
"""Free on all sides, over 1 cm, and what the foot takes above it; in points."""
LETTERS = 8.5
"""Of the foot, in points."""


def on_paper(pages: Sequence[bytes], title: str, note: str = "") -> bytes:
    """One PDF of these one-page PDFs, each as large as its sheet allows.

    Args:
        title: of the document, in each foot before the number of the page.
        note: a sentence above the first page's foot; empty for none.
    """
    from pypdf import PdfReader, PdfWriter

    writer = PdfWriter()
    for n, page in enumerate(pages, 1):
        lines = [note if n == 1 else "", f"{title} · {n} / {len(pages)}"]
        sheet = writer.add_page(PdfReader(io.BytesIO(_foot(lines))).pages[0])
        _put(sheet, PdfReader(io.BytesIO(page)).pages[0])
        sheet.compress_content_streams()  # merging has unpacked them
    writer.compress_identical_objects()  # the pages' fonts are often the same
    writer.metadata = {"/Title": title, "/Producer": "Initopt"}
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _put(sheet: PageObject, page: PageObject) -> None:
    """The page in the middle of what margins and foot leave free."""
    from pypdf import Transformation

    low = MARGIN + FOOT
    wide, high = SHEET[0] - 2 * MARGIN, SHEET[1] - MARGIN - low
    box = page.mediabox
    scale = min(wide / float(box.width), high / float(box.height))
    left = MARGIN + (wide - scale * float(box.width)) / 2
    down = low + (high - scale * float(box.height)) / 2
    moved = Transformation().translate(-float(box.left), -float(box.bottom)).scale(scale)
    sheet.merge_transformed_page(page, moved.translate(left, down))


def _foot(lines: Sequence[str]) -> bytes:
    """A sheet with these two lines at its foot, the lower one to the right, in the figures' own
    font."""
    wide, high = SHEET
    look = f'font-family="{theme.FONT}" font-size="{LETTERS:g}"'
    ends = (MARGIN, "start", high - MARGIN - 1.5 * LETTERS), (wide - MARGIN, "end", high - MARGIN)
    texts = "".join(
        f'<text x="{x:g}" y="{y:g}" text-anchor="{anchor}" {look}>{escape(line)}</text>'
        for line, (x, anchor, y) in zip(lines, ends, strict=True)
        if line
    )
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{wide:g}" height="{high:g}" '
        f'viewBox="0 0 {wide:g} {high:g}">{texts}</svg>'
    )
    return converter().svg_to_pdf(svg)
