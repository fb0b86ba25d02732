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
import weakref
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from urllib.parse import urlencode

import streamlit as st
from streamlit.runtime import Runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.state import get_session_state

from initopt_core.lecture.scenes import PRESENTED

APP = "Initopt"
PATIENCE_SECONDS = 10
"""After which a link is written although the browser's half has not said that it is there."""
HELD = "_address"
"""Session key."""


class Refused(NamedTuple):
    """What of a link cannot be used: the value `raw` of `name`, what is `taken` instead (empty for
    nothing), and the reason in a sentence."""

    name: str
    raw: str
    taken: str
    why: str


@dataclass
class Held:
    """What a session holds of its pages and their links.

    One object: to ask Streamlit for something of the session takes 20 microseconds, and one change
    asks for all values of its page.

    Attributes:
        page: last part of the path of the page on the screen; None before the first.
        values: page -> what its controls hold, by name.
        pending, written: what the link of this page is to hold, and what was written into it.
        linked: page -> names that its controls have put into the link.
        sent: the link that the browser has or will have; None where it has made its own.
        since: when the browser's half was asked for; ready: it has said that it is there.
        title: what the browser's tab says.
        tried: a link that is only tried, see `trying`; refused: what of it cannot be used.
    """

    page: str | None = None
    epoch: int = 0
    values: dict[str, dict[str, Any]] = field(default_factory=dict)
    pending: dict[str, Any] = field(default_factory=dict)
    written: dict[str, Any] = field(default_factory=dict)
    linked: dict[str, tuple[str, ...]] = field(default_factory=dict)
    sent: dict[str, list[str]] | None = None
    since: float | None = None
    ready: bool = False
    title: str = ""
    tried: Mapping[str, str] | None = None
    refused: list[Refused] = field(default_factory=list)


_TRIED: ContextVar[Held | None] = ContextVar("a link that is tried", default=None)
_of_runs: weakref.WeakKeyDictionary[Any, Held] = weakref.WeakKeyDictionary()
"""What `held` has found for a thread's runs: Streamlit's state takes twenty times as long to ask,
and a change asks some sixty times."""


def held() -> Held:
    """This session's; within `trying` that of the link alone."""
    if (tried := _TRIED.get()) is not None:
        return tried
    context = get_script_run_ctx(suppress_warning=True)
    state = context.session_state if context else None
    found = _of_runs.get(state) if state is not None else None
    if found is None:
        found = st.session_state.get(HELD)
        if found is None:
            found = st.session_state[HELD] = Held()
        if state is not None:
            _of_runs[state] = found
    return found


@contextmanager
def trying(page: str, link: Mapping[str, str]) -> Iterator[Held]:
    """Within, controls are read as a link to `page` would set them; nothing of what the session
    shows is read or changed."""
    tried = Held(page=page, tried=link)
    before = _TRIED.set(tried)
    try:
        yield tried
    finally:
        _TRIED.reset(before)


def is_tried() -> bool:
    """Whether a link is tried: then nothing of it is to be remembered."""
    return held().tried is not None


def link() -> Mapping[str, str]:
    """Names and values of the link that is read: the browser's, or the one that is tried."""
    tried = held().tried
    return st.query_params if tried is None else tried


def session_key(name: str) -> str:
    """Under which the session keeps what belongs to `name` of the page on the screen: each page
    has its own."""
    now = page()
    return f"{now}.{name}" if now else name


def values() -> dict[str, Any]:
    """What the controls of the page on the screen hold, by name."""
    return _values_of(held())


def _values_of(here: Held) -> dict[str, Any]:
    return here.values.setdefault(here.page or "", {})


def epoch() -> int:
    """How often Back, Forward or another page's link has replaced this session's values.

    What a browser sends was meant for the values that it had: with an older epoch it is dropped.
    """
    return held().epoch


def write(key: str, text: str | list[str] | None) -> None:
    """Let the link hold `text` under `key`; None or an empty list takes the key out of it."""
    write_all({key: text})


def write_all(texts: Mapping[str, str | list[str] | None]) -> None:
    """The same of several keys."""
    here = held()
    here.pending.update(texts)
    if here.tried is None and not _waiting(here):
        _flush(here)


def current(key: str) -> Any:
    """What the link holds under `key`, or is to hold as soon as the browser's half is there."""
    waiting = held().pending
    return waiting[key] if key in waiting else st.query_params.get(key)


