"""Undo: one change after another, a drag as one, and no more than can be kept."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from initopt_core.ui import undo


@pytest.fixture
def clock(monkeypatch):
    now = SimpleNamespace(s=100.0)
    monkeypatch.setattr(undo, "time", SimpleNamespace(monotonic=lambda: now.s))
    monkeypatch.setattr(undo, "st", SimpleNamespace(session_state={}))
    return now


def test_changes_are_taken_back_one_by_one(clock):
    history = undo.Undo("page")
    assert history.last is None and not history.possible()
    for value in "abc":
        history.remember(value)
        clock.s += 10
    assert history.back() == "b" and history.last == "b"
    history.remember("b")  # going back is no change
    assert history.back() == "a" and not history.possible()


def test_what_follows_within_a_moment_is_one_change(clock):
    history = undo.Undo("page")
    for value in range(10):
        history.remember(value)
        clock.s += undo.ONE_MOVE_SECONDS / 2
    assert history.back() == 0


def test_the_oldest_changes_are_forgotten_and_pages_do_not_share(clock):
    history = undo.Undo("page")
    for value in range(undo.MAX_CHANGES + 20):
        history.remember(value)
        clock.s += 10
    assert not undo.Undo("other").possible()
    gone = 0
    while history.possible():
        first, gone = history.back(), gone + 1
    assert gone == undo.MAX_CHANGES and first == 19
