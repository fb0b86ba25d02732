"""The data set on the device, its batches, and how often an epoch looks at validation images."""

from __future__ import annotations

import torch
from torch import Tensor

from initopt_core import data as fashion
from initopt_core.registry import SettingError
from initopt_core.wording import count

from .config import TrainConfig

PROBE_IMAGES = 512
CHECKS, CHECK_IMAGES, FEWEST = 4, 500, 100
"""Within an epoch, so many looks at so many validation images (and not worth it with fewer)."""
CHECK_SHARE = 0.045
"""Images of all looks of an epoch over its training images. A look is a forward pass alone, about
a third of a step's work for each image: all looks together stay below 2 % of an epoch."""


class DeviceData:
    """The data set on the device, once for all racers."""

    def __init__(
        self, dataset: fashion.FashionMNIST, config: TrainConfig, device: torch.device
    ) -> None:
        index = dataset.train_index[: config.train_images or None]
        if config.batch_size > len(index):
            raise SettingError(
                f"Batch size: {config.batch_size} is more than the {count(len(index))} training "
                "images."
            )
        val = dataset.val_index
        self.images = dataset.train_images[index].reshape(len(index), -1).to(device)
        self.labels = dataset.train_labels[index].to(device)
        self.val_images = fashion.normalize(dataset.train_images[val].to(device))
        self.val_labels = dataset.train_labels[val].to(device)
        self.test_images = dataset.test_images.to(device)
        self.test_labels = dataset.test_labels.to(device)
        self.probe = fashion.normalize(self.images[:PROBE_IMAGES])

    def batch(self, index: Tensor) -> tuple[Tensor, Tensor]:
        """Images float32 [n, 784], normalized, and labels [n] of the training images `index`."""
        # index_select: indexing in brackets takes ten times as long.
        images = self.images.index_select(0, index)
        return fashion.normalize(images), self.labels.index_select(0, index)


def check_plan(steps: int, batch: int, validation: int) -> tuple[set[int], int]:
    """When, and on how many validation images, accuracy is looked at within an epoch.

    Args:
        steps, batch: of an epoch.
        validation: how many validation images there are.

    Returns:
        Numbers of steps after which to look (none at the epoch's end, when all images are
        looked at), and the number of images; no steps where an epoch is so short that looking
        would cost too much.
    """
    budget = int(CHECK_SHARE * steps * batch)
    images = min(validation, max(FEWEST, min(CHECK_IMAGES, budget // CHECKS)))
    looks = min(CHECKS, budget // max(images, 1))
    return {round((k + 1) * steps / (looks + 1)) for k in range(looks)} - {0, steps}, images
