"""Sharp and flat minima in one dimension: what a shift between training and test costs each.

After Keskar et al., "On large-batch training for deep learning: generalization gap and sharp
minima" (ICLR 2017), figure 1: the test loss is thought of as the training loss moved sideways.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from initopt_core.registry import Parameter

SHARPNESS = Parameter(
    "sharp", "Width of the sharp minimum", 0.25, 0.08, 1.0, "log", help="Standard deviation."
)
FLATNESS = Parameter(
    "flat", "Width of the flat minimum", 1.2, 0.3, 2.0, "log", help="Standard deviation."
)
DEPTH = Parameter(
    "depth",
    "How much deeper the sharp one is",
    0.1,
    -0.3,
    0.5,
    help="Training loss of the flat minimum minus that of the sharp one, about.",
)
SHIFT = Parameter(
    "shift", "Shift of the test curve", 0.35, -1.5, 1.5, help="Drag the dashed curve in the plot."
)
SLIDES = (SHARPNESS, FLATNESS, DEPTH, SHIFT)
"""All that the figure depends on."""
CENTRES = {"flat": -2.0, "sharp": 2.0}
RANGE = (-6.0, 6.0)
BOWL = 0.01
"""Factor of w^2 in the loss."""


def minima_settings(values: Sequence[float]) -> dict[str, float]:
    """What `SLIDES` hold, as it leaves in files."""
    return {p.name: value for p, value in zip(SLIDES, values, strict=True)}


@dataclass(frozen=True)
class TwoMinima:
    """A loss of one weight: 1 minus a wide and a narrow bump, plus a gentle bowl.

    Args:
        sharp, flat: widths (standard deviations, in units of the weight).
        depth: how much deeper the sharp bump is.
    """

    sharp: float = SHARPNESS.default
    flat: float = FLATNESS.default
    depth: float = DEPTH.default

    @property
    def bumps(self) -> tuple[tuple[float, float, float], ...]:
        """(centre, width, height) of the flat bump and of the sharp one."""
        return ((CENTRES["flat"], self.flat, 0.6), (CENTRES["sharp"], self.sharp, 0.6 + self.depth))

    def loss(self, w: np.ndarray) -> np.ndarray:
        """Training loss at w."""
        out = np.asarray(1.0 + BOWL * w**2)
        for centre, width, height in self.bumps:
            out = out - height * np.exp(-((w - centre) ** 2) / (2 * width**2))
        return out

    def curvature(self, w: np.ndarray) -> np.ndarray:
        """Second derivative of the training loss at w: the sharpness."""
        out = np.full_like(np.asarray(w, dtype=float), 2 * BOWL)
        for centre, width, height in self.bumps:
            u = (w - centre) / width
            out = out + height * (1 - u**2) / width**2 * np.exp(-(u**2) / 2)
        return out

    def minimum(self, which: str) -> float:
        """Where the "sharp" or "flat" minimum of the training loss lies, to 1e-6.

        Found on a grid around the bump's centre, then by Newton's method.
        """
        width = getattr(self, which)
        near = CENTRES[which] + np.linspace(-width, width, 2001)
        w = float(near[self.loss(near).argmin()])
        h = 1e-5
        for _ in range(5):
            slope = float(self.loss(np.asarray(w + h)) - self.loss(np.asarray(w - h))) / (2 * h)
            bend = float(self.curvature(np.asarray(w)))
            w -= slope / bend if bend > 1e-3 else 0.0
        return w


@dataclass(frozen=True)
class Price:
    """What a shift costs at one minimum of the training loss.

    Attributes:
        weight: where it is.
        train, test: loss there, before and after the shift.
        curvature: second derivative there.
        predicted: curvature * shift^2 / 2, the second-order estimate of test - train.
    """

    which: str
    weight: float
    train: float
    test: float
    curvature: float
    predicted: float

    @property
    def gap(self) -> float:
        return self.test - self.train


def price(curve: TwoMinima, which: str, shift: float) -> Price:
    """The test curve is loss(w - shift); its value at the training loss's own minimum."""
    w = curve.minimum(which)
    bend = float(curve.curvature(np.asarray(w)))
    return Price(
        which,
        w,
        float(curve.loss(np.asarray(w))),
        float(curve.loss(np.asarray(w - shift))),
        bend,
        0.5 * bend * shift**2,
    )
