"""The loss-surface page: a picture of three kinds, its controls, and what lies below."""

from __future__ import annotations

import functools
from typing import Any

import streamlit as st

from initopt_core.loss_surfaces.presets import RACES
from initopt_core.ui.controls import segmented
from initopt_core.ui.layout import experiments, let_it_be_drawn
from initopt_core.ui.page import BELOW, CONTROLS, HEAD, PICTURE, Laboratory

from . import basins, controls, flatness, lab, panels
from . import plan as plans

LAB = Laboratory(
    "loss_surfaces",
    "Loss surfaces",
    plans.read,
    words=lambda held: _words(held),
    stays=(plans.PART.name,),
    links=(plans.TYPED.name,),
    others=plans.OTHERS,
    follows=lambda: (BELOW,) if st.session_state.get(panels.OPEN) else (),
    ahead=lambda held: lab.ahead(held) if held.part == plans.PATHS else (),  # maps come one by one
)
DRAW = {plans.PATHS: lab.show, plans.BASINS: basins.show, plans.FLAT: flatness.show}
"""How each part of the page is drawn."""


def _words(held: plans.Held) -> tuple[str, ...]:
    if held.part == plans.FLAT:
        return (held.part,)
    return (held.plan.title, held.part if held.part != plans.PATHS else "")


def show() -> None:
    """The whole page."""
    LAB.show(_draw)


def _draw(held: plans.Held) -> None:
    """What is waited for first, the picture; but maps that are still to be computed appear one
    after another, below what is there already."""
    head, notes = (st.container() for _ in range(2))
    body = st.container(key="surface-basins" if held.part == plans.BASINS else None)
    foot = st.container(key="surface-below")
    parts = [lambda: _picture(body), lambda: _around(head, notes, foot, held)]
    if held.part == plans.BASINS and not basins.ready(held.plan):
        parts.reverse()
    for draw in parts:
        draw()


def _picture(body: Any) -> None:
    with body:
        picture()
    let_it_be_drawn()


def _around(head: Any, notes: Any, foot: Any, held: plans.Held) -> None:
    with head:
        heading()
    with notes:
        LAB.notes()
    with st.sidebar:
        controls_()
    if held.part != plans.FLAT:
        with foot:
            below()
    else:
        st.session_state[panels.OPEN] = False  # nothing is drawn there


@LAB.fragment(PICTURE)
def picture(held: plans.Held) -> None:
    """What answers the controls."""
    DRAW[held.part](LAB, held)


@LAB.fragment(CONTROLS)
def controls_(held: plans.Held) -> None:
    """The sidebar."""
    controls.sidebar(LAB, held)


@LAB.fragment(BELOW)
def below(held: plans.Held) -> None:
    """Explanation, program, exports."""
    panels.below(held)


@LAB.fragment(HEAD)
def heading(held: plans.Held) -> None:
    """The page's name, its parts, ready-made races, Undo and Reset."""
    LAB.head(
        lambda: segmented(plans.PART, on_change=st.rerun),
        lambda: experiments(
            LAB.name,
            "A surface, optimizers and rates, set in one go.",
            [(r.name, r.label, r.story, functools.partial(_start, r.name)) for r in RACES.values()],
        ),
    )


def _start(name: str) -> None:
    """Callback: a ready-made race."""
    plans.apply_race(RACES[name])
    LAB.set({plans.PART.name: plans.PATHS})
