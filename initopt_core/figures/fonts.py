"""The font of every figure, shipped with the app: no picture depends on the machine's own fonts."""

from __future__ import annotations

import base64
import io
import re
import threading
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from types import ModuleType
from typing import Any

from initopt_core.paths import ASSETS

FOLDER = ASSETS / "fonts"
"""Source Sans 3 as TrueType, with its licence (SIL Open Font License 1.1)."""
_WEIGHTS = {"Regular": 400, "Bold": 700}


_ALONE = threading.Lock()


class Converter:
    """The Vega converter `vl_convert`, for one thread at a time.

    It holds Python's lock while it draws, and a lock of its own: two threads that come at once can
    each hold one and wait for the other, and the whole process stands still.
    """

    def __init__(self, module: ModuleType) -> None:
        self._module = module

    def __getattr__(self, name: str) -> Callable[..., Any]:
        call = getattr(self._module, name)

        def alone(*args: Any, **options: Any) -> Any:
            with _ALONE:
                return call(*args, **options)

        return alone


@lru_cache(maxsize=1)
def converter() -> Converter:
    """The converter, with the shipped font made known to it."""
    import vl_convert

    found = Converter(vl_convert)
    found.register_font_directory(str(FOLDER))
    return found


def warm_up() -> None:
    """Make the converter's first call, which takes half a second; cheap when repeated."""
    converter().vegalite_to_svg({"data": {"values": [{}]}, "mark": "point"})


def embedded(svg: str) -> str:
    """The SVG with the letters that it uses in it, so that it looks the same everywhere."""
    letters = "".join(sorted(set("".join(re.findall(r">([^<]+)<", svg)))))
    style = f"<defs><style>{faces(letters)}</style></defs>"
    at = svg.index(">") + 1
    return svg[:at] + style + svg[at:]


@lru_cache(maxsize=64)
def faces(letters: str) -> str:
    """CSS that holds the shipped font, cut down to these letters."""
    return "".join(
        f"@font-face{{font-family:'Source Sans 3';font-weight:{weight};"
        f"src:url(data:font/woff;base64,{_subset(name, letters)})}}"
        for name, weight in _WEIGHTS.items()
    )


_USUAL = "".join(map(chr, (*range(0x20, 0x180), *range(0x370, 0x400), *range(0x2000, 0x2800))))
"""Latin, Greek, small figures and signs of mathematics: nearly all that a figure says."""


def _subset(name: str, letters: str) -> str:
    usual = set(letters) <= set(_USUAL)
    source = io.BytesIO(_usual(name)) if usual else FOLDER / f"SourceSans3-{name}.ttf"
    return base64.b64encode(_cut(source, letters, "woff")).decode()


@lru_cache(maxsize=2)
def _usual(name: str) -> bytes:
    """The font with the usual letters alone: cutting it down further takes a fifth of the time,
    and gives the same."""
    return _cut(FOLDER / f"SourceSans3-{name}.ttf", _USUAL, None)


def _cut(source: Path | io.BytesIO, letters: str, flavor: str | None) -> bytes:
    from fontTools import subset, ttLib

    font = ttLib.TTFont(source, recalcTimestamp=False)
    cutter = subset.Subsetter(subset.Options(layout_features=["kern", "tnum"], notdef_outline=True))
    cutter.populate(text=letters)
    cutter.subset(font)
    font.flavor = flavor
    out = io.BytesIO()
    font.save(out)
    return out.getvalue()
