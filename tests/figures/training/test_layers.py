"""Gradients and updates of every layer."""

from __future__ import annotations

import re

import pytest
import vl_convert

from initopt_core.figures import export, training
from tests.support.charts import places_of, points_of_lines, powers, told


@pytest.mark.parametrize("tiny", [0.0, 1e-310, 5e-324])
def test_gradients_without_place_leave_the_layers_chart_standing(tiny):
    history = told([[2.3, 1.0]])
    for step in range(3):
        history._take({"kind": "probe", "name": "SGD", "step": 20 * step,
                       "gradient": [1e-200, 1e-100, tiny], "ratio": [0.1, 0.01, tiny]})  # fmt: skip
    for what in ("gradient", "ratio"):
        figure = training.layers_figure(training.lines([("", history)]), "steps", what)
        svg = vl_convert.vegalite_to_svg(figure.spec())
        assert "3 values" in svg and "NaN" not in svg
        if what == "gradient":
            assert {-200, -100} & set(powers(svg)) and 0 not in powers(svg)


def test_each_layers_curve_is_what_was_measured():
    history = told([[2.3, 1.0]])
    for step, size in ((0, 1.0), (20, 0.25)):
        history._take({"kind": "probe", "name": "SGD", "step": step,
                       "gradient": [size, 2 * size], "ratio": [0.1, 0.2]})  # fmt: skip
    figure = training.layers_figure(training.lines([("", history)]), "steps", "gradient")
    drawn = [(r["layer"], r["x"], r["y"]) for r in figure.rows()["layers"]]
    assert drawn == [(0, 0, 1), (0, 20, 0.25), (2, 0, 2), (2, 20, 0.5)]


def test_a_print_tells_layers_apart_by_dashes_and_its_key_says_layer():
    history = told([[2.3, 1.0]])
    for step in (0, 20):
        history._take({"kind": "probe", "name": "SGD", "step": step,
                       "gradient": [1.0, 0.5, 0.2], "ratio": [0.1, 0.1, 0.1]})  # fmt: skip
    figure = training.layers_figure(training.lines([("", history)]), "steps", "gradient")
    light, printed = (
        export.to_svg(figure, export.ExportOptions(look)).decode() for look in ("light", "print")
    )
    for svg, dashes in ((light, 0), (printed, 2)):
        lines = re.findall(r"<path[^>]*mark-line|stroke-dasharray=\"([\d, .]+)\"", svg)
        assert len({dash for dash in lines if dash and dash != "1,0"}) == dashes
        assert all(f">layer {n}</text>" in svg for n in (0, 2, 4))


@pytest.mark.parametrize("what", ["gradient", "ratio"])
def test_each_panel_shows_its_own_optimizer_alone(what):
    history = told([[2.3, 1.0], [2.3, 1.0]])
    for name, looks in (("SGD", 2), ("Adam", 3)):
        for step in range(looks):
            values = [1.0 + step, 2.0, 0.0 if name == "Adam" else 3.0]
            probe = {"kind": "probe", "name": name, "step": 20 * step}
            history._take({**probe, "gradient": values, "ratio": values})
    figure = training.layers_figure(training.lines([("", history)]), "steps", what)
    svg = vl_convert.vegalite_to_svg(figure.spec())
    drawn = [n for n in points_of_lines(svg) if n]  # without the line of values that have no place
    assert drawn == [2, 2, 2, 3, 3]  # three layers of SGD, of two looks; two of Adam
    assert svg.count("Left out") == 1


@pytest.mark.parametrize("look", ["light", "print"])
def test_names_of_panels_stand_below_the_key(look):
    history = told([[2.3, 1.0], [2.3, 1.0]])
    for name in ("SGD", "Adam"):
        for step in (0, 20):
            probe = {"kind": "probe", "name": name, "step": step}
            history._take({**probe, "gradient": [1.0, 0.5, 0.2], "ratio": [0.1] * 3})
    figure = training.layers_figure(training.lines([("", history)]), "steps", "gradient")
    places = places_of(export.to_svg(figure, export.ExportOptions(look)))
    key = {y for n in (0, 2, 4) for _, y in places[f"layer {n}"]}
    heads = [y for line in training.lines([("", history)]) for _, y in places[line.label]]
    assert len(key) == 1 and len(set(heads)) == 1 and heads[0] - max(key) > 8
