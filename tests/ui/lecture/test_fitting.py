"""Scenes whose settings their page would not take are told, with the reason, and kept."""

from __future__ import annotations

import json

import pytest
from streamlit.testing.v1 import AppTest

from initopt_core.lecture import files
from initopt_core.lecture.scenes import Lecture, Scene
from initopt_core.lecture.tutorial import TUTORIAL
from initopt_core.ui.lecture import fitting

BAD = {
    "/initialization?activation=foo": ("“activation=foo”", "there is no 'foo'", "ReLU is shown"),
    "/initialization?scheme=kaimming": ("“scheme=kaimming”", "did you mean 'kaiming'"),
    "/initialization?layers=0": ("“0” is not a number of units",),
    "/training?epochs=1e9": ("“epochs=1e9”", "outside 1 to 500", "10 is shown"),
    "/training?race=SGD,Foo": ("“race=Foo”", "SGD is shown"),
    "/training?seeds=x": ("“x” is not a number",),
    "/loss_surfaces?run1=Adan&noise=77": ("“run1=Adan”", "did you mean 'Adam'", "outside 0 to 5"),
    "/loss_surfaces?surface=formula&formula=sin(": ("parenthesis",),
    "/loss_surfaces?from1=3&to1=1": ("end before they begin",),
    "/loss_surfaces?banana=3": ("'banana' means nothing",),
}


@pytest.mark.parametrize("link", BAD)
def test_what_its_page_would_not_take_is_told_with_the_reason(link):
    told = " ".join(fitting.misfits(Scene.at(link, "A scene")))
    assert all(words in told for words in BAD[link]), told


MORE = {
    "/?banana=3": ("'banana' means nothing",),
    "/course?figure=kaiming-depth": ("did you mean '15-kaiming-relu-depth'", "all are shown"),
    "/course?figure=xyz": ("'xyz'; all are shown",),
}


@pytest.mark.parametrize("link", MORE)
def test_pages_without_settings_say_it_too(link):
    told = " ".join(fitting.misfits(Scene.at(link, "A scene")))
    assert all(words in told for words in MORE[link]), told


@pytest.mark.parametrize(
    "link",
    [
        "/initialization",
        "/training?race=Adam&data=full&run=abc&compare=x",
        "/loss_surfaces?experiment=saddle",
        "/",
        "/course",
        "/course?figure=20-pathological-paths",
        "/loss_surfaces?solid=true&eye=3_1_2&step=5",
    ],
)
def test_what_fits_is_not_told(link):
    assert fitting.misfits(Scene.at(link, "A scene")) == []


@pytest.mark.parametrize("link", ["/", "/course"])
def test_what_has_no_answer_to_cover_is_told(link):
    (told,) = fitting.misfits(Scene.at(link, "A scene", hides=True))
    assert "no answer to cover" in told
    assert fitting.misfits(Scene.at("/course?figure=26-sharp-and-flat", "x", hides=True)) == []


def test_the_built_in_story_fits_its_pages():
    assert fitting.of_lecture(TUTORIAL) == []


def test_a_file_is_told_scene_by_scene_and_loses_nothing():
    links = ["/training", *BAD, "/initialization?activation=tanh"]
    scenes = tuple(Scene.at(link, f"Title {n}") for n, link in enumerate(links))
    lecture, problems = files.read(files.text_of(Lecture("", "Mine", scenes)))
    assert not problems and lecture.scenes == scenes
    told = fitting.of_lecture(lecture)
    assert len(told) == len(BAD) and told[0].startswith("Scene 2 (“Title 1”) is kept")
    many = Lecture("", "Mine", scenes * 3)
    assert (
        fitting.of_lecture(many)[-1]
        == f"So it is with {3 * len(BAD) - 10} more; each says it below."
    )


def test_scenes_are_counted_as_in_the_file():
    """Those that were left out and those that are kept alike."""
    bad = list(BAD)
    links = ["/no_page", bad[0], "/training", "/no_page", bad[1]]
    scenes = [{"title": f"Title {n}", "link": link} for n, link in enumerate(links, 1)]
    whole = {"lecture": "Mine", "version": 1, "scenes": scenes}
    lecture, problems, numbers, _ = files.opened(json.dumps(whole))
    assert numbers == (2, 3, 5)
    told = problems + fitting.of_lecture(lecture, numbers)
    assert [one[: len("Scene 1 (“Title 1”)")] for one in told] == [
        f"Scene {n} (“Title {n}”)" for n in (1, 4, 2, 5)
    ]


def page():
    import streamlit as st

    from initopt_core.lecture.scenes import Scene
    from initopt_core.ui import address
    from initopt_core.ui.lecture import fitting

    address.arrive("loss_surfaces")
    address.values()["surface"] = "beale"
    before = dict(address.values()), dict(st.query_params), set(st.session_state)
    for link in (
        "/initialization?activation=foo",
        "/loss_surfaces?experiment=saddle&surface_x=1",
        "/loss_surfaces?surface=formula&formula=w1",
    ):
        fitting.misfits(Scene.at(link, "x"))
    after = dict(address.values()), dict(st.query_params), set(st.session_state)
    st.session_state["same"] = before == after


def test_trying_a_scene_changes_nothing_of_what_the_session_holds():
    test = AppTest.from_function(page)
    test.query_params["surface"] = "beale"
    test.run(timeout=60)
    assert not test.exception and test.session_state["same"]
    assert dict(test.query_params) in ({"surface": "beale"}, {"surface": ["beale"]})
