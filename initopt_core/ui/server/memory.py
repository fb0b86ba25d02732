"""After a crowd has left, its memory goes back to the machine.

What sessions held is freed in cycles that Python collects late, and the C library keeps what is
freed for the next crowd. A server that stands beside others on one machine had better return it.
"""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import gc
import logging
from collections.abc import AsyncIterator

from . import operation

_log = logging.getLogger("initopt.server")
CROWD = 50
"""Fewer who leave are not worth it."""
LOOK_S = 5.0
GONE_S = 135.0
"""Streamlit keeps a session for two minutes, should its browser come back."""
OFTEN = (20_000, 20, 20)
"""How many new objects the collector waits for: a change makes some thousands, nearly all of them
without cycles, and to walk them costs a tenth of it at Python's own 700."""


@contextlib.asynccontextmanager
async def returning(look: float = LOOK_S, gone: float = GONE_S) -> AsyncIterator[None]:
    """As long as the block lasts, look now and then whether a crowd has left for good."""
    task = asyncio.create_task(_look(look, gone))
    try:
        yield
    finally:
        task.cancel()


async def _look(look: float, gone: float) -> None:
    most, since = 0, 0.0
    while True:
        await asyncio.sleep(look)
        now = operation.sessions()
        most = max(most, now)
        since = since + look if most - now >= CROWD and now <= most / 2 else 0.0
        if since >= gone:
            await asyncio.to_thread(give_back)
            _log.info("%d visitors have left, and their memory is given back", most - now)
            most, since = now, 0.0


def give_back() -> None:
    """Collect what is garbage, and let the C library return what is free, where it can."""
    gc.collect()
    with contextlib.suppress(OSError, AttributeError, TypeError):  # glibc's alone
        ctypes.CDLL(None).malloc_trim(0)
