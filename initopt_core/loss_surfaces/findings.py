"""What became of a path, in words: the finding a student should take home from it."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from initopt_core.descent import Trace
from initopt_core.surfaces import Point, gradient
from initopt_core.wording import number

NEAR = 0.02
"""Share of the view's diagonal within which a minimum counts as reached."""
THROWN = 0.15
"""Share of the diagonal beyond which a single step counts as a throw."""
APART = 0.01
"""Share of the diagonal (or of the way gone, if longer) beyond which two paths have parted."""
FAR = 1e6
"""Diagonals from the origin at which numbers overflow because the path has run away."""


@dataclass(frozen=True)
class Outcome:
    """How one run ended.

    Attributes:
        kind: "diverged", "off the domain", "pole", "no slope", "diverging", "reached", "thrown",
            "thrown out", "swings", "hovers", "stands still", "left" or "moving".
        text: a few words for a table.
        loss: at the end; NaN where the path ended before.
        minimum: index of the minimum reached, or None.
        left: first step from which on it was outside the view; None where it ended inside.
        end: (w1, w2, loss) at the end.
        twin: the same of the path in float64; None where there is none.
        chaotic: whether the two have parted: rounding decides where it ends.
    """

    kind: str
    text: str
    loss: float
    minimum: int | None = None
    left: int | None = None
    end: tuple[float, float, float] = (math.nan, math.nan, math.nan)
    twin: tuple[float, float, float] | None = None
    chaotic: bool = False

    @property
    def short(self) -> str:
        """The text without the place: what can stand behind a name, beside the path's end."""
        return self.text.partition(" at (" if self.kind == "no slope" else ", (")[0]

    @property
    def held(self) -> tuple[str, str, str]:
        """w1, w2 and loss at the end, to three digits where both arithmetics have the same: else
        "≈" and the digits that hold, or of a chaotic path "a or b", in float32 and in float64."""
        twin = self.twin or self.end
        w1, w2, loss = (_held(a, b, self.chaotic) for a, b in zip(self.end, twin, strict=True))
        return w1, w2, loss


def shared_digits(a: float, b: float, most: int = 3) -> int:
    """How many significant digits two numbers share when both are rounded to them; 0 for none."""
    return next((n for n in range(most, 0, -1) if f"{a:.{n}g}" == f"{b:.{n}g}"), 0)


def _held(a: float, b: float, chaotic: bool) -> str:
    a, b = a + 0.0, b + 0.0  # no minus sign before a zero
    if number(a) == number(b):
        return number(a)
    if chaotic:
        return f"{number(a)} or {number(b)}"  # as the sentence has it
    return f"≈ {number(float(f'{a:.{shared_digits(a, b) or 1}g}'))}"


def outcome(
    trace: Trace,
    minima: tuple[Point, ...],
    ranges: tuple[float, float, float, float],
    surface: Callable[[Tensor, Tensor], Tensor] | None = None,
    twin: np.ndarray | None = None,
) -> Outcome:
    """Judge the end of a run by its last tenth (at least five steps).

    Args:
        minima: known minima; may be empty.
        ranges: the view (w1 low, w1 high, w2 low, w2 high), which gives the scale.
        surface: what was descended; tells a place where it is not defined from divergence.
        twin: [T+1, 3] the same run in float64, from `descent.twins`.
    """
    diagonal = float(np.hypot(ranges[1] - ranges[0], ranges[3] - ranges[2]))
    if trace.diverged is None:
        kind, text, minimum = _ended(trace, minima, ranges, diagonal)
    else:
        kind, text, minimum = *_failed(trace, surface, diagonal), None
    end = tuple(trace.points[-1].astype(float).tolist())
    other = None if twin is None else tuple(twin[-1].tolist())
    return Outcome(
        kind,
        text,
        end[2] if trace.diverged is None else math.nan,
        minimum,
        _left(trace, ranges),
        end,
        other,
        twin is not None and trace.diverged is None and _parted(trace, twin, diagonal),
    )


def _parted(trace: Trace, twin: np.ndarray, diagonal: float) -> bool:
    """Whether the float32 path and its twin end in different places."""
    a, b = trace.points[-2:].astype(np.float64), twin[-2:]  # of a path to and fro, both ends
    if not np.isfinite(b).all():
        return True
    gap = np.hypot(*(a - b)[:, :2].T).max()
    way = np.hypot(*(a[-1, :2] - trace.points[0, :2]))
    return bool(gap > APART * max(diagonal, way))


def _left(trace: Trace, ranges: tuple[float, float, float, float]) -> int | None:
    x0, x1, y0, y1 = ranges
    w1, w2 = trace.points[: trace.diverged, :2].T
    inside = (x0 <= w1) & (w1 <= x1) & (y0 <= w2) & (w2 <= y1)
    if not len(inside) or inside[-1]:
        return None
    return int(np.flatnonzero(inside)[-1]) + 1 if inside.any() else 0


