"""The pieces that clips are drawn from."""

import numpy as np
import pytest
from PIL import Image, ImageDraw

from initopt_core.figures.clips.clip import Stage, dashed, marker


def test_the_dashes_of_a_path_are_its_own_length():
    line = np.array([[0.0, 0], [6, 0], [6, 8], [20, 8]])
    strokes = dashed(line, [3, 2])
    lengths = [float(np.hypot(*np.diff(s, axis=0).T).sum()) for s in strokes]
    assert lengths == pytest.approx([3, 3, 3, 3, 3, 3], abs=1e-9)
    assert strokes[1][0] == pytest.approx([5, 0])


def test_a_line_without_gaps_is_one_stroke():
    line = np.array([[0.0, 0], [6, 0]])
    assert dashed(line, [1, 0])[0] is line and dashed(line, []) == [line]
    assert len(dashed(np.zeros((3, 2)), [3, 2])) == 1  # it goes nowhere


def test_a_place_in_the_chart_is_a_place_in_the_clip():
    still = Stage(Image.new("RGB", (1, 1)), 10.0, 20.0, 2.0)
    assert still.box(5, 5, 3, 4) == (20, 30, 26, 38)


@pytest.mark.parametrize("shape", ["circle", "square", "triangle-up"])
def test_a_sign_is_ink_with_a_white_edge(shape):
    image = Image.new("RGB", (60, 60), "black")
    marker(ImageDraw.Draw(image), (30, 30), shape, "#AA3377", 12)
    pixels = np.asarray(image)
    assert tuple(pixels[31, 30]) == (0xAA, 0x33, 0x77) and tuple(pixels[0, 0]) == (0, 0, 0)
    assert (pixels.reshape(-1, 3) == 255).all(1).sum() > 20
