"""Course figures on a stage: the sheet, one figure with its numbers, and a name that is none."""

from __future__ import annotations

import re

import pytest
from streamlit.testing.v1 import AppTest

from initopt_core import data
from initopt_core.figures import gallery
from initopt_core.figures.tutorial import Number
from initopt_core.ui.course import slide
from initopt_core.ui.server import gallery as served
from tests.support.pages import html_of

NAME = "14-kaiming-relu-histograms"


@pytest.fixture(scope="module")
def items():
    return gallery.items(data.load_sample())


@pytest.fixture(autouse=True)
def _alone(fresh, monkeypatch):
    monkeypatch.delenv("INITOPT_DATA", raising=False)
    monkeypatch.setattr(data, "SYSTEM_FOLDERS", ())
    monkeypatch.setattr(served, "begin", lambda *_: None)


def page():
    from initopt_core.figures import gallery
    from initopt_core.ui import address, stage
    from initopt_core.ui.course import slide
    from initopt_core.ui.server.dataset import get_dataset

    address.arrive("course")
    stage.read()
    slide.show(gallery.items(get_dataset()), "light")


def opened(**link: str) -> AppTest:
    test = AppTest.from_function(page)
    for name, value in {"lecture": "on", **link}.items():
        test.query_params[name] = value
    test.run(timeout=60)
    assert not test.exception
    return test


def test_the_sheet_has_every_figure_with_its_title(items):
    said = slide.sheet(items.values(), "dark")
    assert re.findall(r'data-shows="([\w-]+)"', said) == list(items)
    assert said.count("-dark.webp") == len(items) and "Steep optima: losses" in said
    assert " src=" not in said, "the line at the top asks for them in turn"
    assert "σ\u00a0=\u00a00.01" in said


def test_one_has_its_words_its_picture_for_each_window_and_its_neighbours(items):
    said = slide.one(items[NAME], "dark", slide.NUMBERED, None, ("a", "b"))
    for shape in ("beside", "square", "tall"):
        assert f"gallery/{NAME}-dark.{shape}.svg" in said
    assert "Kaiming, ReLU: histograms." in said and "Twice the variance" in said
    assert 'data-before="a" data-after="b"' in said and "being computed" in said
    assert "course-beside" not in slide.one(items[NAME], "dark", slide.ALONE)


def test_numbers_stand_under_what_they_are_of_and_the_rest_is_told():
    found = [Number(f"Kaiming: variance of the gradients, Layer {n}", 1.0, 2.0) for n in range(14)]
    said = slide._numbers([Number("mean of a batch", 0.25, 0.5), *found])
    heads = re.findall(r'<th colspan="3" scope="colgroup">(.*?)</th>', said)
    assert heads == ["A batch", "Variance of the gradients"] * 2
    beside, _, behind = said.partition('<details class="course-switch">')
    for table in (beside, behind):
        assert "<tr><td>mean</td><td>0.25</td><td>0.5</td></tr>" in table
        assert table.count("<td>Layer") == slide.MOST - 1 and "3 more on the page" in table
    assert slide._numbers(()) == ""


@pytest.mark.parametrize(("at", "beside"), [(0, ("", "b")), (1, ("a", "c")), (2, ("b", ""))])
def test_the_figures_before_and_after(at, beside):
    assert slide._beside(["a", "b", "c"], "abc"[at]) == beside


def test_without_a_name_the_sheet_is_there_and_the_chooser_among_the_controls(items):
    test = opened()
    assert "course-sheet" in html_of(test) and not test.caption
    (chooser,) = test.sidebar.selectbox
    assert chooser.options[0] == slide.ALL and len(chooser.options) == len(items) + 1
    chooser.set_value(NAME).run(timeout=60)
    assert "course-slide" in html_of(test)
    assert test.query_params["figure"] in (NAME, [NAME])


def test_a_name_that_is_none_is_told_with_what_is_near_and_the_sheet_shown():
    test = opened(figure="kaiming-depth")
    (told,) = [one.value for one in test.caption]
    assert "15-kaiming-relu-depth" in told.replace("\\", "") and "sheet" in told
    assert "course-sheet" in html_of(test) and "figure" not in test.query_params
