"""A figure as a file: pictures, data, settings, pages, bundles and handouts, made on the server.

Everything is made from the same `Figure` that the page shows, without a browser, and looks like it.

=====================================  ===========================================================
`ExportOptions(theme, scale, ...)`     how a picture looks; checks itself, `SettingError` says what
                                       to change
`export(figure, "png", options)`       a file of `FORMATS` (png, svg, pdf, csv, settings, json)
`picture(figure, options)`             the sheet as SVG with its size, for whoever draws on it
`zipped(shown, ...)`                   one zip of all that a page shows (`Shown`); `bundle(items)`
                                       of the tutorial's `Item`s
`handout(items, ...)`                  one PDF of several pages
`page.chart_page(figure)`              one HTML file that works offline; the surface with its
                                       playback: `loss_surfaces.canvas_page`
`write(path, data)`                    a file that is whole or not there
=====================================  ===========================================================

What moves is in `figures.clips`, the tutorial's figures in their order in `figures.tutorial`.
"""

from .bundle import Shown, bundle, dressed, handout, zipped
from .files import sweep, write
from .formats import (
    FORMATS,
    SCALE,
    Format,
    export,
    further,
    to_csv,
    to_json,
    to_pdf,
    to_png,
    to_svg,
)
from .options import SHAPES, TEXTS, THEMES, ExportOptions, TooManyPixels
from .sheet import Sheet, picture

__all__ = [
    "FORMATS",
    "SCALE",
    "SHAPES",
    "TEXTS",
    "THEMES",
    "ExportOptions",
    "Format",
    "Sheet",
    "Shown",
    "TooManyPixels",
    "bundle",
    "dressed",
    "export",
    "further",
    "handout",
    "picture",
    "sweep",
    "to_csv",
    "to_json",
    "to_pdf",
    "to_png",
    "to_svg",
    "write",
    "zipped",
]
