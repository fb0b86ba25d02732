"""Paths cut at the edge of the window."""

import numpy as np
import pytest

from initopt_core.figures.loss_surfaces.paths import parted
from initopt_core.figures.loss_surfaces.ways import cut, last_drawn, pieces

WINDOW = (0.0, 10.0, 0.0, 10.0)


def test_a_path_ends_where_it_leaves_the_window():
    way = np.array([[5.0, 5.0], [7.0, 5.0], [13.0, 2.0], [30.0, -40.0]])
    places, inside = cut(way, WINDOW)
    end = last_drawn(inside)
    assert end == 2 and places[end].tolist() == [10.0, 3.5]
    assert pieces(inside) == [slice(0, 3)]
    assert last_drawn(np.array([True, False, True, True])) == 3
    assert last_drawn(np.array([False, False])) == 1, "never inside"


def test_its_arrow_stands_there_and_points_along_the_line():
    way = np.array([[5.0, 5.0], [70.0, 50.0], [130.0, 20.0], [300.0, -400.0]])
    x, y, angle = parted(way, 100.0) or pytest.fail("it has left")
    assert (x, y) == (92.0, 35.0) and angle == pytest.approx(np.degrees(np.arctan2(-30, 60)))
    assert parted(way[:2], 100.0) is None
    far = np.array([[5.0, 5.0], [np.inf, 5.0]])
    assert (parted(far, 100.0) or pytest.fail("it has left"))[2] == 180
