"""Files are made in their turn, told how far they are, kept for others, cancelled at any piece."""

from __future__ import annotations

import threading

import pytest

from initopt_core.cache import Crowded
from initopt_core.reading import SettingError
from initopt_core.ui.server import making


@pytest.fixture
def line():
    return making.Line("test")


def job() -> making.Job:
    return making.Job("five.txt", "text/plain", "Piece")


def five(one: making.Job) -> bytes:
    for at in range(5):
        one.step(at, 5, f"number {at}")
    one.step(5, 5)
    return b"12345"


class Held:
    """A maker that stops before its third piece until it may go on."""

    def __init__(self) -> None:
        self.gate, self.begun = threading.Event(), threading.Event()

    def __call__(self, one: making.Job) -> bytes:
        for at in range(5):
            if at == 2:
                self.begun.set()
                self.gate.wait(30)
            one.step(at + 1, 5)
        return b"12345"


def test_a_file_is_made_and_counted(line):
    one = line.begin(five, job())
    line.wait(30)
    assert not one.running and (one.done, one.all, one.share) == (5, 5, 1.0)
    assert one.data == b"12345" and line.ahead(one) == 0


def test_one_that_is_cancelled_ends_at_the_next_piece_and_keeps_nothing(line):
    held = Held()
    one = line.begin(held, job(), keep="same")
    assert held.begun.wait(30) and one.running and 0 < one.share < 1
    one.cancel()
    held.gate.set()
    line.wait(30)
    assert one.data is None and "Cancelled" in one.problem and one.done < 5
    again = line.begin(five, job(), keep="same")
    line.wait(30)
    assert again.data == b"12345"


def test_one_that_waits_knows_how_many_are_before_it_and_can_be_cancelled(line):
    held = Held()
    first, second, third = (line.begin(make, job()) for make in (held, five, five))
    assert [line.ahead(one) for one in (first, second, third)] == [0, 1, 2]
    second.cancel()
    assert line.ahead(third) == 1
    held.gate.set()
    line.wait(30)
    assert first.data and third.data and second.data is None and second.all == 0


def test_the_same_is_made_once_for_all_who_ask(line):
    made = []

    def counted(one: making.Job) -> bytes:
        made.append(one)
        return five(one)

    both = [line.begin(counted, job(), keep="same") for _ in range(2)]
    line.wait(30)
    late = line.begin(counted, job(), keep="same")
    assert [one.data for one in (*both, late)] == [b"12345"] * 3 and len(made) == 1
    for other in range(making.MOST_KEPT):
        line.begin(five, job(), keep=other)
    line.wait(30)
    line.begin(counted, job(), keep="same")
    line.wait(30)
    assert len(made) == 2, "the newest few are kept"


def test_too_many_are_refused_in_words(line, monkeypatch):
    monkeypatch.setattr(making, "MOST_WAITING", 1)
    held = Held()
    one = line.begin(held, job())
    other = line.begin(five, job())
    assert "try again" in other.problem and not other.running
    held.gate.set()
    line.wait(30)
    assert one.data
    last = line.begin(five, job())
    line.wait(30)
    assert last.data


@pytest.mark.parametrize(
    ("error", "said"),
    [(SettingError("take fewer"), "take fewer"), (Crowded("x"), "Very many"),
     (ValueError("x"), "error ")],
)  # fmt: skip
def test_what_goes_wrong_is_a_sentence(line, error, said):
    def fail(_):
        raise error

    one = line.begin(fail, job())
    line.wait(30)
    assert not one.running and said in one.problem and "Traceback" not in one.problem


def test_the_time_left_follows_the_pace_and_runs_down_meanwhile(monkeypatch):
    now = [10.0]
    monkeypatch.setattr(making.time, "monotonic", lambda: now[0])
    one = job()
    assert one.seconds_left is None
    one._begun = 10.0
    for second, done in ((11.0, 3), (16.0, 2)):
        now[0] = second
        one.step(done, 8)
        assert one.seconds_left is None, "too short, or too few, for a pace"
    one.step(4, 8)
    assert one.seconds_left == 6.0
    now[0] = 18.0
    assert one.seconds_left == 4.0
    now[0] = 90.0
    assert one.seconds_left == 0.0
