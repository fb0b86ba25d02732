"""What comes back from components: our own scripts' answers are read, all else is none."""

from __future__ import annotations

import math

import pytest

from initopt_core.ui.components import answers

DEEP: list = []
for _ in range(3000):
    DEEP = [DEEP]
WRONG = [
    None,
    True,
    0,
    7,
    "x",
    "x" * 10**5,
    [],
    {},
    [1],
    {"x": 1},
    math.nan,
    math.inf,
    10**400,
    DEEP,
]
FOUR = [-1.0, 1.0, -2, 2]


@pytest.mark.parametrize("value", WRONG, ids=range(len(WRONG)))
def test_what_is_none_of_ours_is_no_answer(value):
    assert answers.number_move(value) is None
    assert answers.start_move(value, [-1, 0]) is None
    assert answers.zoom_move(value) is None
    assert answers.edges(value) is None
    assert answers.numbers(value, "x", "y") is None
    assert answers.look(value, 10, 2) is None
    odd = answers.look({"speed": 1, "selected": 0, "step": value, "eye": [value] * 3}, 10, 2)
    assert set(odd) <= {"speed", "selected", "arrows", "solid", "step"} or value in (0, 7)
    assert answers.number_move([value, value, value]) is None or isinstance(value, (int, float))
    assert answers.start_move(dict.fromkeys(("run", "x", "y"), value) | {"n": 1}, [3]) is None
    assert answers.zoom_move({"surface": "a", "home": FOUR, "zoom": value}) is None
    clicked = answers.click({"x": value, "y": value, "datum": value, "view": value})
    assert clicked["x"] is None or math.isfinite(clicked["x"])


def test_our_own_are_read():
    assert answers.number_move([0.5, 3, 1]) == (0.5, 3, 1)
    start = {"run": -1, "x": 1, "y": -2.5, "n": 4, "done": True}
    assert answers.start_move(start, [-1]) == start
    assert answers.start_move(start, [0]) is None
    zoom = {"surface": "a", "home": FOUR, "zoom": FOUR}
    assert answers.zoom_move(zoom)["zoom"] == tuple(FOUR)
    assert answers.edges([1, -1, 0, 1]) is None
    look = {"speed": 2, "selected": 1, "arrows": False, "solid": True, "step": 7, "eye": [1, 2, 3]}
    assert answers.look(look, 10, 2) == look
    assert answers.look(look, 10, 1) is None  # there is no second run
    assert "step" not in answers.look(look, 5, 2)
    said = {"datum": {"a": 1}, "x": 1.0, "y": None, "view": "v"}
    assert answers.click(said) == said
