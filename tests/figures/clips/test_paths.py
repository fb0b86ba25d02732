"""Paths that move over a surface, from above and around it."""

import numpy as np

from initopt_core.figures import clips
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
