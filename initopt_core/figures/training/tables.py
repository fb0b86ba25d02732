"""The training figures' data as files: every step as it was measured, columns named in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from initopt_core import wording
from initopt_core.training.history import Curve, History

Row = dict[str, Any]
LOSS = "training loss (cross-entropy, nats)"
SMOOTH_LOSS = "training loss, smoothed (nats)"
ACCURACY = "accuracy (%)"
SMOOTH_ACCURACY = "accuracy, smoothed (%)"
HOW = "how it is smoothed"
GRADIENT = "norm of the loss's gradient in the layer's weights (nats)"
RATIO = "length of the update / length of the weights (no unit)"

Numbers = Sequence[float] | np.ndarray


@dataclass(frozen=True)
class Smoothed:
    """A smoothed curve as it is drawn, but not cut off: value after so many steps, and how."""

    steps: Numbers
    values: Numbers
    how: str

    def at(self) -> dict[int, float]:
        return {round(s): float(v) for s, v in zip(self.steps, self.values, strict=True)}


@dataclass(frozen=True)
class Racer:
    """One line of a figure, as much of it as there was when the figure was drawn.

    Attributes:
        label: of the line.
        history: the run that it belongs to.
        curves: (curve, steps with a loss, steps with an accuracy, epochs, checks, probes), so that
            a file holds what its figure shows even if the run has gone on.
    """

    label: str
    history: History
    curves: tuple[tuple[Curve, int, int, int, int, int], ...]


def racer(label: str, history: History, trials: Iterable[Curve]) -> Racer:
    """The line at its present length."""
    return Racer(
        label,
        history,
        tuple(
            (c, len(c.losses), len(c.hits), len(c.val), len(c.checks), len(c.probes))
            for c in trials
        ),
    )


def _place(label: str, curve: Curve, history: History, step: int) -> Row:
    return {
        "optimizer": label,
        "seed": curve.seed,
        "step": step,
        "epoch": step / history.steps_per_epoch,
        "examples seen": step * history.batch,
        "own training time (s)": history.seconds_at(curve, step) if curve.seconds else None,
    }


def losses(found: Sequence[Racer], smoothed: Mapping[str, Smoothed]) -> Iterator[Row]:
    """Every step's loss, unsmoothed and not cut off; beside it the smoothed curve where it has a
    point."""
    for line in found:
        curve_of = smoothed.get(line.label)
        drawn = curve_of.at() if curve_of else {}
        for curve, count, *_ in line.curves:
            for step, loss in enumerate(curve.losses[:count], 1):
                yield {
                    **_place(line.label, curve, line.history, step),
                    LOSS: loss,
                    SMOOTH_LOSS: drawn.get(step),
                    HOW: curve_of.how if curve_of and step in drawn else None,
                }


def accuracies(found: Sequence[Racer], smoothed: Mapping[str, Smoothed]) -> Iterator[Row]:
    """Accuracy of every training batch, of every look at a part of the validation images, and of
    every whole epoch."""
    for line in found:
        curve_of = smoothed.get(line.label)
        drawn = curve_of.at() if curve_of else {}
        history = line.history
        for curve, _, steps, epochs, checks, _ in line.curves:

            def row(step: int, images: str, share: float | None, curve=curve) -> Row:
                place = _place(line.label, curve, history, step)  # noqa: B023
                accuracy = None if share is None else 100 * share
                return {**place, "images": images, ACCURACY: accuracy}

            for step, hits in enumerate(curve.hits[:steps], 1):
                yield {
                    **row(step, "training, this batch", hits / history.batch),
                    SMOOTH_ACCURACY: drawn.get(step),
                    HOW: curve_of.how if curve_of and step in drawn else None,
                }
            for step, share in curve.checks[:checks]:
                part = f"validation, the first {wording.count(history.check_images)}"
                yield row(step, part, share)
            for epoch in range(epochs):
                step = (epoch + 1) * history.steps_per_epoch
                yield row(step, "validation, all", curve.val[epoch])
                yield row(step, "training, all batches of the epoch", curve.train[epoch])


def layers(found: Sequence[Racer]) -> Iterator[Row]:
    """Every measured step of every layer."""
    for line in found:
        for curve, *_, count in line.curves:
            for step, gradients, ratios in curve.probes[:count]:
                for number, (gradient, ratio) in enumerate(zip(gradients, ratios, strict=True)):
                    place = _place(line.label, curve, line.history, step)
                    yield {**place, "layer": 2 * number, GRADIENT: gradient, RATIO: ratio}


def distributions(curve: Curve, epochs: Iterable[int], quantities: Sequence[str]) -> Iterator[Row]:
    """Histograms of every layer as they were counted, bin by bin."""
    for epoch in epochs:
        for layer in curve.layers.get(epoch, []):
            for what in quantities:
                h = layer[what]
                edges = (
                    np.linspace(h["low"], h["high"], len(h["counts"]) + 1) if h["counts"] else []
                )
                for i, count in enumerate(h["counts"]):
                    yield {
                        "optimizer": curve.label,
                        "seed": curve.seed,
                        "epoch": epoch,
                        "layer": layer["name"],
                        "quantity": what,
                        "from (no unit)": edges[i],
                        "to (no unit)": edges[i + 1],
                        "values": count,
                    }


def rates(
    search: Mapping[tuple[str, int, float], float | None],
    racers: Sequence[tuple[str, str]],
    initializers: Mapping[str, str],
) -> Iterator[Row]:
    """The search for rates: one row a trial; no accuracy where it diverged."""
    for (init, number, rate), accuracy in sorted(search.items(), key=lambda item: item[0]):
        if init in initializers and number < len(racers):
            yield {
                "initialization": initializers[init],
                "optimizer": racers[number][0],
                "learning rate (no unit)": rate,
                "best validation accuracy (%)": None if accuracy is None else 100 * accuracy,
                "outcome": "diverged" if accuracy is None else "trained",
            }


def confusions(
    found: Mapping[str, Sequence[Sequence[int]]], classes: Sequence[str]
) -> Iterator[Row]:
    """Confusion matrices, a row for each pair of classes."""
    for label, confusion in found.items():
        for true, row in zip(classes, confusion, strict=True):
            for predicted, count in zip(classes, row, strict=True):
                yield {
                    "optimizer": label,
                    "true class": true,
                    "predicted class": predicted,
                    "test images": count,
                    "share of the true class (%)": 100 * count / (sum(row) or 1),
                }


def class_accuracies(
    found: Mapping[str, Sequence[Sequence[int]]], classes: Sequence[str]
) -> Iterator[Row]:
    """Test accuracy of every class."""
    for label, confusion in found.items():
        for i, (name, row) in enumerate(zip(classes, confusion, strict=True)):
            yield {
                "optimizer": label,
                "class": name,
                "test images": sum(row),
                "test accuracy (%)": 100 * row[i] / (sum(row) or 1),
            }
