"""A network's mistakes as a figure."""

import csv
import io

import numpy as np
import pytest
from PIL import Image

from initopt_core.data import load_sample
from initopt_core.figures import export, training
from initopt_core.figures.training.mistakes import HIGH, SIDE, WIDE


@pytest.fixture(scope="module")
def dataset():
    return load_sample()


@pytest.fixture(scope="module")
def figure(dataset):
    beyond = len(dataset.test_labels)
    mistakes = [
        {"index": k, "label": 6, "predicted": 3, "probability": 0.99 - 0.01 * k} for k in range(7)
    ]
    mistakes.append({"index": beyond, "label": 1, "predicted": 2, "probability": 0.5})
    return training.mistakes_figure(dataset, mistakes, "Adam")


def test_the_table_names_image_classes_and_probability(dataset, figure):
    rows = list(csv.DictReader(io.StringIO(export.to_csv(figure).decode())))
    assert [row["place in the test file"] for row in rows] == list("0123456")
    assert rows[2]["class"] == dataset.classes[6]
    assert rows[2]["predicted class"] == dataset.classes[3]
    assert float(rows[2]["probability of the predicted class (0 to 1)"]) == 0.97


def test_the_picture_shows_the_images(dataset, figure):
    png = np.asarray(Image.open(io.BytesIO(export.to_png(figure, scale=1))).convert("L"))
    left, top = (n - size for n, size in zip(png.shape[::-1], (6 * WIDE, 2 * HIGH), strict=True))
    x = left // 2 + WIDE // 2 - SIDE // 2  # the first image, between equal margins
    block = png[top // 2 : top // 2 + SIDE, x : x + SIDE].reshape(28, 3, 28, 3).mean((1, 3))
    shown = dataset.test_images[0].numpy().astype(float)
    assert np.corrcoef(block.ravel(), shown.ravel())[0, 1] > 0.95
