"""Pinned settings beside the current one."""

from __future__ import annotations

import pytest

from initopt_core.data import load_sample
from initopt_core.figures import initialization as figures
from initopt_core.figures.initialization import Display
from initopt_core.initialization import Settings, observe


@pytest.fixture
def views():
    return lambda **settings: observe(Settings.make(**settings), load_sample())


def test_comparison_uses_shared_bins(views):
    first = views(hidden="40, 30", batch=64)
    second = views(hidden="40, 30", batch=64, scheme="pytorch")
    figure = figures.compare([first, second], Display())
    both = figure.data["c0_0"]["histograms"]
    assert both[0]["edges"] == both[1]["edges"]
    assert all(sum(p["counts"]) == pytest.approx(100, rel=1e-2) for p in both)
    curves = figures.depth(second, [first])
    assert len({r["color"] for r in curves.rows()["activations_lines"]}) == 2
