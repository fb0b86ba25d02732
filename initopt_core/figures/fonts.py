"""The font of every figure, shipped with the app: no picture depends on the machine's own fonts."""

from __future__ import annotations

from functools import lru_cache
from types import ModuleType

from initopt_core.paths import ASSETS

FOLDER = ASSETS / "fonts"
"""Source Sans 3 as TrueType, with its licence (SIL Open Font License 1.1)."""


@lru_cache(maxsize=1)
def converter() -> ModuleType:
    """The Vega converter `vl_convert`, with the shipped font made known to it."""
    import vl_convert

    vl_convert.register_font_directory(str(FOLDER))
    return vl_convert
