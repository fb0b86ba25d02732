"""Two servers that share nothing but their runs, in a folder or in a store of which each keeps a
copy: both show a run as it trains, and when its server is lost the other goes on with it."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Callable

import pytest
from streamlit.proto.WidgetStates_pb2 import WidgetState

from initopt_core.paths import ROOT
from initopt_core.training.history import History
from initopt_core.training.runs.store import EVENTS, RunStore
from initopt_core.ui.training import about
from tests.load.socket_client import Visitor
from tests.support.loops import to_its_end
from tests.support.server import Server


@pytest.fixture(params=["folder", "store"])
def pair(request, tmp_path):
    """Two servers, each with a home of its own, and the runs that each of them sees."""
    far, homes = tmp_path / "far", [tmp_path / name for name in "ab"]
    copies = request.param == "store"  # fsspec has the same disk under this name, too
    shared = {"INITOPT_RUNS": f"{'local' if copies else 'file'}://{far}", "INITOPT_HOSTED": "0"}
    both = [Server(ROOT / "app.py", home, shared) for home in homes]
    try:
        for server in both:
            server.wait(180)
        yield both, [RunStore(home / "runs" if copies else far) for home in homes]
    finally:
        for server in both:
            server.stop()


def press(url: str, query: str, label: str) -> set[str]:
    """Open the Training page with this link and press a button of it; the labels before."""

    async def act() -> set[str]:
        visitor = Visitor(url, "training")
        await visitor.connect()
        assert not (await visitor.run(query=query)).problems
        shown = set(visitor.labels.values())
        if label:
            button = next(w for w, said in visitor.labels.items() if said == label)
            pressed = WidgetState(id=button, trigger_value=True)
            assert not (await visitor.run((pressed,), query)).problems
        await visitor.close()
        return shown

    return to_its_end(act())


def wait(for_what: Callable[[], bool], seconds: float = 120) -> None:
    until = time.monotonic() + seconds
    while not for_what():
        assert time.monotonic() < until, "it did not come in time"
        time.sleep(0.2)


def epochs(store: RunStore, run: str) -> list[tuple[float | None, ...]]:
    """Accuracies of each finished epoch, as a server's own copy of a run has them."""
    history = History(store.path(run) / EVENTS)
    history.poll()
    assert not history.problem
    whole = range(history.finished_epochs)
    return [tuple(curve.val[e] for curve in history.curves.values()) for e in whole]


@pytest.mark.long
def test_a_lost_servers_run_goes_on_at_the_other(pair):
    servers, (here, there) = pair
    press(servers[1].url, "", "")  # a server looks for others' runs once somebody wants to see them
    press(servers[0].url, "data=sample&epochs=500", about.START)
    wait(lambda: len(here.all()) == 1)
    run = here.all()[0].id
    wait(lambda: run in there.ids() and len(epochs(there, run)) >= 2)
    assert there.info(run).state == "running"
    assert {"Pause", "Stop"} <= press(servers[1].url, f"run={run}", "")

    with contextlib.suppress(ProcessLookupError):  # its worker ends with it
        os.killpg(servers[0].process.pid, signal.SIGKILL)
    known = epochs(there, run)
    wait(lambda: there.info(run).state == "interrupted", 240)
    assert epochs(there, run)[: len(known)] == known
    press(servers[1].url, f"run={run}", "Resume")
    wait(lambda: len(epochs(there, run)) > len(known) + 1)
    there.wish(run, "stop")
    wait(lambda: there.info(run).state == "stopped")
    told = epochs(there, run)
    assert told[: len(known)] == known and len(told) > len(known) + 1
