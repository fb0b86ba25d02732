"""Basins of attraction side by side, one map for each optimizer."""

from __future__ import annotations

import hashlib
import html
import io
import json
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import streamlit as st

from initopt_core.descent import Run
from initopt_core.figures import loss_surfaces as figures
from initopt_core.figures import theme
from initopt_core.figures.figure import Figure
from initopt_core.loss_surfaces.basins import DIVERGED, ELSEWHERE, Basins, basins
from initopt_core.surfaces import Surface, unbounded
from initopt_core.ui.components import answers, assets
from initopt_core.ui.components.surface_canvas import labels_of, run_settings
from initopt_core.ui.page import Laboratory
from initopt_core.ui.server.compute import compute, is_ready
from initopt_core.ui.state import values
from initopt_core.wording import number, percent

from .lab import landmarks_of, say_problem, saying
from .plan import PATHS, VIEW, Held, Plan, move_start

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
        data: for `assets/web/basin_map/basin_map.js`.
        scale: what the shade means where there are no minima, the same for all maps of a page.
    """

    result: Basins
    reached: np.ndarray
    shade: np.ndarray
    colors: tuple[str, ...]
    summary: str
    data: bytes
    scale: figures.MapScale | None = None

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
    places, scale = tuple((x, y) for x, y, _ in minima), None
    got = basins(surface, run, ranges, updates, SIZE, places)
    reached = np.full(got.reached.shape, NOWHERE, dtype=np.uint8)
    reached[got.reached == DIVERGED] = GONE
    inside = (got.reached >= 0) & (got.reached < GONE)
    reached[inside] = got.reached[inside]
    if places:
        unit, summary = got.steps / updates, _about_minima(got, inside, [z for _, _, z in minima])
    elif got.left is not None and unbounded(surface, ranges):
        scale = figures.MapScale("steps until it left the view", 0.0, float(updates), False)
        unit = got.left / updates
        summary = f"leaves the view after {_steps(float(np.median(got.left)))} (median)"
    else:
        scale = loss_scale(surface, ranges, color)
        unit, summary = scale.unit(got.loss), _about_loss(got)
    shade = np.round(255 * unit).astype(np.uint8)
    if (share := float(np.mean(reached == GONE))) > 0:
        summary += f"; {percent(share)} diverge"
    colors = colours([z for _, _, z in minima])
    head = {
        "n": SIZE,
        "ranges": list(ranges),
        "minima": [list(p) for p in places],
        "colours": colors,
        "plain": not places,
        "scale": None if scale is None else scale.message(),
        "updates": updates,
        "summary": summary,
    }
    body = reached.tobytes() + shade.tobytes()
    head["stamp"] = hashlib.blake2b(body + repr(head).encode(), digest_size=8).hexdigest()
    text = json.dumps(head, separators=(",", ":"), ensure_ascii=False)
    return Map(got, reached, shade, colors, summary, text.encode() + b"\n" + body, scale)


def _steps(count: float) -> str:
    return f"{number(round(count))} step" + "s" * (round(count) != 1)


def _about_minima(got: Basins, inside: np.ndarray, losses: list[float]) -> str:
    """How many starts reach a minimum, how many the lowest, and after how long."""
    text = f"{percent(float(got.share.sum()))} reach a minimum"
    if not inside.any():
        return text
    lowest = [i for i, z in enumerate(losses) if z <= min(losses) + 1e-6]
    if len(lowest) < len(losses):
        text += f", {percent(float(got.share[lowest].sum()))} the lowest"
    return f"{text}; {_steps(float(got.steps[inside].mean()))} on average"


def loss_scale(
    surface: Surface, ranges: tuple[float, float, float, float], color: str
) -> figures.MapScale:
    """From the lowest to the highest loss in the view, so that all maps of a page share it.

    Where all of it is above zero the scale is logarithmic. Else it is the page's own.
    """
    values = surface.values(ranges, 65).numpy()
    finite = values[np.isfinite(values)]
    low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 1.0)
    if low > 0:
        return figures.MapScale("loss at the end", max(low, high * 1e-12), high, True)
    return figures.MapScale("loss at the end", low, max(high, low + 1e-30), False, color)


def _about_loss(got: Basins) -> str:
    finite = got.loss[np.isfinite(got.loss)]
    if not finite.size:
        return "loss at the end: none is finite"
    low, middle, high = (number(float(v)) for v in np.percentile(finite, (5, 50, 95)))
    return f"loss at the end: median {middle}, nine in ten from {low} to {high}"


def mount() -> Callable:
    """The component's mounting function."""
    return assets.component(
        "basin_map",
        ("basin_map/basin_map.js",),
        css="basin_map/basin_map.css",
    )


