"""Watching a run: one picture for all, drawn anew only where something is new."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from initopt_core.training.runs.service import Place
from initopt_core.training.runs.store import RunInfo
from initopt_core.ui.training import watch
from tests.support.charts import told
from tests.support.training import tiny

MANNER = ("epochs", True, 0.0)


def info(name="mine", state="running"):
    return RunInfo("r1", name, tiny(), state, "", 0.0, "")


@pytest.fixture
def known(monkeypatch):
    """A service with one run; what it was told of failures."""
    history, failed = told([[2.0, 1.0]]), []
    service = SimpleNamespace(
        info=lambda id: info(),
        history=lambda id: history,
        place=lambda id: Place(1, 12.4),
        give_up=lambda id, problem: failed.append((id, problem)),
        failed=failed,
        told=history,
    )
    monkeypatch.setattr(watch, "service", lambda: service)
    return service


def test_a_picture_is_drawn_anew_only_when_something_is_new(known):
    first = watch._drawn("r1", (), MANNER, None)
    assert [kind for kind, _ in first.charts] == ["loss", "accuracy"] and not first.searching
    assert "SGD" in first.head and "<table" in first.table
    assert watch._drawn("r1", (), MANNER, first) is first
    assert not first.shows(first.shown, Place(1, None))
    known.told._take({"kind": "steps", "first": 2, "count": 1, "losses": [[0.5]], "seconds": [1.0]})
    known.told.version += 1
    later = watch._drawn("r1", (), MANNER, first)
    assert later is not first and later.history.step == 3 and first.history.step == 2


def test_a_search_for_rates_has_no_curves_yet(known):
    known.told.phase = "search:kaiming"
    found = watch.draw(watch.seen("r1", ()), watch.NEXT, MANNER)
    assert found.searching and found.charts == () and found.table == ""


def test_a_run_that_cannot_be_drawn_is_given_up_and_takes_nothing_down(known, monkeypatch):
    monkeypatch.setattr(watch, "draw", lambda *_: 1 / 0)
    assert watch._drawn("r1", (), MANNER, None) is None
    ((run, problem),) = known.failed
    assert run == "r1" and isinstance(problem, ZeroDivisionError)


def test_a_wait_is_told_in_steps_so_that_it_is_not_drawn_all_the_time(known):
    assert watch._place("r1") == Place(1, 10)


@pytest.mark.parametrize(("watching", "seconds"), [(1, 0.5), (8, 0.5), (9, 1.0), (41, 2.0)])
def test_a_hall_is_refreshed_less_often(monkeypatch, watching, seconds):
    now = 1000.0
    seen = {f"s{i}": now - 5 for i in range(watching - 1)} | {"left": now - 11}
    monkeypatch.setattr(watch, "_watching", seen)
    monkeypatch.setattr(watch, "time", SimpleNamespace(monotonic=lambda: now))
    monkeypatch.setattr(watch, "get_script_run_ctx", lambda: SimpleNamespace(session_id="me"))
    assert watch.interval() == seconds and "left" not in seen
