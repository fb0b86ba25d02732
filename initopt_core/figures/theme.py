"""The look: one palette, one meaning for each colour, one configuration for every chart.

Colours are Paul Tol's colour-blind-safe sets. Text and grid colours are Vega signals (`ink`,
`faint`, `paper`, `dark`), so that a live chart follows the page's light or dark theme without being
built again, and an export is readable on white.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import numpy as np

from initopt_core import wording

Layers = alt.LayerChart | alt.FacetChart
"""What `alt.layer` is said to give; without a facet in its parts it is the first."""

WEIGHTS = "#4477AA"
GRADIENTS = "#EE6677"
ACTIVATIONS = "#228833"
PREACTIVATIONS = "#CCBB44"
QUANTITIES = {
    "weights": WEIGHTS,
    "gradients": GRADIENTS,
    "pre-activations": PREACTIVATIONS,
    "activations": ACTIVATIONS,
}
COUNTED = {
    "weights": "weight",
    "gradients": "gradient dL/dw, in nats",
    "activations": "activation z",
    "outputs": "output φ(z)",
}
"""What the axis of a histogram says, with its unit, by what is counted."""
BRIGHT = ("#4477AA", "#EE6677", "#228833", "#CCBB44", "#66CCEE", "#AA3377", "#BBBBBB")
"""Paul Tol's bright set, in his order, for series without a meaning of their own."""

SEQUENTIAL = "viridis"
_STOPS = """
440154 481668 472878 424086 3b528b 33638d 2c728e 26828e 21918c 1fa088 28ae80 3fbc73 5ec962 84d44b
addc30 d8e219 fde725
"""
_VIRIDIS = np.array(
    [[int(s[i : i + 2], 16) for i in (0, 2, 4)] for s in _STOPS.split()], dtype=float
)
MEASURED: list[int] = [1, 0]
PREDICTED: list[int] = [6, 4]
BAND_OPACITY = 0.18

_DASHES: dict[str, list[int]] = {
    "solid": [1, 0],
    "long": [7, 3],
    "dots": [2, 2],
    "mixed": [9, 3, 2, 3],
}

INK = alt.ExprRef("ink")
"""Text and lines that must read on the page's background."""
PAPER = alt.ExprRef("paper")
"""That background, for what must read on anything else."""

LIGHT = {"ink": "#2F2D2B", "faint": "#D8D7D5", "paper": "#FFFFFF", "dark": False}
DARK = {"ink": "#EDEBE8", "faint": "#42403D", "paper": "#171614", "dark": True}
"""Signal values: the ground and the letters of the app's own pages, so that a file lies beside one
as its figures do; a live chart replaces them by the page's."""

# Shipped in assets/fonts, so that labels are as wide on every machine; its figures have equal
# widths by default, which a canvas could not ask for. The second is the page's own copy.
FONT = "'Source Sans 3', 'Source Sans', sans-serif"

TYPE = "type_scale"
"""Signal: how many times larger than usual all letters are, and the gutters that hold them."""


def sized(pixels: float) -> alt.ExprRef:
    """A length that follows the size of the letters; `pixels` at the usual size."""
    return alt.ExprRef(f"{pixels} * {TYPE}")


def numbers(length: str, pixels: float, most: int = 9) -> alt.ExprRef:
    """About how many numbers an axis has: from 3 to `most`, one for so many `pixels` at the usual
    size of letters; `length` is the signal that holds the axis's."""
    return alt.ExprRef(f"clamp({length} / ({pixels} * {TYPE}), 3, {most})")


LARGEST = 2.4
"""Size of letters up to which words move to where the larger ones have room."""


def growing(usual: float, large: float, most: float = LARGEST) -> alt.ExprRef:
    """A length that goes from `usual` to what it is with letters `most` times as large."""
    part = f"(min({TYPE}, {most:.2f}) - 1) / {most - 1:.2f}"
    return alt.ExprRef(f"{usual:.1f} + {large - usual:.1f} * {part}")


_INK, _FAINT = {"expr": "ink"}, {"expr": "faint"}


def _sized(pixels: float) -> dict[str, str]:
    return {"expr": sized(pixels).expr}


