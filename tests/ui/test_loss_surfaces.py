"""The loss-surface page's parts: code that runs, messages that fit, figures, flat minima."""

import contextlib
import csv
import io
import json
import re

import numpy as np
import pytest
import torch

from initopt_core.descent import Run, race, surface_optimizers
from initopt_core.figures import export
from initopt_core.figures import loss_surfaces as figures
from initopt_core.loss_surfaces import flatness
from initopt_core.loss_surfaces.basins import basins as basins_of
from initopt_core.loss_surfaces.code import snippet
from initopt_core.loss_surfaces.presets import RACES
from initopt_core.optimizers import OPTIMIZERS
from initopt_core.surfaces import FORMULA, SURFACES, Surface
from initopt_core.ui.components.surface_canvas import labels_of, pack_grid
from initopt_core.ui.loss_surfaces import basins
from initopt_core.ui.loss_surfaces.lab import landmarks, scene
from initopt_core.wording import number

RAVINE = Surface("pathological")


def ends(code: str) -> list[list[float]]:
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(compile(code, "race.py", "exec"), {"__name__": "race"})  # our own snippet
    number = r"(-?[\d.]+(?:e[-+]?\d+)?)"
    found = re.findall(rf"w1 = {number}, w2 = {number}, loss = {number}", out.getvalue())
    return [[float(v) for v in row] for row in found]


@pytest.mark.parametrize("name", SURFACES)
def test_the_snippet_of_every_surface_runs_and_agrees(name):
    start = SURFACES[name].start
    runs = (Run("Adam", (("lr", 0.01),), start), Run("SGD", (("lr", 1e-5),), start))
    got = ends(snippet(Surface(name), runs, 10))
    want = [t.points[-1] for t in race(Surface(name), runs, 10)]
    np.testing.assert_allclose(got, want, rtol=2e-3, atol=1e-3)


@pytest.mark.parametrize("name", surface_optimizers())
def test_the_snippet_of_every_optimizer_runs_and_agrees(name):
    settings = OPTIMIZERS[name].settings({"lr": 0.01, "weight_decay": 0.05})
    run = Run(name, tuple(settings.items()), (1.0, 2.0), "cosine", (("floor", 0.1),))
    got = ends(snippet(RAVINE, (run,), 12, noise=0.3, seed=5))
    want = race(RAVINE, (run,), 12, noise=0.3, seed=5)[0].points[-1]
    np.testing.assert_allclose(got[0], want, rtol=2e-3, atol=1e-3)


@pytest.mark.parametrize(
    "text", ["sin(3*w1) + max(w2, 0)*sqrt(2)", "w1**2", "softplus(w1) + e**w2 + pi", "4"]
)
def test_the_snippet_of_a_formula_runs_and_agrees(text):
    surface = Surface(FORMULA, text=text)
    run = Run("SGDMomentum", (("lr", 0.02), ("momentum", 0.5)), (0.7, 0.4))
    got = ends(snippet(surface, (run,), 8))
    np.testing.assert_allclose(got[0], race(surface, (run,), 8)[0].points[-1], rtol=2e-3, atol=1e-3)


# -- what the browser is sent -----------------------------------------------------------------
def runs_of(name):
    preset = RACES[name]
    return tuple(Run(n, tuple(s.items()), preset.begin) for n, s in preset.runs)


def test_a_scene_holds_the_whole_race_in_the_order_the_script_reads():
    runs = (*runs_of("ravine"), Run("Adam", (("lr", 0.5),), (1.0, 1.0)))
    made = scene(RAVINE, runs, 30, 0.0, 0, (-6, 6, -14, 6), landmarks(RAVINE, ()))
    floats = np.frombuffer(made.floats, dtype="<f4")
    at = 0

    def take(n):
        nonlocal at
        at += n
        return floats[at - n : at]

    for trace, head in zip(race(RAVINE, runs, 30), made.head["runs"], strict=True):
        for column in trace.points.T:
            np.testing.assert_array_equal(take(31), column)
        np.testing.assert_array_equal(take(60).reshape(30, 2), trace.gradient)
        np.testing.assert_array_equal(take(60).reshape(30, 2), trace.update)
        np.testing.assert_array_equal(take(30), trace.lr)
        take(150)  # sharpness, meter, curvature across the step, its meter, limit
        if head["divides"]:
            v_hat = trace.state["v_hat"]
            np.testing.assert_allclose(take(60).reshape(30, 2), np.sqrt(v_hat) + 1e-8, rtol=1e-6)
        for name in head["kept"]:
            np.testing.assert_array_equal(take(60).reshape(30, 2), trace.state[name])
    assert at == len(floats)
    assert made.labels == ("SGD", "SGD + momentum", "Adam 1", "Adam 2")
    colors = [r["color"] for r in made.head["runs"]]
    assert len(set(colors)) == 4
    json.dumps(made.head, allow_nan=False)


