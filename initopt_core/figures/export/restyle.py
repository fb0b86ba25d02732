"""A figure's definition in another theme or with larger letters."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from initopt_core.figures import theme

from .lettering import length
from .options import ExportOptions

_HEX = re.compile(r"#[0-9A-Fa-f]{6}")
_DARKEST, _PALEST = 15.0, 72.0
"""Lightness (CIE L*) between which the series of a printed figure are spread."""
_PALEST_LINE = 58.0
"""The same of lines, which are thin, and told apart by their dashes as well."""


def restyled(spec: dict[str, Any], options: ExportOptions) -> dict[str, Any]:
    """The complete definition `spec`, changed in place to the options' theme."""
    colors = options.colors
    for param in spec["params"]:
        if param["name"] in colors:
            param["value"] = colors[param["name"]]
    spec["config"]["background"] = colors["paper"]
    # A sharp turn of a thick line would stand out as a spike, far from where the data are.
    spec["config"]["line"] = {**spec["config"].get("line", {}), "strokeJoin": "round"}
    if options.theme == "print":
        _printed(spec)
        _walk(spec, _pale)
        _walk(spec, _dark_words)
    return spec


def enlarged(spec: dict[str, Any], factor: float) -> dict[str, Any]:
    """Every letter `factor` times as large, in place."""

    def enlarge(part: dict[str, Any]) -> None:
        for name, value in part.items():
            low = name.lower()
            number = isinstance(value, (int, float)) and not isinstance(value, bool)
            if number and (low.endswith("fontsize") or low in ("labellimit", "titlelimit")):
                part[name] = round(value * factor, 2)
        if part.get("bounds") == "flush":  # what lies between the panels are letters
            part["spacing"] = {k: round(v * factor) for k, v in part["spacing"].items()}

    _walk(spec, enlarge)
    for param in spec["params"]:
        if param["name"] == theme.TYPE:  # the letters whose size is an expression
            param["value"] *= factor
    return spec


def reflowed(spec: dict[str, Any], columns: int) -> dict[str, Any]:
    """So many panels, and at most so many entries of a legend, side by side, in place."""

    def reflow(part: dict[str, Any]) -> None:
        now = part.get("columns")
        if isinstance(now, int):
            part["columns"] = columns if "concat" in part else min(now, columns)

    _walk(spec, reflow)
    return spec


def side_by_side(spec: dict[str, Any]) -> tuple[int, int]:
    """How many panels stand side by side, and how many there are."""
    found = [(1, 1)]

    def look(part: dict[str, Any]) -> None:
        if "concat" in part and part.get("columns"):
            whole = len(part["concat"])
            found.append((min(whole, part["columns"]), whole))

    _walk(spec, look)
    return max(found)


_LETTER, _SIGN = 6.6, 40
"""Pixels of a legend's letter, and of all else in an entry."""


