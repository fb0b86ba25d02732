"""The lecture that this visitor writes, kept on the server and in the session, with undo."""

from __future__ import annotations

import functools
from collections.abc import Callable

import streamlit as st

from initopt_core.lecture.scenes import PAGES, Lecture, Scene
from initopt_core.lecture.shelf import Shelf
from initopt_core.lecture.tutorial import BUILT_IN
from initopt_core.paths import home_folder
from initopt_core.reading import SettingError
from initopt_core.ui import address
from initopt_core.ui.server import identity
from initopt_core.wording import as_text

FIRST = Lecture("", "My lecture")
MAX_UNDO = 50
_HELD, _BEFORE, _PROBLEM = "_lecture_held", "_lecture_before", "_lecture_problem"


@functools.cache
def shelf() -> Shelf:
    """The lectures of this server."""
    return Shelf(home_folder() / "lectures")


def find(name: str) -> Lecture | None:
    """The lecture that a link names."""
    if name in BUILT_IN:
        return BUILT_IN[name]
    held = st.session_state.get(_HELD)
    if held is not None and held.name == name:
        return held
    kept = shelf().find(name)
    return kept.lecture if kept else None


def mine() -> list[Lecture]:
    """This visitor's lectures on the server, the newest first."""
    return shelf().of(identity.me().name)


def own() -> Lecture:
    """The one that is written at present: the session's, else the newest, else an empty one."""
    if _HELD not in st.session_state:
        take(next(iter(mine()), FIRST))
    return st.session_state[_HELD]


def take(lecture: Lecture) -> None:
    """Write on this one from now on; what was before it cannot be undone any more."""
    st.session_state[_HELD] = lecture
    st.session_state[_BEFORE] = []


def change(made: Lecture) -> None:
    """Keep the changed lecture; `undo` leads back. Where the server cannot keep it, the session
    does, and `problem` says so."""
    before = st.session_state.setdefault(_BEFORE, [])
    before.append(own())
    del before[:-MAX_UNDO]
    _keep(made)


def undo() -> None:
    """Back to what it was before the last change."""
    if can_undo():
        name = own().name
        last = st.session_state[_BEFORE].pop()
        _keep(Lecture(name, last.title, last.scenes))


def can_undo() -> bool:
    return bool(st.session_state.get(_BEFORE))


def problem() -> str:
    """Why the last change is not kept on the server; empty when it is."""
    return st.session_state.get(_PROBLEM, "")


def _keep(made: Lecture) -> None:
    st.session_state[_HELD], st.session_state[_PROBLEM] = made, ""
    tried(lambda: st.session_state.update({_HELD: shelf().keep(made, identity.me().name)}))


def tried(act: Callable[[], None]) -> bool:
    """Whether it could be done; else `problem` says why not."""
    try:
        act()
    except SettingError as problem:
        st.session_state[_PROBLEM] = str(problem)
        return False
    return True


def add_scene() -> None:
    """Callback: the view on the screen becomes the last scene of the own lecture."""
    page = address.page()
    if page not in PAGES:
        st.toast("A scene shows a laboratory; open one first.", icon=":material/slideshow:")
        return
    settings = tuple(address.settings_of(st.query_params))
    title = address.setting_of(address.told())[:100] or page
    if tried(lambda: change(own().added(Scene(title, page, settings)))):
        made = own()
        st.toast(
            f"Scene {len(made.scenes)} of “{as_text(made.title)}”. The page Scenes holds its "
            "question, its notes and its place.",
            icon=":material/slideshow:",
        )
    if told := problem():
        st.toast(as_text(told), icon=":material/error:")