def test_a_diverged_scene_can_still_be_sent():
    run = Run("SGD", (("lr", 1.0),), (1.0, 1.0))
    bowl = Surface("quadratic")
    made = scene(bowl, (run,), 100, 0.0, 0, (-4, 4, -4, 4), landmarks(bowl, ()))
    assert made.head["runs"][0]["diverged"] is not None
    json.dumps(made.head, allow_nan=False)


def test_a_grid_may_come_from_anywhere():
    values = torch.arange(9.0).view(3, 3)
    values[1, 1] = float("nan")
    message = pack_grid(values, (0.0, 1.0, 0.0, 2.0))
    head, _, body = message.data.partition(b"\n")
    assert json.loads(head) == {
        "kind": "grid",
        "id": message.id,
        "n": 3,
        "ranges": [0.0, 1.0, 0.0, 2.0],
    }
    np.testing.assert_array_equal(np.frombuffer(body, dtype="<f4").reshape(3, 3), values)
    assert pack_grid(values, (0.0, 1.0, 0.0, 2.0)).id == message.id
    assert pack_grid(values, (0.0, 1.0, 0.0, 3.0)).id != message.id


# -- figures ----------------------------------------------------------------------------------
def test_the_exported_figures_hold_the_paths():
    traces = race(RAVINE, runs_of("ravine"), 40)
    labels = labels_of([t.run.optimizer for t in traces])
    figure = figures.paths(RAVINE, traces, labels, (-6.0, 6.0, -14.0, 6.0), "linear")
    rows = figure.rows()["paths"]
    assert len(rows) == 3 * 41
    assert rows[-1]["w2"] == pytest.approx(float(traces[-1].points[-1, 1]), rel=1e-5)
    assert export.to_png(figure)[:4] == b"\x89PNG"
    svg = export.to_svg(figure).decode()
    assert "data:image/png" in svg and "Adam" in svg
    assert b"step" in export.to_csv(figures.losses(traces, labels))


def test_the_picture_has_the_lowest_loss_where_it_is_lowest():
    from PIL import Image

    picture = Image.open(
        io.BytesIO(figures.surface_png(Surface("quadratic"), (-1.0, 3.0, -1.0, 3.0), "linear", 81))
    )
    pixels = np.asarray(picture)
    # The minimum (0, 0) is a quarter from the left and a quarter from the bottom.
    np.testing.assert_array_equal(pixels[60, 20, :3], [0x44, 0x01, 0x54])
    assert pixels[0, -1, 1] > 200  # the far corner is yellow


# -- basins -----------------------------------------------------------------------------------
BOWLS = Surface("himmelblau")
MINIMA = landmarks(BOWLS, ()).minima


def the_map(run):
    return basins.basin_map(BOWLS, run, (-5.0, 5.0, -5.0, 5.0), 60, MINIMA, "log")


def test_maps_are_exported_as_one_picture_twice_the_pages_size():
    from PIL import Image

    runs = (Run("Adam", (("lr", 0.3),)), Run("SGD", (("lr", 0.01),)))
    maps = [the_map(r).picture(r.optimizer) for r in runs]
    places = [(x, y) for x, y, _ in MINIMA]
    losses = tuple(z for _, _, z in MINIMA)
    key = figures.MapKey(None, basins.colours(list(losses)), losses)
    figure = figures.basin_maps(BOWLS, maps, places, (-5.0, 5.0, -5.0, 5.0), key)
    width, height = Image.open(io.BytesIO(export.to_png(figure))).size
    assert width > 2 * 2 * 300 and 2 * 300 < height < 2 * 450
    assert b"Adam" in export.to_svg(figure) and b"data:image" not in export.to_csv(figure)


def test_a_maps_pixels_have_the_colour_of_their_minimum_darker_the_later():
    made = the_map(Run("SGD", (("lr", 0.01),)))
    pixels = made.picture("SGD").pixels
    for which, (x, y, _) in enumerate(MINIMA):
        i, j = int((x + 5) * 20), int((y + 5) * 20)
        assert made.result.reached[j, i] == which
        hue = made.colors[which]
        full = np.array([int(hue[k : k + 2], 16) for k in (1, 3, 5)])
        late = made.result.steps[j, i] / 60
        np.testing.assert_allclose(pixels[j, i], full * (1 - 0.72 * late), atol=1)


def test_a_map_of_what_diverges_and_of_what_reaches_nothing():
    gone = the_map(Run("SGD", (("lr", 1.0),)))
    pixels = gone.picture("SGD").pixels
    assert "diverge" in gone.summary
    assert {tuple(p) for p in pixels[gone.reached == basins.GONE]} == {
        (30.0,) * 3,
        (190.0,) * 3,
    }
    slow = the_map(Run("SGD", (("lr", 1e-6),)))
    lost = slow.picture("SGD").pixels[slow.reached == basins.NOWHERE]
    assert len(lost) > 30_000 and (lost == 187).all()


