"""Many visitors who watch one run together: what that costs the server, and what each is sent.

    python tests/load/training_load.py                  its own server and run, 100 sessions
    python tests/load/training_load.py --sessions 20 --seconds 30

Each session speaks Streamlit's websocket on the loopback interface: it opens the run's link and
then, like a browser, asks for the page's refreshing fragment as often as the page says. The run is
trained by this script in the server's folder, so that only watching is measured. Linux only (it
reads the server's processor time from /proc). Bounded: at most 500 sessions and 10 minutes.
Target: less than half a core for 100 sessions, kilobytes an update.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import statistics
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1]))

import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from initopt_core.training import TrainConfig
from initopt_core.training.runs.service import TrainingService
from tests.load.process import processor_seconds
from tests.support import server

MAX_SESSIONS, MAX_SECONDS = 500, 600


class Watcher:
    """One visitor: a socket, the page's hash, and its refreshing fragment."""

    def __init__(self, url: str, run_id: str) -> None:
        self.url, self.run_id = url, run_id
        self.page_hash = ""
        self.fragments: dict[str, float] = {}  # id -> seconds between its refreshes
        self.bytes = self.updates = self.problems = 0
        self.times: list[float] = []

    async def open(self) -> None:
        """Connect, run the page once, learn its fragment."""
        self.socket = await websockets.connect(
            f"{self.url.replace('http', 'ws')}/_stcore/stream",
            subprotocols=["streamlit"],
            max_size=2**26,
            compression=None,
        )
        await self.run()
        if not self.fragments:
            raise RuntimeError("the page does not refresh itself; is the run active?")

    async def run(self, fragment: str = "") -> None:
        """Ask for a rerun and read until it has finished."""
        message = BackMsg()
        message.rerun_script.page_name = "training"
        message.rerun_script.page_script_hash = self.page_hash
        message.rerun_script.query_string = f"run={self.run_id}"
        message.rerun_script.fragment_id = fragment
        await self.socket.send(message.SerializeToString())
        while True:
            data = await asyncio.wait_for(self.socket.recv(), 60)
            self.bytes += len(data)
            answer = ForwardMsg()
            answer.ParseFromString(data)
            kind = answer.WhichOneof("type")
            if kind == "navigation":
                self.page_hash = answer.navigation.page_script_hash
            elif kind == "auto_rerun":
                self.fragments[answer.auto_rerun.fragment_id] = answer.auto_rerun.interval
            elif kind == "delta" and answer.delta.WhichOneof("type") == "new_element":
                self.problems += answer.delta.new_element.WhichOneof("type") == "exception"
            elif kind == "script_finished" and answer.script_finished in (
                ForwardMsg.FINISHED_SUCCESSFULLY,
                ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY,
            ):
                return

    async def watch(self, until: float) -> None:
        """Refresh as the page says until then: each fragment when its time has come."""
        due: dict[str, float] = {}
        while (now := time.perf_counter()) < until:
            for fragment, interval in self.fragments.items():
                due.setdefault(fragment, now + random.random() * interval)
            ready = [f for f in self.fragments if due[f] <= now]
            for fragment in ready:
                start = time.perf_counter()
                await self.run(fragment)
                self.updates += 1
                self.times.append(time.perf_counter() - start)
                due[fragment] = max(due[fragment] + self.fragments.get(fragment, 1.0), start)
            if not ready:
                await asyncio.sleep(0.02)


async def load(url: str, pid: int, run_id: str, count: int, seconds: float) -> None:
    """Open the sessions, let them watch, print what was measured."""
    watchers = [Watcher(url, run_id) for _ in range(count)]
    await watchers[0].open()
    for first in range(1, count, 10):
        await asyncio.gather(*(w.open() for w in watchers[first : first + 10]))
    await asyncio.gather(*(w.watch(time.perf_counter() + 5) for w in watchers))  # to settle
    for w in watchers:
        w.updates, w.times = 0, []
    before, used = sum(w.bytes for w in watchers), processor_seconds(pid)
    start = time.perf_counter()
    await asyncio.gather(*(w.watch(start + seconds) for w in watchers))
    elapsed = time.perf_counter() - start
    cores = (processor_seconds(pid) - used) / elapsed
    updates = sum(w.updates for w in watchers)
    times = sorted(t for w in watchers for t in w.times)
    print(
        f"{count} watchers, {updates / elapsed:.0f} updates/s (each every "
        f"{min(watchers[0].fragments.values()):g} s): {cores:.2f} cores, "
        f"{(sum(w.bytes for w in watchers) - before) / 1024 / updates:.1f} KB an update, answered "
        f"in {1000 * statistics.median(times):.0f} ms (median), "
        f"{1000 * times[int(0.95 * len(times))]:.0f} ms (95th), "
        f"{sum(w.problems for w in watchers)} errors shown"
    )
    for w in watchers:
        await w.socket.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sessions", type=int, default=100)
    parser.add_argument("--seconds", type=float, default=20.0)
    options = parser.parse_args()
    if not 1 <= options.sessions <= MAX_SESSIONS or not 0 < options.seconds <= MAX_SECONDS:
        parser.error(f"at most {MAX_SESSIONS} sessions and {MAX_SECONDS} seconds")
    home = Path(tempfile.mkdtemp(prefix="initopt-load-"))
    service = TrainingService(home / "runs", warm="sample")
    try:
        run_id = service.submit(TrainConfig(data="sample", epochs=500))
        while service.history(run_id).finished_epochs < 2:
            time.sleep(0.1)
        with server.serving(server.ROOT / "app.py", home) as running:
            pid = running.process.pid
            asyncio.run(load(running.url, pid, run_id, options.sessions, options.seconds))
    finally:
        service.close()


if __name__ == "__main__":
    main()
