"""The lecture that this visitor writes, kept on the server and in the session, with undo."""

from __future__ import annotations

import functools
import time
import uuid
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import NamedTuple

import streamlit as st

from initopt_core.lecture.scenes import COURSE, HOME, MAX_TITLE, PAGES, Lecture, Scene
from initopt_core.lecture.shelf import Shelf
from initopt_core.lecture.tutorial import BUILT_IN
from initopt_core.paths import home_folder
from initopt_core.reading import SettingError
from initopt_core.ui import address, stage
from initopt_core.ui.server import identity

FIRST = Lecture("", "My lecture")
MAX_UNDO = 50
TYPING_SECONDS = 10
"""Within which what is typed on in the same field is the same change."""
_HELD, _BEFORE, _PROBLEM = "_lecture_held", "_lecture_before", "_lecture_problem"
_SAID = "_lecture_said"


@dataclass(frozen=True)
class Step:
    """What `undo` leads back to.

    Attributes:
        lecture: as it was before the change.
        field: where something was typed; None for any other change.
        at: when it was changed last, in seconds of a clock that only goes on.
        opened: whether the change was to take another lecture.
    """

    lecture: Lecture
    field: Hashable = None
    at: float = 0.0
    opened: bool = False


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


def change(made: Lecture, field: Hashable = None) -> None:
    """Keep the changed lecture; `undo` leads back. Where the server cannot keep it, the session
    does, and `problem` says so.

    Args:
        made: what it is now.
        field: names the field in which it was typed: what follows in the same field within
            `TYPING_SECONDS` is one change with it, as it is kept at every pause.
    """
    held, now = own(), time.monotonic()
    before = _steps()
    last = before[-1] if before else None
    if last and field is not None and last.field == field and now - last.at <= TYPING_SECONDS:
        before[-1] = Step(last.lecture, field, now)
    else:
        _note(Step(held, field, now))
    _keep(made)


def open_new(made: Lecture) -> None:
    """Write these scenes on as one more lecture; `undo` leads back to the one before."""
    held = own()
    _note(Step(held, opened=True))
    _keep(Lecture("", made.title, made.scenes))


def undo() -> None:
    """Back to what it was before the last change."""
    if not can_undo():
        return
    step, name = _steps().pop(), own().name
    last = step.lecture
    if not step.opened:
        _keep(Lecture(name, last.title, last.scenes))
    elif last.name:
        _keep(last)
    else:  # nothing, or what the server could not keep
        st.session_state[_HELD], st.session_state[_PROBLEM] = last, ""


def can_undo() -> bool:
    return bool(st.session_state.get(_BEFORE))


def problem() -> str:
    """Why the last change is not kept on the server; empty when it is."""
    return st.session_state.get(_PROBLEM, "")


def _steps() -> list[Step]:
    return st.session_state.setdefault(_BEFORE, [])


def _note(step: Step) -> None:
    before = _steps()
    before.append(step)
    del before[:-MAX_UNDO]


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
    """Callback: the view on the screen becomes the last scene of the own lecture; `said` tells."""
    page = address.page() or HOME
    if page not in PAGES:
        _say("The page Scenes lists scenes and cannot be one itself: open another page first.")
        return
    settings, figure = tuple(address.settings_of(st.query_params)), stage.now().figure
    title = _title(page, figure)[:MAX_TITLE]
    text = ""
    if tried(lambda: change(own().added(Scene(title, page, settings, figure)))):
        made = own()
        text = (
            f"Scene {len(made.scenes)} of “{made.title}”. The page Scenes holds its question, its "
            "notes and its place."
        )
    told = problem()
    _say(" ".join(part for part in (text, told) if part), problem=bool(told))


class Said(NamedTuple):
    """What came of a press: an id that no other such answer has, words, and whether something is
    wrong. (Streamlit sends tuples as they are; for a dict or a list it looks for a table first.)"""

    id: str
    text: str
    problem: bool


def said() -> Said | None:
    """What came of the last view that was to become a scene."""
    return st.session_state.get(_SAID)


def _say(text: str, problem: bool = False) -> None:
    st.session_state[_SAID] = Said(uuid.uuid4().hex, text, problem)


def _title(page: str, figure: str) -> str:
    """What a view is called before somebody names it."""
    if page == COURSE and figure:
        from initopt_core.figures import gallery  # with PyTorch: not before it is asked for
        from initopt_core.ui.server.dataset import get_dataset

        found = gallery.items(get_dataset()).get(figure)
        if found:
            return found.title
    return address.setting_of(address.told()) or (address.APP if page == HOME else page)
