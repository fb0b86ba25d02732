"""Numbers across a small histogram, as many as have room."""

from __future__ import annotations

from typing import Any

import altair as alt

from initopt_core.figures import theme
from initopt_core.figures.room import WIDTH, Room
from initopt_core.wording import number

from .display import marks

LONG = 42
"""Pixels from the middle of "−4·10⁻¹⁰" to that of the next such number."""


def on_page(name: str, room: Room, axes: bool) -> dict[str, Any]:
    """Numbers across on a page: two or more, which may stand out into the gutters by half."""
    out = min(room.right, (room.gap - 6) / 2)
    return {
        "labelFlush": axes,
        "labelBound": 12 if axes else theme.sized(out),
        "labelSeparation": alt.ExprRef(apart(name)),
        "labelExpr": theme.NUMBER if axes else _sparse(name),
        "labelOverlap": "greedy" if axes else alt.ExprRef(f"{_long(name)} ? false : 'greedy'"),
    }


def _sparse(name: str) -> str:
    """Labels across a small histogram: of numbers as long as a power of ten only the outer two, or
    one where they have no room beside each other."""
    ends = f"{WIDTH} * (n{name}[length(n{name}) - 1] - n{name}[0]) / (d{name}[1] - d{name}[0])"
    both = f"{ends} > {theme.sized(LONG).expr}"
    shown = f"datum.index === (d{name}[0] < 0 ? 0 : 1) || (datum.index % 1 === 0 && {both})"
    return f"{_long(name)} && !({shown}) ? '' : {theme.NUMBER}"


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
    most = f"max(1, length(n{name}) - 1)"  # two are left at least
    every = f"min({most}, max(1, ceil((5.4 * l{name} + 8) * {theme.TYPE} / ({apart}))))"
    place = f"round((datum.value - a{name}) / e{name})"
    shown = f"abs({place}) % {every} == 0"
    return {"labelExpr": f"{shown} ? ({theme.NUMBER}) : ''", "labelOverlap": False,
            "labelBound": False, "labelFlush": False}  # fmt: skip
