"""How histograms are drawn."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from initopt_core.figures import initialization as figures
from initopt_core.figures.initialization.display import marks, remark, span
from initopt_core.probes import summarize


def test_density_curve_is_a_density():
    values = torch.randn(100_000, generator=torch.Generator().manual_seed(0))
    s = summarize(values, "Layer 0", 1, 1)
    curve = figures.density(s, s.low, s.high)
    assert curve.sum() == pytest.approx(s.size, rel=0.01)
    middle = figures.density(s, -0.1, 0.1, 1)[0] / 0.2 / s.size
    assert middle == pytest.approx(1 / math.sqrt(2 * math.pi), rel=0.03)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ([0.0, 2.0], "var 1"),
        ([3.0, 3.0], "all 3"),
        ([1.0, math.nan, math.inf, 2.0], "∞ NaN · 50 % of all"),
    ],
)
def test_a_few_words_say_what_a_histogram_holds(values, said):
    assert remark(summarize(torch.tensor(values), "Layer 0", 1, 1)) == said


def test_outliers_are_left_out_when_asked_for():
    values = torch.cat([torch.linspace(-1, 1, 10_000), torch.tensor([50.0])])
    stats = summarize(values, "Layer 0", 1, 1)
    assert span(stats, False) == (-1.0, 50.0)
    assert span(stats, True)[1] < 2


def test_a_small_axis_has_a_scale_wherever_it_lies():
    draw = np.random.default_rng(3)
    for _ in range(500):
        low, width = draw.normal() * 10.0 ** draw.integers(-9, 9), 10.0 ** draw.uniform(-9, 9)
        if width < 1e-6 * abs(low):
            continue  # as good as one value
        found = marks(low, low + width)
        assert 3 <= len(found) <= 6
        steps = np.diff(found)
        assert np.allclose(steps, steps[0], rtol=1e-3)
        assert low - 1e-6 * width <= found[0] and found[-1] <= low + (1 + 1e-6) * width
    assert marks(-4.846, 4.646) == [-4, 0, 4]  # steps of 5 leave 0 alone
    assert marks(-0.034, 0.048) == [-0.02, 0, 0.02, 0.04]
