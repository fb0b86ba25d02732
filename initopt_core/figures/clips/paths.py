"""Optimizer paths that move over a surface."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
from PIL import Image, ImageDraw

from initopt_core.descent import Trace
from initopt_core.figures.export.restyle import in_print
from initopt_core.figures.loss_surfaces import picture
from initopt_core.figures.loss_surfaces.frame import LETTERS, edges, written
from initopt_core.figures.loss_surfaces.paths import STILL, paths
from initopt_core.figures.loss_surfaces.space import (
    HIGH,
    WIDE,
    Camera,
    Ground,
    pieces,
    space,
)
from initopt_core.surfaces import Surface
from initopt_core.surfaces.catalogue import Ranges

from .clip import FINE, Clip, Stage, dashed, font, marker, stage, stroke, times
from .options import ClipOptions
from .trails import Canvas, Look, Trail

MOST_LAYERS = 30
"""Of a surface in three dimensions; texts in the layers of its scale have other names."""
MOST_MOVING = 6
"""Layers of lines and signs that a clip draws itself."""
LEGIBLE = 440
"""Height of a film for whose watchers the letters of a page are large enough, in pixels."""
TURN = 120.0
"""Degrees that the eye goes round in an orbit."""
_WIDTH, _HALO, _RADIUS = 2.0, 4.0, 6.0
"""Of a path, its white edge and a racer's sign, in pixels of the chart."""


def paths_clip(
    surface: Surface, traces: Sequence[Trace], labels: Sequence[str], ranges: Ranges, color: str
) -> Clip:
    """Every racer on its way, all on the same clock.

    Args:
        ranges: (w1 low, w1 high, w2 low, w2 high) that are shown.
        color: "linear" or "log".
    """

    def frames(options: ClipOptions) -> Iterator[Image.Image]:
        figure = paths(surface, traces, labels, ranges, color)
        kinds = ("mark-line", "mark-symbol")
        moving = [f"{k}.layer_{n}_marks" for k in kinds for n in range(STILL, STILL + MOST_MOVING)]
        still = stage(figure, options, moving)
        return _over(still, traces, ranges, options)

    names = ", ".join(labels)
    return Clip("paths", f"The paths of {names} over {surface.label}, step by step.", frames)


def _looks(traces: Sequence[Trace], options: ClipOptions) -> list[tuple[str, list[int], str]]:
    """Colour, dash and sign of each path, as the still picture's legend has them."""
    looks = picture.looks([t.run.optimizer for t in traces])
    if options.theme != "print" or not looks:
        return looks
    colors, _, signs = zip(*looks, strict=True)
    return list(zip(*in_print(colors), signs, strict=True))


def _good(trace: Trace) -> np.ndarray:
    """The steps of a path that are numbers."""
    return trace.points[: trace.diverged].astype(float)


def _over(
    still: Stage, traces: Sequence[Trace], ranges: Ranges, options: ClipOptions
) -> Iterator[Image.Image]:
    """Trails grow on a large copy of the plot; each frame scales down what it has changed."""
    side = picture.SIDE
    box = still.box(0, 0, side, side)
    canvas = Canvas(still.image, box)
    k = FINE * (box[2] - box[0]) / side
    looks = _looks(traces, options)
    ways = [_pixels(_good(t), ranges, canvas.large.size) for t in traces]
    trails = [
        Trail(canvas, _cut(way, dash, k), Look(color, _WIDTH * k, _HALO * k))
        for way, (color, dash, _) in zip(ways, looks, strict=True)
    ]
    longest = max(len(t.lr) for t in traces)
    for t in times(options.moving) * longest:
        heads = []
        for trail, way, (color, _, shape) in zip(trails, ways, looks, strict=True):
            trail.grow(min(t, len(way) - 1), trails)
            at = _at(way, t)
            draw = partial(marker, at=at, shape=shape, color=color, radius=_RADIUS * k)
            heads.append((canvas.tiles(np.array([at]), 2 * _RADIUS * k), draw))
        canvas.show(heads)
        yield still.image


def _pixels(points: np.ndarray, ranges: Ranges, size: tuple[int, int]) -> np.ndarray:
    """Places [T, 2] on a picture of this size."""
    x0, x1, y0, y1 = ranges
    x = (points[:, 0] - x0) / (x1 - x0) * size[0]
    y = (y1 - points[:, 1]) / (y1 - y0) * size[1]
    far = 4 * max(size)
    return np.stack([np.clip(x, -far, far), np.clip(y, -far, far)], axis=1)


