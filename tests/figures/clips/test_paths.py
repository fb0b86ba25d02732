"""Paths that move over a surface, from above and around it."""

import re

import numpy as np

from initopt_core.descent import Run, race
from initopt_core.figures import clips
from initopt_core.figures.clips import clip as clip_pieces
from initopt_core.figures.clips.clip import stage
from initopt_core.figures.loss_surfaces import SIDE
from initopt_core.figures.loss_surfaces.paths import paths as figure
from tests.support.clips import RANGES, SMALL, SURFACE, moves


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


def test_the_eye_goes_round(traces):
    moves(clips.orbit_clip(SURFACE, traces, ["Adam", "RMSprop"], RANGES, "linear"))


def test_an_orbits_still_part_has_no_axes_of_its_own(monkeypatch):
    """They would stay where the eye was at first, below those that go round with the surface."""
    drawn = []
    real = clip_pieces._raster
    monkeypatch.setattr(clip_pieces, "_raster", lambda svg: (drawn.append(svg), real(svg))[1])
    traces = race(SURFACE, [Run("Adam", (("lr", 0.2),), (0.0, 0.0))], 3)
    made = clips.orbit_clip(SURFACE, traces, ["Adam"], RANGES, "linear")
    next(iter(made.frames(clips.ClipOptions(**SMALL))))
    hidden = set(re.findall(r"\.([\w.-]+)\{display:none\}", drawn[0]))
    groups = re.findall(r'class="(mark-text) role-mark (layer_\d+_marks)"', drawn[0])
    assert len(groups) >= 8 and {f"{kind}.{layer}.role-mark" for kind, layer in groups} <= hidden