CONFIG: dict[str, Any] = {
    "background": "transparent",
    "font": FONT,
    # The figure as a whole carries the description; one for each mark is costly.
    "aria": False,
    "axis": {
        "labelColor": _INK,
        "titleColor": _INK,
        "tickColor": _FAINT,
        "domainColor": _FAINT,
        "gridColor": _FAINT,
        "gridOpacity": 0.6,
        "labelFontSize": _sized(11),
        "titleFontSize": _sized(12),
        "titleFontWeight": "normal",
        "labelOverlap": "greedy",
        "tickSize": 4,
    },
    "axisX": {"labelSeparation": 4},
    "legend": {
        "labelColor": _INK,
        "titleColor": _INK,
        "labelFontSize": _sized(12),
        "titleFontSize": _sized(12),
        "titleFontWeight": "normal",
        "symbolStrokeWidth": 2,
    },
    "title": {
        "color": _INK,
        "subtitleColor": _INK,
        "fontSize": _sized(12),
        "subtitleFontSize": _sized(11),
        "fontWeight": "bold",
        "anchor": "start",
    },
    "header": {
        "labelColor": _INK,
        "titleColor": _INK,
        "labelFontSize": _sized(12),
        "titleFontSize": _sized(12),
    },
    "text": {"color": _INK, "fontSize": _sized(11)},
    "rule": {"color": _INK},
    "line": {"strokeWidth": 2},
    "view": {"stroke": None},
    "range": {
        "category": list(BRIGHT),
        "ramp": {"scheme": SEQUENTIAL},
        "heatmap": {"scheme": SEQUENTIAL},
    },
    "customFormatTypes": False,
}


def themed(spec: dict) -> dict:
    """The Vega-Lite definition `spec` with this theme's configuration and its signals declared.

    A chart's own configuration wins over the theme's, except Altair's default view size.
    """
    spec = dict(spec)
    config = copy.deepcopy(CONFIG)
    for part, own in spec.pop("config", {}).items():
        if part == "view":
            own = {k: v for k, v in own.items() if k not in ("continuousWidth", "continuousHeight")}
        if isinstance(own, dict) and isinstance(config.get(part), dict):
            config[part] = {**config[part], **own}
        else:
            config[part] = own
    spec["config"] = config
    _write_numbers(spec)
    declared = [{"name": name, "value": value} for name, value in {**LIGHT, TYPE: 1}.items()]
    spec["params"] = [*declared, *spec.get("params", [])]
    return spec


_GUIDES = {"x": "axis", "y": "axis", "color": "legend", "fill": "legend", "size": "legend"}


def _write_numbers(spec: Any) -> None:
    """Axes and legends of quantities speak the house's notation, unless they have an own."""
    if isinstance(spec, list):
        for part in spec:
            _write_numbers(part)
    if not isinstance(spec, dict):
        return
    for channel, guide in _GUIDES.items():
        encoding = spec.get("encoding", {}).get(channel, {})
        if isinstance(encoding, dict) and encoding.get("type") == "quantitative":
            own = encoding.get(guide, {})
            if own is not None and "labelExpr" not in own:
                own = {k: v for k, v in own.items() if k != "format"}
                encoding[guide] = {**own, "labelExpr": NUMBER}
    for name, part in spec.items():
        if name not in ("encoding", "data", "datasets", "config"):
            _write_numbers(part)


_PLAIN_FORMAT = re.compile(r"""format\((datum\["\w+"\]), "(?:\.\d)?~?g?"\)""")


def write_tooltips(vega: Any) -> None:
    """The same for the tooltips of a compiled chart, in place; fixed decimals (".2f") stay."""
    parts = vega.items() if isinstance(vega, dict) else enumerate(vega)
    for name, part in parts:
        if name == "tooltip" and isinstance(part, dict) and "signal" in part:
            part["signal"] = _PLAIN_FORMAT.sub(lambda m: number_label(m[1]), part["signal"])
        elif isinstance(part, (dict, list)):
            write_tooltips(part)


def optimizer_style(name: str) -> tuple[str, list[int], str]:
    """Colour, dash and marker of an optimizer, from its entry. "Adam (2)" or "Adam, lr 0.1" look
    like "Adam"; what is no optimizer is grey."""
    from initopt_core.optimizers import OPTIMIZERS  # with torch: not before the server listens
    from initopt_core.optimizers.entry import Look

    stem = "".join(c if c.isalnum() else " " for c in name).split()
    entry = OPTIMIZERS.get(name) or OPTIMIZERS.get(stem[0] if stem else "")
    look = entry.look if entry else Look()
    return look.color, _DASHES[look.dash], look.marker


def optimizer_color(field: str, names: Sequence[str], **kwargs: Any) -> alt.Color:
    """Colour encoding of `field` with each optimizer's own colour, legend in the given order."""
    scale = alt.Scale(domain=list(names), range=[optimizer_style(n)[0] for n in names])
    return alt.Color(f"{field}:N", scale=scale, **{"title": None, **kwargs})


def optimizer_dash(field: str, names: Sequence[str], **kwargs: Any) -> alt.StrokeDash:
    """Dash encoding of `field`, the second sign beside the colour."""
    scale = alt.Scale(domain=list(names), range=[optimizer_style(n)[1] for n in names])
    return alt.StrokeDash(f"{field}:N", scale=scale, **{"title": None, **kwargs})


