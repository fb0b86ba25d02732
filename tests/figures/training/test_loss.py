"""The loss of every racer: what is drawn, and what its file holds."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest
import vl_convert

from initopt_core.figures import training
from tests.support.charts import path_heights, rows_of, told

ZERO_LOSSES = [
    ("zero at the end", [2.3, 1.0, 0.1, 0.0]),
    ("zero first", [0.0, 2.3, 1.0, 0.1]),
    ("zero in the middle", [2.3, 0.0, 1.0, 0.1]),
    ("underflow", [2.3, 1.0, 0.1, 1e-310]),
    ("an infinity", [2.3, 1.0, math.inf, 0.1]),
]


@pytest.mark.parametrize(("kind", "losses"), ZERO_LOSSES, ids=[k for k, _ in ZERO_LOSSES])
def test_a_loss_without_place_leaves_the_loss_chart_standing(kind, losses):
    """A loss of exactly 0 emptied the chart."""
    found = training.lines([("", told([losses]))])
    figure = training.loss_figure(found, "steps", smoothing=0.0)
    drawn = [r["y"] for r in figure.rows()["loss"]]
    assert sorted(v for v in drawn if v is not None) == [0.1, 1, 2.3]
    svg = vl_convert.vegalite_to_svg(figure.spec())
    assert "NaN" not in svg and max(path_heights(svg)) > 100
    assert re.search(r">1<", svg)  # the axis still has its numbers
    assert "Left out of the log axis: 1 value" in svg
    assert "1 value" in figure.alt
    linear = training.loss_figure(found, "steps", log=False, smoothing=0.0)
    assert not linear.rows()["left_out"] and "Left out" not in linear.alt


def test_only_zeros_still_make_a_figure():
    found = training.lines([("", told([[0.0, 0.0, 0.0]]))])
    assert "3 values of 0" in vl_convert.vegalite_to_svg(training.loss_figure(found).spec())


def test_the_loss_file_holds_every_step_as_it_was():
    """320 losses were 107 binned, smoothed and capped rows."""
    rng = np.random.default_rng(0)
    losses = rng.lognormal(-1, 0.5, 320).tolist()
    losses[0], losses[100], losses[200] = 1e-4, 1e5, 0.0
    figure = training.loss_figure(training.lines([("", told([losses]))]), "epochs")
    rows = rows_of(figure)
    raw = "training loss (cross-entropy, nats)"
    assert [float(r[raw]) for r in rows] == losses
    assert [int(r["step"]) for r in rows] == list(range(1, 321))
    assert {r["optimizer"] for r in rows} == {"SGD"} and {r["seed"] for r in rows} == {"42"}
    smoothed = [r for r in rows if r["training loss, smoothed (nats)"]]
    assert 100 <= len(smoothed) <= 120
    assert all("mean of 3 steps" in r["how it is smoothed"] for r in smoothed)
    assert all("0.6" in r["how it is smoothed"] for r in smoothed)
    plain = training.loss_figure(
        training.lines([("", told([losses[:50]]))]), "steps", log=False, smoothing=0.0
    )
    assert {r["how it is smoothed"] for r in rows_of(plain)} == {"not smoothed"}


def test_a_file_holds_its_figures_steps_though_the_run_goes_on():
    history = told([[2.0, 1.0]])
    figure = training.loss_figure(training.lines([("", history)]))
    history._take({"kind": "steps", "first": 2, "count": 1, "losses": [[0.5]], "seconds": [1.0]})
    assert len(rows_of(figure)) == 2


def test_a_changed_rates_words_have_paper_below_them():
    """Their first letter lay under the line of the racer that was changed after it."""
    history = told([[2.0] * 40, [1.0] * 40], steps=10)
    history.rate_changes += [
        {"racer": 0, "lr": 0.5, "step": 20}, {"racer": 1, "lr": 0.01, "step": 21},
    ]  # fmt: skip
    svg = vl_convert.vegalite_to_svg(training.loss_figure(training.lines([("", history)])).spec())
    texts = [m for m in re.findall(r"<text([^>]*)>([^<]*η = [^<]*)</text>", svg)]
    assert [words for _, words in texts] == ["SGD: η = 0.5", "Adam: η = 0.01"] * 2
    assert ['stroke="#FFFFFF"' in look for look, _ in texts] == [True, True, False, False]