# -- a path that could not go on --------------------------------------------------------------
def _failed(
    trace: Trace, surface: Callable[[Tensor, Tensor], Tensor] | None, diagonal: float
) -> tuple[str, str]:
    """Kind and text of a run with a value that is not finite."""
    step = trace.diverged
    assert step is not None  # of a trace that has diverged
    gone = ("diverged", f"diverged at step {step}")
    if surface is None:
        return gone
    w = trace.points[step, :2].astype(np.float64)
    if np.isfinite(w).all():
        return _bad_loss(surface, w, step, diagonal) or gone
    before = trace.points[step - 1, :2].astype(np.float64)
    return _bad_slope(surface, before, step - 1, diagonal) or gone


def _bad_loss(surface, w: np.ndarray, step: int, diagonal: float) -> tuple[str, str] | None:
    """Kind and text where the loss is not finite at `w`; None where it just overflowed."""
    if np.abs(w).max() > FAR * diagonal:
        return None
    loss = _loss64(surface, w)[0]
    if math.isnan(loss):
        if step == 0:
            return "off the domain", f"starts where the loss is not defined, {_place(w)}"
        return "off the domain", f"left the domain at step {step}, {_place(w)}"
    around = w + 1e-3 * diagonal * np.array([[1, 0], [-1, 0], [0, 1], [0, -1]])
    if math.isinf(loss) and np.isfinite(_loss64(surface, around)).any():
        when = "starts" if step == 0 else f"is at step {step}"
        return "pole", f"{when} where the loss is infinite, {_place(w)}"
    return None


def _bad_slope(surface, w: np.ndarray, step: int, diagonal: float) -> tuple[str, str] | None:
    """Kind and text where the gradient at `w` is not finite; None where it just overflowed."""
    slopes = [g.item() for g in gradient(surface, *torch.from_numpy(w))[1:]]
    if all(map(math.isfinite, slopes)) or np.abs(w).max() > FAR * diagonal:
        return None
    what = "undefined" if any(map(math.isnan, slopes)) else "infinite"
    return "no slope", f"{what} slope at {_place(w)}, step {step}"


def _loss64(surface, places: np.ndarray) -> list[float]:
    w = torch.from_numpy(np.atleast_2d(places))
    with torch.no_grad():
        return surface(w[:, 0], w[:, 1]).tolist()


def _place(w: np.ndarray | Point) -> str:
    return f"({number(w[0])}, {number(w[1])})"


