"""The tutorial's figures by name, as a page asks for them one after the other."""

from __future__ import annotations

import io
from dataclasses import replace
from functools import lru_cache

from PIL import Image

from initopt_core.data import FashionMNIST

from . import export
from .export import sheet
from .figure import Figure
from .fonts import converter
from .tutorial import Item, Number, course

WIDE, HIGH = 840, 525
"""Pixels of a picture in the gallery: sharp on a card of half that width on a fine screen."""
DRAWN = 560, 350
"""The size at which it is drawn, so that letters can be read on the card."""
QUALITY = 82


@lru_cache(maxsize=2)
def items(dataset: FashionMNIST) -> dict[str, Item]:
    """Name -> figure of the tutorial, in its order; nothing is computed yet."""
    return {item.name: item for item in course(dataset)}


def figure(name: str, dataset: FashionMNIST) -> Figure:
    """The figure `name` of `items`."""
    return items(dataset)[name].make()


def picture(name: str, theme: str, dataset: FashionMNIST) -> bytes:
    """The figure `name` as a small WebP of WIDE x HIGH pixels.

    Args:
        theme: of `export.THEMES`.
    """
    options = export.ExportOptions(theme=theme, scale=1)
    shown = replace(figure(name, dataset), alone=None)  # too small for more words
    drawn = sheet.picture(shown, options, size=DRAWN)
    file = converter().svg_to_png(drawn.svg, scale=WIDE / DRAWN[0])
    out = io.BytesIO()
    Image.open(io.BytesIO(file)).convert("RGB").save(out, "WEBP", quality=QUALITY, method=4)
    return out.getvalue()


def large(name: str, theme: str, dataset: FashionMNIST) -> bytes:
    """The figure `name` with title and caption as SVG, to be looked at by itself."""
    options = export.dressed(items(dataset)[name], export.ExportOptions(theme=theme))
    return export.to_svg(figure(name, dataset), options)


def numbers(name: str, dataset: FashionMNIST) -> tuple[Number, ...]:
    """The numbers that the tutorial printed of figure `name`, beside ours."""
    return tuple(items(dataset)[name].numbers())
