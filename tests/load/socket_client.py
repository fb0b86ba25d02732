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
AGE = 2
"""Runs after which a browser forgets a message that none of them has used."""
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


class Kept:
    """Large messages that a browser keeps for a while, so that they are not sent again."""

    def __init__(self) -> None:
        self._seen: dict[str, int] = {}
        self._run = 0

    @property
    def hashes(self) -> list[str]:
        """What the server is told with each change."""
        return list(self._seen)

    def see(self, message: ForwardMsg) -> None:
        """Another message has come: perhaps one to keep, or a reference to one that is kept."""
        kind = message.WhichOneof("type")
        if kind == "ref_hash":
            self._seen[message.ref_hash] = self._run
        elif message.metadata.cacheable and message.hash:
            self._seen[message.hash] = self._run
        elif kind == "script_finished":
            self._run += 1
            self._seen = {h: run for h, run in self._seen.items() if self._run - run <= AGE}


class Visitor:
    """A page in no browser. `widgets` maps the id of every widget and menu seen to its kind,
    `labels` to its label, `parts` to the fragment that a browser asks for when it is changed."""

    def __init__(self, url: str, page: str, cookies: str = "") -> None:
        self.url, self.page, self.cookies = url, page, cookies
        self.page_hash = self.session = ""
        self.widgets: dict[str, str] = {}
        self.labels: dict[str, str] = {}
        self.fragments: dict[str, float] = {}
        self.parts: dict[str, str] = {}
        self.kept = Kept()
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
        asked.cached_message_hashes.extend(self.kept.hashes)
        return message

    async def run(self, states: tuple[WidgetState, ...] = (), query: str = "", fragment: str = ""):
        """Ask for a rerun and read until it is through; an `Answer`."""
        await self.send(self.rerun(states, query, fragment))
        return await self.read()

    async def ask(self, message: BackMsg, kind: str) -> ForwardMsg:
        """Send what is no rerun; the first answer of this kind."""
        await self.send(message)
        while True:
            answer = ForwardMsg()
            answer.ParseFromString(await asyncio.wait_for(self.socket.recv(), PATIENCE_S))
            if answer.WhichOneof("type") == kind:
                return answer

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
            self.kept.see(message)
            kind = message.WhichOneof("type")
            if kind == "new_session":
                self.session = message.new_session.initialize.session_id or self.session
            elif kind == "navigation":
                self.page_hash = message.navigation.page_script_hash
            elif kind == "auto_rerun":
                self.fragments[message.auto_rerun.fragment_id] = message.auto_rerun.interval
            elif kind == "delta" and message.delta.WhichOneof("type") == "new_element":
                self._see(message.delta.new_element, answer, message.delta.fragment_id)
            elif kind == "delta" and message.delta.WhichOneof("type") == "add_block":
                self._see(message.delta.add_block, answer, message.delta.fragment_id)
            elif kind == "script_finished":
                if message.script_finished in _ENDS:
                    return answer
                if message.script_finished == ForwardMsg.FINISHED_WITH_COMPILE_ERROR:
                    raise RuntimeError("the page does not compile")

    def _see(self, element, answer: Answer, part: str) -> None:
        kind = element.WhichOneof("type")
        inner = getattr(element, kind, None) if kind else None
        if kind == "exception":
            answer.problems.append(f"{inner.type}: {inner.message}")
        elif kind == "alert" and inner.format == 1:
            answer.problems.append(inner.body)
        if isinstance(widget := getattr(inner, "id", None), str) and widget:
            self.widgets[widget] = kind
            self.labels[widget] = getattr(inner, "label", "")
            self.parts[widget] = part
        self.on_element(kind, inner)

    async def close(self) -> None:
        if self.socket is not None:
            await self.socket.close()
