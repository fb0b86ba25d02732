"""The page Scenes: the built-in story, the own lecture and its changes."""

from __future__ import annotations

import json

import pytest
from streamlit.testing.v1 import AppTest

from initopt_core.lecture import files
from initopt_core.lecture.scenes import Lecture
from initopt_core.lecture.tutorial import TUTORIAL
from initopt_core.ui.lecture import page
from tests.support.app import render
from tests.support.pages import elements, html_of


@pytest.fixture(autouse=True)
def _alone(fresh):
    """Lectures of these tests are nobody else's."""
    from initopt_core.ui.lecture import desk

    desk.shelf.cache_clear()
    yield
    desk.shelf.cache_clear()


def press(test, key: str):
    (one,) = [b for b in test.button if b.key == key]
    return one.click().run()


def test_the_story_is_copied_moved_deleted_and_all_of_it_undone():
    test = render("lecture.py")
    assert html_of(test).count("<li>") == len(TUTORIAL.scenes)
    assert "no scenes yet" in test.info[0].value
    press(test, "lecture-copy")
    titles = [s.title for s in TUTORIAL.scenes]

    def listed():
        return [one.split(". ", 1)[1].replace("\\", "") for one in test.radio[0].options]

    assert listed() == titles
    (title,) = [one.value for one in test.text_input if one.label == "Title of the lecture"]
    assert title == f"Copy of {TUTORIAL.title}", "others of this visitor are called otherwise"
    press(test, "scene-Down")
    assert listed() == [titles[1], titles[0], *titles[2:]] and test.radio[0].value == 2
    press(test, "scene-Delete")
    assert listed() == [titles[1], *titles[2:]]
    press(test, "lecture-undo")
    assert test.radio[0].value == 2, "the one that is back"
    press(test, "lecture-undo")
    assert listed() == titles and test.radio[0].value == 1, "where the moved one stands"
    press(test, "lecture-undo")
    assert not test.radio and "no scenes yet" in test.info[0].value


def on_a_stage():
    from initopt_core.ui import address, stage
    from initopt_core.ui.lecture import page

    address.arrive("lecture")
    stage.read()
    page.show()


def test_what_a_link_says_wrongly_is_told_above_the_list_on_a_stage():
    """What is below the list is not seen there, and tells it no second time."""
    test = AppTest.from_function(on_a_stage, default_timeout=60)
    test.session_state["_app"] = True  # as app.py does
    test.query_params["lecture"], test.query_params["scene"] = "tutorial", "many"
    test.run()
    (told,) = [one for one in test.caption if "scene=many" in one.value.replace("\\", "")]
    order = list(elements(test.main))
    (agenda,) = [one for one in test.get("html") if "agenda" in one.proto.body]
    assert order.index(told) < order.index(agenda)


def test_what_is_typed_is_kept_at_once_and_what_does_not_fit_is_told():
    test = render("lecture.py")
    press(test, "lecture-copy")
    titles = [s.title for s in TUTORIAL.scenes]

    def field(name: str):
        (one,) = [f for f in [*test.text_input, *test.text_area] if f.key.endswith(f"-{name}")]
        return one

    field("question").set_value("Why?").run()
    field("notes").set_value("Wait for hands.").run()
    test.radio[0].set_value(3).run()
    assert field("question").value == TUTORIAL.scenes[2].question
    test.radio[0].set_value(1).run()
    assert (field("question").value, field("notes").value) == ("Why?", "Wait for hands.")
    field("link").set_value("/no_page").run()
    assert ["no_page" in e.value.replace("\\", "") for e in test.error] == [True]
    assert field("link").value == "/no_page"
    field("link").set_value("/training?epochs=900").run()
    assert not test.error and "outside 1 to 500" in test.warning[0].value
    field("link").set_value("/training").run()
    assert not (test.error or test.warning)
    for _ in range(3):  # both links were typed in a row
        press(test, "lecture-undo")
    assert field("question").value == TUTORIAL.scenes[0].question and not test.exception
    assert [one.split(". ", 1)[1].replace("\\", "") for one in test.radio[0].options] == titles


def test_a_file_gives_its_lecture_and_says_what_does_not_fit(monkeypatch):
    session: dict = {}
    monkeypatch.setattr(page.desk.st, "session_state", session)
    text = files.text_of(TUTORIAL).replace('"/loss_surfaces', '"/no_page', 1)
    problems = page._opened(text.encode())
    assert len(problems) == 1 and "no_page" in problems[0]
    assert len(page.desk.own().scenes) == len(TUTORIAL.scenes) - 1
    assert (
        page._opened(b"[")[0].endswith("Your lecture stays as it is.")
        and len(page.desk.own().scenes) == len(TUTORIAL.scenes) - 1
    )


def test_a_file_whose_links_say_what_no_page_takes_is_kept_and_told(monkeypatch):
    session: dict = {}
    monkeypatch.setattr(page.desk.st, "session_state", session)
    text = files.text_of(TUTORIAL).replace("activation=tanh", "activation=foo", 1)
    (told,) = page._opened(text.encode())
    assert "Scene 6" in told and "activation=foo" in told and "there is no 'foo'" in told
    assert len(page.desk.own().scenes) == len(TUTORIAL.scenes)


def test_a_file_of_a_later_version_is_opened_and_tells_what_is_not_known(monkeypatch):
    monkeypatch.setattr(page.desk.st, "session_state", {})
    text = files.text_of(TUTORIAL).replace('"question"', '"colour": "red", "question"')
    (told,) = page._opened(text.encode())
    assert told.startswith(f"{len(TUTORIAL.scenes)} scenes, first Scene 1") and "“colour”" in told
    assert page.desk.own().scenes == TUTORIAL.scenes


def test_a_file_without_a_scene_that_fits_leaves_the_lecture_as_it_is(monkeypatch):
    monkeypatch.setattr(page.desk.st, "session_state", {})
    page._opened(files.text_of(TUTORIAL).encode())
    mine = page.desk.own()
    (told,) = page._opened(files.text_of(Lecture("", "Empty")).encode())
    assert told == "This lecture has no scenes. Your lecture stays as it is."
    wrong = [{"title": f"T{n}", "link": "/no_page"} for n in range(600)]
    told = page._opened(json.dumps({"lecture": "L", "version": 1, "scenes": wrong}).encode())
    assert told[0] == "None of its 600 scenes fits. Your lecture stays as it is."
    assert len(told) == page.MOST + 2 and "no_page" in told[1]
    assert told[-1] == "So it is with 595 more."
    assert page.desk.own() == mine


def test_an_opened_file_is_told_in_one_box_and_undone(monkeypatch):
    test = render("lecture.py")
    press(test, "lecture-copy")
    (upload,) = test.file_uploader
    assert upload.proto.max_upload_size_mb == files.MAX_BYTES >> 20
    wrong = [{"title": f"T{n}", "link": "/no_page"} for n in range(20)]
    whole = {"lecture": "L", "version": 1, "scenes": [*wrong, {"title": "G", "link": "/training"}]}
    upload.set_value(("mine.json", json.dumps(whole).encode(), "application/json")).run()
    assert [one.value.count("\n- ") for one in test.warning] == [page.MOST]
    assert len(test.radio[0].options) == 1
    press(test, "lecture-undo")
    assert len(test.radio[0].options) == len(TUTORIAL.scenes)
