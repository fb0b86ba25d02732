"""Cases from the field for the training laboratory and for all figures' files: a table each of
kind, input and the right value."""

from __future__ import annotations

import csv
import io
import math
import re

import numpy as np
import pytest
import torch
import vl_convert
from torch import nn

from initopt_core.data import load_sample
from initopt_core.descent import Run, race
from initopt_core.figures import (
    export,
    initialization,
    logs,
    loss_surfaces,
    theme,
    training,
    tutorial,
)
from initopt_core.figures.figure import Figure, columns
from initopt_core.initialization.observation import observe
from initopt_core.initialization.settings import Settings
from initopt_core.surfaces import FORMULA, Surface
from initopt_core.training import Racer, batches, train
from initopt_core.training.history import History
from initopt_core.training.runs.recorded import recorded_race
from initopt_core.training.trial import initial_model, permutation
from tests.support.training import sample, tiny

RAISED = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")


def powers(svg: str) -> list[int]:
    """Exponents of an SVG's labels 10ⁿ."""
    return [int(m.translate(RAISED)) for m in re.findall(r">10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)<", svg)]


def told(losses: list[list[float | None]], steps: int = 10, **more) -> History:
    """A history of racers with these losses, as a run's events tell it."""
    history = History("/nonexistent")
    names = ["SGD", "Adam", "Lion"][: len(losses)]
    trials = [
        {"name": n, "label": n, "optimizer": n, "racer": i, "seed": 42, "lr": 0.1}
        for i, n in enumerate(names)
    ]
    start = {"kind": "start", "phase": "race", "steps": steps, "epochs": 40, "batch": 256}
    history._take({**start, "device": "cpu", "trials": trials})
    count = len(losses[0])
    event = {"kind": "steps", "first": 0, "count": count, "losses": losses}
    history._take({**event, "seconds": [1.0] * len(losses), "clock": 1.0, **more})
    return history


def rows_of(figure: Figure) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(export.to_csv(figure).decode())))


# --- log axes -------------------------------------------------------------------------------------

EXPONENTS = [-300, -299, -200, -100, -45, -10, -9, -1, 0, 1, 9, 10, 38, 99, 100, 123, 250, 300]


@pytest.mark.parametrize("exponent", EXPONENTS)
def test_a_power_of_ten_is_labelled_with_its_own_exponent(exponent):
    """1e-100 and 1e-200 were both 10⁻⁰."""
    import altair as alt

    def build():
        scale = alt.Scale(type="log", nice=False)
        y = alt.Y("y:Q", scale=scale, axis=theme.log_axis("y", values=[10.0**exponent]))
        return alt.Chart(alt.NamedData("d")).mark_point().encode(y=y)

    edge = [10.0 ** max(exponent - 2, -305), 10.0 ** min(exponent + 2, 305)]
    svg = vl_convert.vegalite_to_svg(Figure("k", build, {"d": columns(y=edge)}).spec())
    assert powers(svg) == [exponent]


LEFT_OUT = [
    # kind, values, what is said
    ("zero", [1.0, 0.0], "1 value of 0"),
    ("negative zero", [1.0, -0.0, 0.0], "2 values of 0"),
    ("negative", [1.0, -2.0], "1 value below 0"),
    ("underflow", [1.0, 1e-301, 5e-324], "2 values below 10⁻³⁰⁰"),
    ("overflow", [1.0, math.inf, 1e307], "2 values above 10³⁰⁰"),
    ("nothing", [1e-300, 1e300, math.nan], ""),
]


@pytest.mark.parametrize(("kind", "values", "said"), LEFT_OUT, ids=lambda v: str(v)[:12])
def test_what_a_log_axis_leaves_out_is_said(kind, values, said):
    assert logs.left_out(values).endswith(said) and bool(logs.left_out(values)) == bool(said)
    kept = logs.drawable(values)
    assert np.isfinite(kept[:1]).all()
    low, high = logs.domain(values)
    assert 0 < low <= np.nanmin(kept) and np.nanmax(kept) <= high < math.inf


