"""The sheet: a figure with what stands around it."""

import io
import xml.etree.ElementTree as ET

import pypdf
import pytest
from PIL import Image

from initopt_core.figures import export, loss_surfaces
from initopt_core.figures.export.sheet import _in_rows, wrapped
from initopt_core.figures.room import Room
from initopt_core.loss_surfaces.flatness import TwoMinima

WORDS = {"title": "A title", "caption": "settings in words " * 12, "source": "https://x.org/?a=1"}


@pytest.fixture(scope="module")
def figure():
    return loss_surfaces.two_minima(TwoMinima(), 0.1)


@pytest.mark.parametrize("theme", export.THEMES)
@pytest.mark.parametrize("shape", export.SHAPES)
def test_every_theme_and_shape_has_its_size_and_paper(figure, theme, shape):
    options = export.ExportOptions(theme, 1, "slide", shape, **WORDS)
    picture = Image.open(io.BytesIO(export.to_png(figure, options))).convert("RGB")
    width, height = export.SHAPES[shape]
    assert width is None or picture.width == width
    assert height is None or picture.height == height
    paper = export.THEMES[theme]["paper"]
    assert picture.getpixel((1, 1)) == tuple(int(paper[i : i + 2], 16) for i in (1, 3, 5))
    root = ET.fromstring(export.to_svg(figure, options))
    said = " ".join(e.text or "" for e in root.iter("{http://www.w3.org/2000/svg}text"))
    assert "A title" in said and "https://x.org/?a=1" in said
    assert float(root.get("width")) == pytest.approx(picture.width, abs=1)
    box = pypdf.PdfReader(io.BytesIO(export.to_pdf(figure, options))).pages[0].mediabox
    assert float(box.width) == pytest.approx(picture.width, abs=1)


@pytest.mark.parametrize("width", [40, 90, 1000])
def test_a_text_is_broken_where_it_has_no_room_and_nothing_is_lost(width):
    text = "a few short words and onewordthatislongerthanthewholeline of them"
    lines = wrapped(text, 12, width)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert (len(lines) == 1) == (width == 1000)
    if width < 1000:  # letters of this font are about half as wide as high
        assert all(len(line) * 6 < 1.5 * width for line in lines)


@pytest.mark.parametrize(("width", "columns", "rows"), [(800, 3, 1), (500, 2, 2), (300, 1, 3)])
def test_panels_of_one_row_go_below_one_another_where_they_have_no_room(width, columns, rows):
    room = Room(300, 100, columns=3, left=40, right=10, gap=20, least=200)
    found = _in_rows(room, width)
    assert (found.columns, found.rows) == (columns, rows)
    assert found.across(found.panel(width)) <= width
    assert found is room or found.row_gap == room.top + room.bottom


def test_a_paragraph_begins_a_line():
    assert wrapped("one two\nthree", 13, 500) == ["one two", "three"]
