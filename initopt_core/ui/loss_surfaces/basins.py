"""Basins of attraction side by side, one map for each optimizer."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from initopt_core.figures import loss_surfaces as figures
from initopt_core.figures import theme
from initopt_core.figures.figure import Figure
from initopt_core.figures.loss_surfaces.basin_map import Map, basin_map, legend
from initopt_core.figures.loss_surfaces.map_key import caption
from initopt_core.loss_surfaces.labels import labels_of, run_settings
from initopt_core.ui.components.basin_map import show_map
from initopt_core.ui.page import Laboratory
from initopt_core.ui.server.compute import compute, is_ready
from initopt_core.ui.state import values

from .lab import landmarks_of, problem_of
from .plan import PART, PATHS, Held, Plan, move_start


def show(lab: Laboratory, held: Held) -> None:
    """One map for each run; a click makes its place the shared start."""
    plan = held.plan
    minima = landmarks_of(plan).minima
    labels = labels_of([r.optimizer for r in plan.runs])
    about = _ABOUT if minima else _NOTHING_TO_REACH
    told = f'<p class="initopt-sentence">{about}</p>{problem_of(held)}'
    st.html(f'<div class="surface-say">{told}</div>')
    key = st.container(key="basin-legend")
    per_row = figures.in_row(len(plan.runs))
    rows = -(-len(plan.runs) // per_row)
    for first in range(0, len(plan.runs), per_row):
        columns = st.columns(per_row)
        for i in range(first, min(first + per_row, len(plan.runs))):
            with columns[i - first]:
                made = _one(i, labels[i], held, rows)
                if i == 0:
                    key.html(legend(made, [z for _, _, z in minima]))


_ABOUT = (
    "Every pixel is a start: its colour names the minimum it ends in, darker the more updates "
    "that took, grey where none was reached. Click one to follow its path."
)
_NOTHING_TO_REACH = (
    "Every pixel is a start, and no minimum is known here: its colour says what became of it, on "
    "one scale for all maps. Click one to follow its path."
)


def map_of(plan: Plan, i: int) -> Map:
    """The map of run `i`, which its own start plays no part in."""
    run = replace(plan.runs[i], start=(0.0, 0.0))
    minima = landmarks_of(plan).minima
    return compute(basin_map, plan.surface, run, plan.ranges, plan.updates, minima, plan.color)


def ready(plan: Plan) -> bool:
    """Whether all maps would be there at once."""
    minima = landmarks_of(plan).minima
    return all(
        is_ready(
            basin_map,
            plan.surface,
            replace(run, start=(0.0, 0.0)),
            plan.ranges,
            plan.updates,
            minima,
            plan.color,
        )
        for run in plan.runs
    )


def _one(i: int, label: str, held: Held, rows: int) -> Map:
    run, key = held.plan.runs[i], f"basin-{i}"
    made = map_of(held.plan, i)

    def picked(x: float, y: float) -> None:
        move_start(held.entry, -1, x, y)
        values[PART.name] = PATHS
        st.rerun()  # all of the page is another

    show_map(
        made,
        key=key,
        label=label,
        settings=run_settings(run),
        color=theme.optimizer_style(run.optimizer)[0],
        alt=f"{caption(held.plan.surface.label, made.scale)} {label}.",
        on_pick=picked,
        rows=rows,
    )
    return made


def picture_of(plan: Plan) -> Figure:
    """All maps as one figure for files."""
    labels = labels_of([r.optimizer for r in plan.runs])
    made = [map_of(plan, i) for i in range(len(plan.runs))]
    maps = [
        one.picture(f"{label}, {run_settings(run)}")
        for one, label, run in zip(made, labels, plan.runs, strict=True)
    ]
    minima = landmarks_of(plan).minima
    losses = tuple(z for _, _, z in minima)
    key = figures.MapKey(made[0].scale, made[0].colors, losses, plan.updates)
    places = [(x, y) for x, y, _ in minima]
    return figures.basin_maps(plan.surface, maps, places, plan.ranges, key)
