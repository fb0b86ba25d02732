"""Curves that are drawn from left to right."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from PIL import Image, ImageChops, ImageDraw

from initopt_core.figures.figure import Figure
from initopt_core.reading import SettingError
from initopt_core.wording import count

from .clip import Clip, Stage, font, lettered, stage, times
from .options import ClipOptions

_MARKS = [f"mark-{kind}.role-mark" for kind in ("line", "area", "symbol", "rule", "trail")]
"""What grows; words stand there from the start."""
_COUNTED = {"epochs": "epoch {}", "steps": "step {}", "examples": "example {}", "seconds": "{} s"}
"""How far the curves are, by their axis."""
LETTERS = 11
"""Of what says so, in pixels where letters are a page's."""
Box = tuple[int, int, int, int]


def curves_clip(figure: Figure, axis: str = "") -> Clip:
    """A chart of curves over steps or epochs, growing as the training went on.

    Axes stay where they are at the end. The chart is drawn twice, with its marks and without; a
    frame is cut from both. The time is that of the curves, however far the axis goes on.

    Args:
        figure: of one panel, with a room.
        axis: what its horizontal axis counts, from 0: "epochs", "steps", "examples" or "seconds".
            Each frame says how far it is; none does without.

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
        say = _counter(figure, axis, full, options)
        drawn = 0
        for part in times(options.moving):
            edge = min(right, round(left + part * (last - left)) + (2 if part else 0))
            if part == 1:
                edge = right
            if edge > max(left, drawn):
                strip = (drawn, 0, edge, full.image.height)
                empty.image.paste(full.image.crop(strip), strip)
                drawn = edge
            say(empty.image, part)
            yield empty.image

    return Clip(figure.name, figure.alt, frames)


def _counter(
    figure: Figure, axis: str, full: Stage, options: ClipOptions
) -> Callable[[Image.Image, float], None]:
    """What writes on a frame how far the curves are, `part` of their way, 0 to 1: at a place that
    they leave free even in the end."""
    reach = max(
        (r["x"] for rows in figure.rows().values() for r in rows if "label" in r), default=0
    )
    if axis not in _COUNTED or not full.panels or not reach:
        return lambda image, part: None
    end = figure.signals.get("x_end")
    of = f" of {count(round(end))}" if end else ""

    def said(part: float) -> str:
        return _COUNTED[axis].format(count(int(part * reach + 1e-3))) + of

    letters = font(round(LETTERS * lettered(full, options)), bold=True)
    box = _place(full, round(letters.getlength(said(1.0))), letters.size)
    colors = options.export.colors

    def say(image: Image.Image, part: float) -> None:
        image.paste(colors["paper"], box)
        at = box[0] + letters.size / 3, (box[1] + box[3]) / 2
        ImageDraw.Draw(image).text(at, said(part), colors["ink"], font=letters, anchor="lm")

    return say


def _place(full: Stage, wide: int, letters: float) -> Box:
    """Above the plot at its right, or in that corner of it which has the least ink."""
    left, top, right, bottom = full.box(*full.panels[0])
    width, height, gap = round(wide + letters * 2 / 3), round(letters * 1.4), round(letters / 3)
    over = top - height - 2
    at = [(right - width, over)] if over >= 0 else []
    at += [
        (x, y)
        for x in (right - width - gap, left + gap)
        for y in (top + gap, bottom - height - gap)
    ]
    boxes: list[Box] = [(x, y, x + width, y + height) for x, y in at]
    return min(boxes, key=lambda box: _busy(full.image.crop(box)))


def _busy(image: Image.Image) -> int:
    """How many pixels are not of the commonest colour."""
    return image.width * image.height - max(n for n, _ in image.getcolors(1 << 24) or [(0, 0)])
