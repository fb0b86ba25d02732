"""Sharp and flat minima, against differences taken numerically."""

import numpy as np
import pytest

from initopt_core.loss_surfaces import flatness


def test_minima_and_curvature_of_the_two_bump_curve():
    curve = flatness.TwoMinima()
    h = 1e-4
    for which in ("sharp", "flat"):
        w = np.float64(curve.minimum(which))
        assert abs(curve.loss(w + h) - curve.loss(w - h)) / (2 * h) < 1e-6
        bend = (curve.loss(w + h) - 2 * curve.loss(w) + curve.loss(w - h)) / h**2
        assert curve.curvature(w) == pytest.approx(bend, rel=1e-3)
        near = curve.loss(w + np.linspace(-0.2, 0.2, 401) * getattr(curve, which))
        assert near.min() >= curve.loss(w) - 1e-12


def test_a_small_shift_costs_half_the_curvature_times_its_square():
    for which in ("sharp", "flat"):
        paid = flatness.price(flatness.TwoMinima(), which, 0.02)
        assert paid.gap == pytest.approx(paid.predicted, rel=0.05)


def test_keskars_picture():
    """At rest the sharp minimum is the lower one; shifted, the flat one is."""
    curve = flatness.TwoMinima()
    flat, sharp = (flatness.price(curve, w, 0.0) for w in ("flat", "sharp"))
    assert sharp.train < flat.train and sharp.gap == flat.gap == 0
    flat, sharp = (flatness.price(curve, w, 0.35) for w in ("flat", "sharp"))
    assert flat.test < sharp.test and sharp.gap > 10 * flat.gap
