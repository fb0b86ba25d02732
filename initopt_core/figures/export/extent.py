"""How far a drawn chart really reaches: the converter takes its texts for half as wide again."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

from .lettering import length

_SVG = "{http://www.w3.org/2000/svg}"
_MOVED = re.compile(r"translate\(([-\d.e]+),([-\d.e]+)\)")
_GROUND = re.compile(r"M[-\d.]+,[-\d.]+h([\d.]+)v")


def across(body: str) -> tuple[float, float]:
    """Left and right end of plots, images, lines and texts in the inner part of an SVG, in pixels.

    Symbols and curves are not looked at: they lie in plots or between these and texts. Nor is the
    ground of a legend, which is not seen: it is as wide as its texts are taken for.
    """
    root = ET.fromstring(
        f'<svg xmlns="{_SVG[1:-1]}" xmlns:xlink="http://www.w3.org/1999/xlink">{body}</svg>'
    )
    ends: list[float] = []
    for child in root:
        if child.tag != f"{_SVG}rect":  # the paper
            _look(child, 0.0, ends)
    return (min(ends), max(ends)) if ends else (0.0, 0.0)


def _look(part: ET.Element, x: float, ends: list[float], legend: bool = False) -> None:
    legend = legend or "role-legend" in part.get("class", "")
    moved = part.get("transform", "")
    found = _MOVED.search(moved)
    x += float(found[1]) if found else 0.0
    if part.tag == f"{_SVG}text":
        size = float((part.get("font-size") or "11").removesuffix("px"))
        if "rotate(" in moved:
            ends += [x - size, x + 0.3 * size]
            return
        lines = [line.text or "" for line in (list(part) or [part])]
        bold = part.get("font-weight") == "bold"
        wide = max(length(line, size, bold) for line in lines)
        start = {"middle": -wide / 2, "end": -wide}.get(part.get("text-anchor", ""), 0.0)
        ends += [x + start, x + start + wide]
    elif part.tag == f"{_SVG}line":
        ends += [x, x + float(part.get("x2", 0))]
    elif part.tag == f"{_SVG}image":
        ends += [x, x + float(part.get("width", 0))]
    elif part.get("class") == "background":
        ground = None if legend else _GROUND.match(part.get("d", ""))
        if ground and float(ground[1]):
            ends += [x, x + float(ground[1])]
    else:
        for inner in part:
            _look(inner, x, ends, legend)
