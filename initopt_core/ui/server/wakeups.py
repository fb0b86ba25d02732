"""One wake-up of the event loop for many messages, not one for each.

Every element that a script sends is handed to the event loop by `call_soon_threadsafe`, which
writes a byte to wake it, a system call that gives up the interpreter's lock: the loop takes it, and
the script waits to get it back, element after element. A loop that has been woken and has not yet
looked needs no second byte.
"""

from __future__ import annotations

import asyncio
import logging
from typing import Any

_log = logging.getLogger("initopt.wakeups")


def gather(loop: asyncio.AbstractEventLoop) -> bool:
    """Let `loop` be woken once until it looks; on the loop's own thread. Whether that is possible:
    the two methods are asyncio's own, other loops have others and stay as they are.
    """
    wanted: Any = loop
    try:
        wake, look, place = wanted._write_to_self, wanted._read_from_self, wanted._ssock.fileno()
        add_reader = wanted._add_reader
    except AttributeError:
        _log.info("this event loop is woken for every message")
        return False
    woken = False

    def wake_once() -> None:
        # What is to be done stands in the loop's list before this is called. Where `woken` is seen
        # true, the loop has not yet come to the line that makes it false, and after that line it
        # looks at its list before it sleeps.
        nonlocal woken
        if not woken:
            woken = True
            wake()

    def look_once() -> None:
        nonlocal woken
        look()
        woken = False

    wanted._write_to_self = wake_once
    add_reader(place, look_once)
    return True
