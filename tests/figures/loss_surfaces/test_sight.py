"""What the eye sees of a path over a surface."""

from __future__ import annotations

import numpy as np
import pytest

from initopt_core.descent import Run, race
from initopt_core.figures import loss_surfaces as figures
from initopt_core.figures.loss_surfaces.sight import FAINT, SPAN, in_sight, sign_seen, visible
from initopt_core.figures.loss_surfaces.space import Camera, Ground, pieces
from initopt_core.surfaces import Surface

RANGES = (-2.0, 2.0, -2.0, 2.0)
BOWL = Surface("quadratic")


def wall() -> Ground:
    """A ground of height 0 with a wall of height 1 across, at w2 = 0."""
    flat = Ground.of(BOWL, RANGES, "linear", mesh=40)
    points = flat.points.copy()
    points[..., 1] = 0.0
    points[20, :, 1] = 1.0
    return Ground(BOWL, RANGES, "linear", points, flat.rgb, 0.0, 1.0)


def test_a_wall_hides_what_is_behind_it_and_nothing_else():
    points = np.array([[0, 0.01, 0.5], [0, 0.01, -0.5], [0, 0.9, -0.05], [0, 1.1, -0.5]])
    assert visible(wall(), points, (0.0, 1.0, 4.0)).tolist() == [True, False, False, True]
    assert visible(wall(), points, (0.0, 1.0, -4.0)).tolist() == [False, True, True, True]
    assert visible(wall(), points, (0.0, 4.0, 0.01))[0], "from straight above"


def test_a_path_is_cut_where_it_goes_behind_a_wall():
    line = np.stack([np.zeros(3), np.full(3, 0.01), [0.8, 0.1, -0.9]], axis=1)
    before, behind = in_sight(wall(), line, [slice(0, 3)], (0.0, 1.0, 4.0))
    assert before.seen and before.at[:2].tolist() == [0, 1] and len(before.at) == 3
    assert not behind.seen and behind.at[-1] == 2 and behind.at[0] == before.at[-1]
    assert before.points[-1, 2] == pytest.approx(0.0, abs=2 * SPAN)
    assert not sign_seen(wall(), line[-1], (0.0, 1.0, 4.0))
    assert sign_seen(wall(), line[0], (0.0, 1.0, 4.0))


def test_a_path_on_a_bowl_is_seen_whole_from_above():
    (trace,) = race(BOWL, [Run("SGD", (("lr", 0.1),), (1.5, 1.0))], 10)
    ground = Ground.of(BOWL, RANGES, "linear")
    way, inside = ground.along(trace)
    (whole,) = in_sight(ground, way, pieces(inside), (0.5, 5.0, 0.5))
    assert whole.seen and whole.at.tolist() == list(range(len(way)))
    np.testing.assert_allclose(whole.points, way)


@pytest.mark.parametrize("turn", [0.0, 60.0, -60.0])
@pytest.mark.parametrize("name", ["steep_optima", "himmelblau"])
def test_what_is_hidden_lies_behind_the_drawn_surface(name, turn):
    """Against the surface drawn by depth, at each place of the picture."""
    surface = Surface(name)
    ground = Ground.of(surface, RANGES, "linear")
    camera = Camera(turn, 400, 300, begin=(2.6, 1.2, 3.15))
    points = np.add(ground.points[4:-4:3, 4:-4:3].reshape(-1, 3), (0, 0.012, 0))
    at, far = camera.project(points)
    x, y = at.round().astype(int).T
    near = depths(ground, camera)
    around = np.stack([near[y + i, x + k] for i in (-1, 0, 1) for k in (-1, 0, 1)])
    seen = visible(ground, points, camera.eye)
    assert 0.3 < seen.mean() < 0.98
    assert seen[far < around.min(axis=0)].mean() > 0.995
    assert seen[far > around.max(axis=0) + 0.1].mean() < 0.15  # a ray may graze the top of a wall


def depths(ground: Ground, camera: Camera) -> np.ndarray:
    """Distance of the nearest point of the mesh at each pixel; far where there is none."""
    n = len(ground.points)
    fine = np.linspace(0, n - 1, 6 * n)
    low = np.minimum(fine.astype(int), n - 2)
    part = (fine - low)[:, None, None]
    rows = ground.points[low] * (1 - part) + ground.points[low + 1] * part
    part = (fine - low)[None, :, None]
    dense = (rows[:, low] * (1 - part) + rows[:, low + 1] * part).reshape(-1, 3)
    at, far = camera.project(dense)
    x, y = at.round().astype(int).T
    out = np.full((camera.height, camera.width), 99.0)
    inside = (x >= 0) & (x < camera.width) & (y >= 0) & (y < camera.height)
    np.minimum.at(out, (y[inside], x[inside]), far[inside])
    return out


def test_an_exported_picture_shows_faintly_what_a_well_hides():
    surface = Surface("steep_optima")
    traces = race(surface, [Run("Adam", (("lr", 0.2),), (-0.5, 0.1))], 100)
    low, high = (
        figures.space(surface, traces, ["Adam"], RANGES, "linear", eye=eye).rows()
        for eye in ((3.5, 0.6, 3.5), (-0.25, 5.0, 0.4))
    )
    assert [rows["ends"][0]["ink"] for rows in (low, high)] == [FAINT, 1]
    assert len(low["behind"]) > 50 > 5 > len(high["behind"])
