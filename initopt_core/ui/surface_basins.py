"""Basins of attraction side by side, one map for each optimizer."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import streamlit as st

from initopt_core.basins import DIVERGED, ELSEWHERE, Basins, basins
from initopt_core.descent import Run
from initopt_core.figures import surfaces as figures
from initopt_core.figures import theme
from initopt_core.figures.base import Figure
from initopt_core.outcomes import short
from initopt_core.surfaces import Surface
from initopt_core.ui import assets
from initopt_core.ui.compute import compute, is_ready
from initopt_core.ui.surface_canvas import labels_of, run_settings
from initopt_core.ui.surface_lab import landmarks_of, say_problem
from initopt_core.ui.surface_plan import Held, Plan, move_start

NOWHERE, GONE = 255, 254
SIZE = 200


@dataclass(frozen=True)
class Map:
    """One map: its numbers, its colours, and both ready to send.

    Attributes:
        result: of the computation.
        reached, shade: uint8 [n, n], as `figures.surfaces.basin_pixels` takes them.
        colors: one for each minimum.
        summary: what it shows, in a few words.
        data: for `assets/basin_map.js`.
    """

    result: Basins
    reached: np.ndarray
    shade: np.ndarray
    colors: tuple[str, ...]
    summary: str
    data: bytes

    def picture(self, label: str) -> figures.MapPicture:
        """For the figure's file."""
        pixels = figures.basin_pixels(self.reached, self.shade, self.colors, NOWHERE, GONE)
        return figures.MapPicture(label, pixels, self.summary)


def colours(losses: list[float]) -> tuple[str, ...]:
    """A colour for each minimum: few are told apart by hue, many ranked, the lowest brightest."""
    if len(losses) <= len(theme.BRIGHT) - 1:
        return theme.BRIGHT[: len(losses)]
    rank = np.argsort(np.argsort(np.round(losses, 6), kind="stable"))
    ramp = theme.viridis(1 - rank / (len(losses) - 1))
    return tuple("#" + "".join(f"{round(v):02X}" for v in rgb) for rgb in ramp)


def basin_map(
    surface: Surface,
    run: Run,
    ranges: tuple[float, float, float, float],
    updates: int,
    minima: tuple[tuple[float, float, float], ...],
    color: str,
) -> Map:
    """Descend from every pixel and pack the map."""
    places = tuple((x, y) for x, y, _ in minima)
    got = basins(surface, run, ranges, updates, SIZE, places)
    reached = np.full(got.reached.shape, NOWHERE, dtype=np.uint8)
    reached[got.reached == DIVERGED] = GONE
    inside = (got.reached >= 0) & (got.reached < GONE)
    reached[inside] = got.reached[inside]
    if places:
        unit, summary = got.steps / updates, _about_minima(got, inside, [z for _, _, z in minima])
    elif got.left is not None and (got.left < updates).mean() > 0.5:
        unit = got.left / updates
        summary = f"leaves the view after {_steps(float(np.median(got.left)))} (median)"
    else:
        unit, summary = _by_loss(surface, got, ranges, color)
    shade = np.round(255 * unit).astype(np.uint8)
    if (share := float(np.mean(reached == GONE))) > 0:
        summary += f"; {100 * share:.3g} % diverge"
    colors = colours([z for _, _, z in minima])
    head = {
        "n": SIZE,
        "ranges": list(ranges),
        "minima": [list(p) for p in places],
        "colours": colors,
        "plain": not places,
        "updates": updates,
        "summary": summary,
    }
    body = reached.tobytes() + shade.tobytes()
    head["stamp"] = hashlib.blake2b(body + repr(head).encode(), digest_size=8).hexdigest()
    text = json.dumps(head, separators=(",", ":"), ensure_ascii=False)
    return Map(got, reached, shade, colors, summary, text.encode() + b"\n" + body)


def _steps(count: float) -> str:
    return f"{count:.0f} step" + "s" * (round(count) != 1)


def _about_minima(got: Basins, inside: np.ndarray, losses: list[float]) -> str:
    """How many starts reach a minimum, how many the lowest, and after how long."""
    text = f"{100 * got.share.sum():.3g} % reach a minimum"
    if not inside.any():
        return text
    lowest = [i for i, z in enumerate(losses) if z <= min(losses) + 1e-6]
    if len(lowest) < len(losses):
        text += f", {100 * got.share[lowest].sum():.3g} % the lowest"
    return f"{text}; {_steps(float(got.steps[inside].mean()))} on average"


