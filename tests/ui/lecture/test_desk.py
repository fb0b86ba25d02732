"""The own lecture: every change is kept and can be undone, also where the server keeps nothing."""

from __future__ import annotations

import pytest

from initopt_core.lecture.scenes import Lecture, Scene
from initopt_core.lecture.shelf import Shelf
from initopt_core.lecture.tutorial import TUTORIAL
from initopt_core.ui import address
from initopt_core.ui.lecture import desk


@pytest.fixture
def table(monkeypatch, tmp_path):
    """A desk with a shelf and a session of its own."""
    session: dict = {}
    shelf = Shelf(tmp_path / "lectures")
    monkeypatch.setattr(desk.st, "session_state", session)
    monkeypatch.setattr(desk, "shelf", lambda: shelf)


def scene(title: str) -> Scene:
    return Scene(title, "training", ())


def test_a_change_is_kept_under_a_name_and_undone(table):
    desk.change(desk.own().added(scene("one")))
    desk.change(desk.own().added(scene("two")))
    name = desk.own().name
    assert name and desk.shelf().find(name).lecture == desk.own() == desk.find(name)
    desk.undo()
    assert [s.title for s in desk.own().scenes] == ["one"]
    assert [s.title for s in desk.shelf().find(name).lecture.scenes] == ["one"]
    desk.undo()
    assert not desk.own().scenes and not desk.can_undo()
    desk.undo()
    assert desk.own().name == name


def test_only_so_many_changes_are_held(table, monkeypatch):
    monkeypatch.setattr(desk, "MAX_UNDO", 3)
    for i in range(6):
        desk.change(desk.own().added(scene(str(i))))
    for _ in range(6):
        desk.undo()
    assert [s.title for s in desk.own().scenes] == ["0", "1", "2"]


def test_what_is_typed_on_in_one_field_is_one_change(table, monkeypatch):
    now = [100.0]
    monkeypatch.setattr(desk.time, "monotonic", lambda: now[0])
    desk.change(desk.own().added(scene("one")))
    for title, field, later in (
        ("A", "title", 0), ("A fl", "title", 8), ("A flat", "title", 8),
        ("B", "other", 1), ("C", "other", 20),
    ):  # fmt: skip
        now[0] += later
        desk.change(desk.own().changed(1, scene(title)), field)
    found = []
    while desk.can_undo():
        desk.undo()
        found += [s.title for s in desk.own().scenes]
    assert found == ["B", "A flat", "one"]


def test_opening_another_lecture_is_undone_and_both_are_kept(table):
    desk.change(desk.own().added(scene("mine")))
    mine = desk.own()
    desk.open_new(Lecture("", "Opened", (scene("other"),)))
    opened = desk.own()
    assert opened.name not in ("", mine.name)
    desk.undo()
    assert desk.own() == mine and {one.title for one in desk.mine()} == {"My lecture", "Opened"}
    desk.st.session_state.clear()
    assert desk.own() == mine, "the newest"


def test_where_nothing_can_be_written_the_session_has_it_and_says_so(table, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setattr(desk, "shelf", lambda: Shelf(tmp_path / "file" / "lectures"))
    desk.change(desk.own().added(scene("one")))
    assert desk.own().scenes and desk.problem() and desk.can_undo()


def test_the_newest_lecture_is_there_in_another_session(table):
    desk.change(desk.own().added(scene("one")))
    made = desk.own()
    desk.st.session_state.clear()
    assert desk.own() == made and not desk.can_undo()


def test_the_tutorial_is_found_and_what_is_not_there_is_not(table):
    assert desk.find("tutorial") is TUTORIAL
    assert desk.find("no-such-lecture") is None


def test_the_view_becomes_a_scene_without_how_it_is_presented(table, monkeypatch):
    class Link(dict):
        def get_all(self, name):
            return [self[name]]

    link = Link(surface="ravine", lecture="tutorial", scene="3", type="large", embed="true")
    monkeypatch.setattr(desk.st, "query_params", link)
    monkeypatch.setattr(address, "page", lambda: "loss_surfaces")
    monkeypatch.setattr(address, "told", lambda: f"Ravine · {address.APP}")
    desk.add_scene()
    (made,) = desk.own().scenes
    assert made == Scene("Ravine", "loss_surfaces", (("surface", "ravine"),))
    assert "Scene 1" in desk.said().text
    monkeypatch.setattr(address, "page", lambda: "lecture")
    desk.add_scene()
    assert len(desk.own().scenes) == 1 and "cannot be one itself" in desk.said().text


class NoLink(dict):
    def get_all(self, name):
        return [self[name]]


@pytest.mark.parametrize(
    ("on", "told", "figure", "made"),
    [
        ("", address.APP, "", Scene("Initopt", "home")),
        ("course", f"Course figures · {address.APP}", "", Scene("Course figures", "course")),
        (
            "course",
            f"Course figures · {address.APP}",
            "20-pathological-paths",
            Scene("Pathological curvature: paths", "course", (), "20-pathological-paths"),
        ),
    ],
)
def test_home_and_course_figures_become_scenes(table, monkeypatch, on, told, figure, made):
    monkeypatch.setattr(desk.st, "query_params", NoLink(lecture="on", figure=figure))
    monkeypatch.setattr(address, "page", lambda: on)
    monkeypatch.setattr(address, "told", lambda: told)
    monkeypatch.setattr(desk.stage, "now", lambda: desk.stage.Stage("on", 0, figure))
    desk.add_scene()
    assert desk.own().scenes == (made,)
