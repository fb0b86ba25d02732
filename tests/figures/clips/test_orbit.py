"""Paths in three dimensions, while the eye moves."""

import re

import numpy as np
import pytest

from initopt_core.descent import Run, race
from initopt_core.figures import clips
from initopt_core.figures.clips import clip as clip_pieces
from initopt_core.figures.clips import orbit
from initopt_core.figures.loss_surfaces.frame import edges
from initopt_core.figures.loss_surfaces.space import HIGH, WIDE, Camera, Ground
from initopt_core.surfaces import Surface
from tests.support.clips import RANGES, SMALL, SURFACE, moves


def test_the_eye_goes_round(traces):
    moves(clips.orbit_clip(SURFACE, traces, ["Adam", "RMSprop"], RANGES, "linear"))


def test_the_eye_begins_and_ends_where_the_still_figures_is():
    turns = [orbit.turned_by(part) for part in np.linspace(0, 1, 201)]
    assert turns[0] == pytest.approx(0, abs=1e-9) and turns[-1] == pytest.approx(0, abs=1e-9)
    assert (min(turns), max(turns)) == pytest.approx(orbit.SWING, abs=0.1)


def test_axes_stay_at_their_edges_and_in_the_frame_all_the_way():
    """At the end one was seen from its end, and the other from behind the wall."""
    ground = Ground.of(SURFACE, RANGES, "linear", mesh=8)
    for turn in np.linspace(*orbit.SWING, 21):
        camera = Camera(float(turn), zoom=orbit.NEARER)
        assert camera.eye[0] > 0 and camera.eye[2] > 0
        line, _ = edges(ground, camera.eye.tolist())
        at = np.concatenate([camera.project(p)[0] for p in (line, ground.points.reshape(-1, 3))])
        assert (at > 0).all() and (at < (WIDE, HIGH)).all(), turn


def test_an_orbit_says_its_surface_once_and_so_fills_more_of_the_frame(monkeypatch, traces):
    drawn, real = [], orbit.stage
    monkeypatch.setattr(orbit, "stage", lambda *a, **k: (drawn.append(real(*a, **k)), drawn[-1])[1])
    made = clips.orbit_clip(SURFACE, traces, ["Adam", "RMSprop"], RANGES, "linear")
    for title in ("Paths", f"{SURFACE.label}: paths"):
        next(iter(made.frames(clips.ClipOptions(width=640, height=360, title=title))))
    assert drawn[1].zoom > 1.03 * drawn[0].zoom


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


def test_a_racer_that_leaves_is_an_arrow_which_the_key_names_from_then_on(monkeypatch):
    arrows = []
    monkeypatch.setattr(orbit, "arrow", lambda *args: arrows.append(args))
    hills, view = Surface("himmelblau"), (-5.0, 5.0, -5.0, 5.0)
    traces = race(hills, [Run("SGDMomentum", (("lr", 0.9),), (3.5, -3.5))], 20)
    kept = []
    real = orbit.stage
    monkeypatch.setattr(orbit, "stage", lambda *a, **k: kept.append(real(*a, **k)) or kept[-1])
    options = clips.ClipOptions(**{**SMALL, "fps": 5, "width": 640, "height": 360})
    frames = [f.copy() for f in clips.orbit_clip(hills, traces, ["x"], view, "log").frames(options)]
    assert arrows and kept[0].late
    (x, y), entry = kept[0].late
    box = (x, y, x + entry.width, y + entry.height)
    assert len(frames[0].crop(box).getcolors()) == 1
    assert frames[-1].crop(box).tobytes() == entry.tobytes()
