"""A stop signal: everybody is told, and then the server's own handler has its turn."""

from __future__ import annotations

import asyncio
import threading
from types import SimpleNamespace

import pytest

from initopt_core.ui.server import farewell, operation
from tests.support.loops import to_its_end


@pytest.fixture
def heard(monkeypatch):
    """The web server's own handler, and what happens, in its order."""
    happened = []
    stopping = []
    monkeypatch.setattr(operation, "stop", lambda: (stopping.append(1), happened.append("stop")))
    monkeypatch.setattr(operation, "stopping", lambda: bool(stopping))
    monkeypatch.setattr(farewell, "tell_everybody", lambda text: happened.append(text))
    monkeypatch.setattr(farewell, "NOTICE_SECONDS", 0.02)
    # Tests' loops run in threads of their own, where no handler may be set.
    handlers = {15: lambda *_: happened.append("end")}
    own = SimpleNamespace(SIGTERM=15, getsignal=handlers.get, signal=handlers.__setitem__)
    monkeypatch.setattr(farewell, "signal", own)
    monkeypatch.setattr(
        farewell,
        "threading",
        SimpleNamespace(main_thread=lambda: None, current_thread=lambda: None),
    )
    return happened


async def ended(happened, signals=1):
    farewell.listen()
    for _ in range(signals):
        farewell.signal.getsignal(15)(15, None)
    for _ in range(300):
        if "end" in happened:
            return
        await asyncio.sleep(0.01)


def test_a_word_comes_before_the_end(heard):
    to_its_end(ended(heard))
    assert heard == ["stop", farewell.WORDS, "end"]


def test_the_end_comes_though_nobody_can_be_told(heard, monkeypatch):
    def broken(text):
        raise AttributeError("Streamlit's own, it has moved")

    monkeypatch.setattr(farewell, "tell_everybody", broken)
    to_its_end(ended(heard))
    assert heard == ["stop", "end"]


def test_a_second_signal_does_not_wait(heard, monkeypatch):
    monkeypatch.setattr(farewell, "NOTICE_SECONDS", 60)
    to_its_end(ended(heard, signals=2))
    assert heard[:2] == ["stop", "end"]


def test_only_the_main_thread_may_listen(monkeypatch):
    monkeypatch.setattr(farewell, "signal", None)  # would fail when used
    thread = threading.Thread(target=farewell.listen)
    thread.start()
    thread.join(10)
    assert not thread.is_alive()
