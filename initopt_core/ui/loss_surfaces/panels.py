"""What lies below the laboratory: explanation, code, exports."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

import streamlit as st

from initopt_core.descent import Trace, race
from initopt_core.figures import loss_surfaces as figures
from initopt_core.figures.figure import Figure
from initopt_core.figures.loss_surfaces.scene import Showing, grid
from initopt_core.loss_surfaces.code import basins_snippet, minima_program, snippet
from initopt_core.loss_surfaces.flatness import TwoMinima, minima_settings
from initopt_core.loss_surfaces.labels import labels_of, race_settings, run_settings
from initopt_core.optimizers import OPTIMIZERS
from initopt_core.surfaces import FORMULA, SURFACES, Surface
from initopt_core.surfaces.catalogue import Ranges
from initopt_core.ui import offers
from initopt_core.ui.export_menu import Maker, also, export_buttons
from initopt_core.ui.server.compute import compute
from initopt_core.wording import count, number

from . import basins, look
from .lab import landmarks_of, scene_of
from .plan import BASINS, FLAT, PART, SLIDES, Held, Plan

if TYPE_CHECKING:
    from initopt_core.figures.clips.clip import Clip
    from initopt_core.figures.export import ExportOptions

EXPORTS = ("surface-paths", "surface-losses", "surface-basins")
OPEN = "_surface_below_open"
EVERYWHERE = "What becomes of every start"
"""Title of maps where no minimum is known, so that there are no basins."""


def below(held: Held) -> None:
    """Three closed parts; what is in them is made when they are opened, and kept up to date."""
    plan = held.plan
    offers.begin("surface-")
    shown = telling(plan, maps=held.part == BASINS)
    with st.container(horizontal=True, gap="small"), shown:
        if held.part == BASINS:
            _export_maps(plan)
        else:
            _export(plan, held.look)
    offer_all(held)
    explain = st.expander(
        "What happens here", icon=":material/menu_book:", key="_surface_why", on_change="rerun"
    )
    if explain.open:
        _explain(plan, explain)
    code = st.expander(
        "The same in PyTorch", icon=":material/code:", key="_surface_code", on_change="rerun"
    )
    if code.open:
        code.code(snippet(plan.surface, plan.runs, plan.updates, plan.noise, plan.seed), "python")
    exporting = any(st.session_state.get(f"{key}-export") for key in EXPORTS)
    st.session_state[OPEN] = explain.open or code.open or exporting


def _explain(plan: Plan, box) -> None:
    if plan.surface.name != FORMULA:
        entry = SURFACES[plan.surface.name]
        box.markdown(f"**{entry.label}.** {entry.help} *{entry.source}*")
        box.latex(entry.formula)
    for name in dict.fromkeys(r.optimizer for r in plan.runs):
        entry = OPTIMIZERS[name]
        box.markdown(f"**{entry.label}.** {entry.help} *{entry.source}*")
        box.latex(entry.formula)
    box.markdown(
        "**Stability.** Near a minimum with curvature λ, plain gradient descent multiplies its "
        "distance by 1 − ηλ at every step, so it converges only while ηλ < 2. Momentum moves that "
        "limit to 2(1 + β)/(1 − β) for an average of gradients and to 2(1 + β) for a sum; "
        "optimizers with a rate for every weight feel the curvature divided by their √v. The "
        "meter rescales all of them so that the edge is at 2 (Cohen et al., 2021 and 2022). A "
        "limit says what happens in the long run with √v held as it is. In their first steps Adam, "
        "AdamW, NAdam and Adamax can grow a hundredfold below it: bias correction makes a step of "
        "an average that has seen one gradient as long as plain descent's, whose limit is 2. Above "
        "it they are soon back, since √v grows with the gradients. NAdam's limit moves as its "
        "momentum warms up; Lion has none, as its steps are η long whatever the curvature. A "
        "dot is the curvature *across* a step, between where it begins and where it lands: a step "
        "thrown from one wall to the other begins where it is flat, and its dot is at 2 all the "
        "same.\n\n"
        "**Equal budgets.** All optimizers take the same number of gradients, see the same noise, "
        "and start where you say; their rates are yours, and are printed beside their names.\n\n"
        "**Keys**, with the picture in focus: space plays, ← → step, Home and End jump, ↑ ↓ choose "
        "the optimizer whose arrows and arithmetic are shown, Shift and an arrow moves the start "
        "(in three dimensions it turns the surface), + − 0 zoom, W A S D move the view."
    )


@dataclass(frozen=True)
class _Race:
    """The paths that a plan makes, and their figures, each made when a file is wanted."""

    plan: Plan
    look: Mapping[str, Any]

    @cached_property
    def labels(self) -> list[str]:
        return labels_of([r.optimizer for r in self.plan.runs])

    def traces(self) -> tuple[Trace, ...]:
        plan = self.plan
        return compute(race, plan.surface, plan.runs, plan.updates, plan.noise, plan.seed)

    def drawn(self) -> tuple[Surface, tuple[Trace, ...], Sequence[str], Ranges, str]:
        plan = self.plan
        return plan.surface, self.traces(), self.labels, plan.ranges, plan.color

    def above(self) -> Figure:
        return figures.paths(*self.drawn())

    def space(self) -> Figure:
        return figures.space(*self.drawn(), eye=self.look.get("eye"))

    def seen(self) -> Figure:
        """As they are looked at."""
        return self.space() if self.look.get("solid") else self.above()

    def losses(self) -> Figure:
        return figures.losses(self.traces(), self.labels)


def offer_all(held: Held) -> None:
    """For the zip of the page: what its other parts show at this setting."""
    plan, made = held.plan, _Race(held.plan, held.look)
    race = _program(plan)
    with telling(plan):
        paths, solid = {PART.name: ""}, look.SOLID.name
        also(EXPORTS[0], made.seen, extra=race, place=paths)
        if held.look.get("solid"):
            also("surface-above", made.above, extra=race, place={**paths, solid: ""})
        else:
            also("surface-space", made.space, extra=race, place={**paths, solid: "true"})
        also(EXPORTS[1], made.losses, extra=race, place=paths)
        with telling(plan, maps=True):
            also(
                EXPORTS[2], lambda: basins.picture_of(plan), extra=_maps_program(plan),
                place={PART.name: BASINS},
            )  # fmt: skip
    if held.part != FLAT:
        sharp, flat, depth, shift = held.flat
        with telling_of_minima(held):
            also(
                "surface-minima",
                lambda: figures.two_minima(TwoMinima(sharp, flat, depth), shift),
                extra=minima_own(held),
            )


def _program(plan: Plan) -> dict[str, Maker]:
    """The race's program."""
    settings = plan.surface, plan.runs, plan.updates, plan.noise, plan.seed
    return {"race.py": partial(snippet, *settings)}


