"""What the home page says of data and network."""

from __future__ import annotations

import base64
import re

import pytest

from initopt_core import published
from initopt_core.data import load_sample
from initopt_core.ui import home_parts


@pytest.fixture(autouse=True)
def sample(monkeypatch):
    """The bundled images, counted anew."""
    monkeypatch.setattr(home_parts, "get_dataset", load_sample)
    for kept in (home_parts.pixels, home_parts.batch, home_parts.initialization):
        kept.clear()
    yield
    for kept in (home_parts.pixels, home_parts.batch, home_parts.initialization):
        kept.clear()


def test_pixels_are_those_of_all_training_images():
    images = load_sample().train_images.double() / 255
    mean, std, count = home_parts.pixels("sample")
    assert mean == pytest.approx(float(images.mean()), rel=1e-9)
    assert std == pytest.approx(float(images.std(correction=0)), rel=1e-9)
    assert count == len(images)


def test_one_batch_has_the_extremes_that_the_tutorial_printed():
    found = home_parts.batch("sample")
    assert found.keys() == published.BATCH.keys()
    for name in ("maximum", "minimum"):
        assert found[name] == pytest.approx(published.BATCH[name], abs=5e-4)
    for name in ("mean", "standard deviation"):
        assert found[name] == pytest.approx(published.BATCH[name], abs=0.02)


def test_the_network_has_as_many_parameters_as_its_layers():
    drawing, weights = home_parts.network()
    counted = (785 * 512, 513 * 256, 257 * 256, 257 * 128, 129 * 10)  # a bias for each unit
    assert weights == sum(counted)
    assert "784, 512, 256, 256, 128, 10 units" in drawing


def test_the_races_card_draws_a_falling_line_for_each_optimizer():
    svg = base64.b64decode(re.search(r"base64,([^\"]+)", home_parts.training())[1]).decode()
    lines = re.findall(r'points="([^"]+)"', svg)
    assert len(lines) == 3
    for line in lines:
        heights = [float(place.split(",")[1]) for place in line.split()]
        assert len(heights) == 40 and heights[0] < heights[20] < heights[-1]  # downwards is more
