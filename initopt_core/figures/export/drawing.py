"""A chart drawn alone: compiled, rendered as SVG, and cut to what it reaches."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace
from typing import Any

from initopt_core.figures.fonts import converter

from . import extent


@dataclass(frozen=True)
class Drawing:
    """A chart alone: its SVG's inner part, size, and where its (first) plot begins, in pixels."""

    body: str
    width: float
    height: float
    left: float
    top: float


_TITLE = re.compile(r'role-title"><g transform="translate\([-\d.]+,(-[\d.]+)\)"')


def with_title(drawing: Drawing) -> Drawing:
    """Room above for a title that the layout has put over the upper edge."""
    highest = min((float(y) for y in _TITLE.findall(drawing.body)), default=0.0)
    more = max(0.0, -highest + 2 - drawing.top)
    body = f'<g transform="translate(0,{more:g})">{drawing.body}</g>' if more else drawing.body
    return replace(drawing, body=body, height=drawing.height + more, top=drawing.top + more)


_PLOT = re.compile(r'class="background"[^>]* d="M[-\d.]+,[-\d.]+h([\d.]+)v')
_LEGEND = re.compile(
    r'role-legend"[^>]*><g transform="translate\(([-\d.]+),([-\d.]+)\)">'
    r'<path class="background"[^>]* d="M[^"]*?v([\d.]+)h'
)


def below_legends(drawing: Drawing) -> tuple[float, float] | None:
    """Left and upper end, in pixels, of what the legends at the right of one plot leave free below
    them; None for a chart that has none there, or several plots."""
    plot = _PLOT.search(drawing.body)
    legends = [tuple(map(float, found)) for found in _LEGEND.findall(drawing.body)]
    if not plot or not legends or "concat_" in drawing.body:
        return None
    left = min(x for x, *_ in legends)
    bottom = max(y + high for _, y, high in legends)
    return (drawing.left + left, drawing.top + bottom) if left >= float(plot[1]) else None


_SIZE = re.compile(r'<svg[^>]*? width="([\d.]+)"[^>]*? height="([\d.]+)"[^>]*>')
_PAPER = re.compile(r'^\s*<rect width="[\d.]+" height="[\d.]+" fill="[^"]*"\s*/>')
_ORIGIN = re.compile(r'transform="translate\(([-\d.]+),([-\d.]+)\)"')


def _renumbered(body: str) -> str:
    """Names of clips and gradients counted from the figure's own first: Vega's count goes on, and
    the same figure shall give the same bytes."""
    names: dict[str, str] = {}
    return re.sub(
        r"\b(clip|gradient_)\d+\b",
        lambda m: names.setdefault(m[0], f"{m[1]}{len(names)}"),
        body,
    )


def compiled(spec: dict[str, Any]) -> dict[str, Any]:
    """The chart compiled; a legend of lines has lines, where Vega-Lite would mix in the signs at
    their ends."""
    vega = converter().vegalite_to_vega(spec)
    for legend in vega.get("legends", []):
        if legend.get("symbolType") == "stroke":
            legend.pop("shape", None)
    return vega


def rendered(spec: dict[str, Any]) -> str:
    return converter().vega_to_svg(compiled(spec))


PAD = 5
"""Pixels around a chart that keeps its natural size."""


def trimmed(svg: str) -> Drawing:
    """A drawn chart without what it does not reach at its left and right."""
    drawing = taken(svg)
    low, high = extent.across(drawing.body)
    more = PAD - low
    body = f'<g transform="translate({more:g},0)">{drawing.body}</g>'
    return replace(drawing, body=body, width=math.ceil(high + more + PAD), left=drawing.left + more)


def taken(svg: str) -> Drawing:
    """A drawn chart without its outer tag and its paper, which would cover texts beside it."""
    head = _SIZE.search(svg)
    origin = _ORIGIN.search(svg)
    assert head and origin, "Vega's SVG has changed"
    body = _PAPER.sub("", _renumbered(svg[head.end() : svg.rindex("</svg>")]), count=1)
    left, top = float(origin[1]), float(origin[2])
    return Drawing(body, float(head[1]), float(head[2]), left, top)