def minima_own(held: Held) -> dict[str, Maker]:
    """The program of the last chapter."""
    return {"sharp-and-flat.py": partial(minima_program, held.flat)}


def _maps_program(plan: Plan) -> dict[str, Maker]:
    """The program of the maps, where it is one for each start by itself."""
    places = [(x, y) for x, y, _ in landmarks_of(plan).minima]
    program = partial(basins_snippet, plan.surface, plan.runs, plan.updates, plan.ranges, places)
    alone = all(OPTIMIZERS[run.optimizer].elementwise for run in plan.runs)
    return {"basins.py": program} if alone else {}


def _export_maps(plan: Plan) -> None:
    labels = labels_of([r.optimizer for r in plan.runs])
    known = bool(landmarks_of(plan).minima)
    export_buttons(
        lambda: basins.picture_of(plan),
        key=EXPORTS[2],
        label="Export the maps",
        extra=_maps_program(plan),
        clips={
            f"{labels[at]}'s basins, growing{'' if some else ' (no start arrives)'}": partial(
                _growing, plan, at
            )
            for at, some in _by_arrivals(plan)
        }
        if known
        else {},
        no_clips="" if known else "No clip: no minimum is known here, so no basin grows.",
    )


def _by_arrivals(plan: Plan) -> list[tuple[int, bool]]:
    """The runs, that which takes most starts to a minimum first, and whether it takes any; in their
    own order where the maps are not there yet."""
    runs = range(len(plan.runs))
    if not basins.ready(plan):
        return [(at, True) for at in runs]
    share = [float(basins.map_of(plan, at).result.share.sum()) for at in runs]
    return [(at, share[at] > 0) for at in sorted(runs, key=lambda at: -share[at])]


