"""A server that stands still says where and ends; one that works is left alone."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from types import SimpleNamespace

import pytest

from initopt_core.ui.server import startup, watchdog
from tests.support.loops import to_its_end

LIVES = """
    import asyncio, ctypes, sys, time
    from initopt_core.ui.server.watchdog import watching

    def stands_still():
        ctypes.PyDLL(None).sleep(60)  # in C, with the interpreter's lock

    async def serve():
        async with watching(patience=1.0):
            await asyncio.sleep(2.0)
            {busy}
            await asyncio.sleep(0.1)
        await asyncio.to_thread(time.sleep, 2.0)  # nobody watches any more
        print("whole", flush=True)

    asyncio.run(serve())
"""


@pytest.mark.skipif(sys.platform == "win32", reason="the C library's sleep has another name")
@pytest.mark.parametrize(
    ("busy", "ends"), [("pass", 0), ("await asyncio.to_thread(stands_still)", 1)]
)
def test_what_stands_still_ends_and_says_where(busy, ends):
    code = textwrap.dedent(LIVES).format(busy=busy)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=40)
    assert done.returncode == ends, done.stderr
    assert ("whole" in done.stdout) == (ends == 0)
    assert ("in stands_still" in done.stderr) == (ends == 1)


@pytest.mark.parametrize("hosted", [False, True])
def test_only_a_hosted_server_is_watched(monkeypatch, hosted):
    begun = []

    class Watched:
        async def __aenter__(self):
            begun.append(True)

        async def __aexit__(self, *_):
            begun.append(False)

    monkeypatch.setattr(startup, "begin", lambda: None)
    monkeypatch.setattr(startup.farewell, "listen", lambda: None)
    monkeypatch.setattr(startup.operation, "training", lambda: None)
    monkeypatch.setattr(startup, "server_settings", lambda: SimpleNamespace(hosted=hosted))
    monkeypatch.setattr(watchdog, "watching", Watched)

    async def served() -> None:
        async with startup.lifespan(None):
            pass

    to_its_end(served())
    assert begun == ([True, False] if hosted else [])
