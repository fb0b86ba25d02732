"""What came of a race, in plain words and honest about chance."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence

from initopt_core.wording import count, many, number, percent, points

from .config import TrainConfig
from .history import Curve, History
from .trial import rate_grid

CHANCE = 0.13  # an accuracy below this is not told apart from guessing among ten classes

# Two-sided 95 % quantile of Student's t with 2 (n - 1) degrees of freedom, by seeds n.
T_95 = {2: 4.30, 3: 2.78, 4: 2.45, 5: 2.31, 6: 2.23, 7: 2.18, 8: 2.14, 9: 2.12, 10: 2.10}


def within_chance(accuracy: float, images: int) -> float:
    """Difference between two accuracies that chance alone often makes (two standard errors of a
    difference of two independent shares), 0 to 1."""
    return 2 * math.sqrt(2 * accuracy * (1 - accuracy) / images)


def groups(history: History) -> list[list[Curve]]:
    """The curves of each racer, its seeds together."""
    racers: dict[int, list[Curve]] = {}
    for curve in history.curves.values():
        racers.setdefault(curve.racer, []).append(curve)
    return list(racers.values())


def verdict(history: History) -> str:
    """One to four sentences on a finished race; empty before anything is tested."""
    racers = groups(history)
    tested = [(m[0].label, [c.test["accuracy"] for c in m if c.test]) for m in racers]
    tested = [(label, scores) for label, scores in tested if scores]
    said = [_ranking(tested, _images(history))] if tested else []
    for trials in racers:
        if text := _stopped(trials):
            said.append(text)
        elif all(max((v for v in c.val if v is not None), default=1) < CHANCE for c in trials):
            said.append(
                f"{trials[0].label} never left chance level: its units stay alike, its signal is "
                "dead, or its rate is far off. The initialization page shows which."
            )
    gap = _overfit(racers) if tested else ""
    return " ".join([*said, gap] if gap else said)


def stopped(history: History) -> list[str]:
    """A sentence for every racer that has diverged so far."""
    return [text for trials in groups(history) if (text := _stopped(trials))]


def _stopped(trials: Sequence[Curve]) -> str:
    """Why a racer stopped, by its first seed that did; empty when it goes on."""
    broken = [c.divergence for c in trials if c.divergence]
    if not broken:
        return ""
    d = broken[0]
    seeds = f" ({len(broken)} of {len(trials)} seeds)" if len(trials) > 1 else ""
    return f"{d['cause']} It stopped at step {count(d['step'])}{seeds}. {d['advice']}"


def _images(history: History) -> int:
    for curve in history.curves.values():
        if curve.test and curve.test.get("confusion"):
            return sum(map(sum, curve.test["confusion"]))
    return 10_000


def _ranking(tested: Sequence[tuple[str, list[float]]], images: int) -> str:
    ranked = sorted(tested, key=lambda t: -statistics.fmean(t[1]))
    best, scores = ranked[0]
    top = statistics.fmean(scores)
    if len(ranked) == 1:
        return f"{best} reached {percent(top, 1)} on the {count(images)} test images."
    others = ", ".join(f"{label} {percent(statistics.fmean(s), 1)}" for label, s in ranked[1:])
    text = f"Best on the test images: {best} with {percent(top, 1)}, then {others}."
    second = statistics.fmean(ranked[1][1])
    seeds = min(len(s) for _, s in ranked)
    if seeds > 1:
        spread = math.sqrt(sum(statistics.variance(s) for _, s in ranked[:2]) / seeds)
        margin = T_95.get(seeds, 2.1) * spread
        clear = top - second > margin
        return text + (
            f" Over {seeds} seeds the first place is {'clear' if clear else 'not clear'}: it leads "
            f"by {points(top - second)} points, and chance alone makes "
            f"{points(margin)}."
        )
    margin = within_chance(top, images)
    close = [label for label, s in ranked[1:] if top - statistics.fmean(s) < margin]
    if close:
        return text + (
            f" With one seed, differences below {points(margin, 1)} points are chance, so this "
            f"does not rank {_and([best, *close])}: race several seeds."
        )
    return text + " The lead is larger than chance, yet it holds for this seed and these rates."


def _and(names: Sequence[str]) -> str:
    return ", ".join(names[:-1]) + " and " + names[-1]


def _overfit(racers: Sequence[Sequence[Curve]]) -> str:
    gaps = [
        (c.train[-1] - c.val[-1], c)
        for trials in racers
        for c in trials
        if c.val and c.train and c.val[-1] is not None and c.train[-1] is not None
    ]
    if not gaps:
        return ""
    gap, curve = max(gaps, key=lambda g: g[0])
    if gap < 0.04:
        return ""
    return (
        f"{curve.label} ends {points(gap, 0)} points better on its training images than on unseen "
        f"ones: it overfits, so the best epoch's weights ({curve.best_epoch}) were tested."
    )


def progress_sentence(history: History) -> str:
    """What is happening, while a run trains."""
    if history.phase.startswith("search:"):
        return (
            f"Looking for each optimizer's best learning rate: "
            f"{many(len(history.search_trials), 'trial')} side by side, "
            f"{many(history.epochs, 'epoch')} each. Then the race begins."
        )
    if not history.curves:
        return "Preparing the first step."
    epoch = min(history.step // history.steps_per_epoch + 1, history.epochs)
    leaders = [
        (c.val[-1], c.label) for c in history.curves.values() if c.val and c.val[-1] is not None
    ]
    text = f"Epoch {epoch} of {history.epochs}."
    if leaders:
        score, label = max(leaders)
        text += f" {label} leads with {percent(score, 1)} on the validation images."
    return text


def rates_sentence(config: TrainConfig, history: History) -> str:
    """What the search for rates found, and where its grid ended too soon."""
    found, edge = [], []
    for label, racer, rate in zip(config.labels(), config.racers, history.rates, strict=True):
        grid = rate_grid(racer)
        found.append(f"{label} {number(rate, 6)}")
        if rate in (grid[0], grid[-1]):
            edge.append(label)
    budget = many(config.search_epochs, "epoch")
    text = f"Best of seven rates after {budget} each: {', '.join(found)}."
    if edge:
        text += f" At the end of its grid: {', '.join(edge)}; a rate beyond may be better still."
    return text