def test_maps_without_minima_show_the_end_loss_on_one_log_scale():
    ranges, half = SURFACES["pathological"].ranges, 255 / 2
    scale = basins.loss_scale(RAVINE, ranges, "linear")
    assert scale.log and scale.low == pytest.approx(8.3e-7, rel=0.01)
    for run in runs_of("ravine"):
        made = basins.basin_map(RAVINE, run, ranges, 20, (), "linear")
        assert made.scale == scale  # colours mean the same on all maps
        losses = np.clip(made.result.loss, scale.low, scale.high).astype(float)
        told = np.array(scale.message()["values"])[made.shade]
        np.testing.assert_allclose(told, losses, rtol=0.04)  # half a shade, three digits
        assert half == pytest.approx(255 * scale.unit(np.array(np.sqrt(scale.low * scale.high))))
        text = basins.legend(made, [])
        assert "loss at the end" in text and number(scale.high) in text
    svg = export.to_svg(
        figures.basin_maps(RAVINE, [made.picture("one")], [], ranges, figures.MapKey(scale, (), ()))
    )
    assert b"loss at the end" in svg


def test_maps_of_a_bottomless_surface_show_when_the_view_was_left():
    saddle = Surface("saddle")
    made = basins.basin_map(
        saddle, Run("SGD", (("lr", 0.05),)), (-3.0, 3.0, -3.0, 3.0), 60, (), "linear"
    )
    assert "left the view" in basins.legend(made, []) and made.scale.high == 60


def test_the_legend_names_every_minimum_with_its_loss():
    text = basins.legend(the_map(Run("Adam", (("lr", 0.3),))), [z for _, _, z in MINIMA])
    for x, y, _ in MINIMA:
        assert f"({number(x)}, {number(y)})" in text


def test_basins_follow_the_schedule():
    run = Run("SGD", (("lr", 0.02),), schedule="cosine", schedule_settings=(("floor", 0.0),))
    got = basins_of(BOWLS, run, (-5.0, 5.0, -5.0, 5.0), 20, 8, ((3.0, 2.0),))
    at = -5 + 10 * (np.arange(8) + 0.5) / 8
    for i, j in ((0, 0), (5, 2), (7, 6)):
        one = Run("SGD", run.settings, (at[i], at[j]), "cosine", run.schedule_settings)
        want = race(BOWLS, (one,), 20)[0].points[-1, 2]
        assert got.loss[j, i] == pytest.approx(float(want), rel=1e-4)


# -- sharp and flat ---------------------------------------------------------------------------
def test_minima_and_curvature_of_the_two_bump_curve():
    curve = flatness.TwoMinima()
    h = 1e-4
    for which in ("sharp", "flat"):
        w = np.float64(curve.minimum(which))
        assert abs(curve.loss(w + h) - curve.loss(w - h)) / (2 * h) < 1e-6
        bend = (curve.loss(w + h) - 2 * curve.loss(w) + curve.loss(w - h)) / h**2
        assert curve.curvature(w) == pytest.approx(bend, rel=1e-3)
        near = curve.loss(w + np.linspace(-0.2, 0.2, 401) * getattr(curve, which))
        assert near.min() >= curve.loss(w) - 1e-12


def test_a_small_shift_costs_half_the_curvature_times_its_square():
    for which in ("sharp", "flat"):
        paid = flatness.price(flatness.TwoMinima(), which, 0.02)
        assert paid.gap == pytest.approx(paid.predicted, rel=0.05)


def test_keskars_picture():
    """At rest the sharp minimum is the lower one; shifted, the flat one is."""
    curve = flatness.TwoMinima()
    flat, sharp = (flatness.price(curve, w, 0.0) for w in ("flat", "sharp"))
    assert sharp.train < flat.train and sharp.gap == flat.gap == 0
    flat, sharp = (flatness.price(curve, w, 0.35) for w in ("flat", "sharp"))
    assert flat.test < sharp.test and sharp.gap > 10 * flat.gap


@pytest.mark.parametrize(
    ("value", "text"),
    [(1.2345, "1.23"), (-0.5, "−0.5"), (4.66e-5, "4.66·10⁻⁵"), (0.0, "0"), (-1e12, "−10¹²")],
)
def test_short_numbers(value, text):
    assert number(value) == text


def test_the_exported_curves_hold_what_each_minimum_pays():
    curve = flatness.TwoMinima()
    figure = figures.two_minima(curve, 0.35)
    paid = {row["minimum"]: row for row in figure.rows()["minima"]}
    for which in ("flat", "sharp"):
        assert paid[which]["pays"] == pytest.approx(flatness.price(curve, which, 0.35).gap)
    assert export.to_png(figure)[:4] == b"\x89PNG"
    rows = list(csv.DictReader(io.StringIO(export.to_csv(figure).decode())))
    assert sum(row["point"] == "curve" for row in rows) == len(figure.rows()["curves"]) // 2
    for row in rows[-2:]:
        price = flatness.price(curve, row["point"].removesuffix(" minimum"), 0.35)
        assert float(row["test loss above training loss"]) == pytest.approx(price.gap)
