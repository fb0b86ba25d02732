"""What the eye sees of a path over a surface, and what the surface's walls hide.

The page hides it altogether; a picture, which nobody can turn, shows it faintly.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from .frame import HEIGHT, SIZE

if TYPE_CHECKING:
    from .space import Ground

CLEAR = 0.01
"""How far above a line of sight the ground stands before it hides what is behind: the mesh is not
exactly the surface."""
SPAN = 0.04
"""The longest stretch of a path that is seen or hidden as one, in the camera's units."""
FAINT, THIN = 0.4, 1.0
"""Opacity of what is hidden, and the width of its line in pixels."""
_MOST = 64
"""Stretches between two points."""
BALL = 0.03
"""Height of the middle of a racer's sign over the end of its path: it stands out a little."""


class Piece(NamedTuple):
    """A part of a path that is seen, or hidden, as a whole.

    Attributes:
        at: places [N] of its points, counted in points of the path.
        points: [N, 3].
        seen: whether nothing hides it.
    """

    at: np.ndarray
    points: np.ndarray
    seen: bool


def visible(ground: Ground, points: np.ndarray, eye: Sequence[float] | np.ndarray) -> np.ndarray:
    """Which of the points [T, 3] no part of the ground hides from the eye (x, height, z), bool [T].

    Walks from every point towards the eye, a cell of the mesh at a time, and looks whether the
    ground is higher there.
    """
    heights = ground.points[..., 1]
    cells = len(heights) - 1
    way = np.asarray(eye) - points
    step = SIZE / cells / np.maximum(np.hypot(way[:, 0], way[:, 2]), 1e-12)
    seen, left = np.ones(len(points), dtype=bool), np.arange(len(points))
    for k in range(1, 2 * cells):
        part = k * step[left]
        x, y, z = (points[left] + part[:, None] * way[left]).T
        column, row = (x / SIZE + 0.5) * cells, (0.5 - z / SIZE) * cells
        inside = (column >= 0) & (column <= cells) & (row >= 0) & (row <= cells)
        on = np.flatnonzero(inside & (y < HEIGHT) & (part < 1))
        behind = _at(heights, row[on], column[on]) > y[on] + CLEAR
        seen[left[on[behind]]] = False
        left = left[on[~behind]]
        if not len(left):
            break
    return seen


def _at(heights: np.ndarray, row: np.ndarray, column: np.ndarray) -> np.ndarray:
    """Heights of the mesh between its points."""
    most = len(heights) - 2
    i, j = np.minimum(row.astype(int), most), np.minimum(column.astype(int), most)
    a, b = row - i, column - j
    near = heights[i, j] * (1 - b) + heights[i, j + 1] * b
    far = heights[i + 1, j] * (1 - b) + heights[i + 1, j + 1] * b
    return near * (1 - a) + far * a


def in_sight(
    ground: Ground, way: np.ndarray, parts: Sequence[slice], eye: Sequence[float] | np.ndarray
) -> list[Piece]:
    """A path cut where it goes behind the ground and where it comes out again; there it has a new
    point, the last of one piece and the first of the next.

    Args:
        way: points [T, 3] of the path.
        parts: of it that are drawn, as `space.pieces` has them.
        eye: (x, height, z).
    """
    out = []
    for part in parts:
        line = way[part]
        apart = np.linalg.norm(np.diff(line, axis=0), axis=1)
        counts = np.clip(np.ceil(apart / SPAN), 1, _MOST).astype(int)
        begins = np.cumsum(counts) - counts
        at = np.repeat(np.arange(len(counts)), counts)
        at = at + (np.arange(len(at)) - begins.repeat(counts)) / counts.repeat(counts)
        at = np.append(at, len(line) - 1)
        fine = np.stack([np.interp(at, np.arange(len(line)), c) for c in line.T], axis=1)
        shown = visible(ground, fine, eye)
        turns = np.flatnonzero(shown[1:] != shown[:-1])
        for first, last in pairwise([0, *(turns + ~shown[turns]), len(at) - 1]):
            kept = np.arange(first, last + 1)
            kept = kept[(at[kept] % 1 == 0) | (kept == first) | (kept == last)]
            if len(kept) > 1:
                middle = bool(shown[first : last + 1].mean() > 0.5)
                out.append(Piece(part.start + at[kept], fine[kept], middle))
    return out


def sign_seen(ground: Ground, end: np.ndarray, eye: Sequence[float] | np.ndarray) -> bool:
    """Whether a racer's sign at the end [3] of its path is seen."""
    return bool(visible(ground, np.add(end, (0, BALL, 0))[None], eye)[0])
