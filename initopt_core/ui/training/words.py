"""A run in words and numbers: its state, the legend of its curves, the table of its racers."""

from __future__ import annotations

import html
import statistics
from collections.abc import Sequence

from initopt_core.figures import theme
from initopt_core.figures import training as figures
from initopt_core.training import findings
from initopt_core.training.history import Curve, History
from initopt_core.training.runs.store import ACTIVE, RunInfo
from initopt_core.ui.tables import html_table, line_mark
from initopt_core.wording import UNKNOWN, duration, number, percent, points

HEADS = (
    "Optimizer",
    "Learning rate",
    "Loss now",
    "Training",
    "Validation",
    "Best validation (epoch)",
    "Test",
    "Own time",
)


def state(
    run: RunInfo, history: History, ahead: int = 0, wait: float | None = None, problem: str = ""
) -> str:
    """What is happening, how far it is, and who has stopped, as HTML.

    Args:
        ahead: runs that a queued one waits for.
        wait: seconds that they are expected to take; None where that is not known.
        problem: why a queued one cannot begin at present.
    """
    name = f"<b>{html.escape(run.name)}.</b> "
    if run.state == "queued":
        text = html.escape(problem) or "Starting."
        if ahead and not problem:
            text = f"Waiting for {ahead:d} other {'run' if ahead == 1 else 'runs'}"
            text += f", about {duration(wait)}." if wait else "."
        return f'<div class="race-state" role="status">{name}{text}</div>'
    if run.state not in ACTIVE:
        parts = [] if run.state == "done" else [run.reason]
        told = " ".join(filter(None, [*parts, findings.verdict(history)]))
        ended = html.escape(told or "It ended before its first step.")
        return f'<div class="race-state" role="status">{name}{ended}</div>'
    sentence = "Paused. " if run.state == "paused" else ""
    sentence += findings.progress_sentence(history)
    share = history.share_done()
    speed = (
        f"{number(history.images_per_s)} images/s" if history.images_per_s else "measuring speed"
    )
    left = history.seconds_left()
    facts = [
        percent(share, 0),
        f"about {duration(left)} left" if left is not None else "estimating the time left",
        speed,
        f"{duration(history.clock)} so far",
        html.escape(history.device.upper()) or "starting",
    ]
    stopped = "".join(
        f'<div class="stopped">{html.escape(line)}</div>' for line in findings.stopped(history)
    )
    return (
        f'<div class="race-state" role="status">{name}{html.escape(sentence)}'
        f'<div class="bar" role="progressbar" aria-label="Progress" '
        f'aria-valuenow="{100 * share:.0f}" aria-valuemin="0" aria-valuemax="100">'
        f'<i style="width:{100 * share:.1f}%"></i></div>'
        f"<small>{' · '.join(facts)}</small>{stopped}</div>"
    )


def legend(found: Sequence[figures.Line]) -> str:
    """One legend over both figures, which wraps where there is little room."""
    items = []
    for line in found:
        color = theme.optimizer_style(line.optimizer)[0]
        items.append(f"<span>{line_mark(color, line.dash)}{html.escape(line.label)}</span>")
    return f'<div class="race-legend">{"".join(items)}</div>'


def table(shown: Sequence[tuple[RunInfo, History]]) -> str:
    """The racers of one or several runs in numbers; several seeds as mean and spread."""
    rows, colours = [], []
    for run, history in shown:
        for trials in findings.groups(history):
            name = trials[0].label if len(shown) == 1 else f"{run.name}: {trials[0].label}"
            stopped = sum(c.divergence is not None for c in trials)
            if len(trials) > 1:
                name += f" · {len(trials)} seeds"
                name += f", {stopped} stopped" if stopped else ""
            elif stopped:
                name += " · stopped itself"
            colours.append(theme.optimizer_style(trials[0].optimizer)[0])
            rows.append([name, *_cells(trials, history)])
    return html_table(HEADS, rows, kind="racers", colours=colours)


def _cells(trials: Sequence[Curve], history: History) -> list[str]:
    changed = [e["lr"] for e in history.rate_changes if e["racer"] == trials[0].racer]
    rate = changed[-1] if changed else trials[0].lr
    losses = [c.losses[-1] for c in trials if c.losses]
    seconds = [c.seconds[-1] for c in trials if c.seconds]
    epochs = sorted({c.best_epoch for c in trials if c.best_epoch})
    best = _percent([c.val[c.best_epoch - 1] for c in trials if c.best_epoch])
    if epochs:
        best += f" ({epochs[0]:d})" if len(epochs) == 1 else f" ({epochs[0]:d}–{epochs[-1]:d})"
    tests = [c.test["accuracy"] for c in trials if c.test]
    return [
        number(rate, 6) if rate else UNKNOWN,
        number(statistics.fmean(losses)) if losses else UNKNOWN,
        _percent([c.train[-1] for c in trials if c.train]),
        _percent([c.val[-1] for c in trials if c.val]),
        best,
        _percent(tests, 2),
        duration(statistics.fmean(seconds)) if any(seconds) else UNKNOWN,
    ]


def _percent(shares: Sequence[float | None], digits: int = 1) -> str:
    """The mean in per cent, with the standard deviation where there are several."""
    known = [s for s in shares if s is not None]
    if not known:
        return UNKNOWN
    spread = f" ± {points(statistics.stdev(known), digits)}" if len(known) > 1 else ""
    return f"{points(statistics.fmean(known), digits)}{spread} %"
