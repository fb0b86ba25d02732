"""Variance against depth."""

from __future__ import annotations

import dataclasses
import math
import re

import pytest
import vl_convert

from initopt_core.data import load_sample
from initopt_core.figures import initialization, logs
from initopt_core.initialization.observation import observe
from initopt_core.initialization.settings import Settings
from tests.support.charts import path_heights, powers


@pytest.mark.parametrize("low", [1e-100, 1e-200, 1e-299, 1e-310, 0.0])
def test_vanished_variances_leave_the_depth_view_standing(low):
    """Variances below 1e-300 emptied the gradient chart."""
    seen = observe(Settings(hidden=(16, 16, 16), batch=64), load_sample())
    stats = seen.probe.gradients
    faint = [dataclasses.replace(stats[0], variance=low), *stats[1:]]
    probe = dataclasses.replace(seen.probe, gradients=faint)
    seen = dataclasses.replace(seen, probe=probe, predict=lambda: None)
    figure = initialization.depth(seen)
    svg = vl_convert.vegalite_to_svg(figure.spec())
    heights = [h for h in path_heights(svg) if h > 20]
    assert len(heights) >= 2 and "NaN" not in svg
    if low >= logs.SMALLEST:
        assert min(powers(svg)) <= math.log10(low) / 2
        assert "Left out" not in svg
    else:
        assert "1 value" in svg and "1 value" in figure.alt


def test_what_is_drawn_is_what_was_measured_and_predicted():
    seen = observe(Settings.make(hidden="16, 8", batch=64), load_sample())
    rows = initialization.depth(seen).rows()["activations_lines"]
    measured = [r["y"] for r in rows if r["kind"] == "measured"]
    predicted = [r["y"] for r in rows if r["kind"] == "predicted"]
    assert measured == pytest.approx([s.variance for s in seen.probe.activations], rel=1e-3)
    assert predicted == pytest.approx(seen.prediction.variance, rel=1e-3)


@pytest.mark.parametrize("hidden", ["32, 16", "64, 8"])
def test_both_titles_stand_at_one_height(hidden):
    """A label over the end of its axis lifted one of them."""
    seen = observe(Settings.make(hidden=hidden, batch=64), load_sample())
    svg = vl_convert.vegalite_to_svg(initialization.depth(seen).spec())
    found = re.findall(r'translate\((-[\d.]+),(-[\d.]+)\)"[^>]*><tspan[^>]*>Variance of', svg)
    places = found or re.findall(r'translate\((-[\d.]+),(-[\d.]+)\)"[^>]*>Variance of', svg)
    assert len(places) == 2 and len(set(places)) == 1


@pytest.mark.parametrize(
    ("scheme", "said"), [("constant", ""), ("xavier", "solid: measured, dashed: theory")]
)
def test_a_dashed_line_is_told_of_where_there_is_one(scheme, said):
    """Under a constant scheme there is no theory, and yet its line was told of."""
    seen = observe(Settings.make(scheme=scheme, hidden="16, 8", batch=64), load_sample())
    figure = initialization.depth(seen)
    kinds = {row["kind"] for row in figure.rows()["activations_lines"]}
    assert figure.signals["strokes"] == said
    assert ("predicted" in kinds) == bool(said)
    assert ("dashed" in vl_convert.vegalite_to_svg(figure.spec())) == bool(said)


@pytest.mark.parametrize("high", [60, 82, 120])
def test_every_panel_has_numbers_enough_for_a_scale(high):
    """Xavier's gradients under tanh, from 1.7e-5 to 3.5e-4, had 10⁻⁴ alone."""
    seen = observe(Settings.make(scheme="xavier", activation="tanh"), load_sample())
    figure = initialization.depth(seen)
    figure = dataclasses.replace(figure, room=dataclasses.replace(figure.room, height=high))
    svg = vl_convert.vegalite_to_svg(figure.spec())
    axes = [part for part in svg.split("role-axis-label")[1:] if "Variance" not in part[:200]]
    counts = []
    for part in axes:
        group = part[: part.index("</g>")]
        written = re.findall(r"<text([^>]*)>([^<]+)</text>", group)
        counts.append(len({w for look, w in written if 'opacity="0"' not in look}))
    assert len(counts) == 4 and min(counts) >= (3 if high > 60 else 2), counts


def test_axes_have_units_and_say_which_layers_they_count():
    seen = observe(Settings.make(hidden="16, 8", batch=64), load_sample())
    svg = vl_convert.vegalite_to_svg(initialization.depth(seen).spec())
    assert "Variance of gradients, nats²" in svg and "odd numbers: activation functions" in svg