def strokes(legend: Mapping[str, Any] = {}) -> dict[str, Any]:
    """Of a legend whose marks are pieces of lines, long enough to show their dashes.

    Args:
        legend: what else it is.
    """
    size = alt.ExprRef(f"420 * {TYPE} * {TYPE}")
    look = {"symbolType": "stroke", "symbolOpacity": 1, "symbolStrokeWidth": 2, "symbolSize": size}
    # Vega takes a piece of a line for as high as it is long: lines would stand too far apart.
    return {**legend, **look, "rowPadding": alt.ExprRef(f"(16 - sqrt(420)) * {TYPE}")}


def superscript(value: str) -> str:
    """Vega expression of a whole number, itself an expression, written small and high."""
    expr = f"replace(toString({value}), '-', '⁻')"
    for digit, high in zip("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹", strict=True):
        expr = f"replace({expr}, regexp('{digit}', 'g'), '{high}')"
    return expr


def number_label(value: str = "datum.value") -> str:
    """Vega expression that writes a number as `wording.number` does.

    Args:
        value: an expression; what it gives that is no number is written as it is.
    """
    far = is_far(value)
    parts = f"split(format(abs({value}), '.{wording.DIGITS - 1}~e'), 'e')"
    mantissa = f"({parts}[0] === '1' ? '' : {parts}[0] + '·')"
    power = f"({value} < 0 ? '−' : '') + {mantissa} + '10' + " + superscript(
        f"toNumber({parts}[1])"
    )
    written = f"format({value}, ',.{wording.DIGITS}~r')"
    return (
        f"(!isNumber({value}) ? toString({value}) : !isFinite({value}) ? "
        f"(isNaN({value}) ? '–' : {value} < 0 ? '−∞' : '∞') : "
        f"{far} ? {power} : {written})"
    )


def is_far(value: str = "datum.value") -> str:
    """Vega expression: whether `number_label` writes a power of ten."""
    size = f"toNumber(format(abs({value}), '.{wording.DIGITS - 1}e'))"
    return f"({value} != 0 && ({size} < {wording.SMALLEST} || {size} >= {wording.LARGEST:.0f}))"


_IS_POWER = "abs(log(datum.value) / LN10 - round(log(datum.value) / LN10)) < 1e-6"
_EXPONENT = "round(log(datum.value) / LN10)"
POWER_OF_TEN = f"datum.value > 0 && {_IS_POWER} ? '10' + {superscript(_EXPONENT)} : ''"
"""Label expression of a log axis: 10⁻³ at the powers, nothing between."""
NUMBER = number_label()
"""Label expression of all other axes and legends."""
COUNT = (
    "abs(datum.value) >= 1e6 ? format(datum.value / 1e6, '~r') + 'M' : "
    f"abs(datum.value) >= 1e3 ? format(datum.value / 1e3, '~r') + 'k' : {NUMBER}"
)
"""Label expression of counts where there is little room, as beside small histograms: 400k."""


LEVEL = 7
"""For `labelFlush` of the axes up in panels side by side: the label of a tick so many pixels from
the end stands inside, since one that stands over the top lifts its panel's title."""


def log_axis(title: str | None = None, **kwargs: Any) -> alt.Axis:
    """Axis with powers of ten; use it with `alt.Scale(type="log")`. Grid at the powers only."""
    powers_only = {"condition": {"test": _IS_POWER, "value": 0.6}, "value": 0}
    own = {"labelExpr": POWER_OF_TEN, "tickCount": 6, "gridOpacity": powers_only}
    return alt.Axis(**{"title": title, **own, **kwargs})


def rgb(color: str) -> tuple[int, ...]:
    """Red, green and blue of #rrggbb, 0 to 255."""
    return tuple(int(color[i : i + 2], 16) for i in (1, 3, 5))


def mixed(color: str, other: str, share: float) -> str:
    """`color` with this share of `other` in it, both #rrggbb."""
    pairs = zip(rgb(color), rgb(other), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02X}" for a, b in pairs)


_ON_WHITE = 0.59
"""Share of `SEQUENTIAL` after which colours have less than 3:1 of contrast on white."""


def shades(n: int, lines: bool = False) -> list[str]:
    """`n` colours of `SEQUENTIAL`, evenly spaced, as #rrggbb.

    Args:
        lines: they are drawn on the page's ground, and end before those too pale for white.
    """
    rgb_of = viridis(np.linspace(0, _ON_WHITE if lines else 1, n))
    return ["#" + "".join(f"{round(v):02X}" for v in one) for one in rgb_of]


def viridis(u: np.ndarray) -> np.ndarray:
    """`SEQUENTIAL` for pictures: colours [..., 3], 0 to 255, of numbers from 0 (dark) to 1; NaN
    counts as 0."""
    at = np.clip(np.nan_to_num(u), 0, 1) * (len(_VIRIDIS) - 1)
    k = np.minimum(at.astype(int), len(_VIRIDIS) - 2)
    part = (at - k)[..., None]
    return _VIRIDIS[k] * (1 - part) + _VIRIDIS[k + 1] * part
