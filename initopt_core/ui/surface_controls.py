"""The sidebar of the loss-surface page: draws the controls that `surface_plan.read` has read.

Sliders belong to the fragment that draws the picture, and are drawn into places of the sidebar
that the page has laid out: a slider's change runs the picture and the sliders, nothing else. All
other controls are drawn by the page.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import streamlit as st

from initopt_core.descent import Run
from initopt_core.optimizers import OPTIMIZERS
from initopt_core.registry import Parameter
from initopt_core.surfaces import FORMULA
from initopt_core.ui import surface_plan as plans
from initopt_core.ui.controls import entry_select, parameter_control
from initopt_core.ui.number_slider import number_slider

PICTURE, BELOW = "surface-picture", "surface-below"
"""Fragments of the page: what answers every control, and what lies under it."""
BELOW_OPEN = "_surface_below_open"


@dataclass
class Places:
    """The sidebar's containers, from top to bottom.

    Attributes:
        surface, buttons: for what is above the runs and below them.
        rows: one for each run.
        schedule, view: inside their parts; None while those are closed.
        slots: name of a group of sliders -> where it is drawn; only those of open parts.
    """

    surface: Any
    buttons: Any
    rows: list[Any]
    schedule: Any = None
    view: Any = None
    slots: dict[str, Any] = field(default_factory=dict)


def places(held: plans.Held) -> Places:
    """Lay the sidebar out."""
    side = st.sidebar
    surface, slots, rows = side.container(), {}, []
    if held.entry.name != FORMULA and held.entry.parameters:
        slots["surface"] = side.container()
    for i in range(len(held.plan.runs)):
        rows.append(side.container(horizontal=True, vertical_alignment="center", gap="small"))
        slots[f"run{i}"] = side.container()
    out = Places(surface, side.container(horizontal=True), rows, slots=slots)
    slots["updates"] = side.container()
    part = _part("Start", "my_location", "_start_part")
    if part.open:
        slots["start"] = part.container()
    part = _part("Schedule and noise", "show_chart", "_noise_part")
    if part.open:
        out.schedule, slots["noise"] = part.container(), part.container()
    part = _part("View", "crop_free", "_view_part")
    out.view = part if part.open else None
    return out


def _part(label: str, icon: str, key: str) -> Any:
    return st.sidebar.expander(label, icon=f":material/{icon}:", key=key, on_change="rerun")


def sliders(held: plans.Held) -> dict[str, list[tuple[str, Parameter]]]:
    """Group -> session name and parameter of each of its sliders."""
    entry, plan = held.entry, held.plan
    named = [*plans.start(entry)]
    for i, run in enumerate(plan.runs):
        if plan.own_start[i]:
            who = f"{OPTIMIZERS[run.optimizer].label} ({i + 1})"
            own = plans.start(entry, i, held.shared_start)
            named += [replace(p, label=f"{who} {p.label}") for p in own]
    out = {
        "surface": [(f"surface_{p.name}", p) for p in entry.parameters],
        "updates": [("updates", plans.updates(entry))],
        "start": [(p.name, p) for p in named],
        "noise": [(p.name, p) for p in (plans.NOISE, plans.SEED)],
    }
    for i, run in enumerate(plan.runs):
        rate = next(
            p for p in plans.optimizer_parameters(entry.name, run.optimizer) if p.name == "lr"
        )
        out[f"run{i}"] = [(f"run{i}_{run.optimizer}_lr", rate)]
    return out


def draw_sliders(groups: dict[str, list[tuple[str, Parameter]]], slots: dict[str, Any]) -> None:
    """Inside the picture's fragment: the sliders of every group that has a place."""
    for name, place in slots.items():
        for key, parameter in groups[name]:
            number_slider(parameter, key, place, on_change=changed)


def changed() -> None:
    """A slider has moved: its fragment runs by itself, and what lies below where it is open."""
    if st.session_state.get(BELOW_OPEN):
        redraw()


def redraw() -> None:
    """From a callback: run the picture and its sliders, and what lies below where it is open."""
    st.rerun([PICTURE, BELOW] if st.session_state.get(BELOW_OPEN) else PICTURE)


