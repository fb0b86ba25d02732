"""A clip: its name and its frames."""

from __future__ import annotations

import base64
import io
import math
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from typing import NamedTuple
from xml.sax.saxutils import escape

import numpy as np
from PIL import Image, ImageChops, ImageDraw, ImageFont

from initopt_core.figures import fonts, where
from initopt_core.figures.export import sheet
from initopt_core.figures.figure import Figure
from initopt_core.figures.fonts import converter

from .options import ClipOptions

FINE = 2
"""What moves is drawn this many times as large, and scaled down."""


@dataclass(frozen=True)
class Clip:
    """Something that moves.

    Attributes:
        name: stem of its file.
        alt: what it shows, in a sentence.
        frames: gives the moving frames in their order, RGB of the options' size; an image may be
            the same object as the one before, changed.
        title, caption, query: its own, in place of those of the figure that it moves: where they
            are empty that one's are true of it, too. The query is the link's, in pairs.
    """

    name: str
    alt: str
    frames: Callable[[ClipOptions], Iterator[Image.Image]]
    title: str = ""
    caption: str = ""
    query: tuple[tuple[str, str], ...] = ()

    def dressed(self, options: ClipOptions) -> ClipOptions:
        """The options with the clip's own words; a word that is not wanted stays away."""
        link = where.moved(options.source, self.query) if self.query else ""
        own = {"title": self.title, "caption": self.caption, "source": link}
        return replace(options, **{k: v for k, v in own.items() if v and getattr(options, k)})


class Stage(NamedTuple):
    """The still part of a clip.

    Attributes:
        image: RGB, of the clip's size.
        left, top: where the chart's plot begins, in pixels; zoom: pixels of a chart's pixel.
        panels: (x, y, width, height) of each panel, in the chart's pixels.
        late: the entry of a legend that is named later: where it stands, in pixels, and what is
            seen there from then on.
    """

    image: Image.Image
    left: float
    top: float
    zoom: float
    panels: tuple[tuple[float, ...], ...] = ()
    late: tuple[tuple[int, int], Image.Image] | None = None

    def box(self, x: float, y: float, width: float, height: float) -> tuple[int, int, int, int]:
        """A part of the chart (in its own pixels) in pixels of the clip."""
        x, y = self.left + x * self.zoom, self.top + y * self.zoom
        right, bottom = x + width * self.zoom, y + height * self.zoom
        return round(x), round(y), round(right), round(bottom)

    def named(self) -> Stage:
        """From now on with what is named later."""
        if self.late:
            self.image.paste(self.late[1], self.late[0])
        return self._replace(late=None)


def stage(
    figure: Figure, options: ClipOptions, hidden: Sequence[str] = (), late: str = ""
) -> Stage:
    """The figure, drawn once for all frames.

    Args:
        hidden: CSS classes of marks to be left out, as Vega writes them.
        late: an entry of a legend whose place stays empty until `Stage.late` is put there.
    """
    drawn = sheet.picture(figure, options.export, size=(options.width, options.height))
    svg = drawn.svg
    if hidden:
        rules = "".join(f".{name}{{display:none}}" for name in hidden)
        at = svg.index(">") + 1
        svg = f"{svg[:at]}<style>{rules}</style>{svg[at:]}"
    panels = tuple(tuple(map(float, found)) for found in _PANEL.findall(svg))
    if not panels:
        panels = tuple((0.0, 0.0, *map(float, found)) for found in _PLOT.findall(svg)[:1])
    svg = _IMAGE.sub(partial(_at_size, zoom=drawn.zoom), svg)
    image = _raster(svg)
    there = Stage(image, drawn.left, drawn.top, drawn.zoom, panels)
    entry = late and re.search(_ENTRY.format(re.escape(escape(late))), svg)
    if not entry:
        return there
    before = _raster(svg.replace(entry[0], "", 1))
    box = ImageChops.difference(image, before).getbbox()
    return there._replace(image=before, late=box and (box[:2], image.crop(box)))


_PLOT = re.compile(r'<path class="background"[^>]* d="M[-\d.]+,[-\d.]+h([\d.]+)v([\d.]+)h')
_ENTRY = (
    r'<g class="mark-symbol role-legend-symbol"[^>]*><path [^>]*/></g>'
    r'<g class="mark-text role-legend-label"[^>]*><text [^>]*>{}</text></g>'
)
_PANEL = re.compile(
    r'concat_\d+_group"[^>]*><g transform="translate\(([-\d.]+),([-\d.]+)\)">'
    r'<path class="background"[^>]* d="M[\d.]+,[\d.]+h([\d.]+)v([\d.]+)h'
)
"""A panel where Vega has put it: gaps grow with the letters."""


_IMAGE = re.compile(
    r'<image xlink:href="data:image/png;base64,([^"]+)"([^>]*? width="([\d.]+)" height="([\d.]+)")'
)


