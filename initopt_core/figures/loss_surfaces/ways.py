"""Paths cut at the edge of the window, as `assets/web/surface_canvas/ways.js` does it."""

from __future__ import annotations

import numpy as np


def cut(w: np.ndarray, ranges: tuple[float, float, float, float]) -> tuple[np.ndarray, np.ndarray]:
    """A path's weights [T, 2] with every point beyond the window moved to its edge, to where the
    path crosses it if a neighbour is inside; and which points [T] are inside."""
    low, high = np.array(ranges[0::2]), np.array(ranges[1::2])
    inside = np.asarray(((w >= low) & (w <= high)).all(axis=-1))
    out = np.clip(np.nan_to_num(w), low, high)
    for i in np.flatnonzero(~inside):
        for near in (i - 1, i + 1):
            if 0 <= near < len(w) and inside[near] and np.isfinite(w[i]).all():
                step = w[i] - w[near]
                with np.errstate(divide="ignore", invalid="ignore"):
                    shares = np.where(step > 0, (high - w[near]) / step, (low - w[near]) / step)
                share = min(1.0, float(np.nanmin(np.where(step == 0, np.inf, shares))))
                out[i] = np.clip(w[near] + share * step, low, high)
                break
    return out, inside


def pieces(inside: np.ndarray) -> list[slice]:
    """The parts of a path that are drawn: every line with an end inside."""
    drawn = np.concatenate([[False], inside[:-1] | inside[1:], [False]])
    edges = np.flatnonzero(drawn[1:] != drawn[:-1])
    return [slice(a, b + 1) for a, b in zip(edges[0::2], edges[1::2], strict=True)]


def last_drawn(inside: np.ndarray) -> int:
    """The index of the last point that a drawn line leads to, among points [T] that are inside or
    not: where the path leaves the window for good. Of a path that was never inside, its end."""
    found = np.flatnonzero(inside)
    return min(int(found[-1]) + 1, len(inside) - 1) if len(found) else len(inside) - 1
