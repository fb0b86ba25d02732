"""Cases from the field for the training laboratory and for all figures' files: a table each of
kind, input and the right value."""

from __future__ import annotations

import csv
import io
import math
import re

import numpy as np
import pytest
import vl_convert
from torch import nn

from initopt_core import export
from initopt_core.data import load_sample
from initopt_core.descent import Run, race
from initopt_core.figures import course, initialization, logs, surfaces, theme, training
from initopt_core.figures.base import Figure, columns
from initopt_core.initialization.settings import Settings
from initopt_core.initialization.view import view
from initopt_core.surfaces import FORMULA, Surface
from initopt_core.training.history import History
from initopt_core.training.recorded import recorded_race

RAISED = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")


def powers(svg: str) -> list[int]:
    """Exponents of an SVG's labels 10ⁿ."""
    return [int(m.translate(RAISED)) for m in re.findall(r">10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)<", svg)]


def told(losses: list[list[float | None]], steps: int = 10, **more) -> History:
    """A history of racers with these losses, as a run's events tell it."""
    history = History("/nonexistent")
    names = ["SGD", "Adam", "Lion"][: len(losses)]
    members = [
        {"name": n, "label": n, "optimizer": n, "racer": i, "seed": 42, "lr": 0.1}
        for i, n in enumerate(names)
    ]
    start = {"kind": "start", "phase": "race", "steps": steps, "epochs": 40, "batch": 256}
    history._take({**start, "device": "cpu", "members": members})
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
    ("underflow", [1.0, 1e-301, 5e-324], "2 values below 1e-300"),
    ("overflow", [1.0, math.inf, 1e307], "2 values above 1e300"),
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

    seen = view(Settings(hidden=(16, 16, 16), batch=64), load_sample())
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
    return surfaces.losses(traces, ["SGD"])


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
    for name, make in course.figures(dataset):
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
    deep = view(Settings(hidden=(16,) * 12, batch=64), dataset)
    yield "strips", initialization.strips(deep)
    yield "layer", initialization.one_layer(deep, 3, initialization.Display())
    yield "compare", initialization.compare([deep, deep], initialization.Display())
    from initopt_core.flatness import TwoMinima
    from initopt_core.theory import phase_map

    yield "phase", initialization.phase(phase_map(nn.Tanh()))
    yield "two minima", surfaces.two_minima(TwoMinima(), 0.1)


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
    seen = view(Settings(hidden=(16, 8), batch=64), load_sample())
    rows = rows_of(initialization.grid(seen, initialization.Display(log=True)))
    weights = [r for r in rows if r["quantity"] == "weights" and r["layer"] == "0"]
    assert sum(int(r["values"]) for r in weights) == 784 * 16
    assert {r["unit"] for r in rows if r["quantity"].startswith("gradients")} == {"nats"}