def _at_size(found: re.Match[str], zoom: float) -> str:
    """A picture in the chart at the size at which it is shown: Pillow enlarges it five times as
    fast as the renderer does, which took as long as twenty frames."""
    data, look, wide, high = found.groups()
    wanted = round(float(wide) * zoom), round(float(high) * zoom)
    small = Image.open(io.BytesIO(base64.b64decode(data)))
    if "image-rendering" in look or wanted <= small.size:
        return found[0]
    out = io.BytesIO()
    large = small.convert("RGBA" if "A" in small.getbands() else "RGB")
    large.resize(wanted, Image.Resampling.BICUBIC).save(out, "PNG", compress_level=1)
    text = base64.b64encode(out.getvalue()).decode()
    return f'<image image-rendering="optimizeSpeed" xlink:href="data:image/png;base64,{text}"{look}'


def _raster(svg: str) -> Image.Image:
    image = Image.open(io.BytesIO(converter().svg_to_png(svg, scale=1)))
    return image.convert("RGB")


LEGIBLE = 440
"""Height of a film for whose watchers the letters of a page are large enough, in pixels."""


def lettered(still: Stage, options: ClipOptions) -> float:
    """How many times larger than a page's the letters are that a clip writes itself."""
    return max(still.zoom, options.export.letters, options.height / LEGIBLE)


def times(count: int) -> np.ndarray:
    """How far the motion is at each frame, 0 to 1."""
    return np.linspace(0, 1, count)


@lru_cache(maxsize=16)
def font(size: int, bold: bool = False) -> ImageFont.FreeTypeFont:
    """The shipped font."""
    name = f"SourceSans3-{'Bold' if bold else 'Regular'}.ttf"
    return ImageFont.truetype(str(fonts.FOLDER / name), size)


def dashed(points: np.ndarray, dash: Sequence[float]) -> list[np.ndarray]:
    """A line [T, 2] cut into its visible strokes; `dash` as in SVG, in the same unit."""
    lengths = np.concatenate([[0], np.cumsum(np.hypot(*np.diff(points, axis=0).T))])
    if len(dash) < 2 or not dash[1] or not lengths[-1]:
        return [points]
    cuts, at, k = [], 0.0, 0
    while at < lengths[-1] and len(cuts) < 4000:
        end = at + dash[k % len(dash)]
        if k % 2 == 0:
            cuts.append((at, min(end, lengths[-1])))
        at, k = end, k + 1
    strokes = []
    for a, b in cuts:
        inside = (lengths > a) & (lengths < b)
        where = np.concatenate([[a], lengths[inside], [b]])
        strokes.append(np.stack([np.interp(where, lengths, p) for p in points.T], axis=1))
    return strokes


def stroke(pen: ImageDraw.ImageDraw, points: np.ndarray, color: str, width: float) -> None:
    """A line through `points` [T, 2]."""
    if len(points) > 1:
        pen.line([tuple(p) for p in points.tolist()], fill=color, width=round(width), joint="curve")


_SHAPES: dict[str, list[tuple[float, float]]] = {
    "square": [(-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)],
    "diamond": [(0, -1.2), (1, 0), (0, 1.2), (-1, 0)],
    "triangle-up": [(0, -1.1), (1.1, 0.9), (-1.1, 0.9)],
    "triangle-down": [(0, 1.1), (1.1, -0.9), (-1.1, -0.9)],
    "triangle-left": [(-1.1, 0), (0.9, -1.1), (0.9, 1.1)],
    "triangle-right": [(1.1, 0), (-0.9, -1.1), (-0.9, 1.1)],
}


def marker(
    pen: ImageDraw.ImageDraw, at: tuple[float, float], shape: str, color: str, radius: float
) -> None:
    """A racer's sign with a white edge; shapes without corners of their own are discs."""
    x, y = at
    edge = max(1, round(radius / 4))
    corners = _SHAPES.get(shape)
    if corners is None:
        box = (x - radius, y - radius, x + radius, y + radius)
        pen.ellipse(box, fill=color, outline="white", width=edge)
        return
    outline = [(x + radius * a, y + radius * b) for a, b in corners]
    pen.polygon(outline, fill=color, outline="white", width=edge)


def arrow(
    pen: ImageDraw.ImageDraw, at: tuple[float, float], angle: float, color: str, unit: float
) -> None:
    """What stands at the picture's edge for a racer beyond it.

    Args:
        angle: to which it points, in degrees, clockwise from the right.
        unit: pixels of a chart's pixel.
    """
    c, s = math.cos(math.radians(angle)), math.sin(math.radians(angle))
    outline = [
        (at[0] + unit * (a * c - b * s), at[1] + unit * (a * s + b * c))
        for a, b in ((8, 0), (-5, -6), (-5, 6))
    ]
    pen.polygon(outline, fill=color, outline="white", width=max(1, round(1.5 * unit)))