def _by_loss(surface: Surface, got: Basins, ranges, color: str) -> tuple[np.ndarray, str]:
    """Where nothing is to be reached and few leave: the loss at the end, on the page's scale."""
    values = surface.values(ranges, 65).numpy()
    low, high = float(np.nanmin(values)), float(np.nanmax(values))
    unit = np.clip((got.loss - low) / max(high - low, 1e-30), 0, 1)
    if color == "log":
        unit = np.log1p(figures.STEEP * unit) / np.log1p(figures.STEEP)
    finite = got.loss[np.isfinite(got.loss)]
    middle = short(float(np.median(finite))) if finite.size else "none"
    return np.nan_to_num(unit), f"loss at the end, median {middle}"


def mount() -> Callable:
    """The component's mounting function."""
    return assets.component(
        "basin_map", ("numbers.js", "surface/field.js", "basin_map.js"), css="basin_map.css"
    )


def show(held: Held, say: Any) -> None:
    """One map for each run; a click makes its place the shared start."""
    plan = held.plan
    minima = landmarks_of(plan).minima
    labels = labels_of([r.optimizer for r in plan.runs])
    say.html(f'<p class="initopt-sentence">{_ABOUT if minima else _NOTHING_TO_REACH}</p>')
    say_problem(held, say)
    per_row = min(len(plan.runs), 4)
    for first in range(0, len(plan.runs), per_row):
        columns = st.columns(per_row)
        for i in range(first, min(first + per_row, len(plan.runs))):
            with columns[i - first]:
                _one(i, labels[i], held)


_ABOUT = (
    "Every pixel is a start: its colour names the minimum it ends in, darker the more steps that "
    "took, grey where none was reached. Click one to follow its path."
)
_NOTHING_TO_REACH = (
    "Every pixel is a start, and no minimum is known here: the colours say what became of it, "
    "dark for little, bright for much. Click one to follow its path."
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


def _one(i: int, label: str, held: Held) -> None:
    run, key = held.plan.runs[i], f"basin-{i}"
    made = map_of(held.plan, i)

    def picked() -> None:
        value = (st.session_state.get(key) or {}).get("pick")
        if value:
            move_start(held.entry, -1, value["x"], value["y"])
            st.session_state["view"] = "Paths"
            st.rerun()  # all of the page is another

    head, _, body = made.data.partition(b"\n")
    extra = {
        "key": key,
        "label": label,
        "settings": run_settings(run),
        "color": theme.optimizer_style(run.optimizer)[0],
        "alt": f"Basins of attraction of {label} on {held.plan.surface.label}.",
    }
    start = json.dumps(extra, ensure_ascii=False).encode()
    mount()(key=key, data=start[:-1] + b"," + head[1:] + b"\n" + body, on_pick_change=picked)


def picture_of(plan: Plan) -> Figure:
    """All maps as one figure for files."""
    labels = labels_of([r.optimizer for r in plan.runs])
    maps = [
        map_of(plan, i).picture(f"{label}, {run_settings(run)}")
        for i, (label, run) in enumerate(zip(labels, plan.runs, strict=True))
    ]
    places = [(x, y) for x, y, _ in landmarks_of(plan).minima]
    return figures.basin_maps(plan.surface, maps, places, plan.ranges)


def table_of(plan: Plan) -> bytes:
    """Every start of every map as CSV: where it ended and after how many updates."""
    x0, x1, y0, y1 = plan.ranges
    at = (np.arange(SIZE) + 0.5) / SIZE
    w2, w1 = np.meshgrid(y0 + (y1 - y0) * at, x0 + (x1 - x0) * at, indexing="ij")
    out = io.StringIO()
    out.write("optimizer,start_w1,start_w2,end,minimum_w1,minimum_w2,updates,end_loss\n")
    labels = labels_of([r.optimizer for r in plan.runs])
    for i, label in enumerate(labels):
        got = map_of(plan, i).result
        goals = [f"minimum,{x:.7g},{y:.7g}" for x, y in got.minima]
        ends = {ELSEWHERE: "elsewhere,,", DIVERGED: "diverged,,"} | dict(enumerate(goals))
        columns = (w1, w2, got.reached, got.steps, got.loss)
        for a, b, end, steps, loss in zip(*(c.ravel().tolist() for c in columns), strict=True):
            last = f"{loss:.7g}" if np.isfinite(loss) else ""
            out.write(f"{label},{a:.7g},{b:.7g},{ends[end]},{steps},{last}\n")
    return out.getvalue().encode()
