"""The font of every figure, shipped with the app: no picture depends on the machine's own fonts."""

from __future__ import annotations

import base64
import io
import re
from functools import lru_cache
from types import ModuleType

from initopt_core.paths import ASSETS

FOLDER = ASSETS / "fonts"
"""Source Sans 3 as TrueType, with its licence (SIL Open Font License 1.1)."""
_WEIGHTS = {"Regular": 400, "Bold": 700}


@lru_cache(maxsize=1)
def converter() -> ModuleType:
    """The Vega converter `vl_convert`, with the shipped font made known to it."""
    import vl_convert

    vl_convert.register_font_directory(str(FOLDER))
    return vl_convert


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


def _subset(name: str, letters: str) -> str:
    from fontTools import subset, ttLib

    font = ttLib.TTFont(FOLDER / f"SourceSans3-{name}.ttf", recalcTimestamp=False)
    cutter = subset.Subsetter(subset.Options(layout_features=["kern", "tnum"], notdef_outline=True))
    cutter.populate(text=letters)
    cutter.subset(font)
    font.flavor = "woff"
    out = io.BytesIO()
    font.save(out)
    return base64.b64encode(out.getvalue()).decode()
