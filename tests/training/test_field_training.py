"""Cases from the field for the training laboratory and for all figures' files: a table each of
kind, input and the right value."""

from __future__ import annotations

import re

import numpy as np
import pytest
import torch
import vl_convert
from torch import nn

from initopt_core.data import load_sample
from initopt_core.figures import (
    initialization,
    loss_surfaces,
    training,
    tutorial,
)
from initopt_core.initialization.observation import observe
from initopt_core.initialization.settings import Settings
from initopt_core.training import Racer, batches, train
from initopt_core.training.history import History
from initopt_core.training.runs.recorded import recorded_race
from initopt_core.training.trial import initial_model, permutation
from tests.support.charts import rows_of
from tests.support.training import sample, tiny

# --- files ----------------------------------------------------------------------------------------


def every_figure():
    """All kinds of figures that can be exported, by name."""
    dataset = load_sample()
    wanted = {"kaiming-relu-histograms", "kaiming-relu-depth", "race-loss", "race-accuracy",
              "steep-optima-paths", "steep-optima-losses"}  # fmt: skip
    for name, make in tutorial.figures(dataset):
        if name[3:] in wanted:
            wanted.remove(name[3:])
            yield name, make()
    assert not wanted
    history = History(recorded_race())
    history.poll()
    found = training.lines([("", history)])
    curve = next(iter(history.curves.values()))
    for what in ("gradient", "ratio"):
        yield what, training.layers_figure(found, "steps", what)
    for what in ("weights", "activations"):
        yield what, training.evolution_figure(curve, what)
    yield "histograms", training.histogram_figure(curve, max(curve.layers, default=1))
    search = {("kaiming", 0, 0.001): 0.8, ("kaiming", 0, 0.01): None}
    yield "rates", training.sensitivity_figure(search, [("Adam", "Adam")], {"kaiming": "Kaiming"})
    matrix = [[3, 1], [0, 4]]
    yield "confusion", training.confusion_figure(matrix, ["shirt", "bag"], "Adam")
    yield "classes", training.classes_figure({"Adam": ("Adam", matrix)}, ["shirt", "bag"])
    deep = observe(Settings(hidden=(16,) * 12, batch=64), dataset)
    yield "strips", initialization.strips(deep)
    yield "layer", initialization.one_layer(deep, 3, initialization.Display())
    yield "compare", initialization.compare([deep, deep], initialization.Display())
    from initopt_core.initialization.theory import phase_map
    from initopt_core.loss_surfaces.flatness import TwoMinima

    yield "phase", initialization.phase(phase_map(nn.Tanh()))
    yield "two minima", loss_surfaces.two_minima(TwoMinima(), 0.1)


MACHINE_NAMES = re.compile(r"^(x2?|y2?|[a-z]\d+_\d+|which|kind|url|low|high|label|share|dataset)$")


def test_every_file_has_columns_that_a_person_understands():
    """Columns and datasets were called x, y2, h0_0; strips and maps held a picture as text."""
    for name, figure in every_figure():
        assert figure.table is not None, name
        rows = rows_of(figure)
        for column in rows[0] if rows else ():
            assert not MACHINE_NAMES.match(column), (name, column)
            assert "data:image" not in rows[0][column], (name, column)
        assert rows or name in ("weights", "activations", "histograms"), name


# --- accuracy as it comes -------------------------------------------------------------------------


@pytest.fixture(scope="module")
def streamed():
    """Events of two epochs of the sample, and what is right at each step by torch's own parts."""
    events: list[dict] = []
    config = tiny(train_images=0, epochs=2, racers=(Racer("SGD", (("lr", 0.1),)),))
    result = train(config, sample(), events.append, device="cpu")
    return config, events, result


def replayed(config, steps: int) -> tuple[list[int], torch.nn.Module]:
    """Right predictions of every step, and the network after `steps` steps."""
    dataset, lr = load_sample(), config.racers[0].lr
    images = dataset.train_images[dataset.train_index].flatten(1)
    labels = dataset.train_labels[dataset.train_index]
    model = initial_model(config, 42)
    optimizer = torch.optim.SGD(model.parameters(), lr)
    hits, per_epoch = [], len(labels) // config.batch_size
    for step in range(steps):
        epoch, at = divmod(step, per_epoch)
        chunk = permutation(42, epoch, len(labels)).split(config.batch_size)[at]
        logits = model((images[chunk] / 255 - 0.2861) / 0.3530)
        hits.append(int((logits.argmax(1) == labels[chunk]).sum()))
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(logits, labels[chunk]).backward()
        optimizer.step()
    return hits, model


def test_every_batchs_accuracy_comes_with_its_loss(streamed):
    config, events, result = streamed
    steps = [e for e in events if e["kind"] == "steps"]
    assert steps[0]["count"] == 1 and len(steps[0]["hits"][0]) == 1  # at the first step already
    got = [h for e in steps for h in e["hits"][0]]
    expected, _ = replayed(config, len(got))
    assert len(got) == len(result.trials["SGD"].train_losses) == 78
    assert np.abs(np.subtract(got, expected)).max() <= 1  # a tie may fall either way
    epoch = next(e for e in events if e["kind"] == "epoch")
    assert epoch["train"][0] == pytest.approx(sum(got[:39]) / (39 * 128))


