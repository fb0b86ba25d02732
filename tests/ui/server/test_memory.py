"""Memory goes back when a crowd has left for good, and not when a few come and go."""

from __future__ import annotations

import asyncio
import subprocess
import sys

import pytest

from initopt_core.ui.server import memory
from tests.support.loops import to_its_end

HOLDS = """
import gc
from initopt_core.ui.server.memory import give_back

def resident():
    with open("/proc/self/status") as file:
        return next(int(line.split()[1]) / 1024 for line in file if line.startswith("VmRSS"))

gc.disable()
def crowd():
    for _ in range(200_000):
        one = {"text": bytearray(300)}
        one["self"] = one  # as a session holds its parts, and they it
crowd()
before = resident()
give_back()
print(before - resident())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_garbage_goes_back_to_the_machine():
    done = subprocess.run([sys.executable, "-c", HOLDS], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert float(done.stdout) > 50, "MB of about 120"


@pytest.mark.parametrize(
    ("seen", "times"),
    [
        ([300, 300, 10, 10, 10, 10, 10], 1),
        ([300, 10, 300, 10, 300, 10], 0),  # they come back before they are forgotten
        ([300, 200, 200, 200, 200], 0),  # many are still here
        ([40, 0, 0, 0, 0], 0),
        ([300, 0, 0, 0, 0, 0, 300, 0, 0, 0, 0], 2),
    ],
)
def test_a_crowd_has_to_have_left_for_good(monkeypatch, seen, times):
    left, given = iter(seen), []
    done = asyncio.Event()

    def sessions() -> int:
        count = next(left, None)
        if count is None:
            done.set()
        return count or 0 if not done.is_set() else seen[-1]

    monkeypatch.setattr(memory.operation, "sessions", sessions)
    monkeypatch.setattr(memory, "give_back", lambda: given.append(1))

    async def wait() -> None:
        async with memory.returning(look=0.001, gone=0.003):
            await asyncio.wait_for(done.wait(), 20)

    to_its_end(wait())
    assert len(given) == times
