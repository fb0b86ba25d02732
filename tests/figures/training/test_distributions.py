"""Weights and activations over the epochs."""

from __future__ import annotations

import base64
import io
import itertools
import math

import numpy as np
import pytest
import vl_convert
from PIL import Image

from initopt_core.figures import export, theme, training
from initopt_core.figures.training.distributions import rebin
from tests.support.charts import places_of, rows_of, told


def layer(low, high, counts):
    return {"low": low, "high": high, "counts": counts, "mean": 0.0, "std": 1.0}


@pytest.fixture
def curve():
    history = told([[1.0]])
    for epoch, wide in ((1, 1.0), (2, 2.0)):
        kept = {"name": 0, "weights": layer(-wide, wide, [1, 2, 1]),
                "activations": layer(0.0, wide, [4])}  # fmt: skip
        history._take({"kind": "layers", "epoch": epoch, "layers": {"SGD": [kept]}})
    return next(iter(history.curves.values()))


def test_other_bins_hold_the_same_values():
    shares = rebin(layer(-1.0, 1.0, [1, 2, 1]), -3.0, 3.0, 6)
    assert shares == pytest.approx([0, 0, 0.25, 0.5, 0.25, 0]) or sum(shares) == pytest.approx(1)
    assert sum(rebin(layer(0.0, 1.0, [5, 7, 1]), 0.0, 1.0, 2)) == pytest.approx(1)
    assert rebin(layer(0.0, 1.0, [3, 1]), 0.0, 1.0, 2) == pytest.approx([0.75, 0.25])


@pytest.mark.parametrize("wide", [1.0, 1.07, 1.6])
def test_one_hill_stays_one_hill(wide):
    """Bins that are a little wider than before must not hold two of these here and one there."""
    counts = [round(1e5 * math.exp(-((i - 31.5) ** 2) / 200)) for i in range(64)]
    shares = rebin(layer(-1.0, 1.0, counts), -wide, wide, 32)
    rises = [b > a for a, b in itertools.pairwise(shares) if max(a, b) > 1e-3]
    assert rises == sorted(rises, reverse=True), "up, then down"
    assert sum(shares) == pytest.approx(1)


def test_every_epochs_values_are_shown_as_shares_of_all(curve):
    figure = training.evolution_figure(curve, "weights", bins=4)
    rows = figure.rows()["evolution"]
    for epoch in (1, 2):
        assert sum(r["share"] for r in rows if r["epoch"] == epoch) == pytest.approx(100)
    assert min(r["y"] for r in rows) == -2  # one axis for all epochs
    assert len(rows_of(figure)) == 6


def test_the_heat_map_is_one_image_without_gaps(curve):
    """Where no value lay there was no cell, and the paper showed."""
    figure = training.evolution_figure(curve, "weights", bins=4)
    (row,) = figure.rows()["pictures"]
    assert (row["x"], row["x2"], row["y"], row["y2"]) == (0.5, 2.5, -2, 2)
    picture = Image.open(io.BytesIO(base64.b64decode(row["url"].partition(",")[2])))
    inks = np.asarray(picture.convert("RGBA"))
    assert (inks[..., 3] == 255).all() and min(inks.shape[:2]) >= 480
    high, wide = inks.shape[0] // 4, inks.shape[1] // 2
    cells = inks[high // 2 :: high, wide // 2 :: wide, :3].astype(int)
    shares = np.array([[0, 0.1875], [0.5, 0.3125], [0.5, 0.3125], [0, 0.1875]])
    np.testing.assert_allclose(cells, theme.viridis(np.sqrt(shares / 0.5)), atol=1)
    for row, share in zip(figure.rows()["evolution"], shares[::-1].T.ravel(), strict=True):
        assert row["share"] == pytest.approx(100 * share)


def test_one_epochs_histograms_are_those_that_were_counted(curve):
    figure = training.histogram_figure(curve, 2)
    rows = [r for r in figure.rows()["histograms"] if r["what"] == "weights"]
    assert [r["y"] for r in rows] == [1, 2, 1, 1]  # the last step is closed
    svg = vl_convert.vegalite_to_svg(figure.spec())
    assert svg.count(">Layer 0<") == 1  # over the weights; the activations stand below them
    assert "<svg" in vl_convert.vegalite_to_svg(training.histogram_figure(curve, 7).spec())


def test_the_layers_names_stand_at_one_height(curve):
    (one,) = curve.layers[1]
    many = {**one, "weights": layer(-1.0, 1.0, [10_000, 40_000, 10_000])}
    curve.layers[1] = [many, {**one, "name": 2}, {**many, "name": 4}]
    places = places_of(export.to_svg(training.histogram_figure(curve, 1)))
    heads = [places[f"Layer {n}"] for n in (0, 2, 4)]
    assert all(len(head) == 1 for head in heads), "over the first row alone"
    assert len({y for ((_, y),) in heads}) == 1


def test_which_activations_they_are_is_said_and_no_bar_touches_an_edge(curve):
    """These are after the non-linearity, those of Initialization before it."""
    for figure in (
        training.histogram_figure(curve, 2),
        training.histogram_figure(curve, 2, upright=True),
        training.evolution_figure(curve, "activations"),
    ):
        svg = vl_convert.vegalite_to_svg(figure.spec())
        assert "φ(z)" in figure.alt and ("logit" in svg or "φ(z)" in svg)
    definition = str(training.histogram_figure(curve, 2).definition())
    assert "'padding': 5" in definition and "'title': 'weight'" in definition
