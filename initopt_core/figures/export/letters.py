"""How large a chart's letters have to be drawn for their size in the place where it is shown."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Protocol, TypeVar

ORDINARY, GUTTERS = 560, 0.3
"""A first guess at a chart: its height with usual letters, in pixels, and their share of it."""
CLOSE = 1.08
"""How much larger than asked for letters may be in a frame."""


class Sized(Protocol):
    """Something drawn, with its size in its own pixels."""

    @property
    def width(self) -> float: ...
    @property
    def height(self) -> float: ...


Drawn = TypeVar("Drawn", bound=Sized)


def guess(k: float, height: float) -> float:
    """How many times larger than usual the letters of a chart probably have to be for `k` times
    the usual size in a place of this height."""
    return max(1.0, k * ORDINARY / height) if k > 1 else 1.0


def legible(
    first: Callable[[float], Drawn],
    again: Callable[[float], Drawn],
    k: float,
    width: float | None,
    height: float | None,
) -> Drawn:
    """A chart whose letters have at least `k` times their usual size where it fills a place of
    `width` and `height` pixels; in a column, whose height follows, about that size.

    Args:
        first: draws it with letters so many times as large as usual.
        again: draws it with letters so many times as large as they were.
    """

    def shown(drawing: Drawn) -> float:
        across = width / drawing.width if width else math.inf
        down = height / drawing.height if height else math.inf
        return min(across, down) if width or height else k

    framed = bool(width and height)
    factor = guess(k, height) if width and height else 1.0
    drawing = first(factor)
    before: tuple[float, float] | None = None
    for _ in range(2 if framed else 1):
        size = 1 / shown(drawing)  # of a pixel of the place, in pixels of the chart
        if (0.99 if framed else 0.98) * k <= factor / size and (
            factor == 1 or factor / size <= CLOSE * k
        ):
            break
        # What the plots take of it stays, what the letters take grows with them.
        slope = GUTTERS * size / factor if framed else 0.0
        if before:
            slope = (size - before[1]) / (factor - before[0])
        before = factor, size
        factor = max(1.0, k * (size - slope * factor) / max(0.3, 1 - k * slope))
        drawing = again(factor / before[0])
    return drawing
