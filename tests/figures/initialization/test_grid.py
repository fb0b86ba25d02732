"""Histograms in a grid."""

from __future__ import annotations

import json
import re

import pytest

from initopt_core.data import load_sample
from initopt_core.figures import export, fonts, theme
from initopt_core.figures import initialization as figures
from initopt_core.figures.initialization import Display
from initopt_core.figures.initialization.across import apart
from initopt_core.initialization import Settings, observe


@pytest.fixture(scope="module")
def dataset():
    return load_sample()


@pytest.mark.parametrize(
    "display",
    [Display(), Display(outputs=True, shared=True, log=True, robust=True, curve=False)],
    ids=["plain", "all switches"],
)
def test_grid(dataset, display):
    seen = observe(Settings.make(hidden="40, 30", batch=64), dataset, outputs=True)
    figure = figures.grid(seen, display)
    assert figure.signals["t1"] == "Layer 2 (40 → 30)"
    rows = figure.rows()
    if not display.robust and not display.log:
        for c, s in enumerate(seen.probe.weights):
            assert sum(r["y"] for r in rows[f"h0_{c}"][:-1]) == pytest.approx(s.size, rel=1e-3)
    text = json.dumps(figure.definition())
    assert all(f'"{name}"' in text for name in figure.data), "a live view would stop"
    assert export.to_svg(figure).startswith(b"<svg")


def test_a_panel_is_found_by_its_number(dataset):
    seen = observe(Settings.make(hidden="4, 3", batch=16), dataset, outputs=True)
    shown = Display(outputs=True)
    rows = ("weights", "gradients", "activations")
    assert [figures.place(seen, shown, i) for i in range(9)] == [
        (row, layer) for row in rows for layer in range(3)
    ]
    assert figures.place(seen, shown, 10) == ("outputs", 1)
    assert figures.place(seen, shown, 11) is None  # none behind the last layer
    one = figures.enlarged(seen, "gradients", 1, shown)
    assert sum(r["y"] for r in one.rows()["h0_0"][:-1]) == seen.probe.gradients[1].size


@pytest.mark.parametrize(
    ("domain", "pixels"), [((-6e-10, -2e-10), 14), ((0.003, 0.007), 4), ((0.0, 2e6), 14)]
)
def test_powers_of_ten_across_stand_apart(domain, pixels):
    """Else "−6·10⁻¹⁰" and "−5·10⁻¹⁰" would read as one number."""
    spec = {
        "$schema": "https://vega.github.io/schema/vega/v5.json",
        "signals": [{"name": "d0", "value": domain}, {"name": theme.TYPE, "value": 1}],
        "marks": [
            {"type": "text", "encode": {"enter": {"text": {"signal": f"'is ' + ({apart('0')})"}}}}
        ],
    }
    assert f">is {pixels}<" in fonts.converter().vega_to_svg(spec)


@pytest.mark.parametrize(("log", "overlap"), [(False, "parity"), (True, "greedy")])
def test_of_numbers_up_a_low_panel_every_other_stays(log, overlap):
    """They were 60k, 40k and 0, without the one between the last two."""
    seen = observe(Settings.make(hidden="4, 3", batch=16), load_sample())
    for figure in (
        figures.grid(seen, Display(log=log)),
        figures.compare([seen, seen], Display(log=log)),
    ):
        text = json.dumps(figure.definition())
        ups = re.findall(r'"y": {"axis": {[^}]*"labelOverlap": "(\w+)"', text)
        assert ups and set(ups) == {overlap}
