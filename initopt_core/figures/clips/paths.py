"""Optimizer paths that move over a surface."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache, partial

import numpy as np
from PIL import Image, ImageDraw

from initopt_core.descent import Trace
from initopt_core.figures import theme
from initopt_core.figures.export.restyle import in_print
from initopt_core.figures.figure import Figure
from initopt_core.figures.loss_surfaces import marks, picture
from initopt_core.figures.loss_surfaces.marks import Box, Tag, farewells, most_of, placed, walked
from initopt_core.figures.loss_surfaces.paths import STILL, parted, paths
from initopt_core.surfaces import Surface
from initopt_core.surfaces.catalogue import Ranges

from .clip import FINE, Clip, Stage, arrow, dashed, font, lettered, marker, stage, times
from .options import ClipOptions
from .trails import Canvas, Look, Trail

MOST_LAYERS = 45
"""Of a picture whose paths go on; texts in the layers of its scale have other names."""
_WIDTH, _HALO, _RADIUS = 2.0, 4.0, 6.0
"""Of a path, its white edge and a racer's sign, in pixels of the chart."""
BOLD = 0.7
"""Pixels of a film for each of these at least: thinner paths are lost on a coloured map."""


def paths_clip(
    surface: Surface, traces: Sequence[Trace], labels: Sequence[str], ranges: Ranges, color: str
) -> Clip:
    """Every racer on its way, all on the same clock.

    Args:
        ranges: (w1 low, w1 high, w2 low, w2 high) that are shown.
        color: "linear" or "log".
    """

    def frames(options: ClipOptions) -> Iterator[Image.Image]:
        figure = paths(surface, traces, labels, ranges, color, moving=True)
        kinds = ("mark-line", "mark-symbol", "mark-rect", "mark-text")
        moving = [f"{k}.layer_{n}_marks" for k in kinds for n in range(STILL, MOST_LAYERS)]
        if surface.label in options.title:  # said once, with more room to the map
            figure = untitled(figure)
        still = stage(figure, options, moving, late=marks.LEFT)
        told = farewells(surface, traces, labels, ranges)
        return _over(still, traces, told, ranges, options)

    names = ", ".join(labels)
    return Clip("paths", f"The paths of {names} over {surface.label}, step by step.", frames)


def untitled(figure: Figure) -> Figure:
    """The chart without its own title."""
    return replace(
        figure, key=(figure.key, "untitled"), build=lambda: figure.build().properties(title="")
    )


def _looks(traces: Sequence[Trace], options: ClipOptions) -> list[tuple[str, list[int], str]]:
    """Colour, dash and sign of each path, as the still picture's legend has them."""
    looks = picture.on_ground(picture.looks([t.run.optimizer for t in traces]))
    if options.theme != "print" or not looks:
        return looks
    colors, dashes, signs = zip(*looks, strict=True)
    return list(zip(in_print(colors)[0], dashes, signs, strict=True))


def _over(
    still: Stage,
    traces: Sequence[Trace],
    told: Sequence[str | None],
    ranges: Ranges,
    options: ClipOptions,
) -> Iterator[Image.Image]:
    """Trails grow on a large copy of the plot; each frame scales down what it has changed."""
    side = picture.SIDE
    box = still.box(0, 0, side, side)
    canvas = Canvas(still.image, box)
    k = FINE * (box[2] - box[0]) / side
    looks = _looks(traces, options)
    ways = [_pixels(walked(t), ranges, canvas.large.size) for t in traces]
    bold = max(k, FINE * BOLD)
    edge, pens = canvas.large.width, [Look(c, _WIDTH * bold, _HALO * bold) for c, _, _ in looks]
    trails = [
        Trail(canvas, _cut(way, dash, k, edge), look)
        for way, (_, dash, _), look in zip(ways, looks, pens, strict=True)
    ]
    longest, letters = max(len(t.lr) for t in traces), lettered(still, options)
    canvas.pen = ImageDraw.Draw(canvas.large, "RGBA")  # which blends
    for t in times(options.moving) * longest:
        heads, tags, departed = [], [], False
        for trail, way, (color, _, shape), text in zip(trails, ways, looks, told, strict=True):
            trail.grow(min(t, len(way) - 1), trails)
            at = _at(way, t)
            gone = parted(np.array([*way[: int(t) + 1], at]), edge, 8 * k)
            if gone:
                at, departed = gone[:2], True
                draw = partial(arrow, at=at, angle=gone[2], color=color, unit=k)
            else:
                draw = partial(marker, at=at, shape=shape, color=color, radius=_RADIUS * bold)
            heads.append((canvas.tiles(np.array([at]), 10 * bold), draw))
            tags += [Tag(text, at[0] / k, at[1] / k)] if text and t >= len(way) - 1 else []
        boxes, size = _beside(tags, side, side, letters / still.zoom)
        if boxes:
            corners = k * np.array([box.edges(size) for box in boxes]).reshape(-1, 2)
            heads.append((canvas.tiles(corners, 2), partial(_words, boxes=boxes, size=size, k=k)))
        canvas.show(heads)
        still = still.named() if departed else still
        _tell_step(still.image, box[:2], t, longest, letters)
        yield still.image


