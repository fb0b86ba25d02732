"""Lecture mode: what a page shows in a hall, `lecture=on` in the link.

The sentence and one figure fill the window, in letters of 2.5 % of its height; controls are tucked
away (assets/web/shared/lecture.css). The session holds it on every page, as it does the size of
type; a link that names it, and Back, set it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import streamlit as st

from initopt_core.lecture.scenes import COURSE, HOME, MAX_NAME, SCENES, check_figure
from initopt_core.registry import Parameter, SettingError

from . import address, state

ON = "on"
"""Name of a lecture without scenes."""
_HELD, _EPOCH, _LINKED, _PAGE = "_stage", "_stage_epoch", "_stage_linked", "_stage_page"


@dataclass(frozen=True)
class Stage:
    """How the pages are presented.

    Attributes:
        lecture: name of the lecture whose scenes are shown, `ON` for none, empty outside of a hall.
        scene: number of its scene, from 1; 0 for none.
        figure: the figure that fills the window; empty for the page's main one. It is its page's:
            another page begins with its own.
    """

    lecture: str = ""
    scene: int = 0
    figure: str = ""

    @property
    def on(self) -> bool:
        return bool(self.lecture)


PARAMETERS = (
    Parameter("lecture", "Lecture", ""),
    Parameter("scene", "Scene", 0, 0, 999),
    Parameter("figure", "Figure", ""),
)
"""The fields of a `Stage` and what a link may give them."""


def now() -> Stage:
    """The present one; `read` has to have been called in this session."""
    return st.session_state.get(_HELD, Stage())


def is_on() -> bool:
    """Whether this session's page is shown in a hall."""
    return now().on


def read() -> Stage:
    """The session's; a link that names a lecture, and Back, set it. Link and session agree then."""
    linked = False
    if st.session_state.get(_EPOCH) != address.epoch():
        st.session_state[_EPOCH] = address.epoch()
        linked = "lecture" in st.query_params or address.by_history() or _framed()
        if linked:
            st.session_state[_HELD] = _linked()
            st.session_state[_LINKED] = True
        elif not is_on():  # a scene or a figure alone means nothing
            for parameter in PARAMETERS[1:]:
                if raw := st.query_params.get(parameter.name):
                    state.note_bad_link(parameter.name, raw)
    found, page = now(), address.page()
    if st.session_state.get(_PAGE, page) != page and not linked:
        found = replace(found, figure="")
    st.session_state[_PAGE] = page
    write(found)
    return found


def _framed() -> bool:
    """Whether the link asks for one figure of the gallery in a frame of another page."""
    asked = address.page() == COURSE and "figure" in st.query_params
    return asked and bool(st.context.is_embedded)


def fills() -> bool:
    """Whether what this page shows has the window for itself: in a hall, or, of the gallery, one
    figure in a frame."""
    return is_on() or bool(now().figure and st.context.is_embedded)


def by_link() -> bool:
    """Whether a link has just set it; True once for each link."""
    return bool(st.session_state.pop(_LINKED, False))


def _linked() -> Stage:
    given: dict[str, Any] = {}
    for parameter in PARAMETERS:
        raw = st.query_params.get(parameter.name)
        if raw is None:
            continue
        try:
            given[parameter.name] = value = parameter.check(raw[:MAX_NAME])
            if parameter.name == "figure":
                check_figure(address.page() or HOME, value)
        except SettingError:
            # A lecture begins with its first scene; the page Scenes lists them all.
            lists = address.page() == SCENES or st.query_params.get("lecture") == ON
            begins = parameter.name == "scene" and not lists
            state.note_bad_link(parameter.name, raw, "1" if begins else "")
            given.pop(parameter.name, None)
    found = Stage(**given)
    return found if found.on or _framed() else Stage()


def write(stage: Stage) -> None:
    """Make this the session's and the link's."""
    st.session_state[_HELD] = stage
    for parameter in PARAMETERS:
        value = getattr(stage, parameter.name)
        state.write_link(parameter.name, value, parameter.default)


def switch() -> None:
    """Callback: into the hall, or out of it."""
    write(Stage() if is_on() else Stage(ON))


def show_figure(name: str) -> None:
    """Callback: let this figure fill the window.

    Raises:
        SettingError: for one that this page has not.
    """
    check_figure(address.page() or HOME, name)
    write(replace(now(), figure=name))
