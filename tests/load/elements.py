"""How much of a page one change sends again: elements, blocks and kilobytes.

    python tests/load/elements.py

One session on the loopback interface opens the page, then moves a slider and picks from the boxes
as a browser would. What a change costs the server is about 8 ms and 0.4 ms for every element and
block that it sends.
"""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
from collections import Counter
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1]))

import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from initopt_core.surfaces import SURFACES
from initopt_core.wording import many
from tests.load.socket_client import Kept
from tests.support import server

CANVAS = "lab_canvas"
ENDS = (ForwardMsg.FINISHED_SUCCESSFULLY, ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY)


class Visitor:
    """One session: its socket, and the widgets that it has seen, by label or key."""

    def __init__(self) -> None:
        self.ids: dict[str, str] = {}
        self.fragments: dict[str, str] = {}
        self.page_hash = ""
        self.kept = Kept()

    async def open(self, url: str, page: str) -> Counter:
        """Connect and run the page once; what was sent."""
        self.page = page
        self.socket = await websockets.connect(
            f"{url.replace('http', 'ws')}/_stcore/stream",
            subprotocols=["streamlit"],
            max_size=2**26,
        )
        return await self.ask()

    async def ask(self, widget: str = "", **value: str) -> Counter:
        """Run the page, or what answers `widget` when it holds `value`; what was sent."""
        message = BackMsg()
        message.rerun_script.page_name = self.page
        message.rerun_script.page_script_hash = self.page_hash
        if widget:
            message.rerun_script.fragment_id = self.fragments[widget]
            state = message.rerun_script.widget_states.widgets.add()
            state.id = self.ids[widget]
            for kind, given in value.items():
                setattr(state, kind, given)
        message.rerun_script.cached_message_hashes.extend(self.kept.hashes)
        await self.socket.send(message.SerializeToString())
        sent = Counter()
        while True:
            data = await asyncio.wait_for(self.socket.recv(), 60)
            sent["bytes"] += len(data)
            answer = ForwardMsg()
            answer.ParseFromString(data)
            self.kept.see(answer)
            kind = answer.WhichOneof("type")
            sent["runs"] += kind == "new_session"
            if kind == "navigation":
                self.page_hash = answer.navigation.page_script_hash
            elif kind == "ref_hash":
                sent["kept"] += 1
            elif kind == "delta":
                self._saw(answer.delta, sent)
            elif kind == "script_finished" and answer.script_finished in ENDS:
                return sent

    def _saw(self, delta, sent: Counter) -> None:
        if delta.WhichOneof("type") != "new_element":
            sent["blocks"] += 1
            return
        element = delta.new_element
        kind = element.WhichOneof("type")
        part = getattr(element, kind)
        if kind == "bidi_component":
            kind = part.component_name.split(".")[-1]
            given = json.loads(part.json) if part.WhichOneof("data") == "json" else {}
            name = str(given.get("key", "")) or part.id.split("-", 2)[-1]
        else:
            name = getattr(part, "label", "")
        sent[kind] += 1
        if name:
            self.ids[name], self.fragments[name] = part.id, delta.fragment_id


def told(what: str, sent: Counter) -> str:
    """One line on what was sent."""
    elements = {k: n for k, n in sent.items() if k not in ("bytes", "blocks", "runs")}
    parts = ", ".join(f"{n} {kind}" for kind, n in sorted(elements.items()))
    return (
        f"{what}: {sum(elements.values())} elements, {sent['blocks']} blocks, "
        f"{many(sent['runs'], 'run')}, "
        f"{sent['bytes'] / 1024:.1f} KB ({parts})"
    )


async def count(url: str) -> None:
    """Open the page, change it, print what each change has sent."""
    visitor = Visitor()
    print(told("the page", await visitor.open(url, "initialization")))
    for n, gain in enumerate((1.2, 1.5), 1):
        moved = json.dumps({"value": [gain, n, 0]})
        print(told(f"slider, move {n}", await visitor.ask("kaiming_gain", json_value=moved)))
    for scheme in ("Xavier (Glorot)", "Kaiming (He)"):
        print(told(f"scheme {scheme}", await visitor.ask("Scheme", string_value=scheme)))
    print(told("activation Tanh", await visitor.ask("Activation", string_value="Tanh")))
    await visitor.socket.close()
    visitor = Visitor()
    print(told("loss surfaces, the page", await visitor.open(url, "loss_surfaces")))
    rate = next(name for name in visitor.ids if name.endswith("_lr"))
    for n, value in enumerate((0.2, 0.3), 1):
        moved = json.dumps({"value": [value, n, 0]})
        print(told(f"{rate}, move {n}", await visitor.ask(rate, json_value=moved)))
    begun = json.dumps({"start": {"x": 2.0, "y": 2.0, "n": 1, "run": -1, "done": True}})
    print(told("a start is dragged", await visitor.ask(CANVAS, json_value=begun)))
    for surface in (SURFACES[name].label for name in ("steep_optima", "pathological")):
        print(told(f"surface {surface}", await visitor.ask("Surface", string_value=surface)))
    await visitor.socket.close()


def main() -> None:
    home = Path(tempfile.mkdtemp(prefix="initopt-elements-"))
    with server.serving(server.ROOT / "app.py", home) as running:
        asyncio.run(count(running.url))


if __name__ == "__main__":
    main()
