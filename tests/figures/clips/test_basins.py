"""Basins that grow with the steps."""

import pytest

from initopt_core.descent import Run
from initopt_core.figures import clips
from initopt_core.reading import SettingError
from initopt_core.surfaces import Surface
from tests.support.clips import RANGES, SMALL, SURFACE, moves

RUN = Run("Adam", (("lr", 0.2),))


def test_basins_grow():
    moves(clips.basins_clip(SURFACE, RUN, RANGES, "linear", updates=20, n=40))


def test_a_surface_without_minima_is_refused_in_words():
    clip = clips.basins_clip(Surface("saddle"), RUN, RANGES, "linear", updates=2, n=4)
    with pytest.raises(SettingError, match="no minimum is known"):
        list(clip.frames(clips.ClipOptions(**SMALL)))