def show(lab: Laboratory, held: Held) -> None:
    """One map for each run; a click makes its place the shared start."""
    plan, say = held.plan, saying()
    minima = landmarks_of(plan).minima
    labels = labels_of([r.optimizer for r in plan.runs])
    say.html(f'<p class="initopt-sentence">{_ABOUT if minima else _NOTHING_TO_REACH}</p>')
    say_problem(held, say)
    key = st.container(key="basin-legend")
    per_row = min(len(plan.runs), 4)
    for first in range(0, len(plan.runs), per_row):
        columns = st.columns(per_row)
        for i in range(first, min(first + per_row, len(plan.runs))):
            with columns[i - first]:
                made = _one(i, labels[i], held)
                if i == 0:
                    key.html(legend(made, [z for _, _, z in minima]))


def legend(made: Map, losses: list[float]) -> str:
    """What the colours mean, as HTML: a bar with its ends, or a patch for each minimum."""
    parts = []
    if made.scale is not None:
        stops = ", ".join(made.scale.colors(8))
        ends = [f"<span>{html.escape(text)}</span>" for text in made.scale.ends()]
        bar = f'<i class="bar" style="background:linear-gradient(90deg, {stops})"></i>'
        parts.append(f"<span>{made.scale.title}:</span>{ends[0]}{bar}{ends[1]}")
    elif len(losses) <= figures.PATCHES:
        for (x, y), z, color in zip(made.result.minima, losses, made.colors, strict=True):
            text = f"({number(x)}, {number(y)}), loss {number(z)}"
            parts.append(f'<i style="background:{color}"></i><span>{text}</span>')
    else:
        ends = (made.colors[int(np.argmax(losses))], made.colors[int(np.argmin(losses))])
        text = f"{len(losses)} minima, the highest to the lowest loss"
        bar = f'<i class="bar" style="background:linear-gradient(90deg, {ends[0]}, {ends[1]})"></i>'
        parts.append(f"{bar}<span>{text}</span>")
    if made.scale is None:
        parts.append('<i style="background:#bbb"></i><span>reached none</span>')
    parts.append('<i class="gone"></i><span>diverged</span>')
    return f'<div class="basin-legend">{"".join(parts)}</div>{_LEGEND_STYLE}'


_LEGEND_STYLE = """<style>
.basin-legend { display: flex; flex-wrap: wrap; align-items: center; gap: .2rem .45rem;
  font-size: .85rem; }
.basin-legend i { width: 1rem; height: .8rem; display: inline-block; margin-left: .5rem; }
.basin-legend i.bar { width: 9rem; margin-left: 0; }
.basin-legend i.gone {
  background: repeating-linear-gradient(135deg, #1e1e1e 0 3px, #bebebe 3px 4px); }
</style>"""


_ABOUT = (
    "Every pixel is a start: its colour names the minimum it ends in, darker the more steps that "
    "took, grey where none was reached. Click one to follow its path."
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


def _one(i: int, label: str, held: Held) -> Map:
    run, key = held.plan.runs[i], f"basin-{i}"
    made = map_of(held.plan, i)

    def picked() -> None:
        value = answers.numbers(answers.answer(key, "pick"), "x", "y")
        if value is not None:
            move_start(held.entry, -1, value["x"], value["y"])
            values[VIEW.name] = PATHS
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
    key = figures.MapKey(made[0].scale, made[0].colors, tuple(z for _, _, z in minima))
    places = [(x, y) for x, y, _ in minima]
    return figures.basin_maps(plan.surface, maps, places, plan.ranges, key)


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
