"""How the server is: what is being answered, how long that takes, and how it is told."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from initopt_core.ui.server import operation


@pytest.fixture
def clock(monkeypatch):
    now = SimpleNamespace(s=100.0)
    monkeypatch.setattr(operation, "time", SimpleNamespace(monotonic=lambda: now.s))
    return now


def test_a_change_counts_from_its_first_asking_to_its_answer(clock):
    load = operation.Load()
    load.begin(1)
    clock.s += 2
    load.begin(1)  # one that follows before the answer
    load.begin(2)
    clock.s += 1
    assert load.waiting() == (2, 3.0)
    load.end(1)
    assert load.usual == pytest.approx(0.3)  # a tenth of what it took
    load.end(1)  # of a timer: nothing was asked
    load.forget(2)
    assert load.waiting() == (0, 0.0) and load.usual == pytest.approx(0.3)


@pytest.mark.parametrize(
    ("usual", "asked", "after", "over"),
    [(2.0, 1, 0.0, True), (2.0, 0, 0.0, False), (0.0, 6, 2.0, True), (0.0, 5, 2.0, False)],
)
def test_overload_is_a_long_usual_wait_or_many_who_wait_long(clock, usual, asked, after, over):
    load = operation.Load()
    load.usual = usual
    for socket in range(asked):
        load.begin(socket)
    clock.s += after
    assert load.overloaded() is over


def test_metrics_tell_of_the_training_service(monkeypatch):
    monkeypatch.setattr(operation, "_training", [])
    assert b"initopt_queue 0.0" in operation.metrics()
    operation.trains(SimpleNamespace(waiting=lambda: 4, busy=lambda: True))
    text = operation.metrics()
    assert b"initopt_queue 4.0" in text and b"initopt_training 1.0" in text
