"""The laboratory itself: paths on a surface, answering to the hand without a full rerun."""

from __future__ import annotations

import html
from collections.abc import Iterator
from typing import Any

import streamlit as st

from initopt_core.figures.loss_surfaces.scene import Scene, Showing, grid, scene
from initopt_core.loss_surfaces.landmarks import Landmarks, landmarks
from initopt_core.loss_surfaces.presets import RACES
from initopt_core.loss_surfaces.sentence import sentence
from initopt_core.surfaces import FORMULA, SURFACES, unbounded
from initopt_core.ui import stage
from initopt_core.ui.components.surface_canvas import surface_canvas
from initopt_core.ui.page import PICTURE, Laboratory, in_hand
from initopt_core.ui.server.compute import compute
from initopt_core.ui.tables import emphasized

from . import look
from .plan import Held, Plan, following, move_start

KEY = "lab_canvas"


def landmarks_of(plan: Plan) -> Landmarks:
    """Those of the plan's surface; only for a formula do they depend on the view."""
    formula = plan.surface.name == FORMULA
    return compute(landmarks, plan.surface, plan.ranges if formula else (0.0, 1.0, 0.0, 1.0))


def scene_of(plan: Plan) -> Scene:
    """The plan's race, ready to send."""
    return compute(
        scene, plan.surface, plan.runs, plan.updates, plan.noise, plan.seed, plan.ranges,
        landmarks_of(plan),
    )  # fmt: skip


def _grid_ranges(held: Held) -> tuple[float, float, float, float]:
    """What to sample: what the hand has zoomed to, else the page's own."""
    return tuple(held.look.get("zoom", held.plan.ranges))


def ahead(held: Held) -> Iterator[None]:
    """Compute what `show` shows of this; nothing of a formula that cannot be read."""
    if held.problem:
        return
    marks = landmarks_of(held.plan)
    yield
    scene_of(held.plan)
    yield
    _endless(held.plan, marks)
    compute(grid, held.plan.surface, _grid_ranges(held))
    yield


def _endless(plan: Plan, marks: Landmarks) -> bool:
    return not marks.minima and compute(unbounded, plan.surface, plan.ranges)


def show(lab: Laboratory, held: Held) -> None:
    """The race on its surface, and the sentence about it; a drag of the start reruns this alone."""
    plan = held.plan
    marks = landmarks_of(plan)
    made = scene_of(plan)
    endless = _endless(plan, marks)
    text = sentence(
        list(made.labels), list(made.outcomes), plan.updates, endless, brief=stage.is_on()
    )
    shared = next((r.start for r, o in zip(plan.runs, plan.own_start, strict=True) if not o), None)
    starts = [] if shared is None else [(-1, *shared)]
    starts += [(i, *r.start) for i, r in enumerate(plan.runs) if plan.own_start[i]]
    label = plan.surface.label

    def moved(value: dict[str, Any]) -> None:
        """A start was dragged: the newest place, kept where the sidebar's controls keep theirs."""
        move_start(held.entry, value["run"], value["x"], value["y"])
        st.session_state["_surface_ack"] = int(value["n"])
        in_hand(not value.get("done"))
        if value.get("done"):  # sliders and link are told when the hand rests
            lab.answer(PICTURE, *_start_sliders(value["run"]))

    # The words first: they stand above the picture, which must not move when they come; one
    # element, which keeps its height.
    story = RACES[plan.race].story if plan.race in RACES else facts_of(held)
    told = (
        problem_of(held)
        or f'<p class="initopt-sentence">{emphasized(text)}</p>'
        f'<p class="surface-story">{html.escape(story)}</p>'
    )
    st.html(f'<div class="surface-say">{told}</div>')
    surface_canvas(
        made,
        compute(grid, plan.surface, _grid_ranges(held)),
        Showing(
            surface=plan.name,
            title=label,
            home=plan.ranges,
            color=plan.color,
            alt=f"Loss surface {label} with the paths of {', '.join(made.labels)}. "
            + text.replace("**", ""),
            starts=starts,
            ack=st.session_state.get("_surface_ack", 0),
            look=held.look,
            wish=look.wish(held.look),
            sliders=lab.news(following(plan)),
        ),
        key=KEY,
        on_start=moved,
        on_zoom=look.zoomed,
        on_look=look.told,
    )


def _start_sliders(run: int) -> tuple[str, ...]:
    """The controls of a start, where they are to be seen."""
    prefix = "start" if run < 0 else f"own{run}"
    return (f"{prefix}_w1", f"{prefix}_w2") if st.session_state.get("_start_part") else ()


LAST = "Shown is the last formula that could be used."


def problem_of(held: Held) -> str:
    """What is wrong with a typed formula, as HTML: the reason, the text, and a pointer below it;
    empty where nothing is. It stands in place of the sentence, as high as that."""
    if held.plan.surface.name != FORMULA or not held.problem:
        return ""
    reason, _, pointer = held.problem.partition("\n")
    return (
        f'<div class="surface-problem" role="alert">{html.escape(reason)}'
        f"<br><pre>{html.escape(pointer)}</pre>{LAST}</div>"
    )


def facts_of(held: Held) -> str:
    """The surface's one-line explanation."""
    plan = held.plan
    if plan.surface.name == FORMULA:
        return "Your own function; its gradients come from automatic differentiation."
    entry = SURFACES[plan.surface.name]
    return f"{entry.help} ({entry.source})"
