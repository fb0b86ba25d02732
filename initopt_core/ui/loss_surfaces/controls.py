"""The sidebar of the loss-surface page: where the controls that `plan.read` has read are drawn."""

from __future__ import annotations

from typing import Any

import streamlit as st

from initopt_core.descent import Run
from initopt_core.optimizers import OPTIMIZERS
from initopt_core.ui.page import CONTROLS, PICTURE, Laboratory, part
from initopt_core.ui.state import values
from initopt_core.wording import number

from . import plan as plans


def sidebar(lab: Laboratory, held: plans.Held) -> None:
    """All controls from top to bottom; those of closed parts are not drawn."""
    if held.part == plans.FLAT:
        lab.draw("flat")
        return
    lab.draw("choice")
    lab.fragment(plans.OF_SURFACE, answers=plans.BOTH)(lambda held: _surface(lab, held))()
    for i, run in enumerate(held.plan.runs):
        _run(lab, i, run)
    _add_and_remove(lab, len(held.plan.runs))
    lab.draw("updates")
    if place := part("Start", "my_location", "_start_part"):
        lab.draw("start", place)
    if place := part("Schedule and noise", "show_chart", "_noise_part"):
        lab.draw("rate", place)
        lab.draw("noise", place)
    if place := part("View", "crop_free", "_view_part"):
        lab.draw("ranges", place)
    st.session_state[plans.UNUSABLE] = held.unusable_ranges
    if held.unusable_ranges:
        st.warning("Each view goes from a smaller to a larger number; the usual one is shown.")


def _surface(lab: Laboratory, held: plans.Held) -> None:
    """What is particular to the surface; another one moves rates and updates, too."""
    lab.draw("surface")
    if held.part != plans.PATHS:  # the paths' canvas tells them itself
        lab.tell_sliders(plans.following(held.plan))


def _run(lab: Laboratory, i: int, run: Run) -> None:
    """One optimizer: its box, its menu, its rate."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        lab.draw(f"who{i}")
        menu = st.popover(
            f"More settings of {OPTIMIZERS[run.optimizer].label} ({i + 1})",
            icon=":material/tune:",
            help="More settings of this optimizer",
            key=f"_run{i}_more",
            on_change="rerun",
        )
    if menu.open:
        _menu(lab, i, run, menu)
    lab.draw(f"run{i}")


def _menu(lab: Laboratory, i: int, run: Run, menu: Any) -> None:
    lab.draw(f"menu{i}", menu)
    if convention := OPTIMIZERS[run.optimizer].convention:
        menu.caption(convention.says.format(number(convention.rate(run.values()))))
        other = convention.other

        def switch() -> None:
            for name, value in run.values().items():  # a button may be older than Reset
                now = values.get(f"run{i}_{run.optimizer}_{name}", value)
                values[f"run{i}_{other}_{name}"] = now
            values[f"run{i}"] = other
            lab.answer(PICTURE, CONTROLS)

        menu.button(
            convention.switch,
            key=f"_run{i}_switch",
            on_click=switch,
            help="Keeps the same numbers under the other convention, which is ten times the step "
            "at β = 0.9.",
        )
    lab.draw(f"more{i}", menu)


def _add_and_remove(lab: Laboratory, count: int) -> None:
    def add() -> None:
        values["runs"] = count + 1
        lab.answer(PICTURE, CONTROLS)

    def remove() -> None:
        plans.forget(rf"(run|own){count - 1}(_\w+)?")
        values["runs"] = count - 1
        lab.answer(PICTURE, CONTROLS)

    row = st.container(horizontal=True)
    row.button(
        "Add",
        icon=":material/add:",
        on_click=add,
        disabled=count >= plans.MAX_RUNS,
        key="_run_add",
        help=f"Up to {plans.MAX_RUNS}, several of one kind if you like. Muon is not among "
        "them: it needs weight matrices.",
    )
    row.button(
        "Remove last",
        icon=":material/remove:",
        on_click=remove,
        disabled=count <= 1,
        key="_run_remove",
    )
