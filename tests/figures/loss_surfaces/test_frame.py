"""The axes around a surface in three dimensions."""

import numpy as np
import pytest
from PIL import Image, ImageDraw

from initopt_core.figures.export.lettering import length
from initopt_core.figures.loss_surfaces.frame import LETTERS, edges, written
from initopt_core.figures.loss_surfaces.space import EYE, Camera, Ground
from initopt_core.surfaces import Surface

RANGES = (-2.0, 2.0, -2.0, 2.0)
BOWL = Ground.of(Surface("quadratic"), RANGES, "linear", mesh=24)
EYES = [EYE, (-1.0, 2.0, 3.0), (-2.0, 1.0, -2.0), (3.0, 2.0, -0.5)]


def test_the_axes_say_their_ends():
    words = [label.text for label in edges(BOWL, EYE)[1]]
    assert words.count("−2") == 2 and words.count("2") == 2 and "0" in words
    assert {"weight w₁", "weight w₂", "loss"} <= set(words)


def test_a_height_that_the_page_rounds_to_0_is_0():
    pits = Ground.of(Surface("steep_optima"), RANGES, "linear", mesh=24)
    assert 0 < abs(pits.high) < 1e-12
    assert "0" in [label.text for label in edges(pits, EYE)[1]]


@pytest.mark.parametrize("eye", EYES)
def test_the_axes_lie_in_front_of_the_eye(eye):
    line, labels = edges(BOWL, eye)
    near = np.linalg.norm(line - np.array(eye), axis=1)
    floor = [[x, 0, z] for x in (-1, 1) for z in (-1, 1)]
    assert near[1] == pytest.approx(np.linalg.norm(np.subtract(floor, eye), axis=1).min())
    # The low end of w1 stays left of the high one in its own direction, wherever the eye is.
    places = [label.at for label in labels if label.text in ("−2", "2")]
    assert places[0][0] < places[1][0] and places[2][2] > places[3][2]


@pytest.mark.parametrize("k", [1.0, 1.6])
@pytest.mark.parametrize("turn", range(-60, 61, 30))
@pytest.mark.parametrize("name", ["pathological", "beale", "quadratic"])
def test_no_name_of_an_axis_lies_on_the_surface_nor_on_another(name, turn, k):
    ranges = (-6.0, 6.0, -14.0, 6.0) if name == "pathological" else RANGES
    ground = Ground.of(Surface(name), ranges, "log", mesh=24)
    camera = Camera(turn)
    surface = np.asarray(ground.draw(camera, 1))[..., 3] > 0
    taken = Image.new("L", (camera.width, camera.height))
    pen = ImageDraw.Draw(taken)
    found = [one for one in written(ground, camera, k) if one]
    assert {"weight w₁", "weight w₂"} <= {text for text, *_ in found}
    for text, x, y in found:
        wide, high = length(text, LETTERS * k), 0.6 * LETTERS * k
        box = [round(v) for v in (x - wide / 2, y - high / 2, x + wide / 2, y + high / 2)]
        inside = np.s_[max(box[1], 0) : box[3], max(box[0], 0) : box[2]]
        assert not np.asarray(taken)[inside].any()
        if text.startswith("weight") and 5 < y < camera.height - 2 * high:
            assert not surface[inside].any()
        pen.rectangle(box, fill=255)
