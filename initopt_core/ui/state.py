"""What controls hold: kept in the session and in the link, whether they are drawn or not.

A page reads all of its values first, draws its figures, and its controls last: the figure is what
the user waits for. A control in a closed menu costs nothing and still has its value.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import streamlit as st

from initopt_core.registry import Parameter, SettingError

from . import address

MAX_TEXT = 400
_NOTES = "_link_notes"
_NOTE_SECONDS = 20


def kept(parameter: Parameter, key: str, say: Callable[[Any], str] | None = None) -> Any:
    """The value under `key`: the session's, at first the link's, else the default.

    A value of the link that cannot be used is noted for `notice_bad_links`; `say` turns the
    default into what people read there.
    """
    state = st.session_state
    if key in state:
        try:
            value = parameter.check(state[key])
        except SettingError:
            value = parameter.default
    else:
        value = parameter.default
        raw = st.query_params.get(key)
        if raw is not None:
            told = say or link_text
            try:
                value, unknown = parameter.usable(raw[:MAX_TEXT])
                for one in unknown:
                    note_bad_link(parameter.label, one, told(value))
            except SettingError:
                note_bad_link(parameter.label, raw, told(parameter.default))
    state[key] = value
    return value


class Reading:
    """One reading of a page's controls; afterwards the link can be made to say the same.

    Call it as `kept`. Names that an earlier reading had put into the link and this one does not
    know, such as another scheme's settings, leave the link.
    """

    def __init__(self) -> None:
        self._values: dict[str, tuple[Any, Any]] = {}

    def __call__(
        self, parameter: Parameter, key: str, say: Callable[[Any], str] | None = None
    ) -> Any:
        value = kept(parameter, key, say)
        self._values[key] = value, parameter.default
        return value

    @property
    def values(self) -> dict[str, Any]:
        """What was read, by session name."""
        return {key: value for key, (value, _) in self._values.items()}

    def write_links(self, page: str) -> None:
        """Let the link of `page` hold what was read; after the figures, which people wait for."""
        before = st.session_state.get(f"_linked_{page}", ())
        for key in before:
            if key not in self._values:
                address.write(key, None)
        for key, (value, default) in self._values.items():
            write_link(key, value, default)
        st.session_state[f"_linked_{page}"] = tuple(self._values)


def link_text(value: Any) -> str:
    """`value` as the link holds it; `Parameter.check` reads it back."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (tuple, list)):
        return ",".join(map(str, value))
    return value if isinstance(value, str) else repr(value)


def write_link(key: str, value: Any, default: Any) -> None:
    """Put `value` into the URL under `key`, or take it out where it is the default."""
    address.write(key, None if value == default else link_text(value))


def note_bad_link(label: str, raw: str, default: str) -> None:
    """Remember that the link's value for `label` could not be used, and what is taken instead."""
    text = f"The link's {label.lower()} “{raw[:40]}” cannot be used; it is {default or 'none'} now."
    st.session_state.setdefault(_NOTES, []).append((time.monotonic(), text))


def notice_bad_links(container=st) -> None:
    """One quiet line on the values of the opened link that could not be used, for a while."""
    notes: list[tuple[float, str]] = st.session_state.get(_NOTES, [])
    fresh = [text for since, text in notes if time.monotonic() - since < _NOTE_SECONDS]
    if fresh:
        container.caption(":material/link_off: " + " ".join(fresh))
