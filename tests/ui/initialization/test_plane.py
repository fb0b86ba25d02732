"""The phase map: a click draws the weights there."""

from __future__ import annotations

import numpy as np
import pytest

from initopt_core.initialization import Settings
from initopt_core.ui.initialization import controls, plane


@pytest.mark.parametrize(
    ("click", "gain", "bias"),
    [
        ({"x": 1.234, "y": 0.456}, 1.23, 0.46),
        ({"x": 99.0, "y": 99.0}, 4.0, 2.0),
        ({"x": -1.0, "y": -1.0}, 0.05, 0.0),
    ],
)
def test_a_click_sets_gain_and_biases_within_their_ranges(monkeypatch, click, gain, bias):
    now = Settings.make("kaiming", {"bias": 0.5}, "tanh", hidden="3 x 8", seed=9)
    shown = []
    monkeypatch.setattr(controls, "shown_settings", lambda: now)
    monkeypatch.setattr(controls, "show", shown.append)
    plane._to_phase(click)
    (settings,) = shown
    assert settings.scheme == "equal_variance" and settings.activation == "tanh"
    assert settings.scheme_values == {"gain": gain, "bias": 0.5, "bias_std": bias}
    assert (settings.hidden, settings.seed) == ((8,) * 3, 9)


@pytest.mark.parametrize("click", [{"x": None, "y": 1.0}, {"x": 1.0, "y": None}, {}])
def test_a_click_beside_the_plane_is_none(monkeypatch, click):
    monkeypatch.setattr(controls, "show", lambda _: pytest.fail("nothing was chosen"))
    plane._to_phase(click)


def test_the_map_is_the_activations_own():
    found = plane.phase_of("identity", (), 0.0)
    np.testing.assert_allclose(found.chi[0], found.sigma_w**2, rtol=1e-6)  # a slope of one
