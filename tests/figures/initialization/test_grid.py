"""Histograms in a grid."""

from __future__ import annotations

import json
import re
from itertools import pairwise

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


@pytest.mark.parametrize("text", export.TEXTS)
def test_numbers_up_a_panel_are_evenly_apart(text):
    """On a slide they were 60k, 40k and 0."""
    seen = observe(Settings.make(batch=64), load_sample())
    for shape in ("16:9", "natural"):
        look = export.ExportOptions(text=text, shape=shape)
        svg = export.to_svg(figures.grid(seen, Display()), look).decode()
        ups = axes_up(svg)
        assert len(ups) >= 10
        for numbers in ups:
            steps = {round(b - a, 9) for a, b in pairwise(numbers)}
            assert len(steps) <= 1, numbers


def axes_up(svg: str) -> list[list[float]]:
    """The numbers up each panel, from below."""
    found = []
    for group in re.findall(r'<g class="mark-text role-axis-label"[^>]*>(.*?)</g>', svg):
        texts = re.findall(r'text-anchor="end"[^>]*opacity="1"[^>]*>([^<]*)</text>', group)
        texts = [t for t in texts if t]
        if len(texts) > 1:
            scale = [1e6 if t.endswith("M") else 1e3 if t.endswith("k") else 1 for t in texts]
            found.append([float(t.strip("kM")) * k for t, k in zip(texts, scale, strict=True)])
    return found
