"""The texts around an exported chart, in lines."""

import pytest

from initopt_core.figures.export import ExportOptions
from initopt_core.figures.export.options import LEAST
from initopt_core.figures.export.words import bounded, high, shrunk, texts, wrapped


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
    # Where the three words have room in a line.
    begins = [line[0] for line in wrapped(text, 12, width)]
    assert width < 97 or not {"+", "·"} & set(begins)


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


LONG = ExportOptions(
    title="What is seen here",
    caption="SGD: η 0.1, from (5, 5). " * 12,
    source="http://localhost:8501/loss_surfaces?experiment=ravine&run1_SGD_lr=0.1",
)


def test_letters_are_smaller_before_anything_is_cut():
    roomy, tight = (shrunk(LONG, 600, most) for most in (1000, 90))
    assert roomy == texts(LONG, 600)
    assert high(tight) < high(roomy) and all(t.size >= LEAST for t in tight.values())
    assert {name: "".join(t.lines) for name, t in tight.items()}["source"] == LONG.source


@pytest.mark.parametrize("most", [0, 15, 30, 45, 60, 75, 90, 120, 1000])
def test_what_has_no_room_is_cut_the_caption_first_and_the_link_is_whole_or_not_there(most):
    told = shrunk(LONG, 500, most)
    kept = bounded(told, most)
    assert high(kept) <= most and list(kept) == [n for n in told if n in kept]
    if most == 1000:
        assert kept == told
    if "source" in kept:
        assert "".join(kept["source"].lines) == LONG.source and "title" in kept
    if "caption" in kept and kept["caption"] != told["caption"]:
        assert kept["caption"].lines[-1].endswith(" …") and "source" in kept
    assert ("title" in kept) == (most >= 30)
