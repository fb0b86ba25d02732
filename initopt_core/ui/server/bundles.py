"""What a script says is handed to the server's loop in bundles.

Streamlit's script runs in a thread of its own and wakes the loop for every element that it sends,
some dozens of times a change. Here a session's news wait in a row while the loop is on its way, in
the order in which they were said. The function is not a public one: `tests/ui/server/
test_bundles.py` fails when an upgrade moves it, and pages then work as without this.
"""

from __future__ import annotations

import asyncio
import contextvars
import threading
import weakref
from collections import deque
from collections.abc import Callable
from typing import Any

from .wrapping import wrap


def begin() -> None:
    """Let news be bundled; cheap when repeated."""
    wrap(
        "streamlit.runtime.app_session", "AppSession", {"_call_soon_on_event_loop": _bundling},
        "every element wakes the server's loop",
    )  # fmt: skip


class _Row:
    """News of one session that the loop has not heard yet."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: deque[tuple[contextvars.Context, Callable[[], None]]] = deque()
        self._awaited = False

    def add(self, news: Callable[[], None]) -> bool:
        """Whether the loop has to be woken."""
        with self._lock:
            self._waiting.append((contextvars.copy_context(), news))
            first, self._awaited = not self._awaited, True
        return first

    def hear(self) -> bool:
        """On the loop: what waits now; whether more came meanwhile, for which others go first."""
        for _ in range(len(self._waiting)):
            context, news = self._waiting.popleft()
            try:
                context.run(news)
            except Exception as problem:  # as the loop itself does, the next one is heard
                about = {"message": "news of a session", "exception": problem}
                asyncio.get_running_loop().call_exception_handler(about)
        with self._lock:
            self._awaited = bool(self._waiting)
            return self._awaited


def _bundling(call_soon: Any) -> Any:
    """`call_soon(session, news)` that wakes the loop once for what is said until it comes."""
    rows: weakref.WeakKeyDictionary[Any, _Row] = weakref.WeakKeyDictionary()

    def called(session: Any, news: Callable[[], None]) -> None:
        row = rows.get(session)
        if row is None:
            row = rows.setdefault(session, _Row())

        def heard() -> None:
            if row.hear():
                call_soon(session, heard)

        if row.add(news):
            call_soon(session, heard)

    return called
