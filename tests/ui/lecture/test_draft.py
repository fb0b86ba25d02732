"""What a closed window has left comes into its field, unless that was changed since."""

from __future__ import annotations

import pytest

from initopt_core.lecture.scenes import Scene
from initopt_core.lecture.shelf import Shelf
from initopt_core.ui.components.address_bar import KEY
from initopt_core.ui.lecture import desk, draft


@pytest.fixture
def session(monkeypatch, tmp_path) -> dict:
    """With a lecture of one scene whose notes are "Wait"; what is run anew is counted."""
    held: dict = {"runs": 0}
    shelf = Shelf(tmp_path / "lectures")
    monkeypatch.setattr(desk.st, "session_state", held)
    monkeypatch.setattr(desk.st, "rerun", lambda: held.update(runs=held["runs"] + 1))
    monkeypatch.setattr(desk, "shelf", lambda: shelf)
    desk.change(desk.own().added(Scene("One", "training", notes="Wait")))
    return held


def left(**changed) -> dict:
    """A draft of that scene's notes."""
    key = draft.field(desk.own(), 1, "notes")
    return {"id": "7", "field": key, "known": ["Wait"], "text": "Wait for it"} | changed


def hear(session: dict, what: object) -> str:
    """The notes, once that is handed in."""
    session[KEY] = {"draft": what}
    draft.hear()
    return desk.own().scenes[0].notes


def test_it_is_kept_once_and_told_as_heard(session):
    assert draft.heard() == ""
    assert hear(session, left()) == "Wait for it"
    assert draft.heard() == "7" and session["runs"] == 1
    assert desk.mine() == [desk.own()]
    desk.undo()
    assert hear(session, left()) == "Wait", "it is asked again until the browser knows"
    assert hear(session, left(id="8")) == "Wait for it" and session["runs"] == 2


@pytest.mark.parametrize("known", [["Later"], [], "Wait", None])
def test_what_was_changed_since_stays(session, known):
    assert hear(session, left(known=known)) == "Wait"
    assert draft.heard() == "7" and session["runs"] == 0, "it is not asked again"


@pytest.mark.parametrize(
    "changed",
    [
        {"text": "x" * 4001},
        {"field": "scene-nobody-1-notes"},
        {"field": "scene--1-hides"},
        {"field": "else"},
        {"field": 7},
        {"text": None},
        {"id": []},
    ],
)
def test_what_does_not_fit_is_let_go(session, changed):
    assert hear(session, left(**changed)) == "Wait" and session["runs"] == 0
    assert hear(session, None) == "Wait"


def test_it_goes_to_its_own_lecture_and_that_is_open_then(session):
    mine, what = desk.own(), left()
    desk.take(desk.FIRST)
    assert hear(session, what) == "Wait for it" and desk.own().name == mine.name


def test_titles_and_links_are_kept_as_well(session):
    one = draft.field(desk.own(), 1, "link")
    assert draft.keep(one, ["/training"], "/training?epochs=3")
    assert desk.own().scenes[0].settings == (("epochs", "3"),) and desk.own().scenes[0].notes
    assert not draft.keep(one, ["/training?epochs=3"], "/nowhere")
    title = desk.own().title
    assert draft.keep(draft.TITLE, [title], "Week 3 ") and desk.own().title == "Week 3"
    assert not draft.keep(draft.TITLE, [title], "Week 4"), "it was changed since"
    assert not draft.keep(draft.TITLE, ["Week 3"], " ") and desk.own().title == "Week 3"
