"""Figures of the training laboratory: right numbers, valid charts, small messages."""

from __future__ import annotations

import json
import math
from types import SimpleNamespace

import numpy as np
import pytest
import vl_convert

from initopt_core.figures import training as figures
from initopt_core.training import Racer, train
from initopt_core.training.history import History
from tests.support.training import sample, tiny


@pytest.fixture(scope="module")
def history(tmp_path_factory):
    """A short race of two seeds whose second racer diverges, and its rate search."""
    path = tmp_path_factory.mktemp("run") / "events.jsonl"
    config = tiny(
        racers=(Racer("Adam", (("lr", 0.003),)), Racer("SGD", (("lr", 1e4),))),
        seeds=(1, 2),
    )
    with open(path, "w") as log:
        train(config, sample(), lambda e: log.write(json.dumps(e) + "\n"))
    known = History(path)
    known.poll()
    return known


@pytest.fixture(scope="module")
def empty(tmp_path_factory):
    """What a page shows before the first event."""
    return History(tmp_path_factory.mktemp("none") / "events.jsonl")


def all_figures(history):
    found = figures.lines([("run", history)])
    axes = list(figures.AXES)
    for axis in axes:
        yield figures.loss_figure(found, axis, log=axis == axes[0])
    yield figures.loss_figure(found, axes[0], log=False)
    yield figures.accuracy_figure(found, axes[1], legend=False)
    for what in ("gradient", "ratio"):
        yield figures.layers_figure(found, axes[-1], what)
    for curve in list(history.curves.values())[:1]:
        for what in ("weights", "activations"):
            yield figures.evolution_figure(curve, what)
        yield figures.histogram_figure(curve, 1)
    search = {("kaiming", 0, 0.001): 0.8, ("kaiming", 0, 0.01): None}
    for rates in (search, {}):
        yield figures.sensitivity_figure(rates, [("Adam", "Adam")], {"kaiming": "Kaiming"})


def test_every_figure_draws_and_has_words(history, empty):
    for known in (history, empty):
        for figure in all_figures(known):
            svg = vl_convert.vegalite_to_svg(figure.spec())
            assert "<svg" in svg and figure.alt.endswith(".")


def test_results_figures(history):
    curve = next(iter(history.curves.values()))
    names = sample().classes
    confusion = figures.confusion_figure(curve.test["confusion"], names, "Adam")
    rows = confusion.rows()["confusion"]
    assert len(rows) == 100
    assert sum(r["count"] for r in rows) == 1000
    diagonal = sum(r["count"] for r in rows if r["true"] == r["predicted"])
    assert diagonal / 1000 == pytest.approx(curve.test["accuracy"])
    classes = figures.classes_figure({"Adam": ("Adam", curve.test["confusion"])}, names)
    accuracy = {r["class"]: r["y"] for r in classes.rows()["classes"]}
    for r in rows:
        if r["true"] == r["predicted"]:
            assert accuracy[r["true"]] == pytest.approx(r["share"], rel=1e-3)
    for figure in (confusion, classes):
        assert "<svg" in vl_convert.vegalite_to_svg(figure.spec())


def test_the_numbers_are_those_of_the_run(history):
    found = figures.lines([("run", history)])
    assert [line.label for line in found] == ["Adam", "SGD"]
    assert [len(line.trials) for line in found] == [2, 2]
    rows = figures.accuracy_figure(found).rows()["accuracy"]
    last = [r for r in rows if r["label"] == "Adam" and r["which"] == "validation"][-1]
    scores = [c.val[-1] for c in found[0].trials]
    assert last["x"] == 3
    assert last["y"] == pytest.approx(100 * np.mean(scores), rel=1e-3)
    assert [last["low"], last["high"]] == pytest.approx(
        [100 * min(scores), 100 * max(scores)], rel=1e-3
    )
    losses = figures.loss_figure(found, "examples", smoothing=0.0).rows()["loss"]
    first = next(r for r in losses if r["label"] == "Adam")
    assert first["x"] == 128
    assert first["y"] == pytest.approx(np.mean([c.losses[0] for c in found[0].trials]), rel=1e-3)


@pytest.mark.parametrize(
    ("worst", "low"), [([], 0), ([0.98], 90), ([0.763], 70), ([0.126, 0.8], 0), ([0.04], 0)]
)
def test_the_accuracy_axis_goes_down_to_zero_where_chance_is_near(worst, low):
    curve = SimpleNamespace(val=worst, hits=[1], train=[])
    assert figures.accuracy_span([SimpleNamespace(trials=[curve])]) == [low, 100]


def test_positions(history):
    line = figures.lines([("run", history)])[0]
    curve = line.trials[0]
    assert figures.position(line, curve, 16, "steps") == 16
    assert figures.position(line, curve, 16, "epochs") == 2
    assert figures.position(line, curve, 16, "examples") == 16 * 128
    seconds = [figures.position(line, curve, s, "seconds") for s in range(25)]
    assert seconds == sorted(seconds) and seconds[24] == curve.seconds[-1]


def test_several_runs_are_told_apart(history):
    found = figures.lines([("a", history), ("b", history)])
    assert [line.label for line in found] == ["a: Adam", "a: SGD", "b: Adam", "b: SGD"]
    looks = {(line.optimizer, line.dash) for line in found}
    assert len(looks) == 4


def test_binning_keeps_extremes_and_means():
    values = np.random.default_rng(0).normal(size=1000)
    ends, mean, low, high = figures.binned(values, 100)
    assert len(ends) == 100 and ends[-1] == 1000
    assert mean[3] == pytest.approx(values[30:40].mean())
    assert low.min() == values.min() and high.max() == values.max()
    ends, mean, *_ = figures.binned([1.0, math.nan, 3.0], 10)
    assert list(ends) == [1, 2, 3] and math.isnan(mean[1])
    ends, mean, *_ = figures.binned([1.0, math.nan, 3.0, 5.0, 7.0], 2)
    assert list(ends) == [3, 5] and list(mean) == [2.0, 6.0]


def test_smoothing_is_a_corrected_average():
    values = np.array([1.0, 2.0, np.nan, 4.0])
    assert (figures.smooth(values, 0.0)[[0, 1, 3]] == [1.0, 2.0, 4.0]).all()
    smooth = figures.smooth(values, 0.5)
    assert smooth[0] == 1.0 and smooth[1] == pytest.approx((1 * 0.25 + 2 * 0.5) / 0.75)
    assert smooth[3] == pytest.approx((0.125 * 1 + 0.25 * 2 + 0.5 * 4) / 0.875)


def test_a_long_run_stays_a_small_message():
    """40 epochs of three racers: what a page gets at each update."""
    history = History("/nonexistent")
    rng = np.random.default_rng(0)
    events = [
        {"kind": "start", "phase": "race", "steps": 195, "epochs": 40, "batch": 256, "device": ""}
    ]
    events[0]["trials"] = [
        {"name": n, "label": n, "optimizer": n, "racer": i, "seed": 42, "lr": 0.1}
        for i, n in enumerate(("SGD", "SGDMomentum", "Adam"))
    ]
    for first in range(0, 7800, 10):
        losses = rng.lognormal(-1, 0.3, (3, 10)).tolist()
        events.append(
            {"kind": "steps", "first": first, "count": 10, "losses": losses, "seconds": [1.0] * 3}
        )
    for event in events:
        history._take(event)
    found = figures.lines([("run", history)])
    assert len(figures.loss_figure(found).message) < 20_000
    assert len(figures.accuracy_figure(found).message) < 4_000
