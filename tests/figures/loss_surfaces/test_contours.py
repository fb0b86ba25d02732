"""Contour lines."""

import re

import numpy as np
import pytest

from initopt_core.figures.loss_surfaces.contours import contours, outline
from initopt_core.surfaces import Surface


def test_a_bowls_line_is_a_circle_and_a_hole_has_none():
    x = np.linspace(-1, 1, 41)
    values = x[None, :] ** 2 + x[:, None] ** 2
    path = outline(values, [0.25])
    at = np.array(
        [[float(v) for v in p.split(",")] for p in re.findall(r"[-\d.e]+,[-\d.e]+", path)]
    )
    assert len(at) > 40
    np.testing.assert_allclose(np.hypot(*at.T), 0.5, atol=0.005)
    values[:, :20] = np.nan
    half = re.findall(r"M(-?[\d.e-]+),", outline(values, [0.25]))
    assert min(map(float, half)) > -0.06


def test_w2_goes_up():
    values = np.linspace(0, 1, 5)[:, None].repeat(5, 1)
    (level,) = {float(v) for v in re.findall(r",([-\d.]+)", outline(values, [0.75]))}
    assert level == pytest.approx(-0.5)


def test_the_lines_are_one_mark_and_a_plane_has_none():
    assert outline(np.zeros((3, 3)), [0.0]) == "M0,0"
    mark = contours(Surface("quadratic"), (-1, 1, -1, 1), "linear", 100).to_dict(validate=False)
    assert mark["mark"]["size"] == 100 * 100 and mark["mark"]["shape"].count("M") > 500
