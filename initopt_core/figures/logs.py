"""Log axes: what they can show, how they are labelled, and what is said of the values left out."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

import altair as alt
import numpy as np

from initopt_core.wording import many, number

from . import theme
from .room import HEIGHT, WIDTH

Curve = tuple[Any, Any]
"""Positions across and values, as long as each other."""

SMALLEST, LARGEST = 1e-300, 1e300
"""What lies beyond, zero and negatives among it, has no place on a log axis: one such value would
empty the whole chart. (1e-308 and less are numbers still, but a tick's distance from nothing.)"""
POWERS = 3
"""So many powers of ten at least make a scale: with fewer, numbers between them are written too."""


def drawable(values: Any) -> np.ndarray:
    """`values` as float64 of the same shape, NaN where a log axis has no place for them."""
    array = np.asarray(values, float)
    return np.where((array >= SMALLEST) & (array <= LARGEST), array, np.nan)


def band(low: Any, high: Any) -> tuple[np.ndarray, np.ndarray]:
    """Two edges of a band, both NaN where either has no place on a log axis."""
    low, high = drawable(low), drawable(high)
    gone = np.isnan(low + high)
    return np.where(gone, np.nan, low), np.where(gone, np.nan, high)


def left_out(values: Iterable[float]) -> str:
    """What a log axis leaves out of `values`, in a few words; empty when that is nothing.

    NaN counts as no value.
    """
    array = np.fromiter(values, float)
    kinds = (
        ("of 0", array == 0),
        ("below 0", array < 0),
        (f"below {number(SMALLEST)}", (array > 0) & (array < SMALLEST)),
        (f"above {number(LARGEST)}", array > LARGEST),
    )
    counts = [(int(found.sum()), kind) for kind, found in kinds if found.any()]
    if not counts:
        return ""
    said = [f"{many(n, 'value')} {kind}" for n, kind in counts]
    return f"Left out of the log axis: {', '.join(said)}"


def domain(values: Iterable[float], room: float = 0.05) -> list[float]:
    """Ends of a log axis over `values`, with `room` of its length left free at either end."""
    known = drawable(np.fromiter(values, float))
    known = np.log10(known[~np.isnan(known)])
    if not known.size:
        return [0.1, 10.0]
    low, high = float(known.min()), float(known.max())
    free = room * (high - low) or 0.5
    return [10.0 ** max(low - free, -307.0), 10.0 ** min(high + free, 307.0)]


def decades(ends: Iterable[float], narrow: float = 1.0) -> float:
    """Powers of ten that an axis spans whose numbers are written out; 0 where the powers of ten
    within it are enough to label it by.

    Args:
        ends: values with the least and the largest that the axis shows.
        narrow: a largest value below so many times the smallest has it written out in any case.
    """
    known = drawable(np.fromiter(ends, float))
    known = known[~np.isnan(known)]
    if not known.size:
        return 0.0
    low, high = np.log10(known.min()), np.log10(known.max())
    powers = math.floor(high + 1e-9) - math.ceil(low - 1e-9) + 1
    if powers >= POWERS and known.max() >= narrow * known.min():
        return 0.0
    return max(float(high - low), 0.01)


CLOSE = 4.0
"""With a largest value below so many times the smallest, the axis has evenly stepped numbers: whole
multiples of powers of ten may leave half of it without one, as above 1 where it ends at 1.5."""


def marks(ends: Iterable[float], count: int = 8) -> list[float] | None:
    """Where a short log axis between the least and the largest of `ends` has its numbers, about
    `count` of them; None where whole multiples of powers of ten do."""
    known = drawable(np.fromiter(ends, float))
    known = known[~np.isnan(known)]
    if not known.size or not known.min() < known.max() < CLOSE * known.min():
        return None
    raw = float(known.max() - known.min()) / count
    power = 10.0 ** np.floor(np.log10(raw))
    step = next(m * power for m in (1, 2, 5, 10) if m * power >= 0.999 * raw)
    first, last = np.ceil(known.min() / step - 1e-9), np.floor(known.max() / step + 1e-9)
    return [float(f"{k * step:.12g}") for k in np.arange(first, last + 1)]


# A value's first digit, and which of them an axis has room for: pixels that a power of ten must
# take at least. Labels are thinned out from one end; a round one would go for an odd one before it.
_FIRST = "toNumber(format(datum.value / pow(10, floor(log(datum.value) / LN10 + 1e-9)), '.6r'))"
_MOST = "1, 2, 3, 5, 7"
_ROUND = ((90, _MOST), (43, "1, 2, 5"), (24, "1, 3"), (0, "1"))


def labels(spanned: str, height: str = HEIGHT, own: str = "null") -> str:
    """Label expression: powers of ten, or plain numbers where the signal `spanned`, which is what
    `decades` gives, is not 0; the round ones of them, as many as have room.

    Args:
        height: the axis' length in pixels, an expression.
        own: signal of what `marks` gives, where the axis has its numbers from there.
    """
    room = f"{height} / {spanned} / {theme.TYPE}"
    kept = "false"
    for pixels, digits in reversed(_ROUND):
        fits = f"{room} > {pixels}"
        if digits == _MOST:  # over more than that they are too many to read
            fits += f" && {spanned} < 1.5"
        kept = f"{fits} ? indexof([{digits}], {_FIRST}) >= 0 : {kept}"
    kept = f"isValid({own}) || {spanned} < 0.31 || {room} > 284 || ({kept})"
    return f"!{spanned} ? ({theme.POWER_OF_TEN}) : {kept} ? {theme.NUMBER} : ''"


def note_data(text: str, curves: Iterable[Curve] = ()) -> list[dict[str, Any]]:
    """Rows for `note`: none, or one with the words and the corner that is the emptiest.

    Args:
        curves: what is drawn, each as (x, y), as long as each other; NaN has no place.
    """
    if not text:
        return []
    top, right = _corner(curves)
    return [{"text": text, "top": top, "right": right}]


def note(dataset: str, width: str = WIDTH, height: str = HEIGHT) -> alt.Chart:
    """A layer that writes the words of `note_data` in a corner of the plot, inside it, so that
    nothing moves when they come.

    Args:
        width, height: of the plot in pixels, expressions.
    """
    x = f"datum.right ? {width} - 4 : 4"
    y = f"datum.top ? 2 : {height} - 2"
    return (
        alt.Chart(alt.NamedData(dataset))
        .mark_text(
            align=alt.ExprRef("datum.right ? 'right' : 'left'"),
            baseline=alt.ExprRef("datum.top ? 'top' : 'bottom'"),
            fontSize=theme.sized(11),
            color=theme.INK,
            opacity=0.85,
        )
        .encode(x=alt.XValue(alt.ExprRef(x)), y=alt.YValue(alt.ExprRef(y)), text="text:N")
    )


def _corner(curves: Iterable[Curve]) -> tuple[bool, bool]:
    """(at the top, at the right) of the corner with the least of the curves in it; at the foot
    and at the left where there is nothing to choose."""
    drawn = [(np.asarray(x, float), np.log10(drawable(y))) for x, y in curves]
    x = np.concatenate([[], *(x for x, _ in drawn)])
    y = np.concatenate([[], *(y for _, y in drawn)])
    if np.isnan(y).all() or np.ptp(x) == 0:
        return False, False
    low, high = np.nanmin(y), np.nanmax(y)
    filled = dict.fromkeys(((False, False), (False, True), (True, True), (True, False)), 0)
    for across, up in drawn:
        known = ~np.isnan(up)
        if not known.any():
            continue
        at = np.linspace(across[known].min(), across[known].max(), 100)
        u = (at - x.min()) / np.ptp(x)
        v = (np.interp(at, across[known], up[known]) - low) / (high - low or 1)
        for top, right in filled:
            beside = u > 1 - _WORDS[0] if right else u < _WORDS[0]
            there = v > 1 - _WORDS[1] if top else v < _WORDS[1]
            filled[top, right] += int((beside & there).sum())
    return min(filled, key=lambda corner: filled[corner])


_WORDS = (0.6, 0.3)  # shares of a small plot that the words take


def all_of(groups: Sequence[dict[str, Any]], *fields: str) -> Iterable[float]:
    """Every number under `fields` in a figure's groups; a missing one is NaN."""
    return (np.nan if v is None else float(v) for g in groups for f in fields for v in g.get(f, ()))
