"""The initialization figures' data as files: numbers as they were measured, columns in words.

Weights and pre-activations have no unit; a gradient of the loss is in nats (cross-entropy).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import numpy as np

from initopt_core.initialization.observation import Observation, SeedBand
from initopt_core.initialization.theory import PhaseMap
from initopt_core.probes import LayerStats

Row = dict[str, Any]
NAMES = {
    "weights": "weights",
    "gradients": "gradients of the loss in the weights",
    "activations": "activations before the non-linearity",
    "outputs": "activations behind the non-linearity",
}
UNITS = {"gradients": "nats"}
WEIGHTS_SPREAD = "weights' spread = √fan-in · Std(W)"
BIASES_SPREAD = "biases' spread = Std(b)"
"""Axes of the phase map."""
SMOOTH = "density curve, smoothed (values a bin)"


def _bins(observation: Observation, row: str, stats: LayerStats) -> Iterator[Row]:
    for i, count in enumerate(stats.counts if stats.finite else ()):
        yield {
            "setting": observation.settings.label,
            "quantity": NAMES[row],
            "unit": UNITS.get(row, "none"),
            "layer": int(stats.name.split()[-1]),
            "from (in that unit)": float(stats.edges[i]),
            "to (in that unit)": float(stats.edges[i + 1]),
            "values": int(count),
        }


def histograms(
    observation: Observation,
    rows: Sequence[str],
    density: Callable[..., np.ndarray | None] | None = None,
    layers: Iterable[int] | None = None,
) -> Iterator[Row]:
    """Every bin of every histogram over the layer's whole range.

    Args:
        density: makes the smoothed curve (of stats, low, high, points); a column of its own.
        layers: numbers of the Linear layers; all unless given.
    """
    for row in rows:
        for number, stats in enumerate(getattr(observation.probe, row)):
            if layers is not None and number not in layers:
                continue
            curve = None
            if density is not None:
                low, high = float(stats.edges[0]), float(stats.edges[-1])
                curve = density(stats, low, high, len(stats.counts))
            for i, line in enumerate(_bins(observation, row, stats)):
                smooth = None if curve is None else float(curve[i])
                yield {**line, **({SMOOTH: smooth} if density is not None else {})}


def compared(
    observations: Sequence[Observation], rows: Sequence[str], layers: Iterable[int]
) -> Iterator[Row]:
    """The histograms of several settings, each over its own range."""
    for observation in observations:
        yield from histograms(observation, rows, layers=list(layers))


def depth(observations: Sequence[Observation], seeds: SeedBand | None) -> Iterator[Row]:
    """Variance of every layer: measured, predicted with its band, and of each seed."""
    for observation in observations:
        yield from _measured(observation)
    if seeds is not None:
        for panel in ("activations", "gradients"):
            for seed, values in zip(seeds.seeds, getattr(seeds, panel), strict=True):
                for number, variance in enumerate(values):
                    yield {
                        "setting": observations[-1].settings.label,
                        "seed": seed,
                        **_quantity(panel, number),
                        "measured variance (unit squared)": float(variance),
                    }


def _quantity(panel: str, number: int) -> Row:
    return {"quantity": NAMES[panel], "unit": UNITS.get(panel, "none"), "layer": 2 * number}


def _measured(observation: Observation) -> Iterator[Row]:
    p = observation.prediction
    for panel in ("activations", "gradients"):
        predicted: list[tuple[float, float, float]] = []
        if p is not None:
            centre = p.variance if panel == "activations" else p.gradient
            spread = p.spread if panel == "activations" else p.gradient_spread
            predicted = list(zip(centre, *p.band(centre, spread), strict=True))
        for number, stats in enumerate(getattr(observation.probe, panel)):
            theory = predicted[number] if predicted else (None, None, None)
            yield {
                "setting": observation.settings.label,
                "seed": observation.settings.seed,
                **_quantity(panel, number),
                "measured variance (unit squared)": stats.variance,
                "predicted variance (unit squared)": theory[0],
                "predicted, low end of the band": theory[1],
                "predicted, high end of the band": theory[2],
                "values": stats.size,
                "values that are no numbers": stats.size - stats.finite,
            }


def phase(phases: PhaseMap) -> Iterator[Row]:
    """The whole plane, and the critical line as a column."""
    for i, sigma_b in enumerate(phases.sigma_b):
        for j, sigma_w in enumerate(phases.sigma_w):
            chi = float(phases.chi[i, j])
            with np.errstate(divide="ignore"):
                layers = float(1 / np.abs(np.log(np.float64(chi)))) if chi > 0 else 0.0
            yield {
                f"{WEIGHTS_SPREAD} (no unit)": float(sigma_w),
                f"{BIASES_SPREAD} (no unit)": float(sigma_b),
                "factor on a squared gradient a layer (chi, no unit)": chi,
                "layers over which it changes by a factor e": layers,
                "variance that activations settle at (no unit)": float(phases.q[i, j]),
                "weights' spread of the critical line at this biases' spread": float(
                    phases.critical[i]
                ),
            }
