"""Moments and extremes of every layer, as a table."""

from __future__ import annotations

from types import SimpleNamespace
from xml.etree import ElementTree

import pytest

from initopt_core.data import load_sample
from initopt_core.initialization import Settings, observe
from initopt_core.ui.initialization import controls, numbers
from initopt_core.wording import number


@pytest.mark.parametrize("quantity", ["activations", "weights", "outputs"])
def test_a_row_is_a_layers_own(monkeypatch, quantity):
    written = []
    page = SimpleNamespace(html=written.append, caption=written.append)
    monkeypatch.setattr(numbers, "st", page)
    monkeypatch.setattr(numbers, "segmented", lambda choice, **_: written.append(choice.choices))
    seen = observe(Settings.make(activation="tanh", hidden="8, 6", batch=32), load_sample())
    numbers.numbers(seen, SimpleNamespace(quantity=quantity), lambda: None)
    choices, markup, caption = written
    assert "outputs" not in choices  # they were not measured: activations are shown instead
    rows = [[c.text for c in row] for row in ElementTree.fromstring(markup).iter("tr")][1:]
    stats = seen.probe.weights if quantity == "weights" else seen.probe.activations
    assert [row[:3] for row in rows] == [
        [s.title, number(s.mean), number(s.variance)] for s in stats
    ]
    theory = [row[3] for row in rows]
    if quantity == "weights":
        assert set(theory) == {"–"}
    else:
        assert theory == [number(v) for v in seen.prediction.variance]
    assert "32 images" in caption and number(seen.probe.loss) in caption
    assert set(choices) <= set(controls.QUANTITIES)
