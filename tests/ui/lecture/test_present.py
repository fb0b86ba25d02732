"""Scenes on the stage: what the hall's line says, and links that name what is not there."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from initopt_core.lecture.scenes import Lecture, Scene
from initopt_core.lecture.tutorial import TUTORIAL
from initopt_core.ui.lecture import present

FIRST = TUTORIAL.scenes[0]


def page():
    import streamlit as st

    from initopt_core.ui import address, stage
    from initopt_core.ui.lecture import present
    from initopt_core.ui.state import notice_bad_links

    address.arrive(st.session_state["on"])
    stage.read()
    present._arrive()
    notice_bad_links()
    st.session_state["told"] = present._told()
    st.session_state["now"] = stage.now()


def opened(on: str, **link: str) -> AppTest:
    test = AppTest.from_function(page)
    test.session_state["on"] = on
    for name, value in link.items():
        test.query_params[name] = value
    test.run(timeout=30)
    assert not test.exception
    return test


def test_a_scene_is_told_with_its_number_and_the_next():
    number = 2
    test = opened(TUTORIAL.scenes[1].page, lecture="tutorial", scene=str(number))
    told = test.session_state["told"]
    assert (told["number"], told["count"]) == (number, len(TUTORIAL.scenes))
    assert told["title"] == TUTORIAL.scenes[1].title and told["notes"]
    assert told["next"] == TUTORIAL.scenes[2].title


def test_the_page_is_told_to_make_the_next_scenes_landscape_ready():
    solid = [i for i, s in enumerate(TUTORIAL.scenes, 1) if ("solid", "true") in s.settings]
    assert solid
    for number in (solid[0] - 1, solid[0]):
        test = opened("loss_surfaces", lecture="tutorial", scene=str(number))
        assert test.session_state["told"]["ahead"] == ("solid" if number < solid[0] else "")


def test_the_last_has_no_next():
    last = len(TUTORIAL.scenes)
    test = opened(TUTORIAL.scenes[-1].page, lecture="tutorial", scene=str(last))
    assert test.session_state["told"]["next"] == ""


def test_a_lecture_alone_begins_at_its_first_scene():
    test = opened(FIRST.page, lecture="tutorial")
    assert test.session_state["told"]["number"] == 1
    given = dict(test.query_params)
    assert all(given[name] in (value, [value]) for name, value in FIRST.settings)


@pytest.mark.parametrize(("lecture", "scene"), [("no-such-one", "3"), ("on", "0")])
def test_a_lecture_that_is_not_here_leaves_the_mode(lecture, scene):
    test = opened("training", lecture=lecture, scene=scene)
    assert test.session_state["now"].lecture == "on" and test.session_state["told"] == {}
    said = [one.value for one in [*test.warning, *test.info, *test.caption]]
    assert any(lecture in one.replace("\\", "") for one in said) is (lecture != "on")


def test_a_list_of_scenes_that_are_not_here_is_not_shown():
    """It would be the list of another lecture."""
    test = opened("lecture", lecture="no-such-one", scene="3")
    assert not test.session_state["now"].on
    assert any("no-such-one" in one.value.replace("\\", "") for one in test.caption)


def test_a_bad_number_of_a_scene_shows_all_of_them_and_is_told():
    test = opened("lecture", lecture="tutorial", scene="-1x")
    assert test.session_state["now"] == present.stage.Stage("tutorial")
    assert any("left out" in one.value for one in test.caption)


def test_the_page_scenes_shows_all_of_a_lecture_and_the_first_is_the_next():
    told = opened("lecture", lecture="tutorial").session_state["told"]
    assert (told["lecture"], told["title"]) == ("tutorial", TUTORIAL.title)
    assert (told["number"], told["count"]) == (0, len(TUTORIAL.scenes))
    assert opened("course", lecture="on", figure="x").session_state["told"] == {}


@pytest.mark.parametrize("said", ["lecture", "../x", 3, None, ["home"]])
def test_what_is_no_page_is_not_opened(monkeypatch, said):
    monkeypatch.setattr(present.st, "session_state", {present.KEY: {"page": said}})
    monkeypatch.setattr(present.stage, "now", lambda: present.stage.Stage("on"))
    monkeypatch.setattr(present.st, "switch_page", lambda *a, **k: pytest.fail("it went"))
    present._open_page()


def test_a_scene_that_has_nothing_to_cover_is_not_covered(monkeypatch):
    scenes = (Scene.at("/", "Home", hides=True), Scene.at("/course?figure=a", "One", hides=True))
    lecture = Lecture("mine", "Mine", scenes)
    monkeypatch.setattr(present.desk, "find", lambda name: lecture)
    for number, hides in ((1, False), (2, True)):
        monkeypatch.setattr(present.stage, "now", lambda n=number: present.stage.Stage("mine", n))
        assert present._told()["hides"] is hides


def test_the_name_alone_of_a_lecture_that_is_not_here_shows_the_page_as_usual():
    test = opened("lecture", lecture="no-such-one")
    assert not test.session_state["now"].on and "lecture" not in test.query_params
    (said,) = [one.value for one in test.caption]
    assert "no-such-one" in said.replace("\\", "") and said.endswith("it is left out.")


def test_a_scene_beyond_the_end_is_the_last():
    test = opened(TUTORIAL.scenes[-1].page, lecture="tutorial", scene="99")
    assert test.session_state["told"]["number"] == len(TUTORIAL.scenes)


@pytest.mark.parametrize("said", ["3", True, None, float("nan"), 10**400, [1], -1, 0, 999])
def test_what_no_scene_has_as_its_number_leads_nowhere(monkeypatch, said):
    monkeypatch.setattr(present.st, "session_state", {present.KEY: {"go": said}})
    monkeypatch.setattr(present.stage, "now", lambda: present.stage.Stage("tutorial", 1))
    monkeypatch.setattr(present.address, "go", lambda link: pytest.fail("it went"))
    monkeypatch.setattr(present.st, "switch_page", lambda *a, **k: pytest.fail("it went"))
    present._go()
