"""A crowd that comes in one minute: how fast its pages open, what a session keeps, what returns.

    python tests/load/crowd.py --sessions 1000

All sessions are opened, all leave, and another crowd comes. Memory is the server's resident set
(Linux).
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.load.process import resident_mb
from tests.load.socket_client import Visitor
from tests.support import server

MAX_SESSIONS = 1000
AT_ONCE = 20
"""Pages that are being opened at any time."""


async def rested(pid: int) -> float:
    """Its memory when it has not changed for three seconds, or after a minute."""
    before = resident_mb(pid)
    for _ in range(20):
        await asyncio.sleep(3.0)
        now = resident_mb(pid)
        if abs(now - before) < 1.0:
            return now
        before = now
    return before


async def wave(running: server.Server, page: str, count: int) -> list[Visitor]:
    """Open so many at once; prints how long it took."""
    gate, waits = asyncio.Semaphore(AT_ONCE), []

    async def one() -> Visitor:
        visitor = Visitor(running.url, page)
        async with gate:
            begin = time.perf_counter()
            await visitor.connect()
            await visitor.run()
            waits.append(time.perf_counter() - begin)
        return visitor

    begin = time.perf_counter()
    visitors = await asyncio.gather(*(one() for _ in range(count)))
    took = time.perf_counter() - begin
    print(
        f"{count} sessions of {page}: all open after {took:.1f} s ({1000 * took / count:.0f} ms "
        f"each; of {AT_ONCE} at once the 95th waited {sorted(waits)[int(0.95 * count)]:.1f} s)"
    )
    return visitors


async def crowd(running: server.Server, page: str, count: int, waves: int, leave_s: float) -> None:
    """Open, look, close, look, and again; prints what was found."""
    pid = running.process.pid
    first = await wave(running, page, 5)  # the server's own first time
    base = before = await rested(pid)
    for number in range(waves):
        visitors = await wave(running, page, count)
        full = await rested(pid)
        for visitor in visitors:
            await visitor.close()
        await asyncio.sleep(leave_s)
        left = await rested(pid)
        print(
            f"wave {number + 1}: {before:.0f} MB before, {full:.0f} MB with all "
            f"({(full - base) / count:.2f} MB each), {left:.0f} MB {leave_s:.0f} s after they left"
        )
        before = left
    for visitor in first:
        await visitor.close()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sessions", type=int, default=300)
    parser.add_argument("--page", default="initialization")
    parser.add_argument("--leave", type=float, default=150.0, help="seconds until memory is read")
    parser.add_argument("--waves", type=int, default=2, help="what is freed, the next one takes")
    options = parser.parse_args()
    if not 1 <= options.sessions <= MAX_SESSIONS:
        parser.error(f"at most {MAX_SESSIONS} sessions")
    home = Path(tempfile.mkdtemp(prefix="initopt-crowd-"))
    room = {"INITOPT_MAX_SESSIONS": str(options.sessions + 100)}
    with server.serving(server.ROOT / "app.py", home, room) as running:
        asyncio.run(crowd(running, options.page, options.sessions, options.waves, options.leave))
    return 0


if __name__ == "__main__":
    sys.exit(main())
