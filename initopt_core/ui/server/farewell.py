"""A stop signal: no new visitors, a word to those who are here, and then the server's own end."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
import threading
from typing import Any

from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.RootContainer_pb2 import RootContainer
from streamlit.runtime import Runtime

from initopt_core.wording import many

from . import operation

NOTICE_SECONDS = 2.0
"""Between the word and the end: a browser shows it, and the proxy looks elsewhere."""
WORDS = (
    "This server ends or restarts. The page comes back by itself, with the settings in its link; "
    "a training stops at its last epoch, and Resume goes on from there."
)
_log = logging.getLogger("initopt.server")


def listen() -> None:
    """Stand before the web server's own handler of the stop signal; only in the main thread."""
    if threading.current_thread() is not threading.main_thread():
        return
    before = signal.getsignal(signal.SIGTERM)
    loop = asyncio.get_running_loop()

    def asked(number: int, frame: Any) -> None:
        if operation.stopping() or not callable(before):
            if callable(before):
                before(number, frame)
            return
        operation.stop()
        loop.call_soon_threadsafe(_begin, loop, before, number)

    signal.signal(signal.SIGTERM, asked)


def _begin(loop: asyncio.AbstractEventLoop, before: Any, number: int) -> None:
    """On the event loop: tell everybody, and hand the signal on a moment later."""
    _log.info("a stop signal, told to %s", many(operation.sessions(), "visitor"))
    with contextlib.suppress(Exception):  # Streamlit's own ways may change; the end must come
        tell_everybody(WORDS)
    loop.call_later(NOTICE_SECONDS, before, number, None)


def tell_everybody(text: str) -> None:
    """A note on every connected page, without a rerun."""
    for known in Runtime.instance()._session_mgr.list_active_sessions():
        message = ForwardMsg()
        message.metadata.delta_path[:] = [RootContainer.EVENT, 0]
        message.delta.new_element.toast.body = text
        message.delta.new_element.toast.icon = ":material/restart_alt:"
        known.session._enqueue_forward_msg(message)
