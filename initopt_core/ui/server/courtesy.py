"""Imports that let visitors go first.

An import keeps the interpreter busy in steps of some milliseconds. Sixty files of a page's frame, a
few such steps each, take two seconds beside PyTorch's import, and less than half a second alone.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from importlib.machinery import SourceFileLoader
from types import ModuleType
from typing import Any

PAUSE_SECONDS = 0.005
AFTER_SECONDS = 0.03
"""The next request of a page that loads comes within this after an answer."""
LIMIT_SECONDS = 3.0
"""What importing gives way in all: beyond that it goes on beside whoever asks."""
FILES = ("/static/", "/_stcore/bidi-components/")


class Requests:
    """How many are being answered; counted on the event loop alone, read by any thread."""

    def __init__(self) -> None:
        self.open = 0
        self.last = -AFTER_SECONDS

    def busy(self) -> bool:
        """Whether one is being answered, or was a moment ago."""
        return self.open > 0 or time.monotonic() - self.last < AFTER_SECONDS


REQUESTS = Requests()


class Counted:
    """ASGI middleware that counts requests into `requests`: those for files, which need nothing
    that is still being imported."""

    def __init__(self, app: Any, requests: Requests = REQUESTS) -> None:
        self.app, self.requests = app, requests

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http" or not any(part in scope["path"] for part in FILES):
            return await self.app(scope, receive, send)
        self.requests.open += 1
        try:
            await self.app(scope, receive, send)
        finally:
            self.requests.open -= 1
            self.requests.last = time.monotonic()


@contextlib.contextmanager
def giving_way(busy: Callable[[], bool]) -> Iterator[None]:
    """Within the block, what this thread imports waits while `busy`, module by module.

    Whoever waits himself for one of these modules must not count as busy. It is a module's body
    that waits: who looks for a module holds a lock that all other imports need.
    """
    mine, left = threading.get_ident(), LIMIT_SECONDS
    run = SourceFileLoader.exec_module

    def exec_module(self: SourceFileLoader, module: ModuleType) -> None:
        nonlocal left
        while threading.get_ident() == mine and left > 0 and busy():
            begun = time.monotonic()
            time.sleep(PAUSE_SECONDS)
            left -= time.monotonic() - begun
        run(self, module)

    SourceFileLoader.exec_module = exec_module
    try:
        yield
    finally:
        SourceFileLoader.exec_module = run
