"""One surface with its settings: of the catalogue, or a typed formula."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import torch
from torch import Tensor

from .calculus import Point
from .catalogue import SURFACES
from .formula import parse_formula

FORMULA = "formula"
"""Name under which a typed formula is chosen beside the registry's surfaces."""


@dataclass(frozen=True)
class Surface:
    """One surface with its settings; callable, hashable, and can be sent to another process.

    Args:
        name: of `SURFACES`, or `FORMULA`.
        settings: pairs (parameter, value); those left out take their defaults.
        text: the formula, where `name` is `FORMULA`.

    Raises:
        SettingError: when name, settings or formula cannot be used.
    """

    name: str
    settings: tuple[tuple[str, Any], ...] = ()
    text: str = ""

    def __post_init__(self) -> None:
        self.function  # noqa: B018  errors show where the surface is made

    @cached_property
    def function(self) -> Callable[[Tensor, Tensor], Tensor]:
        if self.name == FORMULA:
            return parse_formula(self.text)
        entry = SURFACES[self.name]
        settings = entry.settings(dict(self.settings))
        return lambda w1, w2: entry.call(w1, w2, **settings)

    def __call__(self, w1: Tensor, w2: Tensor) -> Tensor:
        return self.function(w1, w2)

    def __getstate__(self) -> dict[str, Any]:
        return {k: v for k, v in self.__dict__.items() if k != "function"}

    @property
    def label(self) -> str:
        return self.text if self.name == FORMULA else SURFACES[self.name].label

    def _points(self, what: str) -> tuple[Point, ...]:
        if self.name == FORMULA:
            return ()
        entry = SURFACES[self.name]
        points = entry.minima if what == "minima" else entry.saddles
        return points(**entry.settings(dict(self.settings)))

    @property
    def minima(self) -> tuple[Point, ...]:
        """The registry's known minima; none for a typed formula (see `critical_points`)."""
        return self._points("minima")

    @property
    def saddles(self) -> tuple[Point, ...]:
        """The registry's known saddle points."""
        return self._points("saddles")

    def values(self, ranges: tuple[float, float, float, float], n: int = 129) -> Tensor:
        """The loss on a grid, float32 [n, n]: row i is the i-th w2, from low to high.

        Args:
            ranges: (w1 low, w1 high, w2 low, w2 high); the ends are grid points.
        """
        x0, x1, y0, y1 = ranges
        w1 = torch.linspace(x0, x1, n, dtype=torch.float64)
        w2 = torch.linspace(y0, y1, n, dtype=torch.float64)
        with torch.no_grad():
            w2, w1 = torch.meshgrid(w2, w1, indexing="ij")
            return self(w1, w2).to(torch.float32).contiguous()
