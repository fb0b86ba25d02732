"""Basins of attraction: every pixel a start, coloured by where the optimizer takes it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from initopt_core.descent import Run, descend_many
from initopt_core.surfaces import Point, Surface, critical_points
from initopt_core.threads import one_thread

ELSEWHERE, DIVERGED = -1, -2
FRAMES = 100
"""At most this many moments of each path are kept to find when it arrived."""


@dataclass(frozen=True)
class Basins:
    """Where an optimizer ends from each start of a grid.

    Attributes:
        minima: K points; those of the surface, or those found in the view.
        reached: int16 [n, n], row i the i-th w2 from low to high: index into `minima`,
            `ELSEWHERE` (still on its way, or left the view) or `DIVERGED` (not finite).
        steps: int32 [n, n] updates until it stayed near that minimum for good; where none was
            reached, the number of updates.
        left: where there are no minima, int32 [n, n] updates until it was first seen outside the
            view, or the number of updates where it stayed in; else None.
        loss: float32 [n, n] at the end.
        updates: updates each start was given.
        radius: distance (in units of w) that counts as near.
    """

    minima: tuple[Point, ...]
    reached: np.ndarray
    steps: np.ndarray
    left: np.ndarray | None
    loss: np.ndarray
    updates: int
    radius: float

    @property
    def share(self) -> np.ndarray:
        """[K] fraction of the starts that reach each minimum."""
        counts = np.bincount(self.reached[self.reached >= 0], minlength=len(self.minima))
        return counts / self.reached.size


def basins(
    surface: Surface | Callable[[Tensor, Tensor], Tensor],
    run: Run,
    ranges: tuple[float, float, float, float],
    num_updates: int = 100,
    n: int = 200,
    minima: tuple[Point, ...] | None = None,
) -> Basins:
    """Descend from n x n starts in one batched computation.

    Args:
        run: optimizer, settings and schedule; its own start is ignored.
        ranges: (w1 low, w1 high, w2 low, w2 high); starts are the pixels' centres.
        minima: points to be reached; None takes the surface's, or searches the view.
    """
    x0, x1, y0, y1 = ranges
    if minima is None:
        known: tuple[Point, ...] = getattr(surface, "minima", ())
        minima = known or critical_points(surface, ranges)[0]
    half = 0.5 / n
    axis = torch.linspace(half, 1 - half, n)
    w2, w1 = torch.meshgrid(y0 + (y1 - y0) * axis, x0 + (x1 - x0) * axis, indexing="ij")
    starts = torch.stack([w1.flatten(), w2.flatten()], dim=1)
    every = -(-num_updates // FRAMES)
    with one_thread():
        path = descend_many(
            run.optimizer,
            surface,
            starts,
            num_updates,
            keep_every=every,
            factors=run.factors(num_updates),
            **dict(run.settings),
        )
        return _judge(path, minima, ranges, n, num_updates, every)


def _judge(
    path: torch.Tensor,
    minima: tuple[Point, ...],
    ranges: tuple[float, float, float, float],
    n: int,
    num_updates: int,
    every: int,
) -> Basins:
    """What `path` [kept, n * n, 3] says about every start."""
    x0, x1, y0, y1 = ranges
    radius = 0.02 * float(np.hypot(x1 - x0, y1 - y0))
    end = path[-1]
    good = torch.isfinite(end).all(dim=1)
    reached = torch.where(good, ELSEWHERE, DIVERGED)
    steps = torch.full((n * n,), num_updates)
    if minima:
        points = torch.tensor(minima, dtype=torch.float32)
        distance, nearest = torch.cdist(end[:, :2], points).min(dim=1)
        there = good & (distance <= radius)
        reached = torch.where(there, nearest, reached)
        target = points[nearest]
        away = (path[:, :, 0] - target[:, 0]) ** 2 + (path[:, :, 1] - target[:, 1]) ** 2
        far = ~(away <= radius**2)
        # The last moment it was still away, plus one, is when it came to stay.
        order = torch.arange(1, far.shape[0] + 1, dtype=torch.uint8).unsqueeze(1)
        last = (far.to(torch.uint8) * order).amax(dim=0).to(torch.int64) * every
        steps = torch.where(there, last.clamp(max=num_updates), steps)
        left = None
    else:
        w1, w2 = path[:, :, 0], path[:, :, 1]
        outside = ~((w1 >= x0) & (w1 <= x1) & (w2 >= y0) & (w2 <= y1))
        first = outside.to(torch.uint8).argmax(dim=0) * every
        left = torch.where(outside.any(dim=0), first.clamp(max=num_updates), num_updates)
        left = left.view(n, n).numpy().astype(np.int32)
    return Basins(
        tuple(minima),
        reached.view(n, n).numpy().astype(np.int16),
        steps.view(n, n).numpy().astype(np.int32),
        left,
        end[:, 2].reshape(n, n).numpy(),
        num_updates,
        radius,
    )
