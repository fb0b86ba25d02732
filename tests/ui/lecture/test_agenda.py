"""The agenda: a lecture's scenes, as many as fit, each a way to it."""

from __future__ import annotations

import re

import pytest

from initopt_core.lecture.scenes import Lecture, Scene
from initopt_core.lecture.tutorial import TUTORIAL
from initopt_core.ui import stage
from initopt_core.ui.lecture import agenda


def scenes(count: int) -> Lecture:
    return Lecture("mine", "Mine", tuple(Scene(f"Nr <{n}>", "training") for n in range(count)))


@pytest.mark.parametrize(
    ("count", "columns", "rows"), [(1, 1, 1), (15, 2, 8), (21, 3, 7), (30, 3, 10), (200, 3, 10)]
)
def test_titles_stand_in_columns_and_what_does_not_fit_is_counted(count, columns, rows):
    said = agenda.listed(scenes(count))
    shown = [int(n) for n in re.findall(r'data-scene="(\d+)"', said)]
    assert shown == [*range(1, min(count, agenda.MOST) + 1)]
    assert f"--rows:{rows};--columns:{columns}" in said and "Nr &lt;0&gt;" in said
    assert ("and 170 more" in said) is (count == 200)
    assert "?lecture=mine&amp;scene=1" in said


def test_the_scene_that_was_left_is_marked_and_no_other():
    said = agenda.listed(scenes(3), 2)
    assert re.findall(r'data-scene="(\d+)" aria-current=true', said) == ["2"]
    assert "aria-current" not in agenda.listed(scenes(3))


@pytest.mark.parametrize(
    ("named", "own", "found"),
    [
        ("tutorial", 2, "tutorial"),
        ("mine", 2, "mine"),
        (stage.ON, 2, "mine"),
        (stage.ON, 0, "tutorial"),
        ("empty", 0, "tutorial"),
    ],
)
def test_the_named_lecture_else_the_own_else_the_story(monkeypatch, named, own, found):
    mine = scenes(own)
    known = {"tutorial": TUTORIAL, "mine": mine, "empty": scenes(0)}
    monkeypatch.setattr(agenda.stage, "now", lambda: stage.Stage(named))
    monkeypatch.setattr(agenda.desk, "find", known.get)
    monkeypatch.setattr(agenda.desk, "own", lambda: mine)
    assert agenda.lecture().name == found
