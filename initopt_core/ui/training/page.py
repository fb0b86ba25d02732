"""The training page: the race on the screen, its controls, and the list of runs."""

from __future__ import annotations

import functools

import streamlit as st

from initopt_core.ui import address
from initopt_core.ui.layout import experiments
from initopt_core.ui.page import CONTROLS, HEAD, Laboratory
from initopt_core.ui.server.training import (
    COMPARED,
    RECORDED,
    RUN,
    problem_told,
    run_name,
    shown_run,
)
from initopt_core.ui.state import values
from initopt_core.wording import as_text

from . import about, controls, recorded, runs, steer, watch

LAB = Laboratory(
    "training",
    "Training",
    controls.read,
    words=lambda held: (run_name(values.get(RUN)),),
    stays=controls.STAYS,
    links=(RUN, COMPARED, "budget", controls.DATA.name),
    others=controls.OTHERS,
    follows=lambda: (ABOUT,),  # it names the side's settings
    ahead=lambda held: recorded.ahead() if address.link().get(RUN) == RECORDED else (),
)
ABOUT = "about"


def show() -> None:
    """The whole page."""
    LAB.show(_draw)


def _draw(held: controls.Held) -> None:
    """The run first, which people came for, then what starts another."""
    head, notes, body = (st.container() for _ in range(3))
    foot = st.container(key="training-runs")
    shown = shown_run()
    others = runs.compared(shown)
    with st.sidebar:
        start()  # cheap, and what a first visitor looks for
    with body:
        said(shown)
        if shown in (None, RECORDED):
            recorded.recorded()
        else:
            watch.watch(shown, others, held)
    with head:
        heading(shown)
    with notes:
        LAB.notes()
        if told := problem_told():
            st.info(as_text(told), icon=":material/info:")
    with st.sidebar:
        parts()
    with foot:
        runs.runs_panel(shown)


@LAB.fragment(ABOUT)
def said(held: controls.Held, shown: str | None) -> None:
    """The settings of what is shown, beside those of the side."""
    about.about(LAB, shown, held.config)


@LAB.fragment(HEAD)
def heading(held: controls.Held, shown: str | None) -> None:
    """The page's name, ready-made races, the recorded one, Undo and Reset."""
    races = [
        (name, name, None, functools.partial(controls.apply_preset, LAB, name))
        for name in controls.PRESETS
    ]
    LAB.head(
        lambda: experiments(LAB.name, "The tutorial's race, and what changes it.", races),
        lambda: about.to_recorded(shown),
    )


@LAB.fragment(controls.START)
def start(held: controls.Held) -> None:
    """The button at the top of the sidebar."""
    with st.container(key="training-start"):
        steer.start_button(held.config, held.problem)


@LAB.fragment(CONTROLS)
def parts(held: controls.Held) -> None:
    """The controls."""
    controls.sidebar(LAB, held)
