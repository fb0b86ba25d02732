"""A figure's definition in another theme or with larger letters."""

import numpy as np
import pytest

from initopt_core.figures import export, theme
from initopt_core.figures.export import restyle
from initopt_core.optimizers import OPTIMIZERS


def test_printed_series_differ_in_grey():
    colours = [entry.look.color for entry in OPTIMIZERS.values()][:6]
    greys = [restyle.lightness(c) for c in restyle.apart_in_grey(colours)]
    assert min(np.diff(sorted(greys))) > 5 and max(greys) < 80
    assert restyle.lightness("#FFFFFF") == pytest.approx(100, abs=0.01)
    assert restyle.lightness("#777777") == pytest.approx(50.03, abs=0.1)


def test_printed_lines_differ_in_their_dashes_and_the_legend_shows_them():
    def encoding(**more):
        of = {"field": "who", "scale": {"domain": ["a", "b", "c"]}}
        hues = {**of["scale"], "range": ["#EE7733", "#4477AA", "#AA3377"]}
        return {"color": {**of, "scale": hues, "legend": {"columns": 3}}} | {
            k: {**of, "scale": {**of["scale"], "range": v}} for k, v in more.items()
        }

    alike = [[1, 0]] * 3
    layers = [encoding(strokeDash=alike), encoding(shape=["circle"] * 3), encoding()]
    area = {"type": "area", "opacity": theme.BAND_OPACITY}
    spec = {"params": [], "config": {}, "mark": area, "layer": [{"encoding": e} for e in layers]}
    made = restyle.restyled(spec, export.ExportOptions("print"))
    line, sign, other = (layer["encoding"] for layer in made["layer"])
    greys = line["color"]["scale"]["range"]
    assert len({tuple(d) for d in line["strokeDash"]["scale"]["range"]}) == 3
    assert max(restyle.lightness(c) for c in greys) < 62
    assert sign["color"]["scale"]["range"] == other["color"]["scale"]["range"] == greys
    assert line["strokeDash"]["legend"] == line["color"]["legend"]
    assert line["color"]["legend"]["symbolType"] == "stroke" and sign["shape"]["legend"] is None
    assert made["mark"]["opacity"] < theme.BAND_OPACITY


def test_a_dash_that_means_something_else_is_kept():
    scale = {"domain": ["measured", "predicted"], "range": [[1, 0], [6, 4]]}
    hues = {"domain": ["weights"], "range": ["#4477AA"]}
    color, dash = {"field": "what", "scale": hues}, {"field": "how", "scale": scale}
    spec = {"params": [], "config": {}, "encoding": {"color": color, "strokeDash": dash}}
    made = restyle.restyled(spec, export.ExportOptions("print"))
    assert made["encoding"]["strokeDash"]["scale"]["range"] == [[1, 0], [6, 4]]


def test_dashes_that_tell_lines_apart_on_the_page_are_the_printed_ones():
    kinds = {"domain": ["training", "test"]}
    color = {"field": "curve", "scale": {**kinds, "range": ["#4477AA", "#EE6677"]}}
    dash = {"field": "curve", "scale": {**kinds, "range": [[1, 0], [7, 4]]}}
    spec = {"params": [], "config": {}, "encoding": {"color": color, "strokeDash": dash}}
    made = restyle.restyled(spec, export.ExportOptions("print"))
    assert made["encoding"]["strokeDash"]["scale"]["range"] == [[1, 0], [7, 4]]


def test_letters_grow_and_data_do_not():
    spec = {
        "params": [{"name": theme.TYPE, "value": 1}, {"name": "mine", "value": 1}],
        "config": {"axis": {"labelFontSize": 10}},
        "mark": {"type": "text", "fontSize": 12, "size": 40},
        "datasets": {"d": [{"fontSize": 3}]},
    }
    made = restyle.enlarged(spec, 1.5)
    assert [p["value"] for p in made["params"]] == [1.5, 1]
    assert made["config"]["axis"]["labelFontSize"] == 15
    assert made["mark"] == {"type": "text", "fontSize": 18, "size": 40}
    assert made["datasets"]["d"] == [{"fontSize": 3}]


def test_only_a_printed_figure_has_other_colours():
    def spec():
        scale = {"domain": ["a", "b"], "range": ["#4477AA", "#EE6677"]}
        params = [{"name": "ink", "value": ""}, {"name": "mine", "value": 7}]
        return {"params": params, "config": {}, "encoding": {"color": {"scale": scale}}}

    for name, colors in export.THEMES.items():
        made = restyle.restyled(spec(), export.ExportOptions(name))
        assert [p["value"] for p in made["params"]] == [colors["ink"], 7]
        assert made["config"]["background"] == colors["paper"]
        assert made["config"]["line"]["strokeJoin"] == "round", "no spikes where a line turns"
        kept = made["encoding"]["color"]["scale"]["range"] == ["#4477AA", "#EE6677"]
        assert kept == (name != "print")


def test_a_title_up_a_low_plot_ends_with_it():
    long, short = "training loss (cross-entropy)", "loss"
    inner = {"type": "group", "axes": [{"orient": "left", "title": long}]}
    axes = [{"orient": "left", "title": short}, {"orient": "bottom", "title": long}]
    vega = {"axes": axes, "marks": [inner]}
    restyle.titles_fit(vega, 110)
    size = inner["axes"][0]["titleFontSize"]
    assert 7 < size < 12 and restyle.length(long, size) == pytest.approx(110, abs=0.5)
    assert all("titleFontSize" not in axis for axis in axes)
    restyle.titles_fit(vega, 20)
    assert inner["axes"][0]["titleFontSize"] == 7, "no smaller than can be read"
