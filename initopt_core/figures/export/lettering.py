"""Letters of exported pictures: how long a text is, and where its lines end."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from PIL import ImageFont

from initopt_core.figures import fonts


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


def unbroken(text: str) -> str:
    """The text with a space before "%" at which a browser ends no line."""
    return text.replace(" %", "\N{NO-BREAK SPACE}%")


def _together(text: str) -> Iterator[str]:
    """The words, those that no line may end between as one."""
    held, leads = "", False
    for word in text.split():
        if held and not leads and word.rstrip(".,;:)") not in _TRAILS:
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
    # In a title, whose lines end where its parts do, that sign says no more than their ends; in
    # running text a line may end anywhere.
    return [line.removesuffix(" ·") if bold else line for line in lines if line]


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
