"""The texts around an exported chart, in lines."""

import pytest

from initopt_core.figures.export import ExportOptions
from initopt_core.figures.export.words import texts, wrapped


@pytest.mark.parametrize("width", [40, 90, 1000])
def test_a_text_is_broken_where_it_has_no_room_and_nothing_is_lost(width):
    text = "a few short words and onewordthatislongerthanthewholeline of them"
    lines = wrapped(text, 12, width)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert (len(lines) == 1) == (width == 1000)
    if width < 1000:  # letters of this font are about half as wide as high
        assert all(len(line) * 6 < 1.5 * width for line in lines)


def test_a_paragraph_begins_a_line():
    assert wrapped("one two\nthree", 13, 500) == ["one two", "three"]


@pytest.mark.parametrize("width", range(90, 260, 7))
def test_no_line_ends_between_a_sign_and_what_it_belongs_to(width):
    text = "Ravine: SGD, SGD + momentum · Basins · Loss surfaces, η 10, β₁ 0.9"
    for line in wrapped(text, 12, width)[:-1]:
        assert line.split()[-1] not in {"·", "+", "η", "β₁"}


@pytest.mark.parametrize("width", [150, 200, 260])
def test_a_link_is_broken_between_its_settings(width):
    link = "http://localhost:8501/loss_surfaces?solid=true&view=Basins&surface=himmelblau"
    lines = wrapped(link, 11, width)
    assert "".join(lines) == link and len(lines) > 1
    assert width < 200 or all(line[-1] in "?&" for line in lines[:-1])


def test_in_a_column_no_text_dwarfs_the_chart():
    told = {"title": "A title", "caption": "words", "source": "https://x.org"}
    slide = ExportOptions(text="slide", shape="column", **told)
    sizes = [text.size for text in texts(slide, 408, "column").values()]
    assert sizes[0] < 22 and sizes[0] > sizes[1] > sizes[2] >= 11
    assert [t.size for t in texts(slide, 1248).values()] > sizes
    page = ExportOptions(shape="column", **told)
    assert [t.size for t in texts(page, 408, "column").values()][1:] == [13, 11]
