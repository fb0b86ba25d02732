"""One table: many visitors on the laboratories, each beside its bare page, in one run.

    python -m tests.load                              100 sessions, a few minutes
    python -m tests.load --sessions 300 --capacity 90
    python -m tests.load --page loss_surfaces
    python -m tests.load --sessions 300 --capacity 90 --replicas 2      behind HAProxy

Sessions follow one another through the same settings, as a hall does. Capacity is what the bare
page answers a second when it is asked for more than it can, unless given; each page is then
offered half, full and twice of it. A change that finds its own visitor waiting is not sent.
Loopback only, bounded in sessions and seconds; Linux (it reads processor time from /proc).
"""

from __future__ import annotations

import argparse
import asyncio
import functools
import random
import statistics
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from streamlit.proto.WidgetStates_pb2 import WidgetState

from initopt_core.initializers import INITIALIZERS
from initopt_core.networks import ACTIVATIONS
from initopt_core.surfaces import SURFACES
from tests.load.hall import hall
from tests.load.process import processor_seconds
from tests.load.socket_client import Visitor
from tests.support import server

MAX_SESSIONS, MAX_SECONDS = 1000, 120
HERE = Path(__file__).resolve().parent
Servers = Sequence[server.Server]
Setting = tuple[str, ...]
"""What the boxes show: a scheme and an activation, or a surface."""


@dataclass(frozen=True)
class Laboratory:
    """A page under load: its `name`, the `boxes` that are changed, the `settings` they take."""

    name: str
    boxes: tuple[str, ...]
    settings: tuple[Setting, ...]

    def scripts(self) -> dict[str, tuple[Path, str]]:
        """Of the bare page and of the real one: script, and page in it."""
        bare = HERE / f"bare_{self.name}.py"
        return {"bare": (bare, ""), self.name: (server.ROOT / "app.py", self.name)}

    def change(
        self, visitor: Visitor, setting: Setting, shown: Setting
    ) -> tuple[tuple[WidgetState, ...], Setting]:
        """One box takes its value of `setting`, as by a hand, the first that does not show it yet;
        the others say what they have shown since they were changed. What is to be sent, that of the
        changed box first (a browser asks for its part), and what all show then."""
        ids = {label: widget for widget, label in visitor.labels.items()}
        now = dict(zip(self.boxes, shown, strict=False))
        wanted = zip(self.boxes, setting, strict=True)
        box, value = next((p for p in wanted if now.get(p[0]) != p[1]), (self.boxes[0], setting[0]))
        states = {box: value} | now | {box: value}
        told = tuple(WidgetState(id=ids[b], string_value=v) for b, v in states.items())
        return told, tuple(states[b] for b in self.boxes if b in states)


LABORATORIES = {
    page.name: page
    for page in (
        Laboratory(
            "initialization",
            ("Scheme", "Activation"),
            tuple(
                (scheme.label, activation.label)
                for scheme in INITIALIZERS.values()
                for activation in ACTIVATIONS.values()
                if scheme.name not in ("orthogonal", "lsuv")  # 40 ms of QR: not what is measured
            ),
        ),
        Laboratory(
            "loss_surfaces", ("Surface",), tuple((entry.label,) for entry in SURFACES.values())
        ),
    )
}


@dataclass(frozen=True)
class Row:
    """One line of the table: times and `processor` time a change in ms, `size` in KB a change."""

    page: str
    sessions: int
    offered: float
    answered: float
    median: float
    late: float
    errors: int
    size: float
    processor: float


async def opened(url: str, page: str, count: int) -> list[Visitor]:
    """Visitors whose page is there."""
    visitors = [Visitor(url, page) for _ in range(count)]

    async def one(visitor: Visitor) -> None:
        await visitor.connect()
        await visitor.run()

    await one(visitors[0])  # the server's own first time
    for first in range(1, count, 10):
        await asyncio.gather(*map(one, visitors[first : first + 10]))
    return visitors


def used_by(servers: Servers) -> float:
    """Processor time that they have used, in seconds."""
    return sum(processor_seconds(one.process.pid) for one in servers)


