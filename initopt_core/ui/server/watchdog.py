"""A hosted server that stands still ends, so that whoever supervises it starts it again.

Code outside of Python may wait for a lock of its own while it holds the interpreter's: nothing goes
on then, no answer, no stop signal, and a proxy only sees that it is busy. The standard library's
watchdog runs without the interpreter: it prints where every thread stands and ends the process.
Training goes on from its last checkpoint, and visitors' settings are in their links.
"""

from __future__ import annotations

import asyncio
import contextlib
import faulthandler
import sys
from collections.abc import AsyncIterator

PATIENCE_SECONDS = 120.0
"""Far beyond what the loop ever waits for: imports and garbage collection are a second or two."""


@contextlib.asynccontextmanager
async def watching(patience: float = PATIENCE_SECONDS) -> AsyncIterator[None]:
    """As long as the block lasts, the loop shows that it lives, several times in `patience`."""
    task = asyncio.create_task(_show_life(patience))
    try:
        yield
    finally:
        task.cancel()
        faulthandler.cancel_dump_traceback_later()


async def _show_life(patience: float) -> None:
    while True:
        # Begins to count anew. The terminal's own file: a stream in its place may have none.
        faulthandler.dump_traceback_later(patience, exit=True, file=sys.__stderr__ or sys.stderr)
        await asyncio.sleep(patience / 6)
