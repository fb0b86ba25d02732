"""What stands around an exported chart: title, caption, table and source, broken into lines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from xml.sax.saxutils import escape

from initopt_core.figures import theme

from .grid import Grid
from .lettering import wrapped
from .options import ExportOptions

TITLE, CAPTION, SOURCE = 20, 13, 11
"""Sizes of letters in pixels, at text size "page"."""
_IN_COLUMN = {TITLE: 20, CAPTION: 27, SOURCE: 34}
"""Letters that a line of a narrow column holds the width of: there no text dwarfs the chart."""
SHRINK = (1.0, 0.9, 0.8, 0.7, 0.6)
BESIDE_TITLE = 26
"""The largest title beside a chart, in pixels."""


@dataclass(frozen=True)
class Text:
    """One text in its lines; sizes in pixels."""

    lines: list[str]
    size: float
    bold: bool

    @property
    def height(self) -> float:
        return len(self.lines) * self.size * 1.3 + self.size * 0.4

    def drawn(self, x: float, y: float, ink: str) -> str:
        """As SVG from the height `y` on."""
        spans = "".join(
            f'<text x="{x:g}" y="{y + self.size * (1 + 1.3 * i):.2f}">{escape(line)}</text>'
            for i, line in enumerate(self.lines)
        )
        look = f'font-family="{theme.FONT}" font-size="{self.size:.2f}" fill="{ink}"'
        weight = ' font-weight="bold"' if self.bold else ""
        return f"<g {look}{weight}>{spans}</g>"


def texts(
    options: ExportOptions, width: float, place: str = "around", scale: float = 1.0
) -> dict[str, Text | Grid]:
    """Title, caption, table and source, those that there are.

    Args:
        width: of the lines, in pixels.
        place: "around" the chart, "beside" it, or around it in a "column" of a text.
        scale: size of the letters over the usual.
    """
    found: dict[str, Text | Grid] = {}
    sizes = ("title", TITLE), ("caption", CAPTION), ("table", CAPTION), ("source", SOURCE)
    for name, size in sizes:
        text = getattr(options, name)
        if text:
            least = options.least * (1.2 if name == "title" else 1.0)
            px = max(size * options.zoom * scale, min(least, size * options.letters))
            if place == "column":
                px = min(px, max(size * 0.9, width / _IN_COLUMN[size]))
            elif place == "beside" and name == "title":
                px = min(px, BESIDE_TITLE * max(1.0, scale))
            if name == "table":
                found[name] = Grid(text, px, width).fitted(min(options.least, px))
                continue
            bold = name == "title"
            found[name] = Text(wrapped(text, px, width, bold), px, bold)
    return found


def shrunk(
    options: ExportOptions, width: float, most: float, place: str = "around", scale: float = 1.0
) -> dict[str, Text | Grid]:
    """As `texts`, with smaller letters where these would be higher than `most` pixels; they may be
    still, with the smallest."""
    told: dict[str, Text | Grid] = {}
    for part in SHRINK:
        told = texts(options, width, place, scale * part)
        if high(told) <= most:
            break
    return told


def bounded(told: Mapping[str, Text | Grid], most: float) -> dict[str, Text | Grid]:
    """What has room in `most` pixels of height: first the caption is cut, then the table and the
    source, which are nothing in parts, are left, then the title."""
    out = dict(told)
    order = (
        ("caption", 1),
        ("caption", 0),
        ("table", 0),
        ("source", 0),
        ("title", 1),
        ("title", 0),
    )
    for name, least in order:
        while high(out) > most and name in out:
            one = out.pop(name)
            lines = len(one.lines) - 1 if least else 0
            if lines < least:
                out[name] = one
                break
            if lines and isinstance(one, Text):
                kept = one.lines[:lines]
                out[name] = replace(one, lines=[*kept[:-1], f"{kept[-1].rstrip(' .,;…')} …"])
    return {name: out[name] for name in told if name in out}


def high(told: Mapping[str, Text | Grid]) -> float:
    """Height of all texts, in pixels."""
    return sum(text.height for text in told.values())
