"""Races worth seeing: a surface, the optimizers on it, and what to look for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from initopt_core.surfaces import SURFACES


@dataclass(frozen=True)
class Race:
    """One preset of the loss-surface page.

    Args:
        name: stable identifier, used in links.
        label: what a person reads.
        story: what to look for, in two sentences, and what the tutorial's text has wrong.
        surface: registry name.
        runs: (optimizer, settings) each; settings left out take their defaults.
        surface_settings: of the surface; those left out take their defaults.
        start, updates: None takes the surface's own.
        schedule: registry name.
    """

    name: str
    label: str
    story: str
    surface: str
    runs: tuple[tuple[str, Mapping[str, Any]], ...]
    surface_settings: Mapping[str, Any] = field(default_factory=dict)
    start: tuple[float, float] | None = None
    updates: int | None = None
    schedule: str = "constant"

    @property
    def begin(self) -> tuple[float, float]:
        return self.start or SURFACES[self.surface].start

    @property
    def length(self) -> int:
        return self.updates or SURFACES[self.surface].updates


RACES: dict[str, Race] = {
    race.name: race
    for race in (
        Race(
            "ravine",
            "Tutorial: pathological curvature",
            "Across the ravine the gradient keeps changing its sign. Averaging gradients cancels "
            "that, so momentum and Adam settle on the floor and run along it.",
            "pathological",
            (
                ("SGD", {"lr": 10.0}),
                ("SGDMomentum", {"lr": 10.0, "momentum": 0.9}),
                ("Adam", {"lr": 1.0}),
            ),
        ),
        Race(
            "steep",
            "Tutorial: steep optima",
            "SGD creeps over the plain until it touches a well, whose gradient throws it out "
            "again; momentum remembers that blow. Adam divides it away and stays. (Where the "
            "tutorial's text has (−0.75, −0.5) and (0.8, 0.5), SGD computes (−0.52, −0.83), beside "
            "the minimum (−0.5, −0.8), and (0.46, 0.73).)",
            "steep_optima",
            (
                ("SGD", {"lr": 0.5}),
                ("SGDMomentum", {"lr": 1.0, "momentum": 0.9}),
                ("Adam", {"lr": 0.2}),
            ),
        ),
        Race(
            "edge",
            "The edge of stability",
            "Curvature 20 allows rates up to 2 / 20 = 0.1. Just below it SGD swings and "
            "converges, just above it swings and diverges: watch the stability meter at 2.",
            "quadratic",
            (("SGD", {"lr": 0.05}), ("SGD", {"lr": 0.097}), ("SGD", {"lr": 0.102})),
            {"condition": 20.0},
            (1.5, 3.5),
        ),
        Race(
            "momentum",
            "How much momentum?",
            "More memory crosses the long valley faster, up to the point where it overshoots and "
            "circles. All four take equally long steps under a constant gradient.",
            "quadratic",
            tuple(("SGDMomentum", {"lr": 0.03, "momentum": b}) for b in (0.0, 0.5, 0.9, 0.98)),
            {"condition": 20.0},
        ),
        Race(
            "convention",
            "Average or sum? One β, two rates",
            "An average of gradients at rate η and a sum at η (1 − β) walk the same path. Give "
            "both the same number instead, and the sum takes steps ten times as long.",
            "pathological",
            (
                ("SGDMomentum", {"lr": 2.0, "momentum": 0.9}),
                ("HeavyBall", {"lr": 0.2, "momentum": 0.9}),
                ("HeavyBall", {"lr": 2.0, "momentum": 0.9}),
            ),
        ),
        Race(
            "bias",
            "What Adam's hats do",
            "Without bias correction v starts far too small: the first steps are about three "
            "times as long as the rate says, at β₂ = 0.999.",
            "rosenbrock",
            (
                ("Adam", {"lr": 0.1}),
                ("Adam", {"lr": 0.1, "bias_correction": False}),
            ),
            updates=150,
        ),
        Race(
            "rotated",
            "Turn the valley by 45°",
            "A rate for every weight helps where the valley lies along an axis. Turned, both "
            "weights see the same gradients, and the advantage of Adam and Adagrad is gone.",
            "quadratic",
            (
                ("Adam", {"lr": 0.3}),
                ("Adagrad", {"lr": 1.0}),
                ("SGDMomentum", {"lr": 0.02, "momentum": 0.9}),
            ),
            {"condition": 100.0, "angle": 45.0},
        ),
        Race(
            "saddle",
            "Away from a saddle",
            "Everything starts a thousandth beside the ridge. The gradient towards the exit is "
            "tiny, and dividing by its own size is what makes Adam and RMSprop leave at once.",
            "saddle",
            (
                ("SGD", {"lr": 0.05}),
                ("SGDMomentum", {"lr": 0.05, "momentum": 0.9}),
                ("RMSprop", {"lr": 0.02}),
                ("Adam", {"lr": 0.1}),
            ),
        ),
        Race(
            "valley",
            "Rosenbrock's bent valley",
            "All find the valley within a few steps; following its bend to the minimum is the "
            "work. Heavy ball and Nesterov differ in how they take the curve.",
            "rosenbrock",
            (
                ("SGD", {"lr": 0.001}),
                ("HeavyBall", {"lr": 0.0005, "momentum": 0.9}),
                ("Nesterov", {"lr": 0.0005, "momentum": 0.9}),
                ("Adam", {"lr": 0.1}),
            ),
            updates=400,
        ),
    )
}
