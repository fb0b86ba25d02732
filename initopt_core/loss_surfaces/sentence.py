"""What is happening in a race on a surface, in a sentence made of its outcomes."""

from __future__ import annotations

import math

import numpy as np

from .findings import Outcome, place

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
    labels: list[str],
    outcomes: list[Outcome],
    steps: int,
    unbounded: bool = False,
    brief: bool = False,
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
        first = _leaving(away, steps)
        told = {label for _, label in away}
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
    who = [(label, o) for label, o in runs if o.chaotic]
    if not who:
        return []
    if len(who) > 1:
        names = _listed([label for label, _ in who])
        return [f"the paths of {names} are chaotic, rounding decides where they end"]
    (label, o), places = who[0], []
    if brief:
        return [f"{label}'s path is chaotic, rounding decides where it ends"]
    for name, end in (("float32", o.end), ("float64", o.twin)):
        assert end is not None  # a chaotic path has a twin
        finite = np.isfinite(end).all()
        places.append(f"{place(np.asarray(end))} in {name}" if finite else f"nowhere in {name}")
    return [f"{label}'s path is chaotic, rounding decides that it ends at {' and '.join(places)}"]


def _listed(names: list[str]) -> str:
    if len(names) > 3:  # the table names them
        return f"{len(names)} others"
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
