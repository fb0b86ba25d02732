"""One notation for numbers, in Python and in everything that writes numbers in a browser."""

import math
import random
import re

import pytest
import vl_convert

from initopt_core import data
from initopt_core.figures import initialization as figures
from initopt_core.figures import theme
from initopt_core.figures.initialization import Display
from initopt_core.wording import (
    count,
    duration,
    latex,
    many,
    megabytes,
    number,
    percent,
    plain,
    points,
    power,
    times,
)

CASES = {
    0.0: "0", 1: "1", -2.5: "−2.5", 95.04: "95", 0.0123456: "0.0123",
    12345.6: "12,300", 999.9: "1,000", 99949: "99,900", 100.5: "101", 1225: "1,230",
    1.125: "1.13", 999_499: "999,000", 999_500: "10⁶", 12_345_678: "1.23·10⁷",
    0.0009996: "0.001", 0.00099949: "9.99·10⁻⁴", 0.000109: "1.09·10⁻⁴", 3.41e-5: "3.41·10⁻⁵",
    1e-4: "10⁻⁴", 1.2e-7: "1.2·10⁻⁷", -1e12: "−10¹²", 1.7e308: "1.7·10³⁰⁸",
    5e-324: "4.94·10⁻³²⁴", math.inf: "∞", -math.inf: "−∞",
}  # fmt: skip


@pytest.mark.parametrize(("value", "text"), CASES.items())
def test_a_number_has_three_digits(value, text):
    assert number(value) == text


def test_what_has_no_value_is_a_dash():
    assert number(-0.0) == "0"
    assert number(None) == number(math.nan) == percent(None) == percent(math.nan) == "–"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (12345.6, "12{,}300"),
        (-1.2e-7, r"-1.2 \cdot 10^{-7}"),
        (1e-4, "10^{-4}"),
        (0.0039, "0.0039"),
        (-math.inf, r"-\infty"),
        (math.nan, r"\text{?}"),
    ],
)
def test_the_same_in_a_formula(value, text):
    assert latex(value) == text


@pytest.mark.parametrize("value", [0.0, 1e-7, 3.41e-5, 0.1, 12345.6, 6e23, 5e-324, -0.001, 42])
def test_what_is_typed_reads_back(value):
    assert float(plain(value)) == pytest.approx(value, rel=1e-5)
    assert "e-0" not in plain(value)


def test_other_quantities():
    assert [times(v) for v in (3.314, 12_345, 1e12)] == ["3.31×", "12,300×", "10¹²×"]
    assert [percent(v) for v in (0.0825, 1, 0.99999, 0, 1e-7)] == [
        "8.25 %", "100 %", "> 99.9 %", "0 %", "10⁻⁵ %",
    ]  # fmt: skip
    assert percent(0.88825, 2) == "88.83 %" and percent(-0.00001, 2) == "0.00 %"
    assert points(-0.0031) == "−0.31"
    assert (count(60_000), power(-12)) == ("60,000", "10⁻¹²")
    assert [duration(s) for s in (None, 12.4, 89.4, 90, 5399, 5400)] == [
        "…", "12 s", "89 s", "2 min", "90 min", "1.5 h",
    ]  # fmt: skip


def said_by_axes(values, expression):
    """What the chart compiler behind the exports makes of a label expression."""
    rows = [{"value": v} for v in values]
    steps = [{"type": "formula", "as": "said", "expr": expression}]
    mark = {"type": "text", "from": {"data": "t"}}
    mark["encode"] = {"enter": {"text": {"field": "said"}}}
    spec = {
        "$schema": "https://vega.github.io/schema/vega/v5.json",
        "data": [{"name": "t", "values": rows, "transform": steps}],
        "marks": [mark],
    }
    return re.findall(r"<text[^>]*>([^<]*)</text>", vl_convert.vega_to_svg(spec))


def test_axes_write_the_same():
    draw = random.Random(1)
    values = [v for v in CASES if math.isfinite(v)]
    values += [draw.choice((-1, 1)) * 10 ** draw.uniform(-9, 9) for _ in range(1000)]
    values += [draw.choice((-1, 1)) * 10 ** draw.uniform(-320, 308) for _ in range(200)]
    assert said_by_axes(values, theme.NUMBER) == [number(v) for v in values]


def test_log_axes_write_every_power():
    exponents = [-300, -100, -45, -10, -1, 0, 1, 9, 10, 38, 100, 200, 308]
    texts = said_by_axes([10.0**e for e in exponents], theme.POWER_OF_TEN)
    assert texts == [power(e) for e in exponents]
    assert said_by_axes([20.0, 3e-5, 0.0, -1.0], theme.POWER_OF_TEN) == []


def axes_of(spec):
    """(channel, its axis) of every quantity in a Vega-Lite definition."""
    if isinstance(spec, list):
        return [found for part in spec for found in axes_of(part)]
    if not isinstance(spec, dict):
        return []
    found = [
        (channel, encoding.get("axis", {}))
        for channel, encoding in spec.get("encoding", {}).items()
        if channel in ("x", "y") and encoding.get("type") == "quantitative"
    ]
    return found + [a for key, part in spec.items() if key != "encoding" for a in axes_of(part)]


def test_the_figures_have_the_houses_axes():
    from initopt_core.initialization import Settings, observe

    dataset = data.load_sample()
    seen = observe(Settings.make(hidden="40, 30", batch=64), dataset)
    deep = observe(Settings.make(hidden="12 x 20", batch=64), dataset)
    made = [figures.grid(seen), figures.depth(seen), figures.compare([seen, seen], Display())]
    made += [figures.strips(deep, Display(shared=True)), figures.one_layer(deep, 3, Display())]
    for figure in made:
        axes = [axis for _, axis in axes_of(figure.definition()) if axis is not None]
        assert axes
        for axis in axes:
            assert "format(abs(" in axis["labelExpr"] or "'10'" in axis["labelExpr"], axis
            assert "format" not in axis, axis


@pytest.mark.parametrize(
    ("value", "text"),
    [(1.2345, "1.23"), (-0.5, "−0.5"), (4.66e-5, "4.66·10⁻⁵"), (0.0, "0"), (-1e12, "−10¹²")],
)
def test_short_numbers(value, text):
    assert number(value) == text


@pytest.mark.parametrize(
    ("whole", "said"), [(0, "0 epochs"), (1, "1 epoch"), (2, "2 epochs"), (1200, "1,200 epochs")]
)
def test_one_has_no_plural(whole, said):
    assert many(whole, "epoch") == said


@pytest.mark.parametrize(
    ("size", "said"), [(30_900_000, "30.9 MB"), (1e5, "0.1 MB"), (63_100, "63.1 KB"), (0, "0 KB")]
)
def test_small_files_have_kilobytes(size, said):
    assert megabytes(size) == said
