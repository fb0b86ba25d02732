"""The time that is left, from the pace of late."""

from __future__ import annotations

import pytest

from initopt_core.training.pace import Pace
from tests.support.charts import told


def go(pace: Pace, epochs: int, each: float, flushes: int = 20, scoring: float = 0.0) -> Pace:
    """Whole epochs, each step taking `each` seconds."""
    for _ in range(epochs):
        for _ in range(flushes):
            new = pace.steps // flushes
            pace = pace.after(pace.step + new, pace.clock + new * each)
        pace = pace.validated(pace.clock + scoring)
    return pace


def test_a_steady_pace_is_told_exactly_and_with_validation():
    assert go(Pace(100, 10), 4, 0.1).left() == pytest.approx(60)
    assert go(Pace(100, 10), 4, 0.1, scoring=2.0).left() == pytest.approx(72)
    assert go(Pace(100, 10), 10, 0.1, scoring=2.0).left() == 0


def test_what_was_slow_at_first_is_soon_forgotten():
    """Of a race under load 79 s were said to be left when it were 20."""
    slow = go(Pace(100, 4), 1, 0.2)
    assert slow.left() == pytest.approx(60)
    fast = go(slow, 1, 0.05)
    assert fast.left() == pytest.approx(10, rel=0.3)  # by the mean since the start: 25
    assert go(fast, 1, 0.2).left() == pytest.approx(20, rel=0.1)


def test_short_epochs_are_no_reason_to_believe_a_moment():
    calm = go(Pace(10, 1000), 100, 0.001, flushes=2)
    odd = go(calm, 1, 0.003, flushes=2)
    assert odd.left() < 1.3 * calm.left()


def test_the_first_step_does_not_count():
    first = Pace(100, 2).after(1, 8.0)
    assert first.left() is None
    assert first.after(11, 9.0).left() == pytest.approx(18.9)


def test_a_history_tells_it_for_its_present_phase():
    history = told([[1.0] * 100])  # a second for 100 of 400 steps
    assert history.seconds_left() == pytest.approx(3)
    before = history.snapshot()
    more = {"kind": "steps", "first": 100, "count": 200, "losses": [[1.0] * 200], "seconds": [9.0]}
    history._take({**more, "clock": 9.0})
    assert history.seconds_left() == pytest.approx(4, rel=0.1)
    assert before.seconds_left() == pytest.approx(3)
    start = {"kind": "start", "phase": "race", "steps": 10, "epochs": 40, "batch": 256}
    history._take({**start, "device": "cpu", "trials": [], "clock": 9.0})
    assert history.seconds_left() is None
