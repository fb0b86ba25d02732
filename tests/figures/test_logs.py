"""Log axes: what they leave out, and how they are labelled."""

from __future__ import annotations

import math
import re

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
    ("values", "spanned"),
    [
        ([1, 20], 1.301), ([1, 40], 1.602), ([1, 100], 0), ([0.9, 120], 0), ([1.1, 900], 2.913),
        ([1.2e-5, 7e-4], 1.766), ([], 0), ([0, 1, 2], 0.301), ([3], 0.01),
    ],
)  # fmt: skip
def test_an_axis_with_fewer_than_three_powers_of_ten_has_its_numbers_written_out(values, spanned):
    """Between 1.7e-5 and 3.5e-4 it had 10⁻⁴ alone."""
    assert logs.decades(values) == pytest.approx(spanned, abs=1e-3)


@pytest.mark.parametrize("height", [60, 130, 300])
@pytest.mark.parametrize(
    ("low", "high"), [(0.06, 2.3), (0.4, 2.2), (0.5, 15.0), (0.07, 0.9), (0.11, 9.0), (0.02, 7.0)]
)
def test_a_round_number_never_goes_for_an_odd_one_beside_it(low, high, height):
    """Between 0.06 and 2.3 the labels were 2, 0.8, 0.6, 0.4, 0.2, 0.08: 1 and 0.1 were thinned."""
    import altair as alt

    def build():
        scale = alt.Scale(type="log", nice=False)
        axis = theme.log_axis("y", labelExpr=logs.labels("decades", str(height)))
        y = alt.Y("y:Q", scale=scale, axis=axis)
        return alt.Chart(alt.NamedData("d"), height=height).mark_point().encode(y=y)

    spanned = logs.decades([low, high], 1000.0)
    figure = Figure("k", build, {"d": columns(y=[low, high])}, signals={"decades": spanned})
    svg = vl_convert.vegalite_to_svg(figure.spec())
    axis = svg[svg.index("role-axis-label") :]
    written = re.findall(r"<text([^>]*)>([\d.]+)</text>", axis)
    labels = {float(words) for look, words in written if 'opacity="0"' not in look}
    assert labels >= {d for d in (0.1, 1.0, 10.0) if low <= d <= high}
    assert len(labels) >= 2


@pytest.mark.parametrize(
    ("ends", "there"),
    [
        ([0.51, 1.75], [0.6, 0.8, 1.0, 1.2, 1.4, 1.6]),  # there was nothing above 1
        ([2.301, 2.306], [2.301, 2.302, 2.303, 2.304, 2.305, 2.306]),
        ([3e-8, 9e-8], [3e-8, 4e-8, 5e-8, 6e-8, 7e-8, 8e-8, 9e-8]),
        ([0.5, 2.0], None), ([1.0], None), ([], None), ([0.0, 1.0], None),
    ],
)  # fmt: skip
def test_a_short_log_axis_has_numbers_all_along(ends, there):
    assert logs.marks(ends) == (there if there is None else pytest.approx(there))


def test_what_is_left_out_is_said_in_an_empty_corner():
    x = [0, 2, 4, 6, 8]
    places = {
        "at the foot, left": [1, 1, 1, 1e-3, 1e-9],
        "at the foot, right": [1e-9, 1, 1, 1, 1],
        "at the top, left": [1e-9, 1e-9, 1e-8, 1e-3, 1],
    }
    for where, y in places.items():
        (row,) = logs.note_data("words", [(x, y)])
        assert (row["top"], row["right"]) == ("top" in where, "right" in where), where
    assert logs.note_data("words")[0]["top"] is False and logs.note_data("") == []
    assert logs.note_data("words", [([1.0], [0.0])])[0]["right"] is False
