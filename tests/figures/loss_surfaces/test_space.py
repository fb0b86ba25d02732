"""A surface in three dimensions."""

from __future__ import annotations

import re

import numpy as np
import pytest

from initopt_core.descent import Run, race
from initopt_core.figures import loss_surfaces as figures
from initopt_core.figures.loss_surfaces.space import (
    ANGLE,
    EYE,
    HEIGHT,
    NEAREST,
    SIZE,
    TARGET,
    Camera,
    Ground,
    cut,
    pieces,
)
from initopt_core.paths import ASSETS
from initopt_core.surfaces import Surface

RANGES = (-2.0, 2.0, -2.0, 2.0)
BOWL = Surface("quadratic")


@pytest.mark.parametrize("turn", [0.0, 90.0, -35.0])
def test_the_eye_looks_at_its_target_and_keeps_its_distance(turn):
    camera = Camera(turn, 200, 100)
    at, depth = camera.project(np.array(TARGET))
    assert at == pytest.approx([100, 50])
    assert depth == pytest.approx(np.linalg.norm(np.array(EYE) - TARGET))
    np.testing.assert_allclose(camera.axes @ camera.axes.T, np.eye(3), atol=1e-12)
    higher, _ = camera.project(np.array([TARGET[0], TARGET[1] + 0.1, TARGET[2]]))
    assert higher[1] < 50  # up is up


def test_a_path_lies_on_the_ground_between_its_steps():
    (trace,) = race(BOWL, [Run("SGD", (("lr", 0.1),), (1.5, 1.0))], 10)
    ground = Ground.of(BOWL, RANGES, "linear", mesh=40)
    way, inside = ground.along(trace, parts=6)
    assert len(way) == 61 and inside.all()
    w1, w2 = way[:, 0] / SIZE * 4, -way[:, 2] / SIZE * 4
    assert (w1[0], w2[0]) == pytest.approx((1.5, 1.0), abs=1e-6)
    losses = BOWL.values(RANGES, 41).numpy()
    expected = np.array([float(BOWL(*map(np_tensor, (a, b)))) for a, b in zip(w1, w2, strict=True)])
    share = (expected - losses.min()) / (losses.max() - losses.min())
    np.testing.assert_allclose(way[:, 1], share * HEIGHT + 0.012, atol=1e-6)


def test_a_path_that_leaves_the_window_is_cut_at_its_edge():
    way = np.array([[0, 0], [2, 1], [5, 5], [0, 2], [0, 0]], dtype=float)
    at, inside = cut(way, (-1.0, 1.0, -1.0, 1.0))
    assert at.tolist() == [[0, 0], [1, 0.5], [1, 1], [0, 1], [0, 0]]
    assert pieces(inside) == [slice(0, 2), slice(3, 5)]
    assert pieces(np.array([True, True])) == [slice(0, 2)] and pieces(np.array([False] * 3)) == []


def np_tensor(value):
    import torch

    return torch.tensor(value, dtype=torch.float64)


def test_nearer_faces_hide_farther_ones():
    picture = np.asarray(Ground.of(BOWL, RANGES, "linear", mesh=24).draw(Camera(0, 120, 90), 2))
    assert 0.2 < (picture[..., 3] > 0).mean() < 0.9
    assert len(np.unique(picture[picture[..., 3] == 255][:, :3], axis=0)) > 50


def test_another_camera_is_another_figure_of_the_same_table():
    one, other = (figures.space(BOWL, (), (), RANGES, "linear", eye=e) for e in (None, (3, 1, 2)))
    assert one.key != other.key and other.settings["camera"] == [3, 1, 2]
    assert next(iter(one.table())) == next(iter(other.table()))


@pytest.mark.parametrize("eye", [(2.6, 2.35, 3.15), (0.1, 4.5, 0.1), (-4.0, 0.5, 2.0)])
def test_the_camera_stands_where_the_pages_camera_stands(eye):
    """As three.js projects: the same height and distance, with the page's angle of view."""
    camera = Camera(begin=eye, width=300, height=200)
    np.testing.assert_allclose(camera.eye, eye)
    _, depth = camera.project(np.array(TARGET))
    away = np.linalg.norm(np.subtract(eye, TARGET))
    assert depth == pytest.approx(away)
    above = np.array(TARGET) + camera.axes[1] * away * np.tan(np.radians(ANGLE / 2))
    assert camera.project(above)[0] == pytest.approx([150, 0], abs=1e-9)


def test_page_and_pictures_have_one_eye_for_every_surface():
    text = (ASSETS / "web" / "surface_canvas" / "space.js").read_text(encoding="utf-8")
    for name, here in (("EYE", EYE), ("TARGET", TARGET)):
        (there,) = re.findall(rf"\b{name} = \[([-\d., ]+)\]", text)
        assert tuple(map(float, there.split(","))) == here
    assert float(re.findall(r"\bFOV = (\d+)", text)[0]) == ANGLE
    camera = figures.space(BOWL, (), (), RANGES, "linear").settings["camera"]
    assert camera == list(EYE)


def test_a_camera_in_the_surface_steps_back_the_way_it_looks():
    camera = Camera(begin=(0.5, 0.6, 0.4))
    way = camera.eye - np.array(TARGET)
    assert np.linalg.norm(way) == pytest.approx(NEAREST)
    np.testing.assert_allclose(np.cross(way, np.subtract((0.5, 0.6, 0.4), TARGET)), 0, atol=1e-12)
    corners = Ground.of(BOWL, RANGES, "linear", mesh=8).points
    assert camera.project(corners)[1].min() > 0.3
