"""Accuracy of every racer."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from initopt_core.figures import training
from tests.support.charts import rows_of, told


def race(*shares):
    """A history of one racer with 256 images a batch, ten steps an epoch, after whole epochs."""
    steps = 10 * len(shares)
    history = told([[1.0] * steps], hits=[[128] * steps])
    for i, share in enumerate(shares):
        history._take({"kind": "epoch", "phase": "race", "epoch": i + 1, "train": [share],
                       "val": [share], "images_per_s": 1.0})  # fmt: skip
    return history


def test_each_kind_of_accuracy_is_drawn_in_per_cent():
    history = race(0.25, 0.75)
    history._take({"kind": "check", "step": 5, "images": 100, "val": [0.5]})
    figure = training.accuracy_figure(training.lines([("", history)]), "epochs", smoothing=0.0)
    rows = figure.rows()["accuracy"]
    drawn = {which: [(r["x"], r["y"]) for r in rows if r["which"] == which]
             for which in ("validation", "part", "training")}  # fmt: skip
    assert drawn["validation"] == [(1, 25), (2, 75)]
    assert drawn["part"] == [(0.5, 50)]
    assert {y for _, y in drawn["training"]} == {50}
    assert "75 %" in figure.alt.replace(".0", "")


def test_a_run_without_batches_has_its_epochs_training_accuracy():
    history = race(0.4)
    for curve in history.curves.values():
        curve.hits.clear()
    found = training.lines([("", history)])
    rows = training.accuracy_figure(found).rows()["accuracy"]
    assert [(r["which"], r["y"]) for r in rows] == [("validation", 40), ("training", 40)]


def test_the_file_says_of_which_images():
    figure = training.accuracy_figure(training.lines([("", race(0.25))]))
    rows = rows_of(figure)
    assert [r["images"] for r in rows[:2]] == ["training, this batch"] * 2
    assert float(rows[0]["accuracy (%)"]) == 50
    whole = [float(r["accuracy (%)"]) for r in rows if r["images"] == "validation, all"]
    assert whole == [pytest.approx(25)]


def test_a_short_race_is_not_left_below_the_axis():
    way_up = np.linspace(10, 74, 60)  # one epoch, its end at 75 %
    curve = SimpleNamespace(val=[0.75], hits=[1], train=[])
    low, _ = training.accuracy_span([SimpleNamespace(trials=[curve])], [way_up])
    assert np.mean(way_up < low) <= 0.2
    long = np.concatenate([[10, 40], np.linspace(76, 89, 58)])
    assert training.accuracy_span([SimpleNamespace(trials=[curve])], [long]) == [70, 100]


def test_what_the_axis_leaves_out_is_said():
    history = race(0.8, 0.8)
    (curve,) = history.curves.values()
    curve.hits[:] = [25, 25, *[205] * 18]
    figure = training.accuracy_figure(training.lines([("", history)]), smoothing=0.0)
    assert figure.signals["y_span"] == [70, 100]
    assert "70 %" in figure.signals["hidden"]
    curve.hits[:] = [205] * 20
    seen = training.accuracy_figure(training.lines([("", history)]), smoothing=0.0)
    assert seen.signals["hidden"] == ""


def test_the_last_dot_is_whole():
    figure = training.accuracy_figure(training.lines([("", race(0.25))]))
    dots = [
        layer["mark"]
        for layer in figure.definition()["layer"]
        if layer["mark"]["type"] == "point" and layer["mark"].get("filled")
    ]
    assert dots and not any(mark.get("clip") for mark in dots)
