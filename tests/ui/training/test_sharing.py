"""Pictures for many watchers: drawn one at a time, shared, never older than asked for."""

import threading
import time

import pytest

from initopt_core.ui.training.sharing import Shared

WATCHERS = 20


def together(act, count=WATCHERS):
    """`act` in so many threads that begin at the same moment; what each gave."""
    gate, out = threading.Barrier(count), [None] * count

    def one(i):
        gate.wait()
        out[i] = act()

    threads = [threading.Thread(target=one, args=(i,)) for i in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return out


class Drawing:
    """Draws slowly and notes who draws at the same time."""

    def __init__(self):
        self.lock, self.now, self.most, self.count = threading.Lock(), 0, 0, 0

    def __call__(self, last):
        with self.lock:
            self.now += 1
            self.count += 1
            self.most = max(self.most, self.now)
        begun = time.monotonic()
        time.sleep(0.05)
        with self.lock:
            self.now -= 1
        return begun


def test_twenty_who_want_the_newest_picture_share_what_is_drawn_after_they_asked():
    shared, draw = Shared(), Drawing()

    def ask():
        asked = time.monotonic()
        return asked, shared.get("run", draw)

    for _ in range(3):
        for asked, begun in together(ask):
            assert begun >= asked  # nobody is shown what was there before
    assert draw.most == 1
    assert draw.count <= 3 * WATCHERS / 2  # two a round, but for threads that came late


def test_twenty_who_may_have_an_older_picture_do_not_wait_for_it():
    shared, draw = Shared(), Drawing()
    first = shared.get("run", draw)
    hold, drawing = threading.Event(), threading.Event()

    def slow(last):
        drawing.set()
        hold.wait(60)
        return last + 1

    renewed = threading.Thread(target=lambda: shared.get("run", slow))
    renewed.start()
    assert drawing.wait(60)
    assert together(lambda: shared.get("run", draw, age=1e-9)) == [first] * WATCHERS
    hold.set()
    renewed.join(60)
    assert shared.get("run", draw, age=60) == first + 1 and draw.count == 1


def test_a_picture_that_fails_keeps_nobody_from_the_next():
    shared = Shared()

    def broken(last):
        raise OSError("gone")

    def ask():
        with pytest.raises(OSError):
            shared.get("run", broken)

    together(ask)
    assert shared.get("run", lambda last: "drawn") == "drawn"


def test_kinds_are_drawn_apart_and_old_ones_are_dropped():
    shared = Shared(kept=0.0)
    assert [shared.get(k, lambda last, k=k: k) for k in "ab"] == ["a", "b"]
    assert "a" not in shared._places
