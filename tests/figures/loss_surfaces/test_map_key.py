"""What the colours of basin maps mean."""

import numpy as np
import pytest

from initopt_core.figures.loss_surfaces.map_key import (
    MOST_TICKS,
    PATCHES,
    MapScale,
    is_numbered,
    numbered,
)
from initopt_core.wording import number


@pytest.mark.parametrize(
    ("low", "high", "log", "color"),
    [(8e-7, 2.06, True, "linear"), (1e-30, 1.0, True, "linear"), (0.5, 3.0, True, "linear"),
     (0.0, 60.0, False, "linear"), (-4.0, 9.0, False, "log")],
)  # fmt: skip
def test_a_tick_stands_at_the_colour_of_its_value(low, high, log, color):
    scale = MapScale("loss", low, high, log, color)
    ticks = scale.ticks()
    assert 3 <= len(ticks) <= MOST_TICKS
    for at, text in ticks:
        assert text == number(float(scale.value(np.array(at))))
        assert 0 < at < 1


def test_minima_are_told_apart_by_numbers_where_colours_are_not():
    places = [(1.0, 2.0), (-0.5, 3.0)]
    assert numbered(places, [0.0, 1e-15]) == ["1: (1, 2), loss 0", "2: (−0.5, 3), loss 0"]
    assert numbered(places[:1], [2.0]) == ["(1, 2), loss 2"], "one needs no number"
    assert not is_numbered([(0.0, 0.0)] * (PATCHES + 1)) and not is_numbered([])
