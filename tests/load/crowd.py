"""A crowd that comes in one minute: how fast its pages open, what a session keeps, what returns.

    python tests/load/crowd.py --sessions 1000
    python tests/load/crowd.py --sessions 1000 --replicas 2      behind HAProxy

All sessions are opened, all leave, and another crowd comes. Memory is the server's resident set
(Linux).
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.load.hall import hall
from tests.load.process import resident_mb
from tests.load.socket_client import Visitor
from tests.support import server

MAX_SESSIONS = 1000
AT_ONCE = 20
"""Pages that are being opened at any time."""


def memory(servers: Sequence[server.Server]) -> float:
    """What they hold together, in MB."""
    return sum(resident_mb(one.process.pid) for one in servers)


async def rested(servers: Sequence[server.Server]) -> float:
    """Their memory when it has not changed for three seconds, or after a minute."""
    before = memory(servers)
    for _ in range(20):
        await asyncio.sleep(3.0)
        now = memory(servers)
        if abs(now - before) < 1.0:
            return now
        before = now
    return before


async def wave(url: str, page: str, count: int) -> list[Visitor]:
    """Open so many at once; prints how long it took."""
    gate, waits = asyncio.Semaphore(AT_ONCE), []

    async def one() -> Visitor:
        visitor = Visitor(url, page)
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


async def crowd(
    servers: Sequence[server.Server], url: str, page: str, count: int, waves: int, leave_s: float
) -> None:
    """Open, look, close, look, and again; prints what was found."""
    first = await wave(url, page, 5 * len(servers))  # the servers' own first time
    base = before = await rested(servers)
    for number in range(waves):
        visitors = await wave(url, page, count)
        full = await rested(servers)
        for visitor in visitors:
            await visitor.close()
        await asyncio.sleep(leave_s)
        left = await rested(servers)
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
    parser.add_argument("--replicas", type=int, choices=(1, 2), default=1)
    options = parser.parse_args()
    if not 1 <= options.sessions <= MAX_SESSIONS:
        parser.error(f"at most {MAX_SESSIONS} sessions")
    room = {"INITOPT_MAX_SESSIONS": str(options.sessions + 100)}
    with hall(server.ROOT / "app.py", options.replicas, room) as (servers, url):
        looked = (options.page, options.sessions, options.waves, options.leave)
        asyncio.run(crowd(servers, url, *looked))
    return 0


if __name__ == "__main__":
    sys.exit(main())
