"""The axes around a surface in three dimensions, and what is written along them.

`assets/web/surface_canvas/frame.js` does the same.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from initopt_core.figures.export.lettering import length
from initopt_core.wording import number

from .picture import WEIGHTS, end_of_scale, height

if TYPE_CHECKING:
    from .space import Camera, Ground

SIZE, HEIGHT = 2.0, 1.1
"""Side of the ground and height of the highest loss, in the camera's units."""
LETTERS = 13
"""Height of the letters, in pixels of the chart."""
_STEP, _FARTHEST = 2.0, 300.0


@dataclass(frozen=True)
class Label:
    """Words along an axis.

    Attributes:
        at: the place they belong to; away: where the surface is not; both in the camera's units.
        gap: pixels between them. name: of an axis, and no number; stacks: on what may be below.
    """

    text: str
    at: tuple[float, float, float]
    away: tuple[float, float, float]
    gap: float = 4.0
    name: bool = False
    stacks: bool = False


def edges(ground: Ground, eye: Sequence[float]) -> tuple[np.ndarray, list[Label]]:
    """The line along the axes [4, 3], at the edges in front of the eye, and the words there."""
    a, (i, k) = SIZE / 2, (1.0 if eye[n] >= 0 else -1.0 for n in (0, 2))
    x, z, near = i * a, k * a, 0.95 * a
    x0, x1, y0, y1 = ground.ranges
    line = np.array([[-x, 0, z], [x, 0, z], [x, 0, -z], [x, HEIGHT, -z]])
    found = (height(part, ground.low, ground.high, ground.color) for part in (0, 1))
    low, high = (end_of_scale(loss, ground.low, ground.high) for loss in found)
    front, aside, side = (0.0, 0.0, k), (i, 0.0, 0.0), (i, 0.0, -k)
    return line, [
        Label(WEIGHTS["w1"], (0, 0, z), front, 20, name=True),
        Label(WEIGHTS["w2"], (x, 0, 0), aside, 20, name=True),
        Label(number(x0), (-near, 0, z), front),
        Label(number(x1), (near, 0, z), front),
        Label(number(y0), (x, 0, near), aside),
        Label(number(y1), (x, 0, -near), aside),
        Label(number(high), (x, HEIGHT, -z), side, stacks=True),
        Label("loss", (x, HEIGHT, -z), (0, 1, 0), 10, name=True, stacks=True),
        Label(number(low), (x, 0.1 * HEIGHT, -z), side, stacks=True),
    ]


Placed = tuple[str, float, float]
"""Words and their middle, in pixels."""


def written(ground: Ground, camera: Camera, k: float = 1.0) -> list[Placed | None]:
    """The words where they lie neither on the surface nor on each other; None for what has no room.

    Args:
        k: size of the letters over `LETTERS`.
    """
    hull = _hull(camera.project(ground.points[::4, ::4].reshape(-1, 3))[0])
    taken: list[tuple[float, float, float, float]] = []
    out: list[Placed | None] = []
    for label in edges(ground, camera.eye.tolist())[1]:
        beyond = np.add(label.at, np.multiply(0.05, label.away))
        here, there = camera.project(np.stack([label.at, beyond]))[0]
        along = (there - here) / max(float(np.hypot(*(there - here))), 1e-9)
        wide, high = length(label.text, LETTERS * k), LETTERS * k
        far = label.gap * k + (abs(along[0]) * wide + abs(along[1]) * high) / 2
        most = far + _FARTHEST * k
        room = (5 if label.name else 3) * k
        while far < most and _meets(here + far * along, wide, high, hull, room):
            far += _STEP
        x, y = here + far * along
        x = min(max(x, wide / 2 + 3), camera.width - wide / 2 - 3)
        y = min(max(y, high / 2 + 2), camera.height - high / 2 - 2)
        while label.stacks and y > high and _lies_on((x, y, wide, high), taken, 3 * k):
            y -= _STEP
        if _lies_on((x, y, wide, high), taken, 0.0):
            out.append(None)
            continue
        taken.append((x, y, wide, high))
        out.append((label.text, float(x), float(y)))
    return out


def _lies_on(
    box: tuple[float, float, float, float],
    taken: Sequence[tuple[float, float, float, float]],
    gap: float,
) -> bool:
    x, y, wide, high = box
    return any(
        abs(a - x) < (w + wide) / 2 + 3 and abs(b - y) < (h + high) / 2 + gap - 0.01
        for a, b, w, h in taken
    )


def _hull(points: np.ndarray) -> np.ndarray:
    """The convex hull of points [T, 2], counterclockwise in a plane whose y goes up."""
    ordered = sorted(map(tuple, points.tolist()))

    def half(way: Sequence[tuple[float, ...]]) -> list[tuple[float, ...]]:
        out: list[tuple[float, ...]] = []
        for p in way:
            while len(out) > 1 and _turn(out[-2], out[-1], p) <= 0:
                out.pop()
            out.append(p)
        return out[:-1]

    return np.array(half(ordered) + half(ordered[::-1]))


def _turn(a: Sequence[float], b: Sequence[float], c: Sequence[float]) -> float:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def _meets(middle: np.ndarray, wide: float, high: float, hull: np.ndarray, room: float) -> bool:
    """Whether a box meets a convex shape or comes nearer than `room`: no line is between them."""
    half = np.array([wide / 2 + room, high / 2 + room])
    low, top = hull.min(axis=0), hull.max(axis=0)
    if (middle + half < low).any() or (middle - half > top).any():
        return False
    across = np.roll(hull, -1, axis=0) - hull
    outward = np.stack([across[:, 1], -across[:, 0]], axis=1)
    nearest = ((middle - hull) * outward).sum(axis=1) - (np.abs(outward) * half).sum(axis=1)
    return not bool((nearest > 0).any()) and math.isfinite(float(nearest.max()))
