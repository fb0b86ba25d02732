"""The exported paths."""

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
