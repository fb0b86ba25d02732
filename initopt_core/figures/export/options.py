"""How an exported picture looks, checked where it is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from initopt_core.figures import theme
from initopt_core.reading import SettingError, did_you_mean
from initopt_core.wording import count

SCALE = 2
"""Pixels of a PNG for each pixel of the page, unless asked for otherwise."""
MAX_SCALE = 4
MAX_PIXELS = 40_000_000
"""Of one PNG: 160 MB while it is made."""
MAX_TEXT = 2_000
LEAST = 10.0
"""See `ExportOptions.least`."""

THEMES: dict[str, dict[str, Any]] = {
    "light": theme.LIGHT,
    "dark": theme.DARK,
    "print": {"ink": "#000000", "faint": "#C8C8C8", "paper": "#FFFFFF", "dark": False},
}
"""Name -> colours of ink, faint lines and paper; "print" is told apart in grey, too."""

TEXTS: dict[str, float] = {"page": 1.0, "slide": 18 / 11}
"""Name -> size of letters over the page's; on a slide the smallest (11 px) have 18 px."""

SHAPES: dict[str, tuple[int | None, int | None]] = {
    "natural": (None, None),
    "16:9": (1280, 720),
    "4:3": (1024, 768),
    "column": (440, None),
}
"""Name -> (width, height) of the picture in pixels at scale 1; None follows from the figure."""


class TooManyPixels(SettingError):
    """A picture would be too large.

    Attributes:
        most: largest scale at which it would not.
    """

    def __init__(self, text: str, most: float) -> None:
        super().__init__(text)
        self.most = most


@dataclass(frozen=True)
class ExportOptions:
    """How a picture looks.

    Args:
        theme: of `THEMES`.
        scale: 1 to 4, pixels of a PNG for each pixel of the picture; vectors are as large as at 1.
        text: of `TEXTS`.
        shape: of `SHAPES`.
        title: above the figure; empty for none.
        caption: below it, the settings in words; broken into lines.
        source: the last line, for example the permalink.
        table: between caption and source: rows of equally many cells, the first one their heads.

    Raises:
        SettingError: for a value that cannot be used.
    """

    theme: str = "light"
    scale: float = SCALE
    text: str = "page"
    shape: str = "natural"
    title: str = ""
    caption: str = ""
    source: str = ""
    table: tuple[tuple[str, ...], ...] = ()

    def __post_init__(self) -> None:
        _among("Theme", self.theme, THEMES)
        _among("Text size", self.text, TEXTS)
        _among("Width", self.shape, SHAPES)
        if not isinstance(self.scale, (int, float)) or isinstance(self.scale, bool):
            raise SettingError(f"Scale: a number from 1 to {MAX_SCALE}, not {self.scale!r}.")
        if not 1 <= self.scale <= MAX_SCALE:
            raise SettingError(f"Scale: choose from 1 to {MAX_SCALE}; {self.scale:g} is outside.")
        for name in ("title", "caption", "source"):
            text = getattr(self, name)
            if not isinstance(text, str) or len(text) > MAX_TEXT:
                raise SettingError(
                    f"{name.capitalize()}: a text of at most {count(MAX_TEXT)} characters."
                )

    @property
    def colors(self) -> dict[str, Any]:
        return THEMES[self.theme]

    @property
    def zoom(self) -> float:
        return TEXTS[self.text]

    @property
    def letters(self) -> float:
        """Size of a chart's letters over the page's."""
        return self.zoom

    @property
    def least(self) -> float:
        """The smallest letters to which texts are made smaller for their room, in pixels."""
        return LEAST

    @property
    def size(self) -> tuple[int | None, int | None]:
        return SHAPES[self.shape]

    def check_pixels(self, width: float, height: float) -> None:
        """Whether a picture of this size may be made.

        Raises:
            TooManyPixels: with the bound, and the largest scale that keeps it.
        """
        pixels = round(width * self.scale) * round(height * self.scale)
        if pixels > MAX_PIXELS:
            most = (MAX_PIXELS / (width * height)) ** 0.5
            raise TooManyPixels(
                f"A picture of {count(pixels)} pixels is more than {count(MAX_PIXELS)}; choose a "
                f"scale of at most {most:.1f}.",
                most,
            )


def _among(label: str, value: Any, known: Mapping[str, Any]) -> None:
    if value not in known:
        raise SettingError(
            f"{label}: there is no {value!r}{did_you_mean(value, known)}; choose from "
            f"{', '.join(known)}."
        )
