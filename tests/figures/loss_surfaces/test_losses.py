"""The exported loss curves."""

import csv
import io

import pytest
import vl_convert

from initopt_core.descent import Run, race
from initopt_core.figures import export
from initopt_core.figures import loss_surfaces as figures
from initopt_core.figures.figure import Figure
from initopt_core.figures.loss_surfaces.scene import scene
from initopt_core.loss_surfaces.landmarks import landmarks
from initopt_core.surfaces import FORMULA, Surface
from tests.support.charts import rows_of


def test_the_loss_at_every_step_is_in_the_table():
    runs = (Run("SGD", (("lr", 0.1),), (1.0, 1.0)), Run("Adam", (("lr", 0.1),), (1.0, 1.0)))
    traces = race(Surface("quadratic"), runs, 20)
    text = export.to_csv(figures.losses(traces, ["SGD", "Adam"])).decode()
    rows = list(csv.DictReader(io.StringIO(text)))
    assert "step" in rows[0] and len(rows) == 2 * 21
    told = {float(v) for row in rows for k, v in row.items() if "loss" in k}
    for trace in traces:
        assert min(told, key=lambda v: abs(v - trace.points[-1, 2])) == pytest.approx(
            float(trace.points[-1, 2]), rel=1e-5
        )


def surface_losses(text: str, start: tuple[float, float]) -> Figure:
    settings = (("lr", 0.5),)
    traces = race(Surface(FORMULA, text=text), [Run("SGD", settings, start)], 5)
    return figures.losses(traces, ["SGD"])


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


def test_losses_that_fall_without_end_are_exported():
    figure = surface_losses("-(w1**2)", (1.0, 1.0))
    assert figure.spec()["layer"][0]["encoding"]["y"]["scale"]["domain"] == [-10.0, 0.0]
    assert export.to_svg(figure).startswith(b"<svg")


def test_the_tutorials_deep_minima_are_whole():
    runs = [Run("Adam", (("lr", 0.2),), (0.0, 0.0))]
    figure = figures.losses(race(Surface("steep_optima"), runs, 60), ["Adam"])
    scale = figure.spec()["layer"][0]["encoding"]["y"]["scale"]
    assert "domain" not in scale and min(figure.data["losses"]["groups"][0]["loss"]) < -3


def test_a_file_draws_each_racers_losses_as_the_page_does():
    surface, start = Surface("pathological"), (5.0, 5.0)
    names = ("SGD", "SGDMomentum", "Adam", "Adam")
    runs = tuple(Run(name, (("lr", 0.1),), start) for name in names)
    made = scene(surface, runs, 20, 0.0, 0, (-6, 6, -14, 6), landmarks(surface, ()))
    shown = [(run["label"], run["color"], run["dash"]) for run in made.head["runs"]]
    assert len({tuple(dash) for *_, dash in shown}) == len(names)
    encoding = figures.losses(race(surface, runs, 20), made.labels).spec()["layer"][0]["encoding"]
    colors, dashes = (encoding[of]["scale"] for of in ("color", "strokeDash"))
    assert colors["domain"] == dashes["domain"] == [label for label, *_ in shown]
    assert list(zip(colors["range"], dashes["range"], strict=True)) == [s[1:] for s in shown]
    assert encoding["strokeDash"]["legend"] == encoding["color"]["legend"], "one key for both"