def forget(meant: Callable[[str], Any]) -> None:
    """Drop every value of this page, in session and link, whose name is meant: defaults return."""
    here, mine = held(), values()
    for name in [*filter(meant, mine)]:
        del mine[name]
    # The browser may not have got yet what was written last.
    write_all(dict.fromkeys(filter(meant, {*link(), *here.written, *(here.sent or ())})))


def arrive(page: str) -> None:
    """Begin a run of `page`: after Back or Forward its values are those of the link.

    So are they when another page was left by a link that holds settings. A page that is opened by
    the menu keeps what this session has set there.
    """
    here = held()
    changed = here.page not in (None, page)
    here.page = page
    if by_history() or (changed and len(st.query_params)):
        _follow_link(here)
    elif changed:
        here.written.clear()
        here.sent = None


def go(link: Mapping[str, str | list[str]]) -> None:
    """Let the values of this page be those of another link to it, as after Back."""
    _follow_link(held())
    st.query_params.from_dict(link)


def turn_to(page: str, link: Mapping[str, str | list[str]] | None = None) -> None:
    """Show another page, or this one anew, as a link to it would; the script ends here."""
    _unwritten(held())
    st.switch_page(f"pages/{page}.py", query_params=dict(link) if link else None)


def page() -> str:
    """The last part of the path of the page on the screen; empty at home."""
    return held().page or ""


def told() -> str:
    """What the browser's tab says."""
    return held().title


def teller() -> Callable[[], tuple[str, str]]:
    """A function that says what is on the screen, also later and in another thread: the setting in
    words, and the page's link without how it is presented."""
    base, here, state = st.context.url or "", held(), get_session_state()

    def told() -> tuple[str, str]:
        with state.query_params() as link:
            given = settings_of(link)
        asked = f"?{urlencode(given)}" if given else ""
        return setting_of(here.title), f"{base}{asked}" if base else ""

    return told


def setting_of(title: str) -> str:
    """A tab's title without the app's name."""
    return title.removesuffix(APP).removesuffix(" · ")


def settings_of(link: Any) -> list[tuple[str, str]]:
    """Names and values of a link (`st.query_params`) that say what is shown, not how."""
    return [(k, v) for k in link if k.lower() not in PRESENTED for v in link.get_all(k)]


def _unwritten(here: Held) -> None:
    """Forget what waits to be written, and what was: both were meant for the link before."""
    here.pending.clear()
    here.written.clear()
    here.sent = None


def _follow_link(here: Held) -> None:
    """Forget a page's values and what was written of them: those of the link count from now on."""
    _unwritten(here)
    here.epoch += 1
    if here.page:
        _values_of(here).clear()


def title(page: str, *setting: str) -> None:
    """Name the tab after the page and what it shows, such as "Kaiming (He), ReLU · Training"."""
    words = " · ".join([*filter(None, setting), page, APP] if page else [APP])
    here = held()
    if here.title != words:
        here.title = words
        st.set_page_config(page_title=words)


def await_bar() -> bool:
    """Note that the browser's half is asked for; True when it has said that it is there."""
    here = held()
    if here.since is None:
        here.since = time.monotonic()
    return here.ready


def bar_is_ready() -> None:
    """Callback: the history is guarded, what has waited can be written."""
    here = held()
    here.ready = True
    _flush(here)


def _waiting(here: Held) -> bool:
    """Whether a link written now would still become an entry of its own in the history."""
    if here.ready or here.since is None or not Runtime.exists():
        return False
    return time.monotonic() - here.since < PATIENCE_SECONDS


def _flush(here: Held) -> None:
    """Write what waits, and once more what this page's link holds already: a browser that asked
    for this run before the last link had reached it brought the one before, and the last one
    reaches it still, even if this run wants the one before again."""
    here.written |= here.pending
    here.pending.clear()
    link = {key: st.query_params.get_all(key) for key in st.query_params}
    wanted = link | {
        key: [text] if isinstance(text, str) else text or [] for key, text in here.written.items()
    }
    wanted = {key: texts for key, texts in wanted.items() if texts}
    if wanted != link or here.sent not in (None, link):
        st.query_params.from_dict(wanted)
    here.sent = wanted


def by_history() -> bool:
    """Whether the browser's Back or Forward caused this run."""
    return bool(getattr(get_script_run_ctx(), "is_history_navigation", False))
