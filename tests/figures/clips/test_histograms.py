"""Histograms of layers that change: each moment's is drawn as high as its share."""

import numpy as np
import pytest

from initopt_core.figures.clips.histograms import Panel, panels_clip
from initopt_core.figures.clips.options import ClipOptions
from initopt_core.reading import SettingError

INK = "#4477AA"


def inked(image) -> int:
    """Pixels of the panel's colour."""
    pixels = np.asarray(image.convert("RGB")).astype(int)
    return int((np.abs(pixels - [0x44, 0x77, 0xAA]).max(axis=-1) < 60).sum())


def test_what_is_twice_as_high_has_twice_the_ink():
    low, high = np.full(60, 20.0), np.full(60, 40.0)
    clip = panels_clip(
        "x", "x", [Panel("Layer 0", INK, 0, 1, np.array([low, high]))], ["a", "b"], "t"
    )
    frames = [inked(f) for f in clip.frames(ClipOptions(width=320, height=180, fps=4, seconds=1))]
    assert frames[-1] / frames[0] == pytest.approx(2, rel=0.1)


def test_no_histogram_is_said():
    with pytest.raises(SettingError, match="no histogram"):
        panels_clip("x", "x", [], [], "t")
