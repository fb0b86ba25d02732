"""A crowd that comes in one minute: how fast its pages open, what a session keeps, what returns.

    python tests/load/crowd.py --sessions 1000

All sessions are opened, then all leave. Memory is the server's resident set, from /proc (Linux).
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.load.socket_client import Visitor
from tests.support import server

MAX_SESSIONS = 1000
AT_ONCE = 20
"""Pages that are being opened at any time."""


def resident_mb(pid: int) -> float:
    """Memory that a process holds, in MB of 2^20 bytes."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise RuntimeError("this system does not tell a process's memory")


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


async def crowd(running: server.Server, page: str, count: int, leave_s: float) -> None:
    """Open, look, close, look; prints what was found."""
    pid, gate = running.process.pid, asyncio.Semaphore(AT_ONCE)
    waits: list[float] = []

    async def one() -> Visitor:
        visitor = Visitor(running.url, page)
        async with gate:
            begin = time.perf_counter()
            await visitor.connect()
            await visitor.run()
            waits.append(time.perf_counter() - begin)
        return visitor

    first = [await one() for _ in range(5)]  # the server's own first time
    base = await rested(pid)
    waits.clear()
    begin = time.perf_counter()
    visitors = await asyncio.gather(*(one() for _ in range(count)))
    took = time.perf_counter() - begin
    full = await rested(pid)
    late = sorted(waits)[int(0.95 * len(waits))]
    print(
        f"{count} sessions of {page}: all open after {took:.1f} s "
        f"(each {1000 * took / count:.0f} ms; of {AT_ONCE} at once the 95th waited {late:.1f} s)"
    )
    print(f"memory: {base:.0f} MB before, {full:.0f} MB with all: {(full - base) / count:.2f} MB each")
    for visitor in (*visitors, *first):
        await visitor.close()
    await asyncio.sleep(leave_s)
    left = await rested(pid)
    print(f"{leave_s:.0f} s after they left: {left:.0f} MB")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sessions", type=int, default=300)
    parser.add_argument("--page", default="initialization")
    parser.add_argument("--leave", type=float, default=150.0, help="seconds until memory is read")
    options = parser.parse_args()
    if not 1 <= options.sessions <= MAX_SESSIONS:
        parser.error(f"at most {MAX_SESSIONS} sessions")
    home = Path(tempfile.mkdtemp(prefix="initopt-crowd-"))
    room = {"INITOPT_MAX_SESSIONS": str(options.sessions + 100)}
    with server.serving(server.ROOT / "app.py", home, room) as running:
        asyncio.run(crowd(running, options.page, options.sessions, options.leave))
    return 0


if __name__ == "__main__":
    sys.exit(main())
