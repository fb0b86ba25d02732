"""Numbers across a small histogram, as many as have room."""

from __future__ import annotations

from typing import Any

import altair as alt

from initopt_core.figures import theme
from initopt_core.figures.room import WIDTH
from initopt_core.wording import number

from .display import marks


def on_page(name: str, axes: bool) -> dict[str, Any]:
    """Numbers across on a page."""
    return {
        "labelFlush": True,
        "labelBound": 12,
        "labelSeparation": alt.ExprRef(apart(name)),
        "labelExpr": theme.NUMBER if axes else _sparse(name),
        "labelOverlap": "greedy" if axes else alt.ExprRef(f"{_long(name)} ? false : 'greedy'"),
    }


def _sparse(name: str) -> str:
    """Labels across a small histogram: of numbers as long as a power of ten only one.

    Vega shows the last label even where it lies over the first.
    """
    return f"{_long(name)} && datum.index !== (d{name}[0] < 0 ? 0 : 1) ? '' : {theme.NUMBER}"


def _long(name: str) -> str:
    """Vega expression: whether a small histogram's labels across have no room beside each other."""
    return f"{WIDTH} < {theme.sized(120).expr} && {_powers(name)}"


def _powers(name: str) -> str:
    """Vega expression: whether a histogram's labels across are powers of ten."""
    return theme.is_far(f"max(abs(d{name}[0]), abs(d{name}[1]))")


def apart(name: str) -> str:
    """Pixels between labels across: powers of ten that nearly touch read as one number."""
    return f"{_powers(name)} ? {theme.sized(14).expr} : {theme.sized(4).expr}"


def signals(name: str, domain: tuple[float, float]) -> dict[str, Any]:
    """What `by_itself` has to know of a histogram's axis: its first tick, the step to the next, and
    the letters of the longest number."""
    ticks = marks(*domain)
    step = ticks[1] - ticks[0] if len(ticks) > 1 else 1.0
    longest = max(len(number(t)) for t in ticks)
    return {f"a{name}": ticks[0], f"e{name}": step, f"l{name}": longest}


def by_itself(name: str) -> dict[str, Any]:
    """Numbers across, as many as have room, evenly apart from the first on. Letters are counted,
    since the converter takes them for wider than they are."""
    apart = f"{WIDTH} * e{name} / (d{name}[1] - d{name}[0])"
    every = f"max(1, ceil((5.4 * l{name} + 8) * {theme.TYPE} / ({apart})))"
    place = f"round((datum.value - a{name}) / e{name})"
    shown = f"abs({place}) % {every} == 0"
    return {"labelExpr": f"{shown} ? ({theme.NUMBER}) : ''", "labelOverlap": False,
            "labelBound": False, "labelFlush": False}  # fmt: skip