def _own(parameter: Parameter, place: Any, **options: Any) -> None:
    """A control under its parameter's own name."""
    parameter_control(parameter, parameter.name, place, **options)


def sidebar(held: plans.Held, places: Places) -> None:
    """Draw all controls but the sliders."""
    _surface(held, places.surface)
    for i, run in enumerate(held.plan.runs):
        _run(i, run, held, places.rows[i])
    _add_and_remove(len(held.plan.runs), places.buttons)
    if places.schedule is not None:
        _schedule(plans.schedule_choice(), places.schedule)
    if held.view_problem:
        st.sidebar.warning(
            "Each view goes from a smaller to a larger number; the usual one is shown."
        )
    if places.view is not None:
        for p in plans.edges(held.entry):
            _own(p, places.view)
        _own(plans.colouring(held.entry), places.view)


def _surface(held: plans.Held, side: Any) -> None:
    entry_select(
        plans.CHOICES,
        "Surface",
        "surface",
        plans.FIRST.surface,
        side,
        on_change=plans.surface_changed,
    )
    if held.entry.name == FORMULA:
        _own(
            plans.TYPED,
            side,
            max_chars=200,
            help="+ − * / ** and sin, cos, tan, tanh, exp, log, sqrt, abs, sigmoid, relu, min, max",
        )


def _run(i: int, run: Run, held: plans.Held, row: Any) -> None:
    _own(
        plans.optimizer_choice(i),
        row,
        format_func=lambda name: OPTIMIZERS[name].label,
        label_visibility="collapsed",
    )
    menu = row.popover(
        "",
        icon=":material/tune:",
        help="More settings of this optimizer",
        key=f"_run{i}_more",
        on_change="rerun",
    )
    if not menu.open:
        return
    for p in plans.optimizer_parameters(held.entry.name, run.optimizer):
        if p.name != "lr":
            parameter_control(p, f"run{i}_{run.optimizer}_{p.name}", menu)
    if run.optimizer in ("SGDMomentum", "HeavyBall"):
        _convention(i, run, menu)
    _schedule(plans.schedule_choice(i), menu)
    _own(plans.own_start(i), menu)


def _convention(i: int, run: Run, menu: Any) -> None:
    """Say what the momentum's convention makes of the rate, and offer the other one."""
    values = run.values()
    momentum, lr = values["momentum"], values["lr"]
    if run.optimizer == "SGDMomentum":
        other, text = "HeavyBall", f"Average: equals a heavy ball at η = {lr * (1 - momentum):.3g}"
    else:
        other, text = "SGDMomentum", f"Sum: effective rate η / (1−β) = {lr / (1 - momentum):.3g}"

    def switch() -> None:
        st.session_state[f"run{i}"] = other
        for setting, value in values.items():
            st.session_state[f"run{i}_{other}_{setting}"] = value

    menu.caption(text)
    menu.button(
        "Use the sum (heavy ball)" if other == "HeavyBall" else "Use the exponential average",
        key=f"_run{i}_switch",
        on_click=switch,
        help="Keeps the same numbers under the other convention, which is ten times the step "
        "at β = 0.9.",
    )


def _schedule(choice: Parameter, menu: Any) -> None:
    _own(choice, menu, format_func=plans.schedule_label)
    for key, p in plans.schedule_parameters(choice, st.session_state[choice.name]):
        parameter_control(p, key, menu)


def _add_and_remove(count: int, row: Any) -> None:
    def add() -> None:
        st.session_state["runs"] = count + 1

    def remove() -> None:
        plans.forget(rf"(run|own){count - 1}(_\w+)?")
        st.session_state["runs"] = count - 1

    row.button(
        "Add",
        icon=":material/add:",
        on_click=add,
        disabled=count >= plans.MAX_RUNS,
        key="_run_add",
        help=f"Up to {plans.MAX_RUNS}, several of one kind if you like.",
    )
    row.button(
        "Remove last",
        icon=":material/remove:",
        on_click=remove,
        disabled=count <= 1,
        key="_run_remove",
    )
