"""Pinned settings beside the current one."""

from __future__ import annotations

import re

import pytest

from initopt_core.data import load_sample
from initopt_core.figures import export
from initopt_core.figures import initialization as figures
from initopt_core.figures.export.page import chart_page
from initopt_core.figures.initialization import Display
from initopt_core.figures.initialization.display import SETTINGS_COLORS
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


def test_a_print_tells_settings_apart_without_colour(views):
    first = views(hidden="40, 30", batch=64)
    second = views(hidden="40, 30", batch=64, scheme="pytorch")
    for look, dashes in (("light", 0), ("print", 1)):
        svg = export.to_svg(
            figures.compare([first, second], Display()), export.ExportOptions(look)
        ).decode()
        found = set(re.findall(r'stroke-dasharray="([\d, .]+)"', svg)) - {"1,0"}
        assert len(found) == dashes
        svg = export.to_svg(figures.depth(second, [first]), export.ExportOptions(look)).decode()
        kept = [c in svg for c in (SETTINGS_COLORS[0], SETTINGS_COLORS[3])]
        assert kept == [look == "light"] * 2, "others, apart in lightness"


def test_a_file_says_whose_each_colour_is(views):
    """The page has it beside its buttons, the picture alone had it nowhere."""
    first = views(hidden="40, 30", batch=64)
    second = views(hidden="40, 30", batch=64, scheme="pytorch")
    figure = figures.compare([first, second], Display())
    assert not figure.room.entries, "on the page"
    told = [one["scheme"] for one in figure.settings["compared"]]
    assert told == [first.settings.scheme, second.settings.scheme]
    names = [f"pin 1: {first.settings.label}", f"now: {second.settings.label}"]
    for options in (
        export.ExportOptions(),
        export.ExportOptions(theme="print", shape="column"),
        export.ExportOptions(text="slide", shape="16:9"),
    ):
        svg = export.to_svg(figure, options).decode()
        assert all(f">{name}</text>" in svg for name in names), options
    assert all(name in chart_page(figure).decode() for name in names)
    colors = [figures.SETTINGS_COLORS[0], figures.SETTINGS_COLORS[3]]
    svg = export.to_svg(figure).decode()
    keys = re.findall(r'd="M-5,0L5,0" stroke="(#\w+)"', svg)
    assert keys == colors
