"""Compact data, its expansion, and what a figure promises."""

import itertools
import json
import math

import altair as alt
import numpy as np
import pytest
import torch

from initopt_core.figures import figure as base
from initopt_core.figures import theme


def line_figure(seed=0, **kwargs):
    def build():
        return (
            alt.Chart(alt.NamedData("curves"))
            .mark_line()
            .encode(x="step:Q", y=alt.Y("loss:Q", scale=alt.Scale(domain=alt.ExprRef("span"))))
            .properties(width=300, height=150)
        )

    data = {"curves": base.columns(step=range(5), loss=np.linspace(1 + seed, 0, 5))}
    given = {"signals": {"span": [0, 2 + seed]}, "alt": "A falling line", **kwargs}
    return base.Figure("line", build, data, **given)


def test_compact_keeps_four_digits_and_survives_what_json_cannot_say():
    values = [1 / 3, 123456.0, 2.0, float("nan"), float("inf"), -float("inf"), 7, 1e-9, -0.0]
    assert base.compact(values) == [0.3333, 123500, 2, None, None, None, 7, 1e-9, 0]
    assert json.dumps(base.compact(values), allow_nan=False)
    assert base.compact(np.array([[1.0, 2.0], [3.5, 4.0]])) == [1, 2, 3.5, 4]
    assert base.compact(np.float32(0.1)) == [0.1]
    assert base.compact([np.float64(1 / 3), np.int64(3), True, "a", None]) == [
        0.3333,
        3,
        True,
        "a",
        None,
    ]
    assert base.compact(torch.tensor([0.5, math.nan])) == [0.5, None]


def test_columns_repeat_scalars():
    rows = base.expand(base.columns(name="SGD", x=[1, 2], y=np.array([0.5, np.nan])))
    assert rows == [{"name": "SGD", "x": 1, "y": 0.5}, {"name": "SGD", "x": 2, "y": None}]


def test_columns_of_scalars_are_one_row_and_of_empty_lists_none():
    assert base.expand(base.columns(x=1, y=2.5)) == [{"x": 1, "y": 2.5}]
    assert base.expand(base.columns(x=[], y=[])) == []
    assert base.expand(base.series([])) == []


def test_columns_of_different_lengths_are_refused():
    with pytest.raises(ValueError, match="different lengths"):
        base.columns(x=[1, 2], y=[1])


def test_expand_refuses_what_it_does_not_know():
    with pytest.raises(ValueError, match="compact dataset"):
        base.expand({"x": [1, 2]})


def test_histogram_rows_for_an_area_close_the_last_step():
    data = base.histograms(
        [{"layer": "Layer 0", "edges": np.linspace(0, 1, 5), "counts": [1, 2, 3, 4]}]
    )
    assert data["histograms"][0]["edges"] == [0, 1]
    rows = base.expand(data)
    assert [r["x"] for r in rows] == [0, 0.25, 0.5, 0.75, 1]
    assert [r["y"] for r in rows] == [1, 2, 3, 4, 4]
    assert {r["layer"] for r in rows} == {"Layer 0"}


def test_histogram_rows_for_bars():
    rows = base.expand(base.histograms([{"edges": (0, 2), "counts": [5, 6]}], bars=True))
    assert rows == [{"x": 0, "x2": 1, "y": 5}, {"x": 1, "x2": 2, "y": 6}]


def test_histogram_with_uneven_edges_keeps_them():
    edges = [0, 1, 10, 100]
    rows = base.expand(base.histograms([{"edges": edges, "counts": [1, 2, 3]}]))
    assert [r["x"] for r in rows] == edges


def test_histogram_of_tiny_width_far_from_zero_keeps_its_place():
    edges = np.linspace(1.0, 1.00001, 51)
    rows = base.expand(base.histograms([{"edges": edges, "counts": np.ones(50, int)}]))
    assert rows[0]["x"] == pytest.approx(1.0, abs=1e-6)
    assert all(a["x"] <= b["x"] for a, b in itertools.pairwise(rows))


def test_histogram_with_infinite_edges_and_without_bins():
    rows = base.expand(base.histograms([{"edges": (float("nan"), 1.0), "counts": [1, 2]}]))
    assert [r["x"] for r in rows] == [None] * 3
    assert base.expand(base.histograms([{"edges": (0, 1), "counts": []}])) == []


def test_histogram_edges_must_fit():
    with pytest.raises(ValueError, match="4 edges do not fit 2 bins"):
        base.histograms([{"edges": [0, 1, 2, 3], "counts": [1, 2]}])


def test_fifteen_histograms_of_fifty_bins_fit_in_eight_kilobytes():
    rng = np.random.default_rng(0)
    panels = [
        {"panel": i, "edges": rng.normal(size=2).tolist(), "counts": rng.integers(0, 10**5, 50)}
        for i in range(15)
    ]
    figure = base.Figure("k", lambda: None, {"h": base.histograms(panels)})
    assert len(figure.message.encode()) < 8192


def test_the_definition_depends_on_the_key_alone():
    assert line_figure(0).definition() == line_figure(3).definition()
    assert line_figure(0).stamp != line_figure(3).stamp
    assert line_figure(1).stamp == line_figure(1).stamp


def test_the_spec_is_complete():
    spec = line_figure(1).spec()
    assert len(spec["datasets"]["curves"]) == 5
    params = {p["name"]: p["value"] for p in spec["params"]}
    assert params["span"] == [0, 3]
    assert params["ink"] == theme.LIGHT["ink"]
    assert spec["description"] == "A falling line"


def test_no_field_is_converted_again_in_the_browser():
    assert line_figure().definition()["data"]["format"] == {"parse": None}


def test_a_message_holds_no_number_that_json_lacks():
    figure = line_figure(signals={"span": [float("nan"), np.float32(1)]})
    assert json.loads(figure.message)["signals"]["span"] == [None, 1]


def test_a_chart_that_vega_lite_does_not_know_fails_here():
    def build():
        return alt.Chart(alt.NamedData("d")).mark_line(strokeWith=2).encode(x="x:Q")

    with pytest.raises(alt.utils.schemapi.SchemaValidationError):
        base.Figure("wrong", build, {"d": base.columns(x=[1.0])}).definition()
