"""Log axes: what they can show, how they are labelled, and what is said of the values left out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import altair as alt
import numpy as np

from initopt_core.wording import count, number

from . import theme

SMALLEST, LARGEST = 1e-300, 1e300
"""What lies beyond, zero and negatives among it, has no place on a log axis: one such value would
empty the whole chart. (1e-308 and less are numbers still, but a tick's distance from nothing.)"""
NARROW = 30.0
"""With a largest value below so many times the smallest, powers of ten would leave one label."""


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
    said = [f"{count(n)} {'value' if n == 1 else 'values'} {kind}" for n, kind in counts]
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


def is_narrow(values: Iterable[float]) -> bool:
    """Whether the powers of ten within `values` are too few to label an axis by."""
    known = drawable(np.fromiter(values, float))
    known = known[~np.isnan(known)]
    return bool(known.size) and bool(known.max() < NARROW * known.min())


def labels(narrow: str) -> str:
    """Label expression: powers of ten, or plain numbers while the signal `narrow` is true."""
    return f"{narrow} ? {theme.NUMBER} : ({theme.POWER_OF_TEN})"


def note_data(text: str) -> list[dict[str, str]]:
    """Rows for `note`: none, or one with the words."""
    return [{"text": text}] if text else []


def note(dataset: str) -> alt.Chart:
    """A layer that writes the words of `note_data` at the foot of the plot, inside it, so that
    nothing moves when they come."""
    return (
        alt.Chart(alt.NamedData(dataset))
        .mark_text(
            align="left", baseline="bottom", fontSize=theme.sized(11), color=theme.INK, opacity=0.85
        )
        .encode(x=alt.value(4), y=alt.value("height"), text="text:N")
    )


def all_of(groups: Sequence[dict[str, Any]], *fields: str) -> Iterable[float]:
    """Every number under `fields` in a figure's groups; a missing one is NaN."""
    return (np.nan if v is None else float(v) for g in groups for f in fields for v in g.get(f, ()))
