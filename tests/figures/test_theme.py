"""The palette, told apart by every sight, on light and dark; numbers in the house's notation."""

import itertools
import re

import altair as alt
import numpy as np
import pytest
import vl_convert

from initopt_core.figures import theme
from initopt_core.optimizers import OPTIMIZERS
from initopt_core.optimizers.entry import Look


def luminance(colour):
    """Relative luminance of sRGB, as WCAG defines it."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    low, high = sorted([luminance(one), luminance(other)])
    return (high + 0.05) / (low + 0.05)


# Machado, Oliveira, Fernandes 2009, severity 1, on linear sRGB.
SIGHT = {
    "normal": np.eye(3),
    "protanopia": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    "deuteranopia": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
    "tritanopia": np.array(
        [
            [1.255528, -0.076749, -0.178779],
            [-0.078411, 0.930809, 0.147602],
            [0.004733, 0.691367, 0.303900],
        ]
    ),
}


def lab(colour, sight):
    """CIE L*a*b* of a colour as this sight sees it."""
    c = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    linear = np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)
    linear = np.clip(SIGHT[sight] @ linear, 0, 1)
    xyz = (
        np.array(
            [
                [0.4124564, 0.3575761, 0.1804375],
                [0.2126729, 0.7151522, 0.0721750],
                [0.0193339, 0.1191920, 0.9503041],
            ]
        )
        @ linear
    ) / np.array([0.95047, 1.0, 1.08883])
    f = np.where(xyz > 216 / 24389, np.cbrt(xyz), (24389 / 27 * xyz + 16) / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


LOOKS = {name: theme.optimizer_style(name) for name in OPTIMIZERS}


def test_every_optimizer_has_its_look():
    assert all(entry.look != Look() for entry in OPTIMIZERS.values())


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_every_optimizer_reads_on_light_and_dark(name):
    colour = OPTIMIZERS[name].look.color
    assert contrast(colour, theme.LIGHT["paper"]) >= 1.6
    assert contrast(colour, theme.DARK["paper"]) >= 2.4


@pytest.mark.parametrize("sight", SIGHT)
def test_optimizers_that_share_a_dash_differ_in_colour_for_every_sight(sight):
    for (a, x), (b, y) in itertools.combinations(LOOKS.items(), 2):
        assert x[2] != y[2], f"{a} and {b} have the same marker"
        assert x[0] != y[0], f"{a} and {b} have the same colour"
        if x[1] == y[1]:
            distance = np.linalg.norm(lab(x[0], sight) - lab(y[0], sight))
            assert distance > 12, f"{a} and {b}: {distance:.1f}"


def test_the_quantities_keep_their_colours():
    assert theme.QUANTITIES["weights"] == "#4477AA"
    assert theme.QUANTITIES["gradients"] == "#EE6677"
    assert theme.QUANTITIES["activations"] == "#228833"


def test_named_instances_look_like_their_optimizer():
    assert theme.optimizer_style("Adam (2)") == LOOKS["Adam"]
    assert theme.optimizer_style("AdamW, lr 0.1") == LOOKS["AdamW"] != LOOKS["Adam"]
    assert theme.optimizer_style("something") == theme.optimizer_style("")


def test_a_charts_own_configuration_wins_over_the_themes():
    chart = alt.Chart(alt.NamedData("d")).mark_point().configure_axis(labelFontSize=20)
    config = theme.themed(chart.to_dict())["config"]
    assert config["axis"]["labelFontSize"] == 20
    assert config["axis"]["gridColor"] == {"expr": "faint"}
    assert theme.CONFIG["axis"]["labelFontSize"] != 20


def test_viridis_goes_from_dark_to_bright_and_nothing_is_dark():
    ramp = theme.viridis(np.linspace(0, 1, 50)) @ [0.2126, 0.7152, 0.0722]
    assert (np.diff(ramp) > 0).all()
    np.testing.assert_array_equal(theme.viridis(np.array(np.nan)), theme.viridis(np.array(0.0)))
    np.testing.assert_array_equal(theme.viridis(np.array([-1.0, 2.0]))[1], [0xFD, 0xE7, 0x25])


def test_axes_of_quantities_speak_the_houses_notation_unless_they_have_an_own():
    own = alt.Y("y:Q", axis=alt.Axis(labelExpr="datum.value"))
    chart = alt.Chart(alt.NamedData("d")).mark_point().encode(x="x:Q", y=own, color="c:N")
    encoding = theme.themed(chart.to_dict())["encoding"]
    assert encoding["x"]["axis"]["labelExpr"] == theme.NUMBER
    assert encoding["y"]["axis"]["labelExpr"] == "datum.value"
    assert "legend" not in encoding["color"]


def test_counts_beside_small_histograms_are_written_short():
    """ "400,000" ran under the name of its row."""
    values = [0, 50, 1000, 2500, 400_000, 1_500_000]
    axis = alt.Axis(values=values, labelExpr=theme.COUNT, labelOverlap=False)
    chart = alt.Chart(alt.Data(values=[{"y": v} for v in values])).mark_point()
    spec = theme.themed(chart.encode(y=alt.Y("y:Q", axis=axis)).to_dict())
    svg = vl_convert.vegalite_to_svg(spec)
    assert re.findall(r">([\d.]+[kM]?)<", svg) == ["0", "50", "1k", "2.5k", "400k", "1.5M"]


def test_lines_in_shades_are_seen_on_white():
    def luminance(color):
        parts = np.array(theme.rgb(color)) / 255
        linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
        return float(linear @ (0.2126, 0.7152, 0.0722))

    for n in (1, 2, 5, 9):
        lines = theme.shades(n, lines=True)
        assert len(set(lines)) == n and all(1.05 / (luminance(c) + 0.05) >= 3 for c in lines)
    assert theme.shades(2)[1] == "#FDE725", "pictures have all colours"