def test_validation_accuracy_comes_within_the_epoch(streamed):
    config, events, _ = streamed
    checks = [e for e in events if e["kind"] == "check"]
    assert [e["step"] for e in checks] == [13, 26, 52, 65]
    assert {e["images"] for e in checks} == {100}
    dataset = load_sample()
    part = dataset.val_index[:100]
    images = (dataset.train_images[part].flatten(1) / 255 - 0.2861) / 0.3530
    for check in checks[:2]:
        _, model = replayed(config, check["step"])
        with torch.no_grad():
            right = (model(images).argmax(1) == dataset.train_labels[part]).float().mean()
        assert check["val"][0] == pytest.approx(float(right), abs=0.011)
    kinds = [e["kind"] for e in events if e["kind"] in ("check", "epoch")]
    assert kinds == ["check", "check", "epoch"] * 2


PLANS = [
    # steps, batch, validation images -> looks, images of each
    (195, 256, 10_000, 4, 500),
    (39, 128, 1000, 2, 100),
    (8, 128, 1000, 0, 100),
    (1562, 32, 10_000, 4, 500),
    (1, 8192, 10_000, 0, 100),
    (3, 1, 10, 0, 10),
]


@pytest.mark.parametrize(("steps", "batch", "validation", "looks", "images"), PLANS)
def test_looking_costs_little_whatever_the_epoch(steps, batch, validation, looks, images):
    """A look is a forward pass; a step is that and two more products of the same size: all looks
    must stay below 3 % of an epoch's multiplications."""
    at, count = batches.check_plan(steps, batch, validation)
    assert len(at) == looks and all(0 < step < steps for step in at)
    assert count == images or not looks
    weights = [784 * 512, 512 * 256, 256 * 256, 256 * 128, 128 * 10]
    epoch = steps * batch * sum(w * (3 if i else 2) for i, w in enumerate(weights))
    assert len(at) * count * sum(weights) < 0.03 * epoch


def known(events: list[dict]) -> History:
    history = History("/nonexistent")
    for event in events:
        history._take(event)
    return history


def test_the_chart_has_data_and_an_axis_from_the_first_step(streamed):
    _, events, _ = streamed
    start = next(i for i, e in enumerate(events) if e["kind"] == "start")
    nothing = training.accuracy_figure(training.lines([("", known(events[: start + 1]))]))
    svg = vl_convert.vegalite_to_svg(nothing.spec())
    assert all(f">{v}<" in svg for v in (0, 20, 40, 60, 80, 100))
    first = next(i for i, e in enumerate(events) if e["kind"] == "steps")
    figure = training.accuracy_figure(training.lines([("", known(events[: first + 1]))]))
    assert len(figure.rows()["accuracy"]) == 1
    assert figure.signals["y_span"] == [0, 100] and figure.alt.startswith("Training accuracy")


def test_looks_within_the_epoch_are_marked_as_such(streamed):
    _, events, result = streamed
    figure = training.accuracy_figure(training.lines([("", known(events))]), "steps")
    rows = figure.rows()["accuracy"]
    assert [r["x"] for r in rows if r["which"] == "part"] == [13, 26, 52, 65]
    whole = [r for r in rows if r["which"] == "validation"]
    assert [r["x"] for r in whole] == [39, 78]
    scores = result.trials["SGD"].val_scores
    assert [r["y"] / 100 for r in whole] == pytest.approx(scores, abs=1e-3)
    assert "○ on 100 of its images" in vl_convert.vegalite_to_svg(figure.spec())
    low, high = figure.signals["y_span"]
    assert high == 100 and low % 10 == 0 and 100 * min(scores) > low > 0
    table = rows_of(figure)
    kinds = {r["images"]: r for r in table}
    assert set(kinds) == {
        "training, this batch",
        "training, all batches of the epoch",
        "validation, all",
        "validation, the first 100",
    }
    assert sum(r["images"] == "training, this batch" for r in table) == 78


def test_runs_of_before_still_load():
    """The recorded race knows neither kind of event."""
    history = History(recorded_race())
    history.poll()
    found = training.lines([("", history)])
    figure = training.accuracy_figure(found)
    rows = figure.rows()["accuracy"]
    assert {r["which"] for r in rows} == {"validation", "training"} and len(rows) == 240
    assert "whole epochs" in figure.signals["marks"] and "○" not in figure.signals["marks"]
    assert len(rows_of(training.loss_figure(found))) == 3 * 7800


def test_a_racer_that_stops_keeps_losses_and_accuracies_of_one_length():
    events: list[dict] = []
    config = tiny(racers=(Racer("SGD", (("lr", 1e4),)), Racer("Adam", (("lr", 0.003),))))
    train(config, sample(), events.append, device="cpu")
    curves = list(known(events).curves.values())
    assert curves[0].divergence
    for curve in curves:
        assert len(curve.hits) == len(curve.losses) > 0
        assert all(isinstance(h, int) and 0 <= h <= 128 for h in curve.hits)
