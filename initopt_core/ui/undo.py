"""Undo for a page: what it showed before, one change after another."""

from __future__ import annotations

import time
from typing import Any

import streamlit as st

MAX_CHANGES = 50
ONE_MOVE_SECONDS = 1.5


class Undo:
    """The history of one page in this session; `page` names it in the session's state."""

    def __init__(self, page: str) -> None:
        self._last, self._history, self._changed = (
            f"_{page}_{part}" for part in ("last", "history", "changed")
        )

    @property
    def last(self) -> Any:
        """What was remembered last, or None."""
        return st.session_state.get(self._last)

    def remember(self, shown: Any) -> None:
        """Keep what was shown before `shown`; a drag of a slider counts as one change."""
        state, now = st.session_state, time.monotonic()
        if self.last is not None and self.last != shown:
            history = state.setdefault(self._history, [])
            if not history or now - state.get(self._changed, 0.0) > ONE_MOVE_SECONDS:
                history.append(self.last)
                del history[:-MAX_CHANGES]
            state[self._changed] = now
        state[self._last] = shown

    def possible(self) -> bool:
        """Whether there is something to go back to."""
        return bool(st.session_state.get(self._history))

    def back(self) -> Any:
        """What was shown before the last change; going back is no change to be undone."""
        before = st.session_state[self._last] = st.session_state[self._history].pop()
        return before
