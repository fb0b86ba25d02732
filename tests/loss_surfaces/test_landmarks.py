"""Landmarks are where the gradient is zero and where the surface says they are."""

import pytest
import torch

from initopt_core.loss_surfaces.landmarks import landmarks
from initopt_core.surfaces import FORMULA, SURFACES, Surface

NAMED = [name for name in SURFACES if SURFACES[name].minima]


@pytest.mark.parametrize("name", NAMED)
def test_a_minimum_tells_its_loss(name):
    surface = Surface(name)
    for x, y, loss in landmarks(surface, SURFACES[name].ranges).minima:
        w = torch.tensor([x, y], dtype=torch.float64)
        assert loss == pytest.approx(float(surface(w[0], w[1])), abs=1e-12)


def test_those_of_a_formula_are_searched_in_the_view():
    surface = Surface(FORMULA, text="(w1**2 - 1)**2 + w2**2")
    found = landmarks(surface, (-3.0, 3.0, -2.0, 2.0))
    assert sorted(found.places) == [
        pytest.approx((-1, 0), abs=1e-3),
        pytest.approx((1, 0), abs=1e-3),
    ]
    assert found.saddles == (pytest.approx((0, 0), abs=1e-3),)
    assert len(landmarks(surface, (0.5, 3.0, -2.0, 2.0)).minima) == 1


def test_a_surface_without_any_has_none():
    assert landmarks(Surface("saddle"), (-3.0, 3.0, -3.0, 3.0)).minima == ()
