"""Undo for a page: what it showed before, one change after another."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

import streamlit as st

MAX_CHANGES = 50
ONE_MOVE_SECONDS = 1.5


@dataclass
class _Past:
    """What a session remembers of one page: what was shown last, before, and when it changed."""

    last: Any = None
    history: list[Any] = field(default_factory=list)
    changed: float = 0.0


class Undo:
    """The history of one page in this session; `page` names it in the session's state."""

    def __init__(self, page: str) -> None:
        self._key = f"_{page}_past"

    def _past(self) -> _Past:
        found = st.session_state.get(self._key)
        if found is None:
            found = st.session_state[self._key] = _Past()
        return found

    @property
    def last(self) -> Any:
        """What was remembered last, or None."""
        return self._past().last

    def remember(self, shown: Any) -> None:
        """Keep what was shown before `shown`; a drag of a slider counts as one change."""
        past, now = self._past(), time.monotonic()
        if past.last is not None and past.last != shown:
            if not past.history or now - past.changed > ONE_MOVE_SECONDS:
                past.history.append(past.last)
                del past.history[:-MAX_CHANGES]
            past.changed = now
        past.last = shown

    def possible(self) -> bool:
        """Whether there is something to go back to."""
        return bool(self._past().history)

    def back(self) -> Any:
        """What was shown before the last change; going back is no change to be undone."""
        past = self._past()
        past.last = past.history.pop()
        return past.last
