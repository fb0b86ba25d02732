"""Size, speed and length of a clip, checked where they are asked for."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from initopt_core.figures.export.options import THEMES, ExportOptions, _among
from initopt_core.reading import SettingError
from initopt_core.wording import count

CLIP_FORMATS: dict[str, tuple[str, str, int]] = {
    # name: (ending, media type, most pixels x frames)
    "mp4": (".mp4", "video/mp4", 1_000_000_000),
    "gif": (".gif", "image/gif", 150_000_000),
    "webp": (".webp", "image/webp", 150_000_000),
}
"""The two picture formats are kept in memory while they are made, hence their lower bound."""
SMALLER = {"width": 640, "height": 360, "fps": 20}
_RANGES = {
    "width": (160, 3840),
    "height": (120, 2160),
    "fps": (1, 60),
    "seconds": (0.2, 120),
    "hold": (0, 20),
}


SLIDE = 720
"""Height of a frame in which a slide's letters are as large as they are told to be, in pixels."""
SMALLEST = 11
"""Letters of a page's small words, in pixels: none in a clip are smaller."""
_A = {"mp4": "an MP4", "gif": "a GIF", "webp": "a WebP"}


@dataclass(frozen=True)
class InFrame(ExportOptions):
    """The look of a picture that has to share a frame with its letters.

    Args:
        height: of the frame, in pixels. Letters are so large in one of `SLIDE`; in another one
            they take the same share of it, but are never smaller than a page's.
    """

    height: int = SLIDE

    @property
    def zoom(self) -> float:
        return max(1.0, super().zoom * min(1.0, self.height / SLIDE))

    @property
    def letters(self) -> float:
        share = self.height / SLIDE  # below half of it a page's would leave no room to the plot
        return self.zoom * max(min(1.0, 2 * share), share)

    @property
    def least(self) -> float:
        return max(super().least, SMALLEST * self.letters)


@dataclass(frozen=True)
class ClipOptions:
    """How a clip is made.

    Args:
        format: of `CLIP_FORMATS`.
        width, height: of the picture in pixels; even, since H.264 halves its colours.
        fps: frames a second. A GIF counts in hundredths of a second: the nearest is taken.
        seconds: of motion, before the hold.
        hold: seconds for which the last frame stays.
        loop: whether GIF and WebP begin again at their end.
        theme: of `export.THEMES`.
        text: of `export.TEXTS`; films are for slides.
        title, caption, source: above the figure and below or beside it, as `ExportOptions` has
            them; in a small picture the caption is cut, with its letters no smaller than can be
            read.

    Raises:
        SettingError: for a value that cannot be used, with the bound in the message.
    """

    format: str = "mp4"
    width: int = 1280
    height: int = 720
    fps: int = 30
    seconds: float = 5.0
    hold: float = 1.0
    loop: bool = True
    theme: str = "light"
    text: str = "slide"
    title: str = ""
    source: str = ""
    caption: str = ""

    def __post_init__(self) -> None:
        _among("Format", self.format, CLIP_FORMATS)
        _among("Theme", self.theme, THEMES)
        for name, (low, high) in _RANGES.items():
            value = getattr(self, name)
            known = isinstance(value, (int, float)) and not isinstance(value, bool)
            if not (known and math.isfinite(value) and low <= value <= high):
                raise SettingError(f"{name.capitalize()}: choose from {low} to {high}.")
        if self.width % 2 or self.height % 2 or self.width != int(self.width):
            raise SettingError("Width and height: choose even whole numbers of pixels.")
        self.export  # noqa: B018  its own checks, here rather than in mid-encoding
        most = CLIP_FORMATS[self.format][2]
        work = self.width * self.height * self.frames
        if work > most:
            raise SettingError(
                f"{self.width} x {self.height} pixels x {count(self.frames)} frames are "
                f"{count(work)}, and {_A[self.format]} may have {count(most)}: take fewer "
                "pixels, fewer frames a second or a shorter time."
            )

    @classmethod
    def usual(cls, format: str, **look: Any) -> ClipOptions:
        """Options for this format: pictures that move are smaller and slower than a film, since
        whole frames are kept in them."""
        return cls(format, **({} if format == "mp4" else SMALLER), **look)

    @property
    def moving(self) -> int:
        """Frames in motion, at least 2."""
        return max(2, round(self.seconds * self.fps))

    @property
    def frames(self) -> int:
        """All frames, the hold included."""
        return self.moving + round(self.hold * self.fps)

    @property
    def suffix(self) -> str:
        return CLIP_FORMATS[self.format][0]

    @property
    def mime(self) -> str:
        return CLIP_FORMATS[self.format][1]

    @property
    def export(self) -> ExportOptions:
        """The same look for the still part."""
        return InFrame(
            theme=self.theme, text=self.text, scale=1, title=self.title, caption=self.caption,
            source=self.source, height=self.height,
        )  # fmt: skip
