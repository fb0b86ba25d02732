"""Arrays as pictures: read back as they were."""

from __future__ import annotations

import base64
import io

import numpy as np
import pytest
from PIL import Image

from initopt_core import data
from initopt_core.figures import export, images


@pytest.mark.parametrize("shape", [(3, 5), (3, 5, 3), (3, 5, 4)])
@pytest.mark.parametrize("quick", [False, True])
def test_a_picture_is_read_back_as_it_was(shape, quick):
    pixels = np.random.default_rng(0).uniform(0, 255, shape)
    url = images.png_url(pixels, quick=quick)
    file = base64.b64decode(url.removeprefix("data:image/png;base64,"))
    np.testing.assert_array_equal(np.asarray(Image.open(io.BytesIO(file))), np.round(pixels))


def test_examples_are_the_first_images_of_their_class():
    dataset = data.load_sample()
    rows = images.class_examples(dataset, 2)
    assert len(rows) == 10 and {row.shape for row in rows} == {(28, 56)}
    labels = dataset.train_labels[dataset.train_index]
    for label, row in enumerate(rows):
        first = dataset.train_index[labels == label][0]
        np.testing.assert_array_equal(row[:, :28], dataset.train_images[first])


def test_the_grids_table_has_a_row_for_each_picture():
    figure = images.image_grid(data.load_sample(), 2)
    assert export.to_csv(figure).count(b"\n") == 21
