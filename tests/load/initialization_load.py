"""Many visitors on the initialization page, without browsers: the time from a change to its answer.

    python tests/load/initialization_load.py                 its own server, 100 sessions, 20 acts/s
    python tests/load/initialization_load.py --own           every act a setting of its own

Each session speaks Streamlit's websocket on the loopback interface: it opens the page, then picks
another scheme or activation now and then. By default all sessions follow one another through the
same settings, as a lecture hall does, so that most answers are in the shared cache. Bounded: at
most 500 sessions and 10 minutes. Target: 95th percentile under 100 ms for 100 sessions and 20 acts
a second.
"""

from __future__ import annotations

import argparse
import asyncio
import math
import random
import statistics
import sys
import tempfile
import time
import urllib.parse
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1]))

import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from initopt_core.initializers import INITIALIZERS
from initopt_core.networks import ACTIVATIONS
from tests.support import server

MAX_SESSIONS, MAX_SECONDS = 500, 600
BOXES = {"Scheme": INITIALIZERS, "Activation": ACTIVATIONS}


class Session:
    """One visitor: a socket, the ids of the two boxes, and what they hold."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.boxes: dict[str, str] = {}
        self.values: dict[str, str] = {}
        self.page_hash = ""
        self.bytes = 0
        self.problems = 0

    async def open(self) -> None:
        """Connect, run the page once."""
        self.socket = await websockets.connect(
            f"{self.url.replace('http', 'ws')}/_stcore/stream",
            subprotocols=["streamlit"],
            max_size=2**26,
            compression=None,
        )
        await self.run()
        if not self.boxes:
            raise RuntimeError("the page has no Scheme box; is this the initialization page?")

    async def run(self) -> float:
        """Ask for a rerun and read until it has finished; the moment when both figures were there
        (the page then waits 20 ms for the browser to draw them, and sends its controls)."""
        pictures, there = 0, math.nan
        message = BackMsg()
        rerun = message.rerun_script
        rerun.page_name = "initialization"
        rerun.page_script_hash = self.page_hash
        rerun.query_string = urllib.parse.urlencode({})
        for label, value in self.values.items():
            state = rerun.widget_states.widgets.add()
            state.id = self.boxes[label]
            state.string_value = value
        await self.socket.send(message.SerializeToString())
        while True:
            data = await asyncio.wait_for(self.socket.recv(), 60)
            self.bytes += len(data)
            answer = ForwardMsg()
            answer.ParseFromString(data)
            kind = answer.WhichOneof("type")
            if kind == "navigation":
                self.page_hash = answer.navigation.page_script_hash
            elif kind == "delta" and answer.delta.WhichOneof("type") == "new_element":
                element = answer.delta.new_element
                what = element.WhichOneof("type")
                if (
                    what == "bidi_component"
                    and "live_chart" in element.bidi_component.component_name
                ):
                    pictures += 1
                    if pictures == 2:
                        there = time.perf_counter()
                if what == "selectbox" and element.selectbox.label in BOXES:
                    self.boxes[element.selectbox.label] = element.selectbox.id
                elif what == "exception" or (what == "alert" and element.alert.format == 1):
                    self.problems += 1
            elif kind == "script_finished":
                # A rerun that the page itself asked for ends with another of these.
                if answer.script_finished in (
                    ForwardMsg.FINISHED_SUCCESSFULLY,
                    ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY,
                ):
                    return there
                if answer.script_finished == ForwardMsg.FINISHED_WITH_COMPILE_ERROR:
                    raise RuntimeError("the page does not compile")

    async def act(self, setting: tuple[str, str]) -> tuple[float, float]:
        """Pick a scheme and an activation; milliseconds until both figures are there, and until
        the whole page is."""
        self.values = dict(zip(("Scheme", "Activation"), setting, strict=True))
        start = time.perf_counter()
        there = await self.run()
        return 1000 * (there - start), 1000 * (time.perf_counter() - start)


async def load(url: str, count: int, rate: float, seconds: float, own: bool) -> None:
    """Open the sessions, let them act, print what was measured."""
    sessions = [Session(url) for _ in range(count)]
    await sessions[0].open()  # the server's own first time
    start = time.perf_counter()
    for first in range(1, count, 10):
        await asyncio.gather(*(s.open() for s in sessions[first : first + 10]))
    print(f"opened {count} sessions in {time.perf_counter() - start:.1f} s")
    settings = [
        (scheme.label, activation.label)
        for scheme in INITIALIZERS.values()
        for activation in ACTIVATIONS.values()
        if scheme.name not in ("orthogonal", "lsuv")  # 40 ms of QR: not what is measured here
    ]
    random.Random(0).shuffle(settings)
    busy: set[int] = set()
    times: list[tuple[float, float]] = []
    late = 0

    async def one(index: int, setting: tuple[str, str]) -> None:
        busy.add(index)
        times.append(await sessions[index].act(setting))
        busy.discard(index)

    before = sum(s.bytes for s in sessions)
    tasks = []
    start = time.perf_counter()
    for i in range(int(rate * seconds)):
        await asyncio.sleep(max(0.0, start + i / rate - time.perf_counter()))
        free = [k for k in range(count) if k not in busy]
        if not free:
            late += 1
            continue
        # Following: the hall stays about five seconds with each setting, and visitors lag behind.
        lag = random.randint(0, 3)
        step = i if own else max(0, int(i / rate / 5 * 4) - lag)
        tasks.append(asyncio.create_task(one(random.choice(free), settings[step % len(settings)])))
    await asyncio.gather(*tasks)
    elapsed = time.perf_counter() - start
    sent = (sum(s.bytes for s in sessions) - before) / 1024 / len(times)
    print(
        f"{'own settings' if own else 'following'}: {len(times)} acts in {elapsed:.0f} s "
        f"({len(times) / elapsed:.1f}/s of {rate:g}/s asked), {sent:.1f} KB an act, "
        f"{late} not sent, {sum(s.problems for s in sessions)} errors shown"
    )
    for what, column in zip(("figures", "whole page"), zip(*times, strict=True), strict=True):
        ordered = sorted(column)
        print(
            f"  {what}: median {statistics.median(ordered):.0f} ms, "
            f"95th {ordered[int(0.95 * len(ordered))]:.0f} ms, max {ordered[-1]:.0f} ms"
        )
    for s in sessions:
        await s.socket.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sessions", type=int, default=100)
    parser.add_argument("--rate", type=float, default=20.0, help="acts a second, over all sessions")
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--own", action="store_true", help="a new setting at every act")
    parser.add_argument("--url", help="a running app on this machine, instead of one of our own")
    options = parser.parse_args()
    if not 1 <= options.sessions <= MAX_SESSIONS or not 0 < options.seconds <= MAX_SECONDS:
        parser.error(f"at most {MAX_SESSIONS} sessions and {MAX_SECONDS} seconds")
    if options.url and not options.url.startswith(("http://127.0.0.1", "http://localhost")):
        parser.error("only this machine is to be loaded")

    def run(url: str) -> None:
        asyncio.run(load(url, options.sessions, options.rate, options.seconds, options.own))

    if options.url:
        run(options.url)
        return
    with server.serving(
        server.ROOT / "app.py", Path(tempfile.mkdtemp(prefix="initopt-load-"))
    ) as s:
        run(s.url)


if __name__ == "__main__":
    main()