def _cut(way: np.ndarray, dash: Sequence[float], k: float) -> list[tuple[float, np.ndarray]]:
    """Strokes of a path, each with the step at which it is complete."""
    steps = np.arange(len(way), dtype=float)
    where = np.linspace(0, len(way) - 1, max(2, 4 * (len(way) - 1) + 1))
    line = np.stack([np.interp(where, steps, c) for c in way.T], axis=1)
    if len(dash) < 2 or not dash[1]:  # a few pieces a step, so that the trail ends at its head
        return [(w, line[i : i + 2]) for i, w in enumerate(where[1:])]
    lengths = np.concatenate([[0], np.cumsum(np.hypot(*np.diff(line, axis=0).T))])
    out, at = [], 0.0
    for piece in dashed(line, [d * k for d in dash]):
        at += float(np.hypot(*np.diff(piece, axis=0).T).sum())
        out.append((float(np.interp(at, lengths, where)), piece))
        at += dash[1] * k
    return out


def _at(way: np.ndarray, t: float) -> tuple[float, float]:
    """Where a racer is at the (fractional) step `t`; it stays at its end."""
    steps = np.arange(len(way))
    return float(np.interp(t, steps, way[:, 0])), float(np.interp(t, steps, way[:, 1]))


def orbit_clip(
    surface: Surface,
    traces: Sequence[Trace],
    labels: Sequence[str],
    ranges: Ranges,
    color: str,
    turn: float = TURN,
) -> Clip:
    """The race in three dimensions while the eye goes round by `turn` degrees.

    Args: as `paths_clip`.
    """

    def frames(options: ClipOptions) -> Iterator[Image.Image]:
        figure = space(surface, traces, labels, ranges, color)
        marks = ["mark-line", "mark-symbol", "mark-image.layer_0_marks"]
        marks += [f"mark-text.layer_{n}_marks" for n in range(1, MOST_LAYERS)]
        still = stage(figure, options, [f"{m}.role-mark" for m in marks])
        return _round(still, surface, traces, ranges, color, turn, options)

    names = ", ".join(labels)
    return Clip("orbit", f"{surface.label} in three dimensions, with {names}.", frames)


def _round(
    still: Stage,
    surface: Surface,
    traces: Sequence[Trace],
    ranges: Ranges,
    color: str,
    turn: float,
    options: ClipOptions,
) -> Iterator[Image.Image]:
    ground = Ground.of(surface, ranges, color, mesh=64)
    looks = _looks(traces, options)
    ways = [ground.along(t) for t in traces]
    longest = max((len(t.lr) for t in traces), default=1)
    left, top, right, bottom = still.box(0, 0, WIDE, HIGH)
    camera = Camera(0.0, right - left, bottom - top)
    empty = still.image.crop((left, top, right, bottom))
    letters = max(still.zoom, options.export.zoom, options.height / LEGIBLE)
    for part in times(options.moving):
        turned = replace(camera, turn=turn * (part - 0.5))
        image = ground.draw(turned, FINE)
        scene = Image.new("RGBA", (turned.width * FINE, turned.height * FINE))
        big = replace(turned, width=turned.width * FINE, height=turned.height * FINE)
        pen = ImageDraw.Draw(scene)
        k = FINE * turned.width / WIDE
        _axes(pen, ground, big, options.export.colors, FINE * letters)
        for (way, inside), look in zip(ways, looks, strict=True):
            shown = max(1, round(part * longest * 6)) + 1
            at, _ = big.project(way[:shown])
            lines = [at[piece] for piece in pieces(inside[:shown])]
            for line in lines:
                stroke(pen, line, "white", _HALO * k)
            for piece in (one for line in lines for one in dashed(line, [d * k for d in look[1]])):
                stroke(pen, piece, look[0], _WIDTH * k)
            marker(pen, tuple(at[-1].tolist()), look[2], look[0], _RADIUS * k)
        picture_now = empty.copy()
        picture_now.paste(image, (0, 0), image)
        over = scene.reduce(FINE)
        picture_now.paste(over, (0, 0), over)
        still.image.paste(picture_now, (left, top))
        yield still.image


def _axes(
    pen: ImageDraw.ImageDraw, ground: Ground, camera: Camera, colors: dict[str, Any], k: float
) -> None:
    """Axes with their names and ends, which go round with the surface.

    Args:
        k: pixels of a chart's pixel, for lines and letters.
    """
    line, _ = edges(ground, camera.eye.tolist())
    at, _ = camera.project(line)
    ink, paper = colors["ink"], colors["paper"]
    stroke(pen, at, ink, k)
    letters = font(round(LETTERS * k))
    for text, x, y in filter(None, written(ground, camera, k)):
        pen.text(
            (x, y), text, fill=ink, font=letters, anchor="mm", stroke_width=round(2 * k),
            stroke_fill=paper,
        )  # fmt: skip