def path_heights(svg: str) -> list[float]:
    """The largest vertical extent of each drawn line in an SVG, in pixels."""
    found = []
    for path in re.findall(r'aria-roledescription="line mark"[^>]*? d="([^"]*)"|d="([^"]*)"', svg):
        numbers = re.findall(r"[ML](-?[\d.e-]+),(-?[\d.e-]+)", "".join(path))
        y = [float(b) for _, b in numbers]
        found.append(max(y) - min(y) if y else 0.0)
    return found


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


@pytest.mark.parametrize("tiny", [0.0, 1e-310, 5e-324])
def test_gradients_without_place_leave_the_layers_chart_standing(tiny):
    history = told([[2.3, 1.0]])
    for step in range(3):
        history._take({"kind": "probe", "name": "SGD", "step": 20 * step,
                       "gradient": [1e-200, 1e-100, tiny], "ratio": [0.1, 0.01, tiny]})  # fmt: skip
    for what in ("gradient", "ratio"):
        figure = training.layers_figure(training.lines([("", history)]), "steps", what)
        svg = vl_convert.vegalite_to_svg(figure.spec())
        assert "3 values" in svg and "NaN" not in svg
        if what == "gradient":
            assert {-200, -100} & set(powers(svg)) and 0 not in powers(svg)


@pytest.mark.parametrize("low", [1e-100, 1e-200, 1e-299, 1e-310, 0.0])
def test_vanished_variances_leave_the_depth_view_standing(low):
    """Variances below 1e-300 emptied the gradient chart."""
    import dataclasses

    seen = observe(Settings(hidden=(16, 16, 16), batch=64), load_sample())
    stats = seen.probe.gradients
    faint = [dataclasses.replace(stats[0], variance=low), *stats[1:]]
    probe = dataclasses.replace(seen.probe, gradients=faint)
    seen = dataclasses.replace(seen, probe=probe, predict=lambda: None)
    figure = initialization.depth(seen)
    svg = vl_convert.vegalite_to_svg(figure.spec())
    heights = [h for h in path_heights(svg) if h > 20]
    assert len(heights) >= 2 and "NaN" not in svg
    if low >= logs.SMALLEST:
        assert min(powers(svg)) <= math.log10(low) / 2
        assert "Left out" not in svg
    else:
        assert "1 value" in svg and "1 value" in figure.alt


def surface_losses(text: str, start: tuple[float, float]) -> Figure:
    settings = (("lr", 0.5),)
    traces = race(Surface(FORMULA, text=text), [Run("SGD", settings, start)], 5)
    return loss_surfaces.losses(traces, ["SGD"])


SURFACE_LOSSES = [
    # formula, start, log axis, what is said
    ("w1**2 + w2**2", (1.0, 1.0), True, "5 values of 0"),  # rate 1/2 goes to the minimum at once
    ("w1**2 + w2**2 + 1", (1.0, 1.0), True, ""),
    ("w1**2 - 1", (0.5, 0.0), False, ""),
    ("w1**2 + w2**2", (0.0, 0.0), False, ""),
]


@pytest.mark.parametrize(("text", "start", "log", "said"), SURFACE_LOSSES)
def test_a_loss_of_zero_does_not_turn_an_exported_chart_linear(text, start, log, said):
    figure = surface_losses(text, start)
    spec = figure.spec()
    scale = spec["layer"][0]["encoding"]["y"]["scale"]
    assert (scale.get("type") == "log") is log
    svg = vl_convert.vegalite_to_svg(spec)
    assert ("Left out" in svg) is bool(said) and said in svg
    assert len(rows_of(figure)) == 6  # the file has the zeros, too


# --- files ----------------------------------------------------------------------------------------


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


def test_a_histogram_file_counts_every_value():
    seen = observe(Settings(hidden=(16, 8), batch=64), load_sample())
    rows = rows_of(initialization.grid(seen, initialization.Display(log=True)))
    weights = [r for r in rows if r["quantity"] == "weights" and r["layer"] == "0"]
    assert sum(int(r["values"]) for r in weights) == 784 * 16
    assert {r["unit"] for r in rows if r["quantity"].startswith("gradients")} == {"nats"}


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