# -- a path that arrived somewhere ------------------------------------------------------------
def _ended(
    trace: Trace,
    minima: tuple[Point, ...],
    ranges: tuple[float, float, float, float],
    diagonal: float,
) -> tuple[str, str, int | None]:
    """Kind, text and minimum of a run whose every number is finite."""
    points, losses = trace.points[:, :2].astype(np.float64), trace.points[:, 2]
    tail = points[-max(5, len(points) // 10) - 1 :]
    moves = np.diff(tail, axis=0)
    outside = _left(trace, ranges) is not None
    if minima:
        targets = np.asarray(minima)
        nearest = int(np.hypot(*(targets - points[-1]).T).argmin())
        if np.hypot(*(tail - targets[nearest]).T).max() <= NEAR * diagonal:
            return "reached", f"reached {_place(minima[nearest])}", nearest
    if outside and losses[-1] > losses[0] and (np.diff(losses[-len(tail) :]) > 0).all():
        return "diverging", "diverging", None
    steps = np.diff(points, axis=0)
    lengths = np.hypot(*steps.T)
    jumps = steps[lengths > THROWN * diagonal]
    if ((jumps[1:] * jumps[:-1]).sum(axis=1) < 0).sum() > 1:
        return "thrown", "thrown to and fro", None
    lowest = int(losses.argmin())
    climbed = lowest < len(lengths) and losses[-1] > losses[lowest]
    if climbed and lengths[lowest] > THROWN * diagonal:
        return "thrown out", f"thrown out, step {lowest + 1}", None
    for i in (0, 1):
        size = np.abs(moves[:, i]).mean()
        if _turns(moves[:, i]) >= 0.7 and size > 0.01 * diagonal:
            return "swings", f"swings across w{'₁₂'[i]}", None
    if np.hypot(*moves.T).max() < 1e-4 * diagonal:
        return "stands still", "stands still" + (", out of view" * outside), None
    if outside:
        return "left", "beyond the view", None
    gone, way = np.hypot(*(tail[-1] - tail[0])), np.hypot(*moves.T).sum()
    if gone < 0.1 * way and max(_turns(m) for m in moves.T) >= 0.4:
        return "hovers", "hovers on the spot", None
    return "moving", "still on its way", None


def _turns(moves: np.ndarray) -> float:
    """The share of the steps that go back where the one before came from."""
    return float(np.mean(moves[1:] * moves[:-1] < 0)) if len(moves) > 1 else 0.0


_SAYINGS = {
    # kind: what one run does, what several do
    "thrown": ("is thrown from wall to wall", "are thrown from wall to wall"),
    "thrown out": ("was thrown out of its lowest place", "were thrown out of their lowest places"),
    "swings": ("swings from wall to wall", "swing from wall to wall"),
    "hovers": ("hovers on the spot", "hover on the spot"),
    "stands still": ("stands still", "stand still"),
    "diverging": ("is diverging", "are diverging"),
    "diverged": ("diverged", "diverged"),
    "left": ("has left the view", "have left the view"),
    "moving": ("is still on its way", "are still on their way"),
}
_FAILURES = {
    # kind: what it means and what to do
    "off the domain": "the loss is not defined there: start elsewhere, or take smaller steps",
    "pole": "start elsewhere, or take smaller steps",
    "no slope": "there is no gradient to follow: start elsewhere",
}


def sentence(
    labels: list[str], outcomes: list[Outcome], steps: int, unbounded: bool = False, brief=False
) -> str:
    """What is happening, for the head of the page; the best run between double asterisks.

    Args:
        unbounded: whether the loss falls without end, so that the lowest is only the fastest.
        brief: whether of a chaotic path is not said where it ends.
    """
    runs = list(zip(labels, outcomes, strict=True))
    going = [r for r in runs if np.isfinite(r[1].loss)]
    away = sorted((o.left, label) for label, o in runs if o.left is not None)
    if not going and all(o.kind == "diverged" for o in outcomes) and not (unbounded and away):
        return f"After {steps} updates everything has diverged: try a smaller learning rate."
    if unbounded and away:
        first, told = _leaving(away, steps), {label for _, label in away}
    elif going:
        best = min(going, key=lambda r: r[1].loss)
        tied = [r for r in going if math.isclose(r[1].loss, best[1].loss, rel_tol=1e-6)]
        first = _tied(tied, steps) if len(tied) > 1 else _best(best, going, len(labels) > 1, steps)
        told = set() if len(tied) > 1 else {best[0]}
    else:
        first, told = f"After {steps} updates no path has gone on", set()
    parts = [first, *_others([r for r in runs if r[0] not in told]), *_chaos(runs, brief)]
    return "; ".join(parts) + "."


def _best(
    best: tuple[str, Outcome], going: list[tuple[str, Outcome]], several: bool, steps: int
) -> str:
    label, end = best
    text = f"After {steps} updates **{label}**{' is lowest,' if several else ' is'} at loss "
    text += end.held[2]
    if end.kind == "reached":
        text += f", at the minimum {end.text.removeprefix('reached ')}"
    elif end.kind != "moving":
        text += f", and {_SAYINGS[end.kind][0]}"
    exact = min(going, key=lambda r: (r[1].twin or r[1].end)[2])
    if exact[0] != label and (end.chaotic or exact[1].chaotic):
        text += f" (rounding decides: in float64 it is {exact[0]})"
    return text


def _tied(tied: list[tuple[str, Outcome]], steps: int) -> str:
    """Several that end equally low."""
    names = [f"**{label}**" for label, _ in tied]
    text = f"{', '.join(names[:-1])} and {names[-1]} are equally low"
    return f"After {steps} updates {text}, at loss {tied[0][1].held[2]}"


def _leaving(away: list[tuple[int, str]], steps: int) -> str:
    """Who left the view of a surface without a bottom, and when."""
    (at, label), *later = away
    text = f"The loss falls without end here: **{label}** left the view first, at step {at}"
    if later:
        text += ", then " + ", ".join(f"{name} ({when})" for when, name in later)
    return f"{text}, of {steps} updates"


def _others(runs: list[tuple[str, Outcome]]) -> list[str]:
    parts = []
    for kind, (one, many) in _SAYINGS.items():
        who = [label for label, o in runs if o.kind == kind]
        if who:
            parts.append(f"{_listed(who)} {one if len(who) == 1 else many}")
    for kind, advice in _FAILURES.items():
        who = [(label, o.text) for label, o in runs if o.kind == kind]
        if who:
            parts.append(f"{_told(who)} ({advice})")
    return parts


def _told(who: list[tuple[str, str]]) -> str:
    """Labels with their texts; those that share one are listed before it."""
    texts = dict.fromkeys(text for _, text in who)
    same = {text: [label for label, t in who if t == text] for text in texts}
    return ", ".join(f"{_listed(labels)}: {text}" for text, labels in same.items())


def _chaos(runs: list[tuple[str, Outcome]], brief: bool) -> list[str]:
    """Whose path is chaotic, and where it ends in either arithmetic."""
    if not (who := [(label, o) for label, o in runs if o.chaotic]):
        return []
    if len(who) > 1:
        names = _listed([label for label, _ in who])
        return [f"the paths of {names} are chaotic, rounding decides where they end"]
    (label, o), places = who[0], []
    for name, end in () if brief else (("float32", o.end), ("float64", o.twin)):
        assert end is not None  # a chaotic path has a twin
        finite = np.isfinite(end).all()
        places.append(f"{_place(np.asarray(end))} in {name}" if finite else f"nowhere in {name}")
    where = f"that it ends at {' and '.join(places)}" if places else "where it ends"
    return [f"{label}'s path is chaotic, rounding decides {where}"]


def _listed(names: list[str]) -> str:
    if len(names) > 3:  # the table names them
        return f"{len(names)} others"
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
