"""How histograms are drawn, and what all figures of the laboratory share."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from initopt_core.figures import theme
from initopt_core.probes import LayerStats
from initopt_core.wording import number, percent

GRID_LAYERS = 9
"""More Linear layers than this are drawn as strips."""
BINS = 50
RED = "#CC3311"
SETTINGS_COLORS = ("#EE7733", "#4477AA", "#AA3377", "#009988")
"""One for each setting that is compared: the current one last."""
SETTINGS_DASHES = ([2, 2], [9, 3, 2, 3], [1, 4], theme.MEASURED)
"""Of their lines: the current one's is solid; none looks like the dashes of theory."""
ROWS = {
    "weights": ("Weights", theme.WEIGHTS),
    "gradients": ("Gradients, dL/dW", theme.GRADIENTS),
    "activations": ("Activations, z", theme.ACTIVATIONS),
    "outputs": ("After φ, φ(z)", theme.ACTIVATIONS),
}


@dataclass(frozen=True)
class Display:
    """How the histograms are drawn; nothing here changes a number.

    Attributes:
        outputs: a fourth row, behind the non-linearity.
        shared: all layers of a row on one axis.
        log: logarithmic counts.
        robust: leave out the outermost 0.2 % of the values.
        curve: a density curve over the bars.
    """

    outputs: bool = False
    shared: bool = False
    log: bool = False
    robust: bool = False
    curve: bool = True

    @property
    def rows(self) -> tuple[str, ...]:
        return ("weights", "gradients", "activations") + (("outputs",) if self.outputs else ())


def evenly(display: Display) -> Literal["greedy", "parity"]:
    """Which numbers up a low panel stay where not all have room: every other, so that they are
    evenly apart; of a logarithm's powers, those that fit."""
    return "greedy" if display.log else "parity"


def span(stats: LayerStats, robust: bool) -> tuple[float, float]:
    """Range of a layer's histogram."""
    if robust and not stats.constant and stats.finite:
        return stats.quantiles()
    return float(stats.edges[0]), float(stats.edges[-1])


def marks(low: float, high: float) -> list[float]:
    """Ticks of a small axis: the fewest round numbers that make a scale, three or more.

    The usual choice, steps of 1, 2 or 5, may leave 0 alone: between −4.8 and 4.6, say.
    """
    if not (math.isfinite(low) and math.isfinite(high) and low < high):
        return [low]
    exponent = math.floor(math.log10(high - low))
    steps = [(m, e) for e in (exponent, exponent - 1) for m in (5, 4, 2, 1)]
    for mantissa, power in steps:
        step = mantissa * 10.0**power
        first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
        if last - first >= 2:
            return [float(f"{k * step:.12g}") for k in range(first, last + 1)]
    return [low, high]


def density(stats: LayerStats, low: float, high: float, points: int = BINS) -> np.ndarray | None:
    """Kernel density estimate at the middles of `points` bins, in counts a bin; None for a
    constant. Gaussian kernel, Scott's bandwidth, computed on the fine histogram."""
    if stats.constant or not stats.finite or not stats.std > 0:
        return None
    width = (stats.edges[-1] - stats.edges[0]) / len(stats.fine)
    bandwidth = max(stats.std * stats.finite ** (-0.2), width)
    reach = min(math.ceil(4 * bandwidth / width), len(stats.fine))
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) * width / bandwidth) ** 2)
    smooth = np.convolve(stats.fine, kernel / kernel.sum(), "full")[reach : reach + len(stats.fine)]
    middles = stats.edges[0] + (np.arange(len(smooth)) + 0.5) * width
    at = low + (np.arange(points) + 0.5) * (high - low) / points
    return np.interp(at, middles, smooth, left=0, right=0) * (high - low) / points / width


def remark(stats: LayerStats) -> str:
    """The few words over a histogram; in a narrow one they break at the spaced point."""
    if stats.finite < stats.size:
        sign = "∞" if stats.infinities else ""
        sign += " NaN" if stats.nans else ""
        return f"{sign.strip()} · {percent(1 - stats.finite / stats.size)} of all"
    if stats.constant:
        return f"all {number(stats.low)}"
    words = f"var {number(stats.variance)}"
    if stats.dead > 0.005:
        words += f" · {percent(stats.dead, 1 if stats.dead < 0.1 else None)} dead"
    return words


FEW = 5
"""Up to this many columns have room for words in one line."""
