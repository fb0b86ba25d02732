"""Pinned settings beside the current one."""

from __future__ import annotations

import json
import re

import pytest

from initopt_core.data import load_sample
from initopt_core.figures import export
from initopt_core.figures import initialization as figures
from initopt_core.figures.export.page import chart_page
from initopt_core.figures.initialization import Display
from initopt_core.figures.initialization.depth import settings_named
from initopt_core.figures.initialization.display import SETTINGS_COLORS, SETTINGS_DASHES
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
    for look in ("light", "dark", "print"):
        svg = export.to_svg(
            figures.compare([first, second], Display()), export.ExportOptions(look)
        ).decode()
        found = set(re.findall(r'stroke-dasharray="([\d, .]+)"', svg)) - {"1,0"}
        assert found == {"2,2"}
        svg = export.to_svg(figures.depth(second, [first]), export.ExportOptions(look)).decode()
        kept = [c in svg for c in (SETTINGS_COLORS[0], SETTINGS_COLORS[3])]
        assert kept == [look != "print"] * 2, "others, apart in lightness"


def test_the_present_setting_is_solid_and_a_pinned_one_dashed_everywhere(views):
    """Told by the key, which shows piece of line and name; on the page by buttons."""
    shown = [views(hidden="40, 30", batch=64, scheme=s) for s in ("pytorch", "xavier", "kaiming")]
    page = figures.compare(shown, Display())
    made = json.dumps(page.spec())
    assert json.dumps({"domain": list(SETTINGS_COLORS), "range": list(SETTINGS_DASHES)}) in made
    for figure in (page.alone(), figures.depth(shown[-1], shown[:-1])):
        for look in ("light", "print"):
            svg = export.to_svg(figure, export.ExportOptions(look)).decode()
            key = re.findall(r'<path [^>]*d="M-[\d.]+,0L[\d.]+,0"[^>]*>', svg)
            drawn = [re.search(r'stroke-dasharray="([\d,]+)"', one) for one in key]
            dashes = [one[1] if one else "1,0" for one in drawn]
            assert dashes == ["2,2", "9,3,2,3", "1,0"], look


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
    keys = re.findall(r'd="M-[\d.]+,0L[\d.]+,0" stroke="(#\w+)"', svg)
    assert keys == colors


def test_a_file_says_what_lies_across_and_up_and_seeds_that_differ(views):
    """ "(%)" was of nothing, no axis told a unit, and seeds stood in the caption alone."""
    first = views(hidden="40, 30", batch=64, seed=42)
    second = views(hidden="40, 30", batch=64, scheme="pytorch")
    figure = figures.compare([first, second], Display())
    for shape in ("natural", "16:9", "column"):
        svg = export.to_svg(figure, export.ExportOptions(shape=shape)).decode()
        assert "Across: value (gradients in nats" in svg and "% of a layer's values in a" in svg
        assert "seed 18" in svg and "seed 42" in svg
    assert "seed" not in settings_named([first, first])[0]
