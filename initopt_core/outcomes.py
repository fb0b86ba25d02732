"""What became of a path, in words: the finding a student should take home from it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .descent import Trace
from .surfaces import Point

NEAR = 0.02
"""Share of the view's diagonal within which a minimum counts as reached."""


THROWN = 0.15
"""Share of the diagonal beyond which a single step counts as a throw."""


@dataclass(frozen=True)
class Outcome:
    """How one run ended.

    Attributes:
        kind: "diverged", "reached", "thrown", "thrown out", "swings", "stands still", "left" or
            "moving".
        text: a few words for a table.
        loss: at the end; NaN where it diverged.
        minimum: index of the minimum reached, or None.
    """

    kind: str
    text: str
    loss: float
    minimum: int | None = None


def outcome(
    trace: Trace, minima: tuple[Point, ...], ranges: tuple[float, float, float, float]
) -> Outcome:
    """Judge the end of a run by its last tenth (at least five steps).

    Args:
        minima: known minima; may be empty.
        ranges: the view (w1 low, w1 high, w2 low, w2 high), which gives the scale.
    """
    x0, x1, y0, y1 = ranges
    diagonal = float(np.hypot(x1 - x0, y1 - y0))
    if trace.diverged is not None:
        return Outcome("diverged", f"diverged at step {trace.diverged}", float("nan"))
    points, loss = trace.points[:, :2].astype(np.float64), float(trace.points[-1, 2])
    tail = points[-max(5, len(points) // 10) - 1 :]
    end = points[-1]
    if minima:
        targets = np.asarray(minima)
        nearest = int(np.hypot(*(targets - end).T).argmin())
        if np.hypot(*(tail - targets[nearest]).T).max() <= NEAR * diagonal:
            x, y = minima[nearest]
            text = f"reached ({short(x)}, {short(y)})"
            return Outcome("reached", text, loss, nearest)
    lengths = np.hypot(*np.diff(points, axis=0).T)
    jumps = np.flatnonzero(lengths > THROWN * diagonal)
    if len(jumps) > 2:
        return Outcome("thrown", "thrown to and fro", loss)
    if len(jumps) and trace.points[jumps[-1] + 1, 2] > trace.points[jumps[-1], 2]:
        return Outcome("thrown out", f"thrown out, step {jumps[-1] + 1}", loss)
    moves = np.diff(tail, axis=0)
    for i in (0, 1):
        size = np.abs(moves[:, i])
        turns = np.mean(moves[1:, i] * moves[:-1, i] < 0) if len(moves) > 1 else 0.0
        if turns >= 0.7 and size.mean() > 0.01 * diagonal:
            return Outcome("swings", f"swings across w{'₁₂'[i]}", loss)
    outside = not (x0 <= end[0] <= x1 and y0 <= end[1] <= y1)
    if np.hypot(*moves.T).max() < 1e-4 * diagonal:
        return Outcome("stands still", "stands still" + (", out of view" * outside), loss)
    if outside:
        return Outcome("left", "beyond the view", loss)
    return Outcome("moving", "still on its way", loss)


_SAYINGS = {
    # kind: what one run does, what several do
    "thrown": ("is thrown from wall to wall", "are thrown from wall to wall"),
    "thrown out": ("was thrown out of a minimum", "were thrown out of a minimum"),
    "swings": ("swings from wall to wall", "swing from wall to wall"),
    "stands still": ("stands still", "stand still"),
    "diverged": ("diverged", "diverged"),
    "left": ("has left the view", "have left the view"),
    "moving": ("is still on its way", "are still on their way"),
}


def sentence(labels: list[str], outcomes: list[Outcome], steps: int) -> str:
    """What is happening, for the head of the page; the best run between double asterisks."""
    ends = [(o.loss, label) for label, o in zip(labels, outcomes, strict=True)]
    ends = [e for e in ends if np.isfinite(e[0])]
    if not ends:
        return f"After {steps} updates everything has diverged: try a smaller learning rate."
    loss, best = min(ends)
    is_lowest = " is lowest," if len(labels) > 1 else " is"
    parts = [f"After {steps} updates **{best}**{is_lowest} at loss {short(loss)}"]
    reached = [
        o.text
        for label, o in zip(labels, outcomes, strict=True)
        if label == best and o.kind == "reached"
    ]
    parts[0] += f", at the minimum {reached[0].removeprefix('reached ')}" if reached else ""
    for kind, (one, many) in _SAYINGS.items():
        who = [
            label
            for label, o in zip(labels, outcomes, strict=True)
            if o.kind == kind and label != best
        ]
        if who:
            names = who[0] if len(who) == 1 else f"{', '.join(who[:-1])} and {who[-1]}"
            if len(who) > 3:  # the table names them
                names = f"{len(who)} others"
            parts.append(f"{names} {one if len(who) == 1 else many}")
    return "; ".join(parts) + "."


def short(value: float) -> str:
    """Three significant digits as a person writes them: −1.23, 4.5·10⁻⁵."""
    text = f"{value:.3g}"
    if "e" in text:
        digits, power = text.split("e")
        raised = str(int(power)).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
        text = f"{digits}·10{raised}"
    return text.replace("-", "−")
