"""One optimizer's basin map: its colours, what it says, its legend, and the bytes to send."""

from __future__ import annotations

import hashlib
import html
import json
from dataclasses import dataclass

import numpy as np

from initopt_core.descent import Run
from initopt_core.figures import theme
from initopt_core.loss_surfaces.basins import DIVERGED, Basins, basins
from initopt_core.surfaces import Surface, unbounded
from initopt_core.wording import count, number, percent

from .basins import MapPicture, basin_pixels
from .map_key import CROWD, PATCHES, MapScale, at_minimum, downwards

NOWHERE, GONE = 255, 254
"""What a pixel holds that reached no minimum, and one that diverged."""
SIZE = 200
"""Pixels on each side of a map."""


@dataclass(frozen=True)
class Map:
    """One map: its numbers, its colours, and both ready to send.

    Attributes:
        result: of the computation.
        reached, shade: uint8 [n, n], as `basin_pixels` takes them.
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
    scale: MapScale | None = None

    def picture(self, label: str) -> MapPicture:
        """For the figure's file."""
        pixels = basin_pixels(self.reached, self.shade, self.colors, NOWHERE, GONE)
        return MapPicture(label, pixels, self.summary, self.result)


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
        scale = MapScale("updates until it left the view", 0.0, float(updates), False)
        unit = got.left / updates
        summary = f"leaves the view after {_updates(float(np.median(got.left)))} (median)"
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


def _updates(many: float) -> str:
    return f"{number(round(many))} update" + "s" * (round(many) != 1)


FEW = 0.001
"""A smaller share of the starts is told by how many they are."""


def _about_minima(got: Basins, inside: np.ndarray, losses: list[float]) -> str:
    """How many starts reach a minimum, how many the lowest, and after how long."""
    reached, share = int(inside.sum()), float(got.share.sum())
    if 0 < share < FEW:
        text = f"{count(reached)} of {count(inside.size)} starts reach{'es' * (reached == 1)}"
    else:
        text = f"{percent(share)} of starts reach"
    text += " a minimum"
    if not inside.any():
        return text
    lowest = [i for i, z in enumerate(losses) if z <= min(losses) + 1e-6]
    if len(lowest) < len(losses):
        text += f", {percent(float(got.share[lowest].sum()))} the lowest"
    return f"{text}; after {_updates(float(got.steps[inside].mean()))} on average"


def loss_scale(surface: Surface, ranges: tuple[float, float, float, float], color: str) -> MapScale:
    """From the lowest to the highest loss in the view, so that all maps of a page share it.

    Where all of it is above zero the scale is logarithmic. Else it is the page's own.
    """
    values = surface.values(ranges, 65).numpy()
    finite = values[np.isfinite(values)]
    low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 1.0)
    if low > 0:
        return MapScale("loss at the end", max(low, high * 1e-12), high, True)
    return MapScale("loss at the end", low, max(high, low + 1e-30), False, color)


def _about_loss(got: Basins) -> str:
    finite = got.loss[np.isfinite(got.loss)]
    if not finite.size:
        return "loss at the end: none is finite"
    low, middle, high = (number(float(v)) for v in np.percentile(finite, (5, 50, 95)))
    return f"loss at the end: median {middle}, nine in ten from {low} to {high}"


def legend(made: Map, losses: list[float]) -> str:
    """What the colours mean, as HTML: a bar with its ends, or a patch for each minimum."""
    parts = []
    if made.scale is not None:
        stops = ", ".join(made.scale.colors(8))
        ends = [f"<span>{html.escape(text)}</span>" for text in made.scale.ends()]
        ticks = "".join(
            f'<b style="left:{100 * at:.1f}%">{text}</b>' for at, text in made.scale.ticks()
        )
        bar = f'<i class="bar" style="background:linear-gradient(90deg, {stops})">{ticks}</i>'
        parts.append(f"<span>{made.scale.heading}:</span>{ends[0]}{bar}{ends[1]}")
    elif len(losses) <= PATCHES:
        for (x, y), z, color in zip(made.result.minima, losses, made.colors, strict=True):
            text = f"({number(x)}, {number(y)}), loss {at_minimum(z)}"
            parts.append(f'<i style="background:{color}"></i><span>{text}</span>')
    else:
        order = downwards(losses)
        some = np.linspace(0, len(order) - 1, 9).round().astype(int)
        stops = ", ".join(made.colors[order[k]] for k in some)
        bar = f'<i class="bar" style="background:linear-gradient(90deg, {stops})"></i>'
        ends = [f"{CROWD.format(len(losses))}: {at_minimum(max(losses))}", at_minimum(min(losses))]
        parts.append(f"<span>{ends[0]}</span>{bar}<span>{ends[1]}</span>")
    if made.scale is None:
        parts.append('<i style="background:#bbb"></i><span>reached none</span>')
    parts.append('<span class="one"><i class="gone"></i>diverged</span>')
    kind = "basin-legend" if made.scale is None else "basin-legend scaled"
    return f'<div class="{kind}">{"".join(parts)}</div>'
