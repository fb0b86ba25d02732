"""Arrays as pictures: PNG files, their data URLs, and the ten classes as small images."""

from __future__ import annotations

import base64
import io

import numpy as np
from PIL import Image

from initopt_core.data import FashionMNIST


def class_examples(dataset: FashionMNIST, each: int = 4) -> list[np.ndarray]:
    """For each class the first `each` training images side by side: uint8 [28, 28 * each]."""
    labels = dataset.train_labels[dataset.train_index]
    rows = []
    for label in range(len(dataset.classes)):
        chosen = dataset.train_index[(labels == label).nonzero()[:each, 0]]
        rows.append(np.concatenate(list(dataset.train_images[chosen].numpy()), axis=1))
    return rows


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
