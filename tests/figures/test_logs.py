"""Log axes: what they leave out, and how they are labelled."""

from __future__ import annotations

import math

import numpy as np
import pytest
import vl_convert

from initopt_core.figures import logs, theme
from initopt_core.figures.figure import Figure, columns
from tests.support.charts import powers

EXPONENTS = [-300, -299, -200, -100, -45, -10, -9, -1, 0, 1, 9, 10, 38, 99, 100, 123, 250, 300]


@pytest.mark.parametrize("exponent", EXPONENTS)
def test_a_power_of_ten_is_labelled_with_its_own_exponent(exponent):
    """1e-100 and 1e-200 were both 10⁻⁰."""
    import altair as alt

    def build():
        scale = alt.Scale(type="log", nice=False)
        y = alt.Y("y:Q", scale=scale, axis=theme.log_axis("y", values=[10.0**exponent]))
        return alt.Chart(alt.NamedData("d")).mark_point().encode(y=y)

    edge = [10.0 ** max(exponent - 2, -305), 10.0 ** min(exponent + 2, 305)]
    svg = vl_convert.vegalite_to_svg(Figure("k", build, {"d": columns(y=edge)}).spec())
    assert powers(svg) == [exponent]


LEFT_OUT = [
    # kind, values, what is said
    ("zero", [1.0, 0.0], "1 value of 0"),
    ("negative zero", [1.0, -0.0, 0.0], "2 values of 0"),
    ("negative", [1.0, -2.0], "1 value below 0"),
    ("underflow", [1.0, 1e-301, 5e-324], "2 values below 10⁻³⁰⁰"),
    ("overflow", [1.0, math.inf, 1e307], "2 values above 10³⁰⁰"),
    ("nothing", [1e-300, 1e300, math.nan], ""),
]


@pytest.mark.parametrize(("kind", "values", "said"), LEFT_OUT, ids=lambda v: str(v)[:12])
def test_what_a_log_axis_leaves_out_is_said(kind, values, said):
    assert logs.left_out(values).endswith(said) and bool(logs.left_out(values)) == bool(said)
    kept = logs.drawable(values)
    assert np.isfinite(kept[:1]).all()
    low, high = logs.domain(values)
    assert 0 < low <= np.nanmin(kept) and np.nanmax(kept) <= high < math.inf


def test_a_band_is_gone_where_either_edge_has_no_place():
    low, high = logs.band([1.0, 0.0, 2.0], [3.0, 4.0, math.inf])
    assert np.isnan(low[1:]).all() and np.isnan(high[1:]).all()
    assert (low[0], high[0]) == (1.0, 3.0)


@pytest.mark.parametrize(
    ("values", "narrow"), [([1, 20], True), ([1, 40], False), ([], False), ([0, 1, 2], True)]
)
def test_an_axis_within_a_power_of_ten_or_two_is_narrow(values, narrow):
    assert logs.is_narrow(values) is narrow
