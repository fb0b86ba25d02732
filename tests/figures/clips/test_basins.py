"""Basins that grow with the steps."""

import re
from types import SimpleNamespace

import numpy as np
import pytest

from initopt_core.descent import Run
from initopt_core.figures import clips, export, theme
from initopt_core.figures.clips import basins as basins_clips
from initopt_core.figures.export import restyle, sheet
from initopt_core.reading import SettingError
from initopt_core.surfaces import Surface
from tests.support.clips import RANGES, SMALL, SURFACE, moves

RUN = Run("Adam", (("lr", 0.2),))


def test_basins_grow():
    moves(clips.basins_clip(SURFACE, RUN, RANGES, "linear", updates=20, n=40))


def test_the_map_has_stars_and_a_key_of_its_colours_and_no_scale_of_losses():
    surface, places = Surface("himmelblau"), (-5.0, 5.0, -5.0, 5.0)
    run = Run("SGD", (("lr", 0.01),))
    options = clips.ClipOptions(seconds=0.2, fps=10, width=640, height=360)
    *_, last = clips.basins_clip(surface, run, places, "log", updates=40, n=60).frames(options)
    picture = np.asarray(last).astype(int)
    dark = np.flatnonzero((abs(picture - theme.rgb("#228833")).sum(2) < 12).any(0))
    assert len(dark) and dark.max() - dark.min() > 150, "on the map and in the key"
    stop = abs(picture - theme.viridis(np.array([1.0]))[0]).sum(2) < 8
    assert not stop[:, dark.max() :].any(), "no bright end of a scale beside the map"
    white = (picture.sum(2) > 755)[:, : dark.max() - 100]
    assert white[30:-60, 130:-60].any(), "stars"


def test_the_key_has_room_and_letters_of_the_others_size_and_names_every_end(monkeypatch):
    """At 640 x 360 it was cut at the edge, and larger it had letters of 8 px."""
    kept, real = [], basins_clips.stage
    monkeypatch.setattr(
        basins_clips, "stage", lambda figure, *a: (kept.append(figure), real(figure, *a))[1]
    )
    clip = clips.basins_clip(SURFACE, RUN, RANGES, "linear", updates=20, n=40)
    for size, caption in (((640, 360), ""), ((640, 360), "c"), ((1280, 720), "c")):
        options = clips.ClipOptions(
            width=size[0], height=size[1], fps=2, seconds=1, caption=caption
        )
        *_, last = clip.frames(options)
        picture = np.asarray(last).astype(int)
        assert (picture[:, -8:].sum(2) == 765).all(), "nothing runs into the edge"
        drawn = sheet.picture(kept[-1], options.export, size=size)
        (words,) = re.findall(r'font-size="([\d.]+)px"[^>]*>no minimum reached', drawn.svg)
        assert float(words) * drawn.zoom >= 9.5
        grey = np.flatnonzero((abs(picture - 0xBB).max(2) < 4).any(0))
        assert grey.min() < size[0] / 2 < grey.max() - 40, "on the map at the end and in the key"


def test_title_and_caption_are_of_one_optimizer():
    clip = clips.basins_clip(SURFACE, RUN, RANGES, "linear", updates=20, n=8)
    assert clip.title == "Steep optima: basins of Adam"
    assert clip.caption.endswith("Starts: w₁ from −2 to 2, w₂ from −2 to 2. 20 updates.")


def test_a_surface_without_minima_is_refused_in_words():
    clip = clips.basins_clip(Surface("saddle"), RUN, RANGES, "linear", updates=2, n=4)
    with pytest.raises(SettingError, match="no minimum is known"):
        list(clip.frames(clips.ClipOptions(**SMALL)))


def test_a_clip_says_whose_basins_it_shows_in_the_maps_words(monkeypatch):
    told, real = [], basins_clips.stage
    monkeypatch.setattr(
        basins_clips, "stage", lambda figure, *a: (told.append(figure), real(figure, *a))[1]
    )
    clip = clips.basins_clip(SURFACE, RUN, RANGES, "linear", updates=2, n=8)
    next(iter(clip.frames(clips.ClipOptions(**SMALL))))
    svg = export.to_svg(told[0]).decode()
    assert "Adam, η 0.2, β₁ 0.9" in svg and SURFACE.label in svg and "Adam, η 0.2" in clip.alt
    assert "weight w₁ at the start" in svg and "weight w₂ at the start" in svg


def test_the_key_says_what_is_pale_and_what_a_crowds_colours_mean():
    losses = [float(k) for k in range(20)]
    minima = tuple((float(k), 0.0) for k in range(20))
    reached = np.zeros((2, 2), int)
    found = SimpleNamespace(minima=minima, reached=reached)
    rows = basins_clips._entries(found, losses, [f"#{k:06X}" for k in range(20)])
    assert [text for text, _ in rows[:2]] == ["20 minima, each in", "a colour by its loss:"]
    assert rows[2] == ("19", "#000013") and rows[-3] == ("0", "#000000")
    ground = ("pale: still on its way;", ""), ("darker: lower loss", "")
    assert rows[-2:] == ground and len(rows) == 4 + basins_clips.SOME


def test_no_two_basins_have_one_grey_in_print(monkeypatch):
    told, real = [], basins_clips._map
    monkeypatch.setattr(basins_clips, "_map", lambda *a: (told.append(a[-1]), real(*a))[1])
    clip = clips.basins_clip(SURFACE, RUN, RANGES, "linear", updates=20, n=8)
    next(iter(clip.frames(clips.ClipOptions(**SMALL, theme="print"))))
    greys = sorted(restyle.lightness(hue) for _, hue in told[0] if hue)
    assert len(greys) == 4 and np.diff(greys).min() > 10, greys