async def measure(
    page: Laboratory,
    name: str,
    servers: Servers,
    visitors: list[Visitor],
    shown: dict[Visitor, Setting],
    rate: float,
    seconds: float,
) -> Row:
    """Offer `rate` changes a second for so long; `shown` is what was changed so far."""
    busy: set[int] = set()
    times: list[float] = []
    sizes: list[int] = []
    errors = 0

    async def one(index: int, setting: Setting) -> None:
        nonlocal errors
        begin = time.perf_counter()
        try:
            visitor = visitors[index]
            states, shown[visitor] = page.change(visitor, setting, shown.get(visitor, ()))
            # As a browser does: what is in a fragment asks for it alone.
            answer = await visitor.run(states, fragment=visitor.parts[states[0].id])
            times.append(1000 * (time.perf_counter() - begin))
            sizes.append(answer.size)
            errors += len(answer.problems)
        except (TimeoutError, OSError):
            errors += 1
        busy.discard(index)

    rng, tasks, used = random.Random(0), [], used_by(servers)
    start = time.perf_counter()
    for i in range(int(rate * seconds)):
        await asyncio.sleep(max(0.0, start + i / rate - time.perf_counter()))
        free = [k for k in range(len(visitors)) if k not in busy]
        if not free or time.perf_counter() - start > seconds:
            continue
        chosen = rng.choice(free)
        busy.add(chosen)
        step = max(0, int(i / rate / 5 * 4) - rng.randint(0, 3))
        tasks.append(asyncio.create_task(one(chosen, page.settings[step % len(page.settings)])))
    await asyncio.gather(*tasks)
    elapsed = time.perf_counter() - start
    ordered, count = sorted(times) or [float("nan")], max(len(times), 1)
    return Row(
        name,
        len(visitors),
        rate,
        len(times) / elapsed,
        statistics.median(ordered),
        ordered[int(0.95 * len(ordered))],
        errors,
        sum(sizes) / 1024 / count,
        1000 * (used_by(servers) - used) / count,
    )


def table(rows: list[Row]) -> str:
    """The rows with the ratio of processor time to the bare page's at the same rate."""
    bare = {row.offered: row.processor for row in rows if row.page == "bare"}
    head = (
        "page            sessions  offered/s  answered/s  median ms  95th ms  errors  KB/change  "
        "cpu ms  ratio"
    )
    lines = [
        f"{r.page:15} {r.sessions:8} {r.offered:10.1f} {r.answered:11.1f} {r.median:10.0f} "
        f"{r.late:8.0f} {r.errors:7} {r.size:10.1f} {r.processor:7.1f} "
        f"{r.processor / bare.get(r.offered, float('nan')):6.2f}"
        for r in rows
    ]
    return "\n".join([head, *lines])


async def idle(servers: Servers) -> None:
    """Until they have come to rest: what they prepare after their start is not measured."""
    for _ in range(60):
        used = used_by(servers)
        await asyncio.sleep(1.0)
        if used_by(servers) - used < 0.05:
            return


async def one_page(
    page: Laboratory, name: str, servers: Servers, url: str, path: str, options, rates
) -> list[Row]:
    visitors = await opened(url, path, options.sessions)
    shown: dict[Visitor, Setting] = {}
    measured = functools.partial(measure, page, name, servers, visitors, shown)
    await measured(5.0, 3.0)  # settings of the beginning are kept
    for visitor in visitors[: 5 * len(servers)] if options.settings else ():  # each server has some
        for setting in page.settings:
            while shown.get(visitor) != setting:
                states, shown[visitor] = page.change(visitor, setting, shown.get(visitor, ()))
                await visitor.run(states, fragment=visitor.parts[states[0].id])
    await idle(servers)
    if not rates:
        found = await measured(200.0, options.seconds)
        rates += [factor * round(found.answered) for factor in (0.5, 1.0, 2.0)]
    rows = [await measured(rate, options.seconds) for rate in rates]
    for visitor in visitors:
        await visitor.close()
    return rows


def main() -> int:
    parser = argparse.ArgumentParser("python -m tests.load", description=__doc__.splitlines()[0])
    parser.add_argument("--page", choices=LABORATORIES, default="initialization")
    parser.add_argument("--sessions", type=int, default=100)
    parser.add_argument("--seconds", type=float, default=15.0, help="of each line of the table")
    parser.add_argument(
        "--settings", type=int, help="so many, all computed beforehand: what a page itself costs"
    )
    parser.add_argument("--capacity", type=float, help="changes a second; measured unless given")
    parser.add_argument("--replicas", type=int, choices=(1, 2), default=1, help="of the real page")
    options = parser.parse_args()
    if not 1 <= options.sessions <= MAX_SESSIONS or not 0 < options.seconds <= MAX_SECONDS:
        parser.error(f"at most {MAX_SESSIONS} sessions and {MAX_SECONDS} seconds")
    page = LABORATORIES[options.page]
    if options.settings:
        page = replace(page, settings=page.settings[: options.settings])
    rates = [f * options.capacity for f in (0.5, 1.0, 2.0)] if options.capacity else []
    rows: list[Row] = []
    for name, (script, path) in page.scripts().items():
        # One process answers for the bare page, which knows no readiness.
        with hall(script, 1 if name == "bare" else options.replicas) as (servers, url):
            rows += asyncio.run(one_page(page, name, servers, url, path, options, rates))
    print(table(rows))
    return int(any(row.errors for row in rows))


if __name__ == "__main__":
    sys.exit(main())
