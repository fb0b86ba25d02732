"""What the theory needs to know of a batch of images."""

from __future__ import annotations

from dataclasses import dataclass, field

import torch
from torch import Tensor

SAMPLE = 96
"""Images of a batch whose pairwise covariances are followed."""


@dataclass(frozen=True, eq=False)
class Inputs:
    """What the theory needs of a batch; worth keeping where many networks see the same one.

    Attributes:
        images: float [N, inputs], on the CPU.
        pick: int64 [M], the sample whose pairwise covariances are followed, evenly spaced.
        gram: float64 [M, M], mean products of two images' pixels, scaled to the batch's mean
            square so that the sample stands for the batch.
        lengths: float64 [N], mean square of each image's pixels.
        kept: what has been computed of the batch and its labels already.
    """

    images: Tensor
    pick: Tensor
    gram: Tensor
    lengths: Tensor
    kept: dict = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, images: Tensor, sample: int = SAMPLE) -> Inputs:
        """`images` [N, inputs]; `sample` of them are followed."""
        images = images.detach().cpu()
        pick = torch.linspace(0, len(images) - 1, min(sample, len(images))).round().long()
        x = images[pick].double()
        gram = x @ x.T / images.shape[1]
        # In float32 and row by row: a double copy of the batch would cost more than all the rest.
        lengths = torch.linalg.vector_norm(images, dim=1).double() ** 2 / images.shape[1]
        gram *= float(lengths.mean()) / max(float(gram.diagonal().mean()), 1e-300)
        return cls(images, pick, gram, lengths)
