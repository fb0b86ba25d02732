"""Numbers across a small histogram."""

import io
import re

import numpy as np
import pytest
from PIL import Image

from initopt_core import data
from initopt_core.figures import export, fonts, initialization, theme
from initopt_core.figures.initialization import across
from initopt_core.figures.initialization.display import Display
from initopt_core.initialization.observation import observe
from initopt_core.initialization.presets import PRESETS


def test_what_an_axis_has_to_know():
    assert across.signals("x", (-0.15, 0.15)) == {"ax": -0.1, "ex": 0.1, "lx": 4}
    assert across.signals("x", (3.0, 3.0)) == {"ax": 3.0, "ex": 1.0, "lx": 1}


@pytest.mark.parametrize("shape", ["4:3", "column"])
def test_every_histogram_of_tiny_gradients_has_numbers(shape):
    """Four of five had none: the converter takes powers of ten for twice as wide as they are."""
    seen = observe(PRESETS["constant"].settings, data.load_sample())
    figure = initialization.grid(seen, Display())
    svg = export.to_svg(figure, export.ExportOptions("print", shape=shape)).decode()
    powers = [svg.count(f"·10⁻{high}<") for high in ("¹⁰", "¹¹")]
    assert sum(powers) + svg.count(">−10⁻¹⁰<") >= 6
    picture = np.asarray(Image.open(io.BytesIO(export.to_png(figure))).convert("L"))
    assert (picture < 128).any()


def test_long_numbers_across_a_small_histogram_are_the_outer_two():
    """There was one: an axis of a single number has no scale."""
    seen = observe(PRESETS["constant"].settings, data.load_sample())
    figure = initialization.grid(seen, Display())
    room, ticks = figure.room, figure.signals["n1_2"]
    assert len(ticks) > 2 and min(map(abs, ticks)) < 1e-9
    for width, count in ((109, 2), (40, 1)):
        assert _shown(figure, width) == count, width
    assert across.LONG >= 37 + 4 and room.right >= 37 / 2, "half of one stands in the gutter"


def _shown(figure, width: float) -> int:
    """How many numbers stand across the gradients of the third layer."""
    shown = across.on_page("1_2", figure.room, False)["labelExpr"]
    ticks = figure.signals["n1_2"]
    signals = {"d1_2": figure.signals["d1_2"], "n1_2": ticks, "plot_width": width, theme.TYPE: 1}
    expression = shown.replace("datum.", "datum.parent_")
    last = len(ticks) - 1
    rows = [{"parent_value": v, "parent_index": i / last} for i, v in enumerate(ticks)]
    spec = {
        "$schema": "https://vega.github.io/schema/vega/v5.json",
        "signals": [{"name": name, "value": value} for name, value in signals.items()],
        "data": [{"name": "t", "values": rows}],
        "marks": [
            {
                "type": "text",
                "from": {"data": "t"},
                "encode": {"enter": {"text": {"signal": f"'=' + ({expression})"}}},
            }
        ],
    }
    return len(re.findall(r">=[^<]+<", fonts.converter().vega_to_svg(spec)))