def _tell_step(
    image: Image.Image, corner: tuple[int, int], t: float, longest: int, size: float,
    inks: tuple[str, str] = (marks.PAPER, marks.INK),
) -> None:  # fmt: skip
    """How far the paths are, in this corner of the map; no finer than the picture, since it is
    another in each frame. `size` is of `lettered`; `inks` are paper and ink.
    """
    letters = max(1, round(marks.LETTERS * size))
    left, top, edge = corner[0] + letters // 2, corner[1] + letters // 2, letters // 3
    said = ("step ", *str(int(t)), f" of {longest:d}")  # a figure is written once
    wide = sum(_advance(one, letters) for one in said)
    image.paste(inks[0], (left, top, left + wide + 2 * edge, top + 2 * letters - edge))
    x = left + edge
    for one in said:
        image.paste(inks[1], (x, top - edge // 2), _written(one, letters))
        x += _advance(one, letters)


@lru_cache(maxsize=64)
def _advance(text: str, letters: int) -> int:
    """How far the next letter is, in pixels."""
    return round(font(letters).getlength(text))


def _beside(tags: Sequence[Tag], wide: float, high: float, k: float) -> tuple[list[Box], float]:
    """Where the words stand, in pixels of the chart, and the size of their letters: `k`, or as
    large as there is room for."""
    size = min(k, most_of(tags, wide, high))
    return placed(tags, wide, high, size), size


def _words(pen: ImageDraw.ImageDraw, boxes: Sequence[Box], size: float, k: float) -> None:
    """What is said beside the ends of paths, each on its paper.

    Args:
        pen: that blends. size: of the letters, as `_beside`. k: pixels of a chart's pixel.
    """
    paper = (*theme.rgb(marks.PAPER), round(255 * marks.STRENGTH))
    letters = max(1, round(marks.LETTERS * size * k))
    for box in boxes:
        pen.rectangle([k * edge for edge in box.edges(size)], fill=paper)
        words = _written(box.text, letters)
        at = round(k * box.left), round(k * box.middle - words.height / 2)
        pen.bitmap(at, words, fill=marks.INK)


@lru_cache(maxsize=64)
def _written(text: str, letters: int) -> Image.Image:
    """The words as a mask: to write them anew takes longer than all else of a frame."""
    mask = Image.new("L", (math.ceil(font(letters).getlength(text)) + 2, 2 * letters))
    ImageDraw.Draw(mask).text((0, letters), text, fill=255, font=font(letters), anchor="lm")
    return mask


def _pixels(points: np.ndarray, ranges: Ranges, size: tuple[int, int]) -> np.ndarray:
    """Places [T, 2] on a picture of this size."""
    x0, x1, y0, y1 = ranges
    x = (points[:, 0] - x0) / (x1 - x0) * size[0]
    y = (y1 - points[:, 1]) / (y1 - y0) * size[1]
    return np.stack([x, y], axis=1)


def _cut(
    way: np.ndarray, dash: Sequence[float], k: float, side: float
) -> list[tuple[float, np.ndarray]]:
    """Strokes of a path that a picture of `side` pixels shows, each with the step at which it is
    complete."""
    edge = _HALO * k
    return [
        stroke
        for steps, line in _seen(way, -edge, side + edge)
        for stroke in _strokes(steps, line, [d * k for d in dash])
    ]


def _seen(way: np.ndarray, low: float, high: float) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """The parts of a path within a square, however far it goes in between: the steps [T] of their
    points, a few within each step, and the points [T, 2]."""
    steps: list[float] = []
    a, b = way[:-1], way[1:]
    with np.errstate(divide="ignore", invalid="ignore"):
        ends = np.stack([low - a, high - a]) / (b - a)
    inside = (a >= low) & (a <= high)
    enter = np.where(b == a, np.where(inside, 0, 2), ends.min(axis=0)).max(axis=1)
    leave = np.where(b == a, 1, ends.max(axis=0)).min(axis=1)
    for i, (first, last) in enumerate(zip(enter.tolist(), leave.tolist(), strict=True)):
        first, last = max(0.0, first), min(1.0, last)
        if steps and (first > 0 or first >= last):
            yield np.array(steps), _along(way, steps)
            steps = []
        if first < last:
            within = [i + first + (last - first) * part / 4 for part in range(5)]
            steps += within[1 if steps else 0 :]
    if steps:
        yield np.array(steps), _along(way, steps)


def _along(way: np.ndarray, steps: Sequence[float]) -> np.ndarray:
    return np.stack([np.interp(steps, np.arange(len(way)), c) for c in way.T], axis=1)


def _strokes(
    steps: np.ndarray, line: np.ndarray, dash: Sequence[float]
) -> list[tuple[float, np.ndarray]]:
    if len(dash) < 2 or not dash[1]:  # a few pieces a step, so that the trail ends at its head
        return [(w, line[i : i + 2]) for i, w in enumerate(steps[1:])]
    lengths = np.concatenate([[0], np.cumsum(np.hypot(*np.diff(line, axis=0).T))])
    out, at = [], 0.0
    for piece in dashed(line, dash):
        at += float(np.hypot(*np.diff(piece, axis=0).T).sum())
        out.append((float(np.interp(at, lengths, steps)), piece))
        at += dash[1]
    return out


def _at(way: np.ndarray, t: float) -> tuple[float, float]:
    """Where a racer is at the (fractional) step `t`; it stays at its end."""
    steps = np.arange(len(way))
    return float(np.interp(t, steps, way[:, 0])), float(np.interp(t, steps, way[:, 1]))
