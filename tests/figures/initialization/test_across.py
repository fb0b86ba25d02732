"""Numbers across a small histogram."""

import io

import numpy as np
import pytest
from PIL import Image

from initopt_core import data
from initopt_core.figures import export, initialization
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
