"""The ten classes of Fashion-MNIST as small pictures."""

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


def png_url(image: np.ndarray) -> str:
    """A uint8 image [h, w] or [h, w, 3] as a data URL for an <img>."""
    buffer = io.BytesIO()
    Image.fromarray(image).save(buffer, "PNG", optimize=True)
    return "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode()
