"""What stands around an exported chart: title, caption and source, broken into lines."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from xml.sax.saxutils import escape

from PIL import ImageFont

from initopt_core.figures import fonts, theme

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
) -> dict[str, Text]:
    """Title, caption and source, those that there are.

    Args:
        width: of the lines, in pixels.
        place: "around" the chart, "beside" it, or around it in a "column" of a text.
        scale: size of the letters over the usual.
    """
    found = {}
    for name, size in (("title", TITLE), ("caption", CAPTION), ("source", SOURCE)):
        text = getattr(options, name)
        if text:
            least = options.least * (1.2 if name == "title" else 1.0)
            px = max(size * options.zoom * scale, min(least, size * options.letters))
            if place == "column":
                px = min(px, max(size * 0.9, width / _IN_COLUMN[size]))
            elif place == "beside" and name == "title":
                px = min(px, BESIDE_TITLE * max(1.0, scale))
            bold = name == "title"
            found[name] = Text(wrapped(text, px, width, bold), px, bold)
    return found


def shrunk(
    options: ExportOptions, width: float, most: float, place: str = "around", scale: float = 1.0
) -> dict[str, Text]:
    """As `texts`, with smaller letters where these would be higher than `most` pixels; they may be
    still, with the smallest."""
    told: dict[str, Text] = {}
    for part in SHRINK:
        told = texts(options, width, place, scale * part)
        if high(told) <= most:
            break
    return told


def bounded(told: dict[str, Text], most: float) -> dict[str, Text]:
    """What has room in `most` pixels of height: first the caption is cut, then the source, which
    is nothing in parts, is left, then the title."""
    out = dict(told)
    for name, least in (("caption", 1), ("caption", 0), ("source", 0), ("title", 1), ("title", 0)):
        while high(out) > most and name in out:
            one = out.pop(name)
            lines = len(one.lines) - 1 if least else 0
            if lines < least:
                out[name] = one
                break
            if lines:
                kept = one.lines[:lines]
                out[name] = replace(one, lines=[*kept[:-1], f"{kept[-1].rstrip(' .,;…')} …"])
    return {name: out[name] for name in told if name in out}


def high(told: Mapping[str, Text]) -> float:
    """Height of all texts, in pixels."""
    return sum(text.height for text in told.values())


@lru_cache(maxsize=32)
def _font(size: int, bold: bool) -> ImageFont.FreeTypeFont:
    name = f"SourceSans3-{'Bold' if bold else 'Regular'}.ttf"
    return ImageFont.truetype(str(fonts.FOLDER / name), size)


def length(text: str, size: float, bold: bool = False) -> float:
    """How long a text with letters of `size` pixels is, in pixels."""
    return _font(100, bold).getlength(text) * size / 100


def wrapped(text: str, size: float, width: float, bold: bool = False) -> list[str]:
    """The text in lines of at most `width` pixels, each paragraph on lines of its own; a longer
    word is broken, a link behind "?" or "&" where it can be."""
    return [line for paragraph in text.split("\n") for line in _lines(paragraph, size, width, bold)]


_LEADS = re.compile(r"[+=×–—]|[\u0370-\u03ff][₀-₉]?")
"""A word that belongs to the one behind it: a sign between two, or the letter of a quantity."""
_TRAILS = ("+", "·", "%")
"""Words that belong to the one before them."""


def _together(text: str) -> Iterator[str]:
    """The words, those that no line may end between as one."""
    held, leads = "", False
    for word in text.split():
        if held and not leads and word not in _TRAILS:
            yield held
            held = ""
        held = f"{held} {word}".strip()
        leads = bool(_LEADS.fullmatch(word))
    if held:
        yield held


def _lines(text: str, size: float, width: float, bold: bool) -> list[str]:
    def wide(line: str) -> float:
        return length(line, size, bold)

    lines = [""]
    for words in _together(text):
        for word in [words] if wide(words) <= width else words.split():
            longer = f"{lines[-1]} {word}".strip()
            if wide(longer) <= width:
                lines[-1] = longer
                continue
            if lines[-1]:
                lines.append("")
            *whole, word = _pieces(word, lambda part: wide(part) <= width)
            lines[-1:] = [*whole, word]
    # A sign that parts two says no more than the end of the line does.
    return [line.removesuffix(" ·") for line in lines if line]


def _pieces(word: str, fits) -> list[str]:
    """A word in parts that fit."""
    parts = [""]
    for piece in re.findall(r"[^?&]+[?&]*|[?&]+", word) if "://" in word else [word]:
        if fits(parts[-1] + piece):
            parts[-1] += piece
            continue
        parts.append("")
        while not fits(piece) and len(piece) > 1:
            cut = next((n for n in range(len(piece), 1, -1) if fits(piece[:n])), 1)
            parts[-1] = piece[:cut]
            piece = piece[cut:]
            parts.append("")
        parts[-1] = piece
    return [part for part in parts if part]
