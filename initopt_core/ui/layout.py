"""What all pages share: the head line, the tight margins, and a guard against tracebacks."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import streamlit as st
from streamlit.errors import FragmentHandledException

from initopt_core.registry import SettingError

from . import offers
from .server import logs, operation
from .state import note_unknown, notice_bad_links

CROWD_SECONDS = 120
"""After which one who is told that many are here is told again."""
MANY = 5
_TOLD = "_crowd_told"


def begin() -> None:
    """Once a run, by app.py: `enter` knows then that it has been there."""
    st.session_state["_app"] = True
    offers.begin()


def page_header(title: str, sentence: str = "", told: bool = False) -> None:
    """The page's name, one sentence on what it shows, and what its link could not say, unless that
    is `told` already: every page that is no laboratory begins with it."""
    enter()
    if st.context.is_embedded:
        st.caption(
            "In a frame of another page Initialization, Training and Loss surfaces fit whole; this "
            "page is longer and scrolls."
        )
    st.title(title, anchor=False)
    if sentence:
        st.markdown(sentence)
    if not told:
        tell_of_link()


def tell_of_link() -> None:
    """What the link of a page without settings could not say; on a stage all of its head."""
    note_unknown({})
    notice_bad_links()


def enter() -> None:
    """Run app.py first where Streamlit has run the page's file by itself.

    It does so for the very first visitor after a start if a deep link brought him: until some
    session has called `st.navigation`, a folder named pages means the older kind of multipage app.
    """
    from streamlit.runtime.pages_manager import PagesManager

    if getattr(PagesManager, "uses_pages_directory", False) and "_app" not in st.session_state:
        PagesManager.uses_pages_directory = False
        st.rerun()


def let_it_be_drawn() -> None:
    """Let the browser draw what was sent so far before more is sent.

    Streamlit's frontend gathers what arrives within 10 ms and draws it in one go: without a pause
    the figure that the user waits for would wait for every control of the page.
    """
    time.sleep(0.02)


def tell_of_crowd() -> None:
    """Say quietly, now and then, that answers take long because many are here."""
    now = time.monotonic()
    if operation.sessions() < MANY or not operation.LOAD.overloaded():
        return
    if now - st.session_state.get(_TOLD, -CROWD_SECONDS) >= CROWD_SECONDS:
        st.session_state[_TOLD] = now
        st.toast(
            "Many are here at the moment: a change may take some seconds, and of several that you "
            "make the last one counts.",
            icon=":material/groups:",
        )


@contextmanager
def guard(what: str) -> Iterator[None]:
    """Turn an error into a sentence: bad settings and data say themselves what to do, anything
    unforeseen goes to the log with its details, never to the page."""
    try:
        yield
    except Exception as error:  # rerun and stop are no Exceptions and pass through
        from initopt_core.data import DataError  # with torch: not before the frame is drawn

        if isinstance(error, FragmentHandledException):
            return  # told already, by `logs.script_error`
        if isinstance(error, (SettingError, DataError)):
            st.warning(str(error), icon=":material/tune:")
            return
        st.error(
            f"{what} could not be shown (error {logs.unforeseen(what)}). Reset the settings or "
            "reload the page; the server's log has the details under this number.",
            icon=":material/error:",
        )


def experiments(
    page: str, about: str, entries: Sequence[tuple[str, str, str | None, Callable[[], None]]]
) -> None:
    """The menu of ready-made settings.

    Args:
        page: names the menu.
        about: a line above them.
        entries: (name, label, help, callback) of each.
    """
    key = f"_{page}_experiments"
    menu = st.popover("Experiments", icon=":material/science:", key=key, on_change="rerun")
    if not menu.open:  # closed it costs one element, not nine
        return

    def chosen(act: Callable[[], None]) -> None:
        st.session_state[key] = False
        act()

    menu.caption(about)
    for name, label, lesson, act in entries:
        menu.button(
            label, key=f"preset-{name}", help=lesson, on_click=chosen, args=(act,), width="stretch"
        )
