"""A surface as a picture."""

import io

import numpy as np
import pytest
from PIL import Image

from initopt_core.descent import Run, race
from initopt_core.figures import export
from initopt_core.figures import loss_surfaces as figures
from initopt_core.figures.loss_surfaces.picture import color_bar, end_of_scale, round_losses
from initopt_core.surfaces import Surface
from initopt_core.wording import number

SCALES = [
    (0.0, 2.06, "linear", [0.5, 1.0, 1.5]),
    (-3.98, 0.0, "linear", [-3.0, -2.0, -1.0]),
    (0.0034, 890.0, "log", [1.0, 10.0, 100.0]),
    (0.0, 800.0, "linear", [200.0, 400.0, 600.0]),
    (1.0, 1.0, "linear", []),
]
"""As in tests/web/units/scale.test.js."""


def test_the_picture_has_the_lowest_loss_where_it_is_lowest():
    picture = Image.open(
        io.BytesIO(figures.surface_png(Surface("quadratic"), (-1.0, 3.0, -1.0, 3.0), "linear", 81))
    )
    pixels = np.asarray(picture)
    # The minimum (0, 0) is a quarter from the left and a quarter from the bottom.
    np.testing.assert_array_equal(pixels[60, 20, :3], [0x44, 0x01, 0x54])
    assert pixels[0, -1, 1] > 200  # the far corner is yellow


def test_a_scale_says_its_losses_and_whether_it_is_logarithmic():
    for color, title in (("linear", "loss"), ("log", "loss, log scale")):
        layers = color_bar(0.0, 800.0, color, 18, 400).to_dict(validate=False)["layer"]
        words = [layer["mark"]["text"] for layer in layers if layer["mark"]["type"] == "text"]
        assert words[-1] == title and words[0] == "0" and words[-2] == "800"
        inner = ["200", "400", "600"] if color == "linear" else ["1", "10", "100"]
        assert words[1:-2] == inner
    layers = color_bar(-3.98, -1.75e-39, "linear", 18, 400).to_dict(validate=False)["layer"]
    words = [layer["mark"]["text"] for layer in layers if layer["mark"]["type"] == "text"]
    assert words[-3:-1] == ["−1", "0"], "what rounding has left of zero is zero"


@pytest.mark.parametrize(("low", "high", "color", "found"), SCALES)
def test_between_its_ends_a_scale_has_round_losses(low, high, color, found):
    """It had 0.514, 1.03 and 1.54, on the page, too."""
    assert round_losses(low, high, color) == found


def test_a_grids_lowest_loss_that_misses_its_minimum_by_a_speck_is_0():
    """It was 8.32·10⁻⁷ at the foot of a scale up to 2.06."""
    for low, high, said in ((8.32e-7, 2.06, "0"), (0.0034, 890, "0.0034"), (-3.98, -1e-9, "−3.98")):
        layers = color_bar(low, high, "linear", 18, 400).to_dict(validate=False)["layer"]
        words = [layer["mark"]["text"] for layer in layers if layer["mark"]["type"] == "text"]
        assert words[0] == said
        assert number(end_of_scale(low, low, high)) == said


def test_tables_call_the_weights_what_the_axes_call_them():
    surface, ranges = Surface("quadratic"), (-1.0, 1.0, -1.0, 1.0)
    traces = race(surface, [Run("SGD", (("lr", 0.1),), (0.5, 0.5))], 3)
    for figure in (
        figures.paths(surface, (), (), ranges, "linear"),
        figures.space(surface, traces, ["SGD"], ranges, "linear"),
    ):
        heads = export.to_csv(figure).decode().split("\n")[0].split(",")
        assert heads[-3:] == ["weight w₁ (no unit)", "weight w₂ (no unit)", "loss (no unit)"]
        svg = export.to_svg(figure).decode()
        assert all(f">{head.removesuffix(' (no unit)')}</text>" in svg for head in heads[-3:-1])
