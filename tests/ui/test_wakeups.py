"""The event loop is woken once for many messages, and misses none."""

from __future__ import annotations

import asyncio
import threading
from types import SimpleNamespace

from initopt_core.ui.server import wakeups


def counted(loop) -> list[int]:
    """How often the loop's byte is written, from now on."""
    writes, write = [0], loop._write_to_self

    def counting() -> None:
        writes[0] += 1
        write()

    loop._write_to_self = counting
    return writes


def test_what_a_busy_loop_is_told_wakes_it_once():
    async def play() -> int:
        loop = asyncio.get_running_loop()
        writes, done = counted(loop), []
        assert wakeups.gather(loop)
        thread = threading.Thread(
            target=lambda: [loop.call_soon_threadsafe(done.append, i) for i in range(1000)]
        )
        thread.start()
        thread.join()  # the loop is held: it looks when this is over
        while len(done) < 1000:
            await asyncio.sleep(0)
        assert done == list(range(1000))
        return writes[0]

    assert asyncio.run(play()) == 1


def test_a_sleeping_loop_is_woken_by_every_thread_every_time():
    """Each thread waits for its answer before it asks again: one that is missed would hang."""

    async def play() -> int:
        loop = asyncio.get_running_loop()
        assert wakeups.gather(loop)
        answered = [0] * 4

        def ask(who: int) -> None:
            for _ in range(400):
                heard = threading.Event()
                loop.call_soon_threadsafe(heard.set)
                if not heard.wait(10):
                    return
                answered[who] += 1

        await asyncio.gather(*(asyncio.to_thread(ask, who) for who in range(4)))
        return sum(answered)

    assert asyncio.run(play()) == 1600


def test_a_loop_of_another_kind_stays_as_it_is():
    other = SimpleNamespace(call_soon_threadsafe=print)
    assert not wakeups.gather(other)  # pyright: ignore[reportArgumentType]
    assert vars(other) == {"call_soon_threadsafe": print}