def legends_below(spec: dict[str, Any], width: float) -> dict[str, Any]:
    """Legends that would stand at the right, below the chart instead, in place.

    Args:
        width: of the place, in the chart's pixels.
    """
    names: set[str] = set()

    def look(part: dict[str, Any]) -> None:
        for channel in ("color", "fill", "stroke", "shape", "strokeDash"):
            encoding = part.get(channel)
            if not isinstance(encoding, dict) or not isinstance(encoding.get("scale"), dict):
                continue
            legend = encoding.get("legend", {})
            if legend is not None and "orient" not in legend:
                names.update(map(str, encoding["scale"].get("domain", ())))
                encoding["legend"] = {k: v for k, v in legend.items() if k != "offset"}

    _walk(spec, look)
    widest = max((_SIGN + _LETTER * len(name) for name in names), default=width)
    columns = max(1, min(len(names), int(width // widest)))
    own: dict[str, Any] = {
        "orient": "bottom",
        "direction": "horizontal",
        "columns": columns,
        "offset": 8,
    }
    if sum(_SIGN + _LETTER * len(name) for name in names) > width:
        own["layout"] = {"bottom": {"direction": "vertical", "margin": 2, "anchor": "start"}}
    spec["config"]["legend"] = {**spec["config"].get("legend", {}), **own}
    return spec


_TITLE_SIZE, _LEAST_TITLE = 12.0, 7.0
"""Usual size of an axis's title, and the smallest, in pixels of the chart."""


def titles_fit(vega: dict[str, Any], high: float) -> None:
    """Titles up the side of a low plot in letters so small that they are no longer than it, in
    place: they would run into what stands above and below the chart.

    Args:
        vega: compiled definition.
        high: room of a title, in pixels of the chart.
    """
    for axis in vega.get("axes", []):
        title = axis.get("title")
        if axis.get("orient") in ("left", "right") and isinstance(title, str) and title:
            most = high / length(title, 1.0)
            if most < _TITLE_SIZE:
                axis["titleFontSize"] = round(max(most, _LEAST_TITLE), 2)
    for mark in vega.get("marks", []):
        if mark.get("type") == "group":
            titles_fit(mark, high)


ESTIMATE = 1.5
"""The converter takes letters for 0.8 of their size wide; Source Sans has about half."""


def measured(spec: dict[str, Any]) -> dict[str, Any]:
    """The definition for a converter that overestimates the width of texts, in place: nothing is
    cut or left out that has room."""

    def widen(part: dict[str, Any]) -> None:
        for name in ("limit", "labelLimit", "titleLimit", "labelBound"):
            value = part.get(name)
            if isinstance(value, (int, float)) and not isinstance(value, bool):
                part[name] = value * ESTIMATE
            elif isinstance(value, dict) and "expr" in value:
                part[name] = {"expr": f"{ESTIMATE} * ({value['expr']})"}

    _walk(spec, widen)
    spec["config"].setdefault("axisX", {})["labelSeparation"] = -10
    spec["config"].setdefault("legend", {}).setdefault("labelLimit", 0)  # none, where none is set
    return spec


def _walk(part: Any, change: Callable[[dict[str, Any]], None]) -> None:
    if isinstance(part, dict):
        change(part)
        for name, inner in part.items():
            if name != "datasets":
                _walk(inner, change)
    elif isinstance(part, list):
        for inner in part:
            _walk(inner, change)


def _series(encoding: Any) -> list[str] | None:
    """The colours of an encoding that has one for each series."""
    scale = encoding.get("scale") if isinstance(encoding, dict) else None
    return _colors(scale.get("range")) if isinstance(scale, dict) else None


def _colors(found: Any) -> list[str] | None:
    """A list of nothing but colours, or None."""
    if not isinstance(found, list):
        return None
    known = all(isinstance(c, str) and _HEX.fullmatch(c) for c in found)
    return found if known and found else None


DASHES: list[list[int]] = [[1, 0], [7, 3], [2, 2], [9, 3, 2, 3], [4, 4], [1, 3], [12, 3], [5, 1]]
"""Of printed lines, from the palest to the darkest."""
_STROKE = 420
"""Area of a legend's stroke that is long enough to show its dashes, in pixels."""
_PALE_BAND = 0.16
_WHITE = 95.0
"""Lightness from which letters are meant for a dark ground."""
_WIDE_EDGE = 6.5
"""Width of a printed path's white edge, in pixels: dashes show on a dark surface, too."""


def _printed(spec: dict[str, Any]) -> None:
    """Series with the same hues, apart in lightness; lines of them differ in their dashes, too, and
    the legend shows these."""
    lines: set[tuple[str, ...]] = set()
    for param in spec["params"]:
        if colors := _colors(param.get("value")):  # of as many series as there are today
            param["value"] = in_print(colors)[0]

    def look(part: dict[str, Any]) -> None:
        color, dash = part.get("color"), part.get("strokeDash")
        if _series(color) and _of(color) and _of(color) == _of(dash):
            lines.add(_of(color))

    def change(part: dict[str, Any]) -> None:
        names = _of(part.get("color"))
        for channel in ("color", "fill", "stroke"):
            colors = _series(part.get(channel))
            if colors:
                dashed = _of(part[channel]) in lines
                grey = in_print(colors)[0] if dashed else apart_in_grey(colors)
                part[channel]["scale"]["range"] = grey
        if names not in lines or not _series(part["color"]):
            return
        legend = part["color"].get("legend", {})
        if legend is not None:
            size = {"symbolSize": {"expr": f"{_STROKE} * {theme.TYPE} * {theme.TYPE}"}}
            legend = {**legend, "symbolType": "stroke", "symbolStrokeWidth": 2, **size}
            part["color"]["legend"] = legend
        if _of(part.get("strokeDash")) == names:
            scale = part["strokeDash"]["scale"]
            own = {tuple(dash) for dash in scale.get("range", ())}
            if len(own) < len(scale["domain"]):  # else they are told apart as on the page
                scale["range"] = in_print(part["color"]["scale"]["range"])[1]
            part["strokeDash"]["legend"] = legend
        if _of(part.get("shape")) == names:
            # A sign has no dashes; the lines' own layer has the legend.
            part["shape"]["legend"] = part["color"]["legend"] = None

    _walk(spec, look)
    _walk(spec, change)


def in_print(colors: Sequence[str]) -> tuple[list[str], list[list[int]]]:
    """Colour and dash of each printed line."""
    grey = apart_in_grey(colors, _PALEST_LINE)
    order = sorted(range(len(grey)), key=lambda i: -lightness(grey[i]))
    return grey, [DASHES[order.index(i) % len(DASHES)] for i in range(len(grey))]


def _of(encoding: Any) -> tuple[str, ...]:
    """The field of an encoding and all that it may be; empty where that is not told."""
    scale = encoding.get("scale") if isinstance(encoding, dict) else None
    domain = scale.get("domain") if isinstance(scale, dict) else None
    return (encoding.get("field", ""), *map(str, domain)) if isinstance(domain, list) else ()


def _pale(part: dict[str, Any]) -> None:
    """Bands so pale that several above each other leave their lines alone; white edges that
    lines stand out of on any ground."""
    mark = part.get("mark")
    if isinstance(mark, dict) and mark.get("type") == "area":
        band = mark.get("opacity") == theme.BAND_OPACITY
        mark.update({"opacity": _PALE_BAND} if band else {})
    if isinstance(mark, dict) and mark.get("type") == "line" and mark.get("color") == "white":
        mark.update({"strokeWidth": _WIDE_EDGE, "opacity": 1})


def _dark_words(part: dict[str, Any]) -> None:
    """Headings and words in ink: pale letters do not print."""
    mark = part.get("mark")
    if isinstance(mark, dict) and mark.get("type") == "text" and "stroke" not in mark:
        _darken(mark, "color")
    for name in ("titleColor", "labelColor"):
        _darken(part, name)
    if isinstance(part.get("title"), dict):
        _darken(part["title"], "color")


def _darken(part: dict[str, Any], name: str) -> None:
    color = part.get(name)
    if isinstance(color, str) and _HEX.fullmatch(color) and lightness(color) < _WHITE:
        part[name] = dict(theme.INK.to_dict())


def apart_in_grey(colors: Sequence[str], palest: float = _PALEST) -> list[str]:
    """Colours (#rrggbb) with the same hues, whose greys are evenly apart, the darkest first."""
    order = sorted(range(len(colors)), key=lambda i: lightness(colors[i]))
    step = (palest - _DARKEST) / max(1, len(colors) - 1)
    out = list(colors)
    for rank, i in enumerate(order):
        out[i] = _with_lightness(colors[i], _DARKEST + 10 + rank * step * 0.82)
    return out


def lightness(color: str) -> float:
    """CIE L* of #rrggbb, 0 to 100."""
    linear = [
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4
        for c in (part / 255 for part in theme.rgb(color))
    ]
    y = sum(w * c for w, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
    return 116 * y ** (1 / 3) - 16 if y > 0.008856 else 903.3 * y


def _with_lightness(color: str, wanted: float) -> str:
    """The colour mixed with black or white until it has the wanted lightness."""
    dark = lightness(color) > wanted
    other = "#000000" if dark else "#FFFFFF"
    low, high = 0.0, 1.0
    for _ in range(24):
        share = (low + high) / 2
        far = (lightness(theme.mixed(color, other, share)) < wanted) == dark
        low, high = (low, share) if far else (share, high)
    return theme.mixed(color, other, (low + high) / 2)