def _growing(plan: Plan, at: int) -> Clip:
    from initopt_core.figures.clips.basins import basins_clip  # with encoders, when asked for

    return basins_clip(plan.surface, plan.runs[at], plan.ranges, plan.color, plan.updates)


def _export(plan: Plan, look: Mapping[str, Any]) -> None:
    """The paths as they are looked at, from above or in three dimensions, and the losses."""
    made = _Race(plan, look)

    def playing(figure: Figure, options: ExportOptions) -> bytes:
        from initopt_core.figures.loss_surfaces.canvas_page import canvas_page  # when asked for

        name = plan.surface.label
        return canvas_page(
            scene_of(plan),
            compute(grid, plan.surface, plan.ranges),
            Showing(name, name, plan.ranges, plan.color, figure.alt, look=look),
            options,
        )

    def above() -> Clip:
        from initopt_core.figures.clips.paths import paths_clip  # as above

        return paths_clip(*made.drawn())

    def around() -> Clip:
        from initopt_core.figures.clips.orbit import orbit_clip

        return orbit_clip(*made.drawn())

    clips = {"The paths from above": above, "The eye going round the surface": around}
    export_buttons(
        made.seen,
        key=EXPORTS[0],
        label="Export the paths",
        extra=_program(plan),
        page=playing,
        clips=dict(reversed(clips.items())) if look.get("solid") else clips,
    )
    label = "Export the loss curves"
    export_buttons(made.losses, key=EXPORTS[1], label=label, extra=_program(plan))


def telling(plan: Plan, maps: bool = False) -> AbstractContextManager[None]:
    """What exports are told of a race, or of `maps` of basins, which begin everywhere: whatever
    part of the page is open when they are made."""
    labels = labels_of([r.optimizer for r in plan.runs])
    settings = race_settings(
        plan.surface, plan.runs, plan.ranges, plan.updates, plan.noise, plan.seed
    )
    part = (BASINS if landmarks_of(plan).minima else EVERYWHERE,) if maps else ()
    title = " · ".join([plan.title, *part, "Loss surfaces"])
    return offers.telling(in_words(plan, labels, maps), settings, title)


def telling_of_minima(held: Held) -> AbstractContextManager[None]:
    """What exports of the last chapter are told."""
    values = list(zip(SLIDES, held.flat, strict=True))
    words = ", ".join(f"{p.label.lower()} {number(value)}" for p, value in values)
    settings = minima_settings(held.flat)
    title, place = "Sharp and flat minima", {PART.name: FLAT}
    return offers.telling(f"{words.capitalize()}.", settings, title, place)


def in_words(plan: Plan, labels: Sequence[str], maps: bool = False) -> str:
    """Every optimizer's settings and start, and what all share.

    Args:
        maps: the starts are all places of the view.
    """
    told = [f"{label}: {run_settings(run)}" for label, run in zip(labels, plan.runs, strict=True)]
    if maps:
        x0, x1, y0, y1 = map(number, plan.ranges)
        told[-1] += f". Starts: w₁ from {x0} to {x1}, w₂ from {y0} to {y1}"
    else:
        starts = [tuple(map(number, run.start)) for run in plan.runs]
        told = [f"{words}, from ({x}, {y})" for words, (x, y) in zip(told, starts, strict=True)]
    noise = f", noise {number(plan.noise)}" if plan.noise else ""
    return f"{'; '.join(told)}. {count(plan.updates)} updates{noise}."
