"""News of a session's script come to the server's loop in their order, none twice and none lost."""

from __future__ import annotations

import asyncio
import contextvars
import inspect
import logging
import threading

import pytest
from streamlit.runtime.app_session import AppSession

from initopt_core.ui.server import bundles
from tests.support.loops import to_its_end

WHO = contextvars.ContextVar("who", default="nobody")


class Session:
    """As much of Streamlit's as is needed: its loop."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._event_loop = loop


@pytest.fixture
def say(monkeypatch):
    """`say(session, news)` as a script's thread calls it."""
    usual = inspect.unwrap(AppSession._call_soon_on_event_loop)
    monkeypatch.setattr(AppSession, "_call_soon_on_event_loop", usual)
    bundles.begin()
    bundles.begin()  # once more wraps nothing twice
    assert inspect.unwrap(AppSession._call_soon_on_event_loop) is usual
    return lambda session, news: AppSession._call_soon_on_event_loop(session, news)


def heard_of(threads: int, each: int, say) -> list[tuple[int, int]]:
    """What a loop hears of scripts that all speak for one session, as (thread, number)."""
    heard: list[tuple[int, int]] = []

    async def listening() -> None:
        session = Session(asyncio.get_running_loop())

        def speak(who: int) -> None:
            for number in range(each):
                say(session, lambda number=number: heard.append((who, number)))

        speakers = [threading.Thread(target=speak, args=(who,)) for who in range(threads)]
        for speaker in speakers:
            speaker.start()
        while len(heard) < threads * each and any(s.is_alive() for s in speakers):
            await asyncio.sleep(0.001)
        for _ in range(10):
            await asyncio.sleep(0.001)

    to_its_end(listening())
    return heard


def test_everything_is_heard_once_in_each_scripts_order(say):
    heard = heard_of(4, 5000, say)
    assert len(heard) == 4 * 5000
    for who in range(4):
        assert [number for one, number in heard if one == who] == list(range(5000))


def test_what_is_said_while_the_loop_is_busy_wakes_it_once(say, monkeypatch):
    woken, heard = [], []

    async def listening() -> None:
        loop = asyncio.get_running_loop()
        usual = loop.call_soon_threadsafe
        monkeypatch.setattr(
            loop, "call_soon_threadsafe", lambda *given, **named: woken.append(usual(*given))
        )
        session = Session(loop)
        for number in range(30):
            say(session, lambda number=number: heard.append(number))
        assert heard == []
        await asyncio.sleep(0)
        assert heard == list(range(30)) and len(woken) == 1
        say(session, lambda: heard.append("later"))
        await asyncio.sleep(0)
        assert heard[-1] == "later" and len(woken) == 2

    to_its_end(listening())


def test_what_is_said_while_others_are_heard_lets_other_sessions_go_first(say):
    heard = []

    async def listening() -> None:
        loop = asyncio.get_running_loop()
        talker, other = Session(loop), Session(loop)

        def goes_on() -> None:
            heard.append("talker")
            if len(heard) < 6:
                say(talker, goes_on)

        say(talker, goes_on)
        say(other, lambda: heard.append("other"))
        for _ in range(10):
            await asyncio.sleep(0)

    to_its_end(listening())
    assert heard[:2] == ["talker", "other"] and heard.count("talker") == 5


def test_news_that_fail_are_told_to_the_loop_and_the_next_are_heard(say, caplog):
    heard = []

    def fails() -> None:
        raise ValueError("of this session")

    async def listening() -> None:
        session = Session(asyncio.get_running_loop())
        say(session, fails)
        say(session, lambda: heard.append("next"))
        await asyncio.sleep(0)
        say(session, lambda: heard.append("later"))
        await asyncio.sleep(0)

    with caplog.at_level(logging.ERROR, logger="asyncio"):
        to_its_end(listening())
    assert heard == ["next", "later"] and "of this session" in caplog.text


def test_each_is_heard_in_the_context_in_which_it_was_said(say):
    heard = []

    async def listening() -> None:
        session = Session(asyncio.get_running_loop())
        for name in ("one", "two"):
            contextvars.Context().run(
                lambda name=name: (WHO.set(name), say(session, lambda: heard.append(WHO.get())))
            )
        await asyncio.sleep(0)

    to_its_end(listening())
    assert heard == ["one", "two"]


def test_what_is_said_after_the_loop_has_ended_is_dropped(say):
    loop = asyncio.new_event_loop()
    loop.close()
    say(Session(loop), lambda: pytest.fail("nobody listens"))
