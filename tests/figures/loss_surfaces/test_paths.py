"""The exported paths."""

import re

import pytest

from initopt_core.descent import Run, race
from initopt_core.figures import export
from initopt_core.figures import loss_surfaces as figures
from initopt_core.loss_surfaces.labels import labels_of
from initopt_core.loss_surfaces.presets import RACES
from initopt_core.surfaces import Surface

RAVINE = Surface("pathological")


def runs_of(name):
    preset = RACES[name]
    return tuple(Run(n, tuple(s.items()), preset.begin) for n, s in preset.runs)


def test_the_exported_figures_hold_the_paths():
    traces = race(RAVINE, runs_of("ravine"), 40)
    labels = labels_of([t.run.optimizer for t in traces])
    figure = figures.paths(RAVINE, traces, labels, (-6.0, 6.0, -14.0, 6.0), "linear")
    rows = figure.rows()["paths"]
    assert len(rows) == 3 * 41
    assert rows[-1]["w2"] == pytest.approx(float(traces[-1].points[-1, 1]), rel=1e-5)
    assert export.to_png(figure)[:4] == b"\x89PNG"
    svg = export.to_svg(figure).decode()
    assert "data:image/png" in svg and "Adam" in svg


def test_a_still_picture_has_the_pages_start_and_a_line_without_spikes():
    traces = race(RAVINE, runs_of("ravine"), 40)
    labels = labels_of([t.run.optimizer for t in traces])
    figure = figures.paths(RAVINE, traces, labels, (-6.0, 6.0, -14.0, 6.0), "linear")
    assert figure.rows()["starts"] == [{"w1": 5, "w2": 5, "tint": "#222"}], "one ring for all"
    svg = export.to_svg(figure).decode()
    halos = [tag for tag in re.findall(r"<path[^>]*>", svg) if 'stroke-width="4"' in tag]
    assert 'stroke-linejoin="round"' in halos[-1] and "weight w₁" in svg
    assert ">2.06<" in svg and ">0<" in svg and "10⁻⁷" not in svg, "the page's scale"
    other = (*traces[:1], *race(RAVINE, [Run("Adam", (), (1.0, 2.0))], 3))
    rings = figures.paths(RAVINE, other, ["SGD", "Adam"], (-6.0, 6.0, -14.0, 6.0), "linear")
    assert [r["tint"] for r in rings.rows()["starts"]] == ["#EE7733", "#AA3377"]


def test_a_path_that_has_left_is_an_arrow_at_the_edge():
    traces = race(RAVINE, runs_of("ravine"), 40)
    labels = labels_of([t.run.optimizer for t in traces])
    figure = figures.paths(RAVINE, traces, labels, (4.0, 6.0, 4.0, 6.0), "linear")
    assert not figure.rows()["ends"]
    for arrow in figure.rows()["left"]:
        assert 4 < arrow["w1"] < 6 and 4 < arrow["w2"] < 6
        assert 90 < arrow["angle"] < 180, "down and to the left"


def test_an_arrow_has_an_entry_in_the_key_where_there_is_one():
    traces = race(RAVINE, runs_of("ravine"), 40)
    labels = labels_of([t.run.optimizer for t in traces])
    for ranges, times in (((4.0, 6.0, 4.0, 6.0), 1), ((-60.0, 60.0, -60.0, 60.0), 0)):
        svg = export.to_svg(figures.paths(RAVINE, traces, labels, ranges, "linear")).decode()
        assert svg.count(">left the picture</text>") == times
