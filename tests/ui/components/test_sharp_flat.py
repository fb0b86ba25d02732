"""Two minima: the script gets all that it needs to draw the same curve."""

import json

import numpy as np
import pytest

from initopt_core.loss_surfaces import flatness
from initopt_core.ui.components.sharp_flat import message


def test_the_curve_can_be_drawn_from_what_is_sent():
    curve = flatness.TwoMinima(0.3, 1.0, 0.2)
    prices = [flatness.price(curve, which, 0.4) for which in ("flat", "sharp")]
    told = json.loads(json.dumps(message(curve, 0.4, prices, "k")))
    w = np.linspace(*told["range"], 50)
    loss = 1 + told["bowl"] * w**2
    for centre, width, height in told["bumps"]:
        loss -= height * np.exp(-((w - centre) ** 2) / (2 * width**2))
    np.testing.assert_allclose(loss, curve.loss(w), rtol=1e-12)
    assert told["limits"][0] < told["shift"] < told["limits"][1]
    for minimum in told["minima"]:
        assert minimum["train"] == pytest.approx(float(curve.loss(np.array(minimum["weight"]))))


def test_nothing_that_is_sent_may_be_a_table():
    """Else Streamlit loads pandas to look at it."""
    curve = flatness.TwoMinima()
    prices = [flatness.price(curve, which, 0.4) for which in ("flat", "sharp")]
    told = message(curve, 0.4, prices, "k")
    assert all(isinstance(value, (tuple, str, int, float)) for value in told.values())
