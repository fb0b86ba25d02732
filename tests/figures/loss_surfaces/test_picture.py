"""A surface as a picture."""

import io

import numpy as np
from PIL import Image

from initopt_core.figures import loss_surfaces as figures
from initopt_core.surfaces import Surface


def test_the_picture_has_the_lowest_loss_where_it_is_lowest():
    picture = Image.open(
        io.BytesIO(figures.surface_png(Surface("quadratic"), (-1.0, 3.0, -1.0, 3.0), "linear", 81))
    )
    pixels = np.asarray(picture)
    # The minimum (0, 0) is a quarter from the left and a quarter from the bottom.
    np.testing.assert_array_equal(pixels[60, 20, :3], [0x44, 0x01, 0x54])
    assert pixels[0, -1, 1] > 200  # the far corner is yellow
