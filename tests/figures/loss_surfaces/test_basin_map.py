"""One basin map: its pixels, its scale, its legend."""

import numpy as np
import pytest

from initopt_core.descent import Run
from initopt_core.figures import export
from initopt_core.figures import loss_surfaces as figures
from initopt_core.figures.loss_surfaces import basin_map as basins
from initopt_core.loss_surfaces.landmarks import landmarks
from initopt_core.loss_surfaces.presets import RACES
from initopt_core.surfaces import SURFACES, Surface
from initopt_core.wording import number

RAVINE = Surface("pathological")
BOWLS = Surface("himmelblau")
MINIMA = landmarks(BOWLS, ()).minima


def runs_of(name):
    preset = RACES[name]
    return tuple(Run(n, tuple(s.items()), preset.begin) for n, s in preset.runs)


def the_map(run):
    return basins.basin_map(BOWLS, run, (-5.0, 5.0, -5.0, 5.0), 60, MINIMA, "log")


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
        assert "loss at the end, log scale" in text and number(scale.high) in text
        assert all(f">{t}<" in text for t in ("10⁻⁵", "10⁻⁴", "0.001", "0.01", "0.1", "1"))
    svg = export.to_svg(
        figures.basin_maps(RAVINE, [made.picture("one")], [], ranges, figures.MapKey(scale, (), ()))
    )
    assert b"loss at the end, log scale" in svg and svg.count(b">0.001<") == 1


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
