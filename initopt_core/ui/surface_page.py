"""The loss-surface page: controls, laboratory, basins, and the chapter on flat minima."""

from __future__ import annotations

import re

import streamlit as st

from initopt_core.races import RACES
from initopt_core.ui import surface_basins, surface_flatness, surface_panels
from initopt_core.ui.compute import compute
from initopt_core.ui.controls import notice_bad_links
from initopt_core.ui.layout import page_header
from initopt_core.ui.number_slider import write_link
from initopt_core.ui.surface_controls import Plan, apply_race, reset, sidebar
from initopt_core.ui.surface_lab import laboratory, landmarks

VIEWS = ("Paths", "Basins", "Sharp and flat")
STYLE = """<style>
.st-key-surface-head { margin-top: .55rem; }
.st-key-surface-head h1 { padding: 0; }
.st-key-surface-say { gap: .1rem; min-height: 3rem; }
</style>"""


def show() -> None:
    """The whole page."""
    st.html(STYLE)
    head = st.container(
        horizontal=True, vertical_alignment="center", gap="small", key="surface-head"
    )
    with head.container(width="stretch"):
        page_header("Loss surfaces")
    view = _view(head)
    _actions(head)
    notice_bad_links()
    if view == "Sharp and flat":
        surface_flatness.show(*surface_flatness.sidebar())
        return
    plan, problem = sidebar()
    if problem:
        reason, _, pointer = problem.partition("\n")
        # The reason may hold signs that markdown takes for its own, powers above all.
        st.error(re.sub(r"([\\`*_\[\]$~<>#])", r"\\\1", reason), icon=":material/error:")
        st.code(pointer, language=None)
    if view == "Basins":
        _basins(plan)
    else:
        laboratory(plan)
    surface_panels.below(plan)


def _view(head) -> str:
    """Which of the page's three parts; survives a change of pages and is part of the link."""
    key, box = "view", "_view_box"
    value = st.session_state.get(key, st.query_params.get(key, VIEWS[0]))
    value = value if value in VIEWS else VIEWS[0]
    st.session_state[key] = st.session_state[box] = value

    def changed() -> None:
        st.session_state[key] = st.session_state[box] or VIEWS[0]

    head.segmented_control(
        "Part of the page",
        VIEWS,
        key=box,
        on_change=changed,
        required=True,
        label_visibility="collapsed",
    )
    write_link(key, value, VIEWS[0])
    return value


def _actions(head) -> None:
    menu = head.popover(
        "Experiments", icon=":material/science:", key="surface-experiments", on_change="rerun"
    )
    head.button("Reset", icon=":material/restart_alt:", on_click=_reset)
    if not menu.open:
        return
    menu.caption("A surface, optimizers and rates, set in one go.")
    for race in RACES.values():
        menu.button(
            race.label,
            key=f"race-{race.name}",
            help=race.story,
            on_click=_start,
            args=(race.name,),
            width="stretch",
        )


def _start(name: str) -> None:
    apply_race(RACES[name])
    st.session_state["view"] = VIEWS[0]


def _reset() -> None:
    reset()
    for key in [k for k in st.session_state if isinstance(k, str) and k.startswith("flat_")]:
        del st.session_state[key]
    for key in [k for k in st.query_params if k.startswith("flat_")]:
        del st.query_params[key]


def _basins(plan: Plan) -> None:
    marks = compute(landmarks, plan.surface, plan.ranges)
    st.markdown(
        "Every pixel is a start: its colour names the minimum it ends in, darker the more steps "
        "that took, grey where none was reached. Click one to follow its path."
        if marks.minima
        else "Every pixel is a start, and no minimum is known here: the colours say what became "
        "of it, dark for little, bright for much. Click one to follow its path."
    )
    surface_basins.show(plan, marks.minima)
