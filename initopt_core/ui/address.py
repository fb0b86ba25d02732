"""The address of a page: its link, the browser's history, its title, and a button to copy the link.

Streamlit writes a link by `history.pushState`, one entry of the history for every value of a slider
that moves. `components.address_bar`, mounted once by app.py, makes one entry of one move: the first
change after a pause of a second pushes, all that follow replace. So Back leads to the setting
before. Streamlit then runs the page with that link and says so; `arrive` lets the page's values
follow. The link itself is still written by `st.query_params`, so that all parts of Streamlit agree
on it: reruns, a change of pages, a lost connection.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st
from streamlit.runtime import Runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx

APP = "Initopt"
PATIENCE_SECONDS = 10
"""After which a link is written although the browser's half has not said that it is there."""
_PAGE, _EPOCH, _PENDING = "_address_page", "_address_epoch", "_address_pending"
_SINCE, _READY, _TITLE = "_address_since", "_address_ready", "_address_title"
_WRITTEN = "_address_written"


def session_key(name: str) -> str:
    """Where the session keeps the value `name` of the page on the screen: each has its own."""
    page = st.session_state.get(_PAGE, "")
    return f"{page}.{name}" if page else name


def epoch() -> int:
    """How often Back, Forward or another page's link has replaced this session's values.

    What a browser sends was meant for the values that it had: with an older epoch it is dropped.
    """
    return st.session_state.get(_EPOCH, 0)


def write(key: str, text: str | list[str] | None) -> None:
    """Let the link hold `text` under `key`; None or an empty list takes the key out of it."""
    pending = st.session_state.setdefault(_PENDING, {})
    pending[key] = text
    if not _waiting():
        _flush(pending)


def forget(meant: Callable[[str], Any]) -> None:
    """Drop every value of this page, in session and link, whose name is meant: defaults return."""
    start = session_key("")
    held = [k for k in st.session_state if isinstance(k, str) and k.startswith(start)]
    for key in held:
        if meant(key.removeprefix(start)):
            del st.session_state[key]
    for key in filter(meant, list(st.query_params)):
        write(key, None)


def arrive(page: str) -> None:
    """Begin a run of `page`: after Back or Forward its values are those of the link.

    So are they when another page was left by a link that holds settings. A page that is opened by
    the menu keeps what this session has set there.
    """
    state = st.session_state
    changed = state.get(_PAGE, page) != page
    state[_PAGE] = page
    if by_history() or (changed and len(st.query_params)):
        _follow_link(page)
    elif changed:
        state.get(_WRITTEN, {}).clear()


def go(link: Mapping[str, str | list[str]]) -> None:
    """Let the values of this page be those of another link to it, as after Back."""
    _follow_link(page())
    st.query_params.from_dict(link)


def page() -> str:
    """The last part of the path of the page on the screen; empty at home."""
    return st.session_state.get(_PAGE, "")


def told() -> str:
    """What the browser's tab says."""
    return st.session_state.get(_TITLE, "")


def _follow_link(page: str) -> None:
    """Forget a page's values and what was written of them: those of the link count from now on."""
    state = st.session_state
    for held in (_PENDING, _WRITTEN):
        state.get(held, {}).clear()
    state[_EPOCH] = epoch() + 1
    if page:
        for key in [k for k in state if isinstance(k, str) and k.startswith(f"{page}.")]:
            del state[key]


def title(page: str, *setting: str) -> None:
    """Name the tab after the page and what it shows, such as "Kaiming (He), ReLU · Training"."""
    words = " · ".join([*filter(None, setting), page, APP] if page else [APP])
    if st.session_state.get(_TITLE) != words:
        st.session_state[_TITLE] = words
        st.set_page_config(page_title=words)


def await_bar() -> bool:
    """Note that the browser's half is asked for; True when it has said that it is there."""
    st.session_state.setdefault(_SINCE, time.monotonic())
    return _READY in st.session_state


def bar_is_ready() -> None:
    """Callback: the history is guarded, what has waited can be written."""
    st.session_state[_READY] = True
    _flush(st.session_state.get(_PENDING, {}))


def _waiting() -> bool:
    """Whether a link written now would still become an entry of its own in the history."""
    state = st.session_state
    if _READY in state or _SINCE not in state or not Runtime.exists():
        return False
    return time.monotonic() - state[_SINCE] < PATIENCE_SECONDS


def _flush(pending: dict[str, Any]) -> None:
    """Write what waits, and once more what this page's link holds already: a browser that asked
    for this run before the last link had reached it brought the one before, which now counts."""
    written = st.session_state.setdefault(_WRITTEN, {})
    written |= pending
    if not all(_holds(key, text) for key, text in pending.items()):
        for key, text in written.items():
            _put(key, text)
    pending.clear()


def _holds(key: str, text: str | list[str] | None) -> bool:
    """Whether the link says so already."""
    return st.query_params.get_all(key) == ([text] if isinstance(text, str) else text or [])


def _put(key: str, text: str | list[str] | None) -> None:
    if _holds(key, text):
        return
    if text or text == "":
        st.query_params[key] = text
    else:
        del st.query_params[key]


def by_history() -> bool:
    """Whether the browser's Back or Forward caused this run."""
    return bool(getattr(get_script_run_ctx(), "is_history_navigation", False))
