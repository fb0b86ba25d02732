"""One visitor without a browser: Streamlit's websocket, spoken by hand on the loopback."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState

PATIENCE_S = 120.0
_ENDS = (ForwardMsg.FINISHED_SUCCESSFULLY, ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY)


@dataclass
class Answer:
    """What one rerun sent.

    Attributes:
        problems: texts of exceptions and of red boxes.
        size: bytes.
    """

    problems: list[str] = field(default_factory=list)
    size: int = 0


class Visitor:
    """A page in no browser. `widgets` maps the id of every widget seen to its kind."""

    def __init__(self, url: str, page: str, cookies: str = "") -> None:
        self.url, self.page, self.cookies = url, page, cookies
        self.page_hash = ""
        self.widgets: dict[str, str] = {}
        self.labels: dict[str, str] = {}
        self.fragments: dict[str, float] = {}
        self.on_element: Callable[[str, object], None] = lambda kind, element: None
        self.socket: websockets.ClientConnection | None = None

    async def connect(self, session: str = "") -> None:
        """Open the socket; `session` is the name of a session that was cut, to go on with."""
        protocols = ["streamlit", *(["none", session] if session else [])]
        self.socket = await websockets.connect(
            f"{self.url.replace('http', 'ws', 1)}/_stcore/stream",
            subprotocols=protocols,
            max_size=2**26,
            compression=None,
            additional_headers={"Cookie": self.cookies} if self.cookies else None,
        )

    async def send(self, message: BackMsg) -> None:
        await self.socket.send(message.SerializeToString())

    def rerun(self, states: tuple[WidgetState, ...] = (), query: str = "", fragment: str = ""):
        """The message that asks for a rerun."""
        message = BackMsg()
        asked = message.rerun_script
        asked.page_name, asked.page_script_hash = self.page, self.page_hash
        asked.query_string, asked.fragment_id = query, fragment
        asked.widget_states.widgets.extend(states)
        return message

    async def run(self, states: tuple[WidgetState, ...] = (), query: str = "", fragment: str = ""):
        """Ask for a rerun and read until it is through; an `Answer`."""
        await self.send(self.rerun(states, query, fragment))
        return await self.read()

    async def read(self) -> Answer:
        """Until the end of a rerun.

        Raises:
            TimeoutError, ConnectionClosed: when none comes.
        """
        answer = Answer()
        while True:
            data = await asyncio.wait_for(self.socket.recv(), PATIENCE_S)
            answer.size += len(data)
            message = ForwardMsg()
            message.ParseFromString(data)
            kind = message.WhichOneof("type")
            if kind == "navigation":
                self.page_hash = message.navigation.page_script_hash
            elif kind == "auto_rerun":
                self.fragments[message.auto_rerun.fragment_id] = message.auto_rerun.interval
            elif kind == "delta" and message.delta.WhichOneof("type") == "new_element":
                self._see(message.delta.new_element, answer)
            elif kind == "script_finished":
                if message.script_finished in _ENDS:
                    return answer
                if message.script_finished == ForwardMsg.FINISHED_WITH_COMPILE_ERROR:
                    raise RuntimeError("the page does not compile")

    def _see(self, element, answer: Answer) -> None:
        kind = element.WhichOneof("type")
        inner = getattr(element, kind, None) if kind else None
        if kind == "exception":
            answer.problems.append(f"{inner.type}: {inner.message}")
        elif kind == "alert" and inner.format == 1:
            answer.problems.append(inner.body)
        if isinstance(widget := getattr(inner, "id", None), str) and widget:
            self.widgets[widget] = kind
            self.labels[widget] = getattr(inner, "label", "")
        self.on_element(kind, inner)

    async def close(self) -> None:
        if self.socket is not None:
            await self.socket.close()
