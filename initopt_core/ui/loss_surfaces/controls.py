"""The sidebar of the loss-surface page: draws the controls that `surface_plan.read` has read.

Controls on which no other depends belong to the fragment that draws the picture, and are drawn into
places of the sidebar that the page has laid out: a change runs the picture and these controls,
nothing else. The others are drawn by the page.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import streamlit as st

from initopt_core.descent import Run
from initopt_core.optimizers import OPTIMIZERS
from initopt_core.registry import Parameter
from initopt_core.surfaces import FORMULA
from initopt_core.surfaces.notation import FUNCTIONS, PAIRS
from initopt_core.ui.controls import entry_select, parameter_control
from initopt_core.wording import number

from . import plan as plans

PICTURE, BELOW = "surface-picture", "surface-below"
"""Fragments of the page: what answers every control, and what lies under it."""
BELOW_OPEN = "_surface_below_open"


@dataclass
class Places:
    """The sidebar's containers, from top to bottom.

    Attributes:
        surface, buttons: for what is above the runs and below them.
        optimizers: for the box of each run.
        menus: run -> container in its open menu, for what changes the menu itself.
        choice: for the choice of the schedule of all; None while its part is closed.
        slots: group of controls -> where the picture's fragment draws it; only in open parts.
    """

    surface: Any
    buttons: Any = None
    optimizers: list[Any] = field(default_factory=list)
    menus: dict[int, Any] = field(default_factory=dict)
    choice: Any = None
    slots: dict[str, Any] = field(default_factory=dict)


def places(held: plans.Held) -> Places:
    """Lay the sidebar out."""
    side = st.sidebar
    out = Places(side.container())
    slots = out.slots
    if held.entry.name != FORMULA and held.entry.parameters:
        slots["surface"] = side.container()
    for i in range(len(held.plan.runs)):
        row = side.container(horizontal=True, vertical_alignment="center", gap="small")
        out.optimizers.append(row.container())
        menu = row.popover(
            "",
            icon=":material/tune:",
            help="More settings of this optimizer",
            key=f"_run{i}_more",
            on_change="rerun",
        )
        if menu.open:
            slots[f"menu{i}"], out.menus[i] = menu.container(), menu.container()
            slots[f"rate{i}"] = menu.container()
        slots[f"run{i}"] = side.container()
    out.buttons = side.container(horizontal=True)
    slots["updates"] = side.container()
    part = _part("Start", "my_location", "_start_part")
    if part.open:
        slots["start"] = part.container()
    part = _part("Schedule and noise", "show_chart", "_noise_part")
    if part.open:
        out.choice = part.container()
        slots["rate"], slots["noise"] = part.container(), part.container()
    part = _part("View", "crop_free", "_view_part")
    if part.open:
        slots["view"] = part.container()
    slots["note"] = side.container()
    return out


def _part(label: str, icon: str, key: str) -> Any:
    return st.sidebar.expander(label, icon=f":material/{icon}:", key=key, on_change="rerun")


def groups(held: plans.Held) -> dict[str, list[tuple[str, Parameter]]]:
    """Group -> session name and parameter of each control that no other control depends on."""
    entry, plan = held.entry, held.plan
    named = [*plans.start(entry)]
    out = {
        "surface": [(f"surface_{p.name}", p) for p in entry.parameters],
        "updates": [("updates", plans.updates(entry))],
        "rate": _rate(plans.schedule_choice()),
        "noise": [(p.name, p) for p in (plans.NOISE, plans.SEED)],
        "view": [(p.name, p) for p in (*plans.edges(entry), plans.colouring(entry))],
    }
    for i, run in enumerate(plan.runs):
        for p in plans.optimizer_parameters(entry.name, run.optimizer):
            group = f"run{i}" if p.name == "lr" else f"menu{i}"
            out.setdefault(group, []).append((f"run{i}_{run.optimizer}_{p.name}", p))
        out[f"rate{i}"] = _rate(plans.schedule_choice(i))
        if plan.own_start[i]:
            who = f"{OPTIMIZERS[run.optimizer].label} ({i + 1})"
            own = plans.start(entry, i, held.shared_start)
            named += [replace(p, label=f"{who} {p.label}") for p in own]
    out["start"] = [(p.name, p) for p in named]
    return out


def _rate(choice: Parameter) -> list[tuple[str, Parameter]]:
    return plans.schedule_parameters(choice, st.session_state[choice.name])


def draw_quick(held: plans.Held, slots: dict[str, Any]) -> None:
    """Inside the picture's fragment: the controls of every group that has a place."""
    every = groups(held)
    for name, place in slots.items():
        for key, parameter in every.get(name, ()):
            parameter_control(parameter, key, place, on_change=changed)
    for i, run in enumerate(held.plan.runs):
        if f"menu{i}" in slots and run.optimizer in CONVENTIONS:
            slots[f"menu{i}"].caption(_convention(run))
    if held.view_problem:
        slots["note"].warning(
            "Each view goes from a smaller to a larger number; the usual one is shown."
        )


