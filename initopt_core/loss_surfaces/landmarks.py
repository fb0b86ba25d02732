"""Landmarks: the minima and saddles of a surface, known beforehand or searched."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from initopt_core.surfaces import FORMULA, Point, Surface, critical_points


@dataclass(frozen=True)
class Landmarks:
    """Minima as (w1, w2, loss), and saddles."""

    minima: tuple[tuple[float, float, float], ...]
    saddles: tuple[Point, ...]

    @property
    def places(self) -> tuple[Point, ...]:
        return tuple((x, y) for x, y, _ in self.minima)


def landmarks(surface: Surface, ranges: tuple[float, float, float, float]) -> Landmarks:
    """The known points of a surface; those of a typed formula are searched in the view."""
    if surface.name == FORMULA:
        minima, saddles = critical_points(surface, ranges)
    else:
        minima, saddles = surface.minima, surface.saddles
    if not minima:
        return Landmarks((), saddles)
    w = torch.tensor(minima, dtype=torch.float64)
    losses = surface(w[:, 0], w[:, 1]).tolist()
    return Landmarks(tuple((x, y, z) for (x, y), z in zip(minima, losses, strict=True)), saddles)
