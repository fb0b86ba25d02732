"""Texts of exported pictures in lines."""

import pytest

from initopt_core.figures.export.lettering import wrapped


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
        assert line.split()[-1] not in {"+", "η", "β₁"}
    # Where the three words have room in a line.
    begins = [line[0] for line in wrapped(text, 12, width)]
    assert width < 97 or not {"+", "·"} & set(begins)


@pytest.mark.parametrize("width", range(60, 260, 20))
def test_settings_stay_apart_where_a_line_ends_between_them(width):
    text = "Adam η 0.001 · hidden 512, 256, 128 · ReLU · Kaiming"
    assert " ".join(wrapped(text, 12, width)) == text
    title = wrapped("Adam · Basins · Loss surfaces", 12, 60, bold=True)
    assert len(title) > 1 and not any(line.endswith("·") for line in title)


@pytest.mark.parametrize("width", [150, 200, 260])
def test_a_link_is_broken_between_its_settings(width):
    link = "http://localhost:8501/loss_surfaces?solid=true&view=Basins&surface=himmelblau"
    lines = wrapped(link, 11, width)
    assert "".join(lines) == link and len(lines) > 1
    assert width < 200 or all(line[-1] in "?&" for line in lines[:-1])
