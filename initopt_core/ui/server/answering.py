"""One run of the script for one answer.

A control's callback names the parts of the page that answer it, and asks Streamlit to run these.
Streamlit has begun a run by then, of the part that the control belongs to: it ends it with nothing
drawn, tells the browser so, and begins another. Here the parts that usually answer a control are
noted when it is drawn, and its next run is one of those from the start; where the callback wants
others, everything goes the usual way. The class is not a public one: `tests/ui/server/
test_answering.py` fails when an upgrade moves it, and pages then work as without this.
"""

from __future__ import annotations

import contextlib
import weakref
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from streamlit.errors import StreamlitAPIException
from streamlit.runtime.scriptrunner import get_script_run_ctx

from .wrapping import wrap

_noted: weakref.WeakKeyDictionary[Any, dict[str, tuple[str, ...]]] = weakref.WeakKeyDictionary()
"""Of each session's store of parts: id of the changed control's part -> keys of those that answer
it."""
_once: weakref.WeakKeyDictionary[Any, tuple[str, ...]] = weakref.WeakKeyDictionary()
"""Likewise: keys of the parts that answer the next change as well, whatever it is."""


def begin() -> None:
    """Let runs begin so; cheap when repeated."""
    wrap(
        "streamlit.runtime.scriptrunner.script_runner", "ScriptRunner", {"_run_script": _widening},
        "every change takes two runs",
    )  # fmt: skip


def _widening(run: Any) -> Any:
    """`run(runner, wanted)` of the parts that answer what was changed."""

    def widened(runner: Any, wanted: Any) -> None:
        with contextlib.suppress(AttributeError, TypeError):  # Streamlit's own, they may move
            store = runner._fragment_storage
            parts = _parts(store, wanted.fragment_id_queue)
            if parts != wanted.fragment_id_queue:
                wanted = replace(wanted, fragment_id_queue=parts)
        run(runner, wanted)

    return widened


def _parts(store: Any, asked: list[str]) -> list[str]:
    noted = _noted.get(store, {})
    parts: dict[str, None] = {}
    for one in asked:
        try:
            answering = store.resolve_target(noted[one]) if one in noted else [one]
        except StreamlitAPIException:  # one of them is gone
            answering = [one]
        parts.update(dict.fromkeys(answering))
    if any(one in noted for one in asked) and (keys := _once.pop(store, ())):
        with contextlib.suppress(StreamlitAPIException):
            parts.update(dict.fromkeys(store.resolve_target(keys)))
    return list(parts)


def note(key: str, answering: Sequence[str]) -> None:
    """The part `key`, which has been drawn, is usually answered by these parts."""
    context: Any = get_script_run_ctx()
    with contextlib.suppress(AttributeError, TypeError, StreamlitAPIException):
        store = context.fragment_storage
        mine = _noted.setdefault(store, {})
        for one in store.resolve_target(key):
            mine[one] = tuple(answering)


def note_once(keys: Sequence[str]) -> None:
    """The next change on this page is answered by these parts, too; that after it is not."""
    context: Any = get_script_run_ctx()
    with contextlib.suppress(AttributeError, TypeError):
        _once[context.fragment_storage] = tuple(keys)


def covered(keys: Sequence[str]) -> bool:
    """Callback: whether this run is about to draw these parts anyway."""
    context: Any = get_script_run_ctx()
    with contextlib.suppress(AttributeError, TypeError, StreamlitAPIException):
        wanted = context.fragment_storage.resolve_target(list(keys))
        return set(wanted) <= set(context.fragment_ids_this_run or ())
    return False
