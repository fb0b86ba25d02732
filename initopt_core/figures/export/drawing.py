"""A chart alone, out of the SVG that Vega has drawn."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace

from . import extent


@dataclass(frozen=True)
class Drawing:
    """A chart alone: its SVG's inner part, size, and where its (first) plot begins, in pixels."""

    body: str
    width: float
    height: float
    left: float
    top: float


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
    """A drawn chart without its outer tag."""
    head = _SIZE.search(svg)
    origin = _ORIGIN.search(svg)
    assert head and origin, "Vega's SVG has changed"
    body = _renumbered(svg[head.end() : svg.rindex("</svg>")])
    left, top = float(origin[1]), float(origin[2])
    return Drawing(body, float(head[1]), float(head[2]), left, top)


_TITLE = re.compile(r'role-title"><g transform="translate\([-\d.]+,(-[\d.]+)\)"')


def with_title(drawing: Drawing) -> Drawing:
    """Room above for a title that the layout has put over the upper edge."""
    highest = min((float(y) for y in _TITLE.findall(drawing.body)), default=0.0)
    more = max(0.0, -highest + 2 - drawing.top)
    body = f'<g transform="translate(0,{more:g})">{drawing.body}</g>' if more else drawing.body
    return replace(drawing, body=body, height=drawing.height + more, top=drawing.top + more)


_SIZE = re.compile(r'<svg[^>]*? width="([\d.]+)"[^>]*? height="([\d.]+)"[^>]*>')
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
