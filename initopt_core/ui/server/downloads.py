"""A file that was made for a download stays until the browser has fetched it.

Streamlit gives a file that is made when its button is pressed to nobody: at the end of the second
run after it, of whichever visitor, it is gone. In a hall, or beside a race that tells its progress,
that is sooner than the browser asks. The functions are not public ones: `tests/ui/server/
test_downloads.py` fails when an upgrade moves them, and the app then works as without this.
"""

from __future__ import annotations

import threading
import time
import weakref
from collections.abc import Callable
from typing import Any

from initopt_core.cache import Recent

from .wrapping import wrap

KEEP_S = 60.0
"""Within so long a browser has asked for its file."""
MOST = 64
"""So many wait at any time; the oldest goes."""


def begin() -> None:
    """Let files be kept; cheap when repeated."""
    kept = _Kept()
    wrap(
        "streamlit.runtime.media_file_manager",
        "MediaFileManager",
        {"execute_deferred": kept.making, "_delete_file": kept.deleting},
        "a download may be gone before the browser asks for it",
    )


class _Kept:
    """What was made a short while ago, for each of Streamlit's stores."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._made: weakref.WeakKeyDictionary[Any, Recent[str, float]] = weakref.WeakKeyDictionary()

    def making(self, make: Callable[[Any, str], str]) -> Callable[[Any, str], str]:
        """`make(manager, name)` whose file, of which it gives the address, is kept."""

        def made(manager: Any, name: str) -> str:
            address = make(manager, name)
            file = address.rsplit("/", 1)[-1].split(".")[0]
            with self._lock:
                self._made.setdefault(manager, Recent(MOST)).put(file, time.monotonic())
            return address

        return made

    def deleting(self, delete: Callable[[Any, str], None]) -> Callable[[Any, str], None]:
        """`delete(manager, file)` that leaves it for a later time while it is kept."""

        def deleted(manager: Any, file: str) -> None:
            with self._lock:
                held = self._made.get(manager)
                since = held.get(file) if held else None
            if since is None or time.monotonic() - since > KEEP_S:
                delete(manager, file)

        return deleted
