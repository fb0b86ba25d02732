"""Curves that are drawn from left to right."""

import itertools
import re

import numpy as np
import pytest
from PIL import ImageChops, ImageDraw

from initopt_core.figures import clips, training
from initopt_core.figures.export import sheet
from initopt_core.figures.initialization.grid import grid_room
from initopt_core.reading import SettingError
from tests.support.charts import told
from tests.support.clips import SMALL


@pytest.fixture(scope="module")
def loss():
    history = told([np.geomspace(2, 0.01, 400).tolist()])
    return training.loss_figure(training.lines([("", history)]), "epochs")


def test_a_curve_grows_and_its_axes_stay(loss):
    options = clips.ClipOptions(**{**SMALL, "fps": 4})
    frames = [np.asarray(f.copy()).astype(int) for f in clips.curves_clip(loss).frames(options)]
    changed = [(abs(b - a).sum(2) > 30).any(0).nonzero()[0] for a, b in itertools.pairwise(frames)]
    assert len(frames) == 4 and all(len(c) for c in changed)
    # What comes new stands right of what was there.
    starts = [c.min() for c in changed]
    assert starts == sorted(starts) and len(set(starts)) == len(starts)


def test_a_race_that_is_not_through_fills_the_clips_time():
    """Its axis goes on for four times as long."""
    history = told([np.geomspace(2, 0.01, 400).tolist()])
    history.epochs *= 5
    figure = training.loss_figure(training.lines([("", history)]), "epochs")
    options = clips.ClipOptions(**{**SMALL, "fps": 6})
    frames = [np.asarray(f.copy()).astype(int) for f in clips.curves_clip(figure).frames(options)]
    new = [(abs(b - a).sum(2) > 30).any() for a, b in itertools.pairwise(frames)]
    assert len(new) == 5 and all(new), "each frame shows something new, the last as well"


def test_a_grid_of_panels_is_refused(loss):
    import dataclasses

    with pytest.raises(SettingError, match="one panel"):
        clips.curves_clip(dataclasses.replace(loss, room=grid_room(3, 2)))


def test_with_a_slides_letters_the_plot_has_its_share_of_a_small_frame(loss):
    """It had 70 of 360 pixels."""
    options = clips.ClipOptions(
        "gif", 640, 360, text="slide", title="A race", caption="Some words.", source="http://x.org"
    )
    drawn = sheet.picture(loss, options.export, size=(options.width, options.height))
    high = re.findall(r'class="background"[^>]*d="M[^"]*?v([\d.]+)h', drawn.svg)[0]
    assert drawn.zoom * float(high) > 140


def test_each_frame_says_how_far_the_race_is(loss, monkeypatch):
    said = []
    monkeypatch.setattr(
        ImageDraw.ImageDraw, "text", lambda pen, at, text, *_, **__: said.append(text)
    )
    options = clips.ClipOptions(**{**SMALL, "fps": 5})
    end = round(loss.signals["x_end"])
    list(clips.curves_clip(loss, "epochs").frames(options))
    assert len(said) == 5 and said[0] == f"epoch 0 of {end}" and said[-1] == f"epoch {end} of {end}"
    said.clear()
    list(clips.curves_clip(loss).frames(options))
    assert not said, "of a chart whose axis is unknown"


@pytest.mark.parametrize("size", [(320, 240), (640, 360), (1280, 720)])
def test_how_far_the_race_is_stands_where_no_curve_is(loss, size):
    options = clips.ClipOptions(**{**SMALL, "fps": 2, "width": size[0], "height": size[1]})
    *_, told = clips.curves_clip(loss, "epochs").frames(options)
    *_, bare = clips.curves_clip(loss).frames(options)
    box = ImageChops.difference(told, bare).getbbox()
    assert box and len(bare.crop(box).getcolors()) == 1