def changed() -> None:
    """A quick control was moved: its fragment runs by itself, and what lies below if open."""
    if st.session_state.get(BELOW_OPEN):
        redraw()


def redraw() -> None:
    """From a callback: run the picture and its controls, and what lies below where it is open."""
    st.rerun([PICTURE, BELOW] if st.session_state.get(BELOW_OPEN) else PICTURE)


def _own(parameter: Parameter, place: Any, **options: Any) -> None:
    """A control under its parameter's own name."""
    parameter_control(parameter, parameter.name, place, **options)


def sidebar(held: plans.Held, places: Places) -> None:
    """Draw the controls on which others depend: a change of theirs runs the page."""
    _surface(held, places.surface)
    for i, run in enumerate(held.plan.runs):
        _own(
            plans.optimizer_choice(i),
            places.optimizers[i],
            format_func=lambda name: OPTIMIZERS[name].label,
            label_visibility="collapsed",
        )
        if i in places.menus:
            _menu(i, run, places.menus[i])
    _add_and_remove(len(held.plan.runs), places.buttons)
    if places.choice is not None:
        _own(plans.schedule_choice(), places.choice, format_func=plans.schedule_label)


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
            help=FORMULA_HELP,
        )


FORMULA_HELP = (
    "A function of w1 and w2 (or x and y), for example `2w1² + |w2|` or `2*w1**2 + abs(w2)`. "
    f"Signs: `+ - * / ** ( )`. Numbers also `pi` and `e`. Functions: {', '.join(FUNCTIONS)}, "
    f"and of two: {', '.join(PAIRS)}."
)
CONVENTIONS = {"SGDMomentum": "HeavyBall", "HeavyBall": "SGDMomentum"}
"""Momentum as an average and as a sum, each with its other."""


def _convention(run: Run) -> str:
    """What the momentum's convention makes of the rate."""
    momentum, lr = run.values()["momentum"], run.values()["lr"]
    if run.optimizer == "SGDMomentum":
        return f"Average: equals a heavy ball at η = {number(lr * (1 - momentum))}"
    return f"Sum: effective rate η / (1−β) = {number(lr / (1 - momentum))}"


def _menu(i: int, run: Run, menu: Any) -> None:
    if run.optimizer in CONVENTIONS:
        other = CONVENTIONS[run.optimizer]

        def switch() -> None:
            for p in OPTIMIZERS[run.optimizer].parameters:
                value = st.session_state[f"run{i}_{run.optimizer}_{p.name}"]
                st.session_state[f"run{i}_{other}_{p.name}"] = value
            st.session_state[f"run{i}"] = other

        menu.button(
            "Use the sum (heavy ball)" if other == "HeavyBall" else "Use the exponential average",
            key=f"_run{i}_switch",
            on_click=switch,
            help="Keeps the same numbers under the other convention, which is ten times the step "
            "at β = 0.9.",
        )
    _own(plans.own_start(i), menu)
    _own(plans.schedule_choice(i), menu, format_func=plans.schedule_label)


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
