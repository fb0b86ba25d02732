"""Paths that move over a surface."""

import numpy as np
import pytest

from initopt_core.descent import Run, race
from initopt_core.figures import clips, theme
from initopt_core.figures.clips import orbit
from initopt_core.figures.clips import paths as moving
from initopt_core.figures.clips.clip import stage
from initopt_core.figures.loss_surfaces import SIDE
from initopt_core.figures.loss_surfaces.paths import paths as figure
from initopt_core.surfaces import Surface
from tests.support.clips import RANGES, SMALL, SURFACE


def test_trails_grow_and_end_where_the_race_ended(paths, traces):
    options = clips.ClipOptions(**SMALL)
    frames = [np.asarray(f).astype(int) for f in paths.frames(options)]
    assert len(frames) == 10
    changed = [int((abs(f - frames[0]).sum(2) > 60).sum()) for f in frames]
    assert changed[-1] > changed[3] > 0
    # the heads' colour, around the place where Adam ended
    still = stage(figure(SURFACE, traces, ["Adam", "RMSprop"], RANGES, "linear"), options)
    w1, w2 = traces[0].points[-1][:2]
    x, y, *_ = still.box((w1 + 2) / 4 * SIDE, (2 - w2) / 4 * SIDE, 0, 0)
    near = frames[-1][y - 5 : y + 6, x - 5 : x + 6].reshape(-1, 3)
    inks = np.array([(0xAA, 0x33, 0x77), (0x22, 0x88, 0x33)])
    assert abs(near[:, None] - inks).sum(2).min() < 30


HILLS, VIEW = Surface("himmelblau"), (-5.0, 5.0, -5.0, 5.0)
FAST = Run("SGDMomentum", (("lr", 0.9),), (3.5, -3.5))


@pytest.mark.parametrize("make", [clips.paths_clip, clips.orbit_clip])
def test_a_clip_says_at_the_end_what_diverged(make, monkeypatch):
    told = []
    real = moving._words
    for module in (moving, orbit):
        monkeypatch.setattr(
            module,
            "_words",
            lambda pen, boxes, *a, **k: (told.append(boxes), real(pen, boxes, *a, **k)),
        )
    (trace,) = traces = race(HILLS, [FAST], 20)
    clip = make(HILLS, traces, ["SGD + momentum"], VIEW, "log")
    first, *_, last = (f.copy() for f in clip.frames(clips.ClipOptions(**SMALL)))
    (box,) = told[-1]
    assert box.text == f"SGD + momentum: diverged at step {trace.diverged}"
    options = clips.ClipOptions(**SMALL)
    still = stage(figure(HILLS, traces, ["SGD + momentum"], VIEW, "log"), options)
    whole = still.box(0, 0, SIDE, SIDE)
    pale = [(np.asarray(f.crop(whole)).min(axis=2) > 225).mean() for f in (first, last)]
    assert make is clips.orbit_clip or pale[1] > pale[0] + 0.01, "the words' paper"


def test_a_racer_beyond_the_picture_is_an_arrow_at_its_edge():
    traces = race(HILLS, [FAST], 20)
    options = clips.ClipOptions(**{**SMALL, "width": 640, "height": 480})
    *_, last = clips.paths_clip(HILLS, traces, ["x"], VIEW, "log").frames(options)
    still = stage(figure(HILLS, traces, ["x"], VIEW, "log"), options)
    (row,) = figure(HILLS, traces, ["x"], VIEW, "log").rows()["left"]
    x, y, *_ = still.box((row["w1"] + 5) / 10 * SIDE, (5 - row["w2"]) / 10 * SIDE, 0, 0)
    near = np.asarray(last).astype(int)[y - 2 : y + 3, x - 2 : x + 3]
    assert abs(near - theme.rgb(theme.optimizer_style("SGDMomentum")[0])).sum(2).min() < 40


def test_what_is_seen_of_a_path_lies_on_the_path_however_far_it_goes():
    way = np.array([[5.0, 5], [5e30, 1e31], [-1e31, 5], [8, 5], [8, 5], [8, 9]])
    parts = list(moving._seen(way, 0.0, 10.0))
    assert len(parts) == 2
    (before, out), (after, back) = parts
    assert before[0] == 0 and before[-1] < 1 and out[-1] == pytest.approx([7.5, 10], abs=1e-3)
    assert 2 < after[0] < 4 and after[-1] == 5 and back[-1].tolist() == [8, 9]
    assert ((out >= 0) & (out <= 10.001)).all() and ((back >= -0.001) & (back <= 10)).all()


def test_the_key_says_that_a_path_left_the_picture_when_it_has():
    traces = race(HILLS, [FAST], 20)
    options = clips.ClipOptions(**{**SMALL, "width": 640, "height": 360})
    frames = [f.copy() for f in clips.paths_clip(HILLS, traces, ["x"], VIEW, "log").frames(options)]
    still = stage(
        figure(HILLS, traces, ["x"], VIEW, "log", moving=True), options, late="left the picture"
    )
    assert still.late
    (x, y), entry = still.late
    places = [f.crop((x, y, x + entry.width, y + entry.height)) for f in frames]
    assert len(places[0].getcolors()) == 1, "nothing yet"
    assert places[-1].tobytes() == entry.tobytes()
    shown = [place.tobytes() == entry.tobytes() for place in places]
    assert shown == sorted(shown), "it stays"


def test_a_title_that_names_the_surface_leaves_its_row_to_the_map(traces):
    words = {"caption": "Some words.", "source": "http://x.org", "width": 640, "height": 360}
    found = []
    for title in ("A race", f"{SURFACE.label}: paths"):
        options = clips.ClipOptions(**{**SMALL, **words}, title=title)
        clip = clips.paths_clip(SURFACE, traces, ["Adam", "RMSprop"], RANGES, "linear")
        shown = np.asarray(next(iter(clip.frames(options)))).astype(int)
        found.append((abs(shown - (253, 231, 37)).sum(axis=2) < 12).sum())  # the plain around
    assert found[1] > 1.1 * found[0]
