"""Widget values from browsers that Streamlit itself cannot read count as not sent.

Streamlit reads a widget's value by its kind and takes for granted that its own script wrote it. A
value that is none (JSON of 3,000 brackets, text for a number) fails there, at every rerun until the
browser sends another. Here such a value counts as none, so that the one before it, or the default,
stays. The class is not a public one: `tests/ui/server/test_gate.py` fails when an upgrade moves it,
and pages then work as without the gate.
"""

from __future__ import annotations

import logging
from typing import Any

from . import operation
from .wrapping import wrap

_log = logging.getLogger("initopt.gate")


def close() -> None:
    """Put the gate before every session; cheap when repeated."""
    around = {"__getitem__": _checked, "get_serialized": _unless_it_fails}
    states = "streamlit.runtime.state.session_state"
    wrap(states, "WStates", around, "widget values are not checked")


def _checked(read: Any) -> Any:
    """`read(states, widget)` that knows no value which cannot be read."""

    def checked(states: Any, widget: str) -> Any:
        try:
            if _is_of_another_kind(states, widget):
                raise TypeError("a value of another kind of widget")
            return read(states, widget)
        except KeyError as missing:
            if missing.args == (widget,):
                raise
            problem: BaseException = missing
        except Exception as other:  # RecursionError, too
            problem = other
        operation.REFUSED.labels("value").inc()
        _log.debug("a value of %s is none (%s)", widget[:80], type(problem).__name__)
        raise KeyError(widget)

    return checked


def _unless_it_fails(write: Any) -> Any:
    """`write(states, widget)`, which is None also for a value that cannot be written again."""

    def checked(states: Any, widget: str) -> Any:
        try:
            return write(states, widget)
        except (TypeError, ValueError):
            return None

    return checked


def _is_of_another_kind(states: Any, widget: str) -> bool:
    """Whether a browser's value is, say, text where the widget has a number."""
    sent, known = states.states.get(widget), states.widget_metadata.get(widget)
    message = getattr(sent, "value", None)
    if known is None or message is None or not hasattr(message, "WhichOneof"):
        return False
    kind = message.WhichOneof("value")
    return kind is not None and kind != known.value_type
