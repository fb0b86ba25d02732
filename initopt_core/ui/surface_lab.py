"""The laboratory itself: paths on a surface, answering to the hand without a full rerun."""

from __future__ import annotations

import html
from dataclasses import dataclass, replace
from typing import Any

import streamlit as st
import torch

from initopt_core.descent import Run, race
from initopt_core.outcomes import outcome, sentence
from initopt_core.races import RACES
from initopt_core.stability import along_paths
from initopt_core.surfaces import FORMULA, SURFACES, Point, Surface, critical_points
from initopt_core.ui.compute import compute
from initopt_core.ui.surface_canvas import GridMessage, Scene, pack_grid, pack_scene, surface_canvas
from initopt_core.ui.surface_controls import Plan

KEY = "lab_canvas"
_STYLE = "<style>.surface-story { font-size: .88rem; opacity: .8; margin: 0; }</style>"
POINTS = 129
"""Grid points on each side of the surface sent to the browser."""


@dataclass(frozen=True)
class Landmarks:
    """Minima as (w1, w2, loss), and saddles."""

    minima: tuple[tuple[float, float, float], ...]
    saddles: tuple[Point, ...]

    @property
    def places(self) -> tuple[Point, ...]:
        return tuple((x, y) for x, y, _ in self.minima)


def landmarks(surface: Surface, ranges: tuple[float, float, float, float]) -> Landmarks:
    """The known points of a surface; those of a typed formula are searched in the view."""
    if surface.name == FORMULA:
        minima, saddles = critical_points(surface, ranges)
    else:
        minima, saddles = surface.minima, surface.saddles
    if not minima:
        return Landmarks((), saddles)
    w = torch.tensor(minima, dtype=torch.float64)
    losses = surface(w[:, 0], w[:, 1]).tolist()
    return Landmarks(tuple((x, y, z) for (x, y), z in zip(minima, losses, strict=True)), saddles)


def grid(surface: Surface, ranges: tuple[float, float, float, float]) -> GridMessage:
    """The surface's values in a view, ready to send."""
    return pack_grid(surface.values(ranges, POINTS), ranges)


def scene(
    surface: Surface,
    runs: tuple[Run, ...],
    updates: int,
    noise: float,
    seed: int,
    ranges: tuple[float, float, float, float],
) -> Scene:
    """The whole race with all its inner values, ready to send."""
    traces = race(surface, runs, updates, noise, seed)
    marks = landmarks(surface, ranges)
    ends = tuple(outcome(t, marks.places, ranges) for t in traces)
    return pack_scene(traces, along_paths(surface, traces), ends, marks.minima, marks.saddles)


def _grid_ranges(plan: Plan) -> tuple[float, float, float, float]:
    """What to sample: the view the hand has moved to, else the page's own."""
    asked = st.session_state.get("_surface_view")
    if asked and asked["surface"] == _name(plan) and tuple(asked["home"]) == plan.ranges:
        return tuple(asked["view"])
    return plan.ranges


def _name(plan: Plan) -> str:
    return f"{plan.surface.name} {plan.surface.text}".strip()


def _moved(value: dict[str, Any]) -> None:
    """A start was dragged: the newest place, kept where the sidebar's controls keep theirs."""
    run = value["run"]
    prefix = "start" if run < 0 else f"own{run}"
    st.session_state[f"{prefix}_w1"] = float(value["x"])
    st.session_state[f"{prefix}_w2"] = float(value["y"])
    st.session_state["_surface_ack"] = int(value["n"])
    st.session_state["_surface_drag"] = True
    st.session_state["_surface_done"] = bool(value.get("done"))


def _viewed(value: dict[str, Any]) -> None:
    st.session_state["_surface_view"] = value


def _dragged(plan: Plan) -> Plan:
    """The plan with the starts as they are now: in a drag the sidebar is a step behind."""
    if not st.session_state.get("_surface_drag"):
        return plan
    state = st.session_state
    runs = []
    for i, (run, own) in enumerate(zip(plan.runs, plan.own_start, strict=True)):
        prefix = f"own{i}" if own else "start"
        start = (state.get(f"{prefix}_w1", run.start[0]), state.get(f"{prefix}_w2", run.start[1]))
        runs.append(replace(run, start=start))
    return replace(plan, runs=tuple(runs))


@st.fragment
def laboratory(plan: Plan) -> None:
    """Sentence and component. A drag reruns this alone, and the whole page when it ends."""
    plan = _dragged(plan)
    if st.session_state.pop("_surface_done", False):
        st.session_state["_surface_drag"] = False
        st.rerun()
    made = compute(scene, plan.surface, plan.runs, plan.updates, plan.noise, plan.seed, plan.ranges)
    text = sentence(list(made.labels), list(made.outcomes), plan.updates)
    story = RACES[plan.race].story if plan.race in RACES else facts_of(plan)
    st.container(key="surface-say").html(
        f'<p class="initopt-sentence">{_bold(text)}</p>'
        f'<p class="surface-story">{html.escape(story)}</p>{_STYLE}'
    )
    shared = next((r.start for r, o in zip(plan.runs, plan.own_start, strict=True) if not o), None)
    starts = [] if shared is None else [(-1, *shared)]
    starts += [(i, *r.start) for i, r in enumerate(plan.runs) if plan.own_start[i]]
    label = plan.surface.label
    surface_canvas(
        made,
        compute(grid, plan.surface, _grid_ranges(plan)),
        key=KEY,
        surface=_name(plan),
        title=label,
        home=plan.ranges,
        starts=starts,
        color=plan.color,
        alt=f"Loss surface {label} with the paths of {', '.join(made.labels)}. {text}",
        ack=st.session_state.get("_surface_ack", 0),
        on_start=_moved,
        on_view=_viewed,
    )


def _bold(text: str) -> str:
    parts = text.split("**")
    parts = [html.escape(p) for p in parts]
    return "".join(f"<strong>{p}</strong>" if i % 2 else p for i, p in enumerate(parts))


def facts_of(plan: Plan) -> str:
    """The surface's one-line explanation."""
    if plan.surface.name == FORMULA:
        return "Your own function; its gradients come from automatic differentiation."
    entry = SURFACES[plan.surface.name]
    return f"{entry.help} ({entry.source})"
