"""Curves that are drawn from left to right."""

from __future__ import annotations

from collections.abc import Iterator

from PIL import Image, ImageChops

from initopt_core.figures.figure import Figure
from initopt_core.reading import SettingError

from .clip import Clip, stage, times
from .options import ClipOptions

_MARKS = [f"mark-{kind}.role-mark" for kind in ("line", "area", "symbol", "rule", "trail")]
"""What grows; words stand there from the start."""


def curves_clip(figure: Figure) -> Clip:
    """A chart of curves over steps or epochs, growing as the training went on.

    Axes stay where they are at the end. The chart is drawn twice, with its marks and without; a
    frame is cut from both. The time is that of the curves, however far the axis goes on.

    Args:
        figure: of one panel, with a room.

    Raises:
        SettingError: for another figure.
    """
    room = figure.room
    if room is None or room.columns * room.rows != 1:
        raise SettingError("A clip of curves needs a chart of one panel.")

    def frames(options: ClipOptions) -> Iterator[Image.Image]:
        empty = stage(figure, options, _MARKS)
        full = stage(figure, options)
        left, right = round(full.left), full.image.width
        ink = ImageChops.difference(full.image, empty.image).getbbox()
        last = ink[2] if ink else right
        drawn = 0
        for part in times(options.moving):
            edge = min(right, round(left + part * (last - left)) + (2 if part else 0))
            if part == 1:
                edge = right
            if edge > max(left, drawn):
                strip = (drawn, 0, edge, full.image.height)
                empty.image.paste(full.image.crop(strip), strip)
                drawn = edge
            yield empty.image

    return Clip(figure.name, figure.alt, frames)
