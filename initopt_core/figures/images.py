"""Arrays as pictures: PNG files, their data URLs, and the ten classes as small images."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator
from typing import Any

import altair as alt
import numpy as np
from PIL import Image

from initopt_core.data import FashionMNIST

from . import theme
from .figure import Figure, series


def origin(dataset: FashionMNIST) -> str:
    """Where the images come from, in words."""
    return "the bundled sample" if dataset.source == "sample" else "the full data set"


def class_examples(dataset: FashionMNIST, each: int = 4) -> list[np.ndarray]:
    """For each class the first `each` training images side by side: uint8 [28, 28 * each]."""
    labels = dataset.train_labels[dataset.train_index]
    rows = []
    for label in range(len(dataset.classes)):
        chosen = dataset.train_index[(labels == label).nonzero()[:each, 0]]
        rows.append(np.concatenate(list(dataset.train_images[chosen].numpy()), axis=1))
    return rows


SIDE = 56
"""Pixels of a picture in the grid."""
GAP = 4


def image_grid(dataset: FashionMNIST, each: int = 8) -> Figure:
    """The first training images of every class, a row each, with the class's name.

    The table has a row for each picture: its class, its place in the training file, and its
    pixels' mean and standard deviation.
    """
    url = png_url(_spread(class_examples(dataset, each)))
    count = len(dataset.classes)
    width, height = each * (SIDE + GAP), count * (SIDE + GAP)

    def build() -> alt.TopLevelMixin:
        picture = (
            alt.Chart(alt.Data(values=[{"url": url}]))
            .mark_image(width=width, height=height, aspect=False)
            .encode(x=alt.value(width / 2), y=alt.value(height / 2), url="url:N")
        )
        y = alt.Y("row:Q", axis=None, scale=alt.Scale(domain=[count - 0.5, -0.5], nice=False))
        names = (
            alt.Chart(alt.NamedData("classes"))
            .mark_text(align="right", baseline="middle", fontSize=12, color=theme.INK)
            .encode(x=alt.value(-8), y=y, text="name:N")
        )
        return alt.layer(picture, names).properties(width=width, height=height)

    return Figure(
        ("image-grid", count, each, url),
        build,
        {"classes": series([{"row": range(count), "name": list(dataset.classes)}])},
        alt=f"The first {each} training images of each of the {count} classes.",
        name="sample-images",
        table=lambda: _image_rows(dataset, each),
        settings={"images a class": each, "data": origin(dataset)},
    )


def _spread(rows: list[np.ndarray]) -> np.ndarray:
    """Rows of pictures with nothing between them, enlarged: uint8 [h, w, 4]."""
    each, cell = rows[0].shape[1] // 28, 28 + 2
    out = np.zeros((len(rows) * cell, each * cell, 4), np.uint8)
    for r, row in enumerate(rows):
        for c in range(each):
            inside = out[cell * r + 1 : cell * r + 29, cell * c + 1 : cell * c + 29]
            inside[..., :3] = row[:, 28 * c : 28 * c + 28, None]
            inside[..., 3] = 255
    return out.repeat(4, axis=0).repeat(4, axis=1)


def _image_rows(dataset: FashionMNIST, each: int) -> Iterator[dict[str, Any]]:
    labels = dataset.train_labels[dataset.train_index]
    for label, name in enumerate(dataset.classes):
        for index in dataset.train_index[(labels == label).nonzero()[:each, 0]].tolist():
            pixels = dataset.train_images[index].double() / 255
            yield {
                "class": name,
                "place in the training file": index,
                "mean of the pixels (0 to 1)": float(pixels.mean()),
                "standard deviation of the pixels": float(pixels.std()),
            }


def png(image: np.ndarray, *, quick: bool = False) -> bytes:
    """A picture [h, w], [h, w, 3] or [h, w, 4] of numbers 0 to 255, the top row first, as a file.

    Args:
        image: fractions are rounded.
        quick: made at every change of a control; else it is made as small as can be.
    """
    pixels = image if image.dtype == np.uint8 else np.round(image).astype(np.uint8)
    file = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(pixels)).save(file, "PNG", optimize=not quick)
    return file.getvalue()


def data_url(file: bytes) -> str:
    """A PNG file as the address of an <img> or of a mark."""
    return "data:image/png;base64," + base64.b64encode(file).decode()


def png_url(image: np.ndarray, *, quick: bool = False) -> str:
    """`png` as a data URL."""
    return data_url(png(image, quick=quick))
