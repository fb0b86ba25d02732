"""Optimizer paths in three dimensions, while the eye moves."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from PIL import Image, ImageDraw

from initopt_core.descent import Trace
from initopt_core.figures.loss_surfaces.frame import LETTERS, edges, written
from initopt_core.figures.loss_surfaces.marks import LEFT, Tag, farewells
from initopt_core.figures.loss_surfaces.sight import FAINT, THIN, in_sight, sign_seen
from initopt_core.figures.loss_surfaces.space import HIGH, WIDE, Camera, Ground, space
from initopt_core.figures.loss_surfaces.ways import last_drawn, pieces
from initopt_core.surfaces import Surface
from initopt_core.surfaces.catalogue import Ranges

from .clip import FINE, Clip, Stage, arrow, dashed, font, lettered, marker, stage, stroke, times
from .options import ClipOptions
from .paths import (
    _HALO,
    _RADIUS,
    _WIDTH,
    BOLD,
    MOST_LAYERS,
    _beside,
    _looks,
    _tell_step,
    _words,
    untitled,
)

SWING = (-30.0, 8.0)
"""Farthest degrees to which the eye goes round: beyond them a ravine's wall hides the paths, or an
axis is seen from its end and jumps to the other edge."""
NEARER = 1.1
"""How many times as large as in the still figure the surface is: a frame is wider than that is."""


def orbit_clip(
    surface: Surface,
    traces: Sequence[Trace],
    labels: Sequence[str],
    ranges: Ranges,
    color: str,
    swing: tuple[float, float] = SWING,
) -> Clip:
    """The race in three dimensions while the eye swings to one side, to the other one and back to
    where it is in the still figure: nothing that lies in sight there is hidden at the end.

    Args: as `paths_clip`.
        swing: farthest degrees to both sides, one of them below 0 and one above.
    """

    def frames(options: ClipOptions) -> Iterator[Image.Image]:
        figure = space(surface, traces, labels, ranges, color)
        if surface.label in options.title:  # said once, with more room to the surface
            figure = untitled(figure)
        moving = ["mark-line", "mark-symbol", "mark-rect", "mark-image.layer_0_marks"]
        moving += [f"mark-text.layer_{n}_marks" for n in range(1, MOST_LAYERS)]
        still = stage(figure, options, [f"{m}.role-mark" for m in moving], late=LEFT)
        told = farewells(surface, traces, labels, ranges)
        ground = Ground.of(surface, ranges, color, mesh=64)
        return _round(still, ground, traces, told, swing, options)

    names = ", ".join(labels)
    return Clip("orbit", f"{surface.label} in three dimensions, with {names}.", frames)


def turned_by(part: float, swing: tuple[float, float] = SWING) -> float:
    """Degrees by which the eye has gone round, `part` of the way, 0 to 1: none at both ends."""
    middle, reach = sum(swing) / 2, (swing[1] - swing[0]) / 2
    return middle + reach * math.sin(2 * math.pi * part - math.asin(middle / reach))


def _round(
    still: Stage,
    ground: Ground,
    traces: Sequence[Trace],
    told: Sequence[str | None],
    swing: tuple[float, float],
    options: ClipOptions,
) -> Iterator[Image.Image]:
    looks = _looks(traces, options)
    ways = [ground.along(t) for t in traces]
    longest = max((len(t.lr) for t in traces), default=1)
    left, top, right, bottom = still.box(0, 0, WIDE, HIGH)
    camera = Camera(0.0, right - left, bottom - top, zoom=NEARER)
    empty = still.image.crop((left, top, right, bottom))
    letters = lettered(still, options)
    for part in times(options.moving):
        turned = replace(camera, turn=turned_by(part, swing))
        image = ground.draw(turned, FINE)
        scene = Image.new("RGBA", (turned.width * FINE, turned.height * FINE))
        big = replace(turned, width=turned.width * FINE, height=turned.height * FINE)
        pen = ImageDraw.Draw(scene)
        k, bold = FINE * turned.width / WIDE, FINE * max(BOLD, turned.width / WIDE)
        _axes(pen, ground, big, options.export.colors, FINE * letters)
        tags, departed = [], False
        for (way, inside), look, text in zip(ways, looks, told, strict=True):
            shown = max(1, round(part * longest * 6)) + 1
            drawn = in_sight(ground, way[:shown], pieces(inside[:shown]), big.eye)
            for piece in drawn:
                if not piece.seen:
                    stroke(pen, big.project(piece.points)[0], faint(look[0]), THIN * k)
            lines = [big.project(piece.points)[0] for piece in drawn if piece.seen]
            for line in lines:
                stroke(pen, line, "white", _HALO * bold)
            for piece in (one for line in lines for one in dashed(line, [d * k for d in look[1]])):
                stroke(pen, piece, look[0], _WIDTH * bold)
            last = last_drawn(inside[:shown])
            end = way[last]
            x, y = big.project(end)[0].tolist()
            ink = look[0] if sign_seen(ground, end, big.eye) else faint(look[0])
            if last and not inside[last]:
                departed = True
                a, b = big.project(way[last - 1])[0].tolist()
                arrow(pen, (x, y), math.degrees(math.atan2(y - b, x - a)), ink, bold)
            else:
                marker(pen, (x, y), look[2], ink, _RADIUS * bold)
            tags += [Tag(text, x / k, y / k)] if text and shown >= len(way) else []
        _words(pen, *_beside(tags, WIDE, HIGH, letters / still.zoom), k)
        picture_now = empty.copy()
        picture_now.paste(image, (0, 0), image)
        over = scene.reduce(FINE)
        picture_now.paste(over, (0, 0), over)
        still.image.paste(picture_now, (left, top))
        still = still.named() if departed else still
        inks = options.export.colors["paper"], options.export.colors["ink"]
        _tell_step(still.image, (left, top), part * longest, longest, letters, inks)
        yield still.image


def faint(color: str) -> str:
    """The colour of what is hidden, for a pen that does not blend."""
    return f"{color}{round(255 * FAINT):02X}"


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
