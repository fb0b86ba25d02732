"""The errors that start on their way back at the logits, and what gradients they make.

A weight's gradient is a sum over the batch of an error times an input, so its variance is a sum
over all pairs of images of (error times error) times a kernel that the theory knows. Whole batches
have a million pairs: both classes here look at a sample of images and correct what it misses.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional

from .inputs import Inputs

DRAWS = 48
"""Draws of the logits that are averaged over."""
_TINY = torch.finfo(torch.float32).tiny


class Carried(NamedTuple):
    """Errors carried to one layer.

    Attributes:
        variance: of the gradient in that layer's weights.
        uneven: relative variance of one input unit's share of it.
        drawn: variance of the logarithm over draws of the logits, 0 for given errors.
    """

    variance: float
    uneven: float
    drawn: float


class Pairs:
    """Means over a batch's pairs of different images, of a matrix A times a kernel.

    A sample of pairs is a noisy estimate where A has either sign. For two kernels the whole
    batch's mean is known exactly: the constant 1 and the pixels' own. The kernel is regressed on
    them and only the rest is left to the sample.
    """

    def __init__(self, matrix: Tensor, gram: Tensor, ones: float, pixels: float) -> None:
        """`matrix`, `gram` [M, M]; `ones`, `pixels`: the exact means."""
        self.count = max(len(gram) * (len(gram) - 1), 1)
        off = 1 - torch.eye(len(gram), dtype=gram.dtype)
        self.centre = float((gram * off).sum()) / self.count
        pixels_left = (gram - self.centre) * off
        pairs = matrix * off
        self.spread = float(pixels_left.square().sum())
        self.cross, self.total = float((pairs * pixels_left).sum()), float(pairs.sum())
        self.ones, self.pixels = ones, pixels
        self.probes = torch.stack([off, pixels_left, pairs]).reshape(3, -1)

    def mean(self, kernel: Tensor) -> float:
        """Mean of A times `kernel` [M, M] over pairs of different images of the batch."""
        # kernel = mean + slope * (pixels' own - its mean) + rest
        everything, along, errors = (self.probes @ kernel.reshape(-1)).tolist()
        mean = everything / self.count
        slope = along / self.spread if self.spread > 0 else 0.0
        known = mean * self.ones + slope * (self.pixels - self.centre * self.ones)
        return known + (errors - mean * self.total - slope * self.cross) / self.count


class GivenErrors:
    """Errors of one network, as they were measured."""

    def __init__(self, error: Tensor, batch: Inputs) -> None:
        """`error`: gradient of the mean loss in the logits [N, outputs]."""
        x, delta = batch.images, error.double()
        self.count, self.outputs = delta.shape
        self.sampled = delta[batch.pick]
        squares = (delta**2).sum(1)
        own, pairs = float(squares.sum()), max(self.count * (self.count - 1), 1)
        ones = float((delta.sum(0) ** 2).sum()) - own
        pixels = float(((delta.to(x.dtype).T @ x).double() ** 2).sum()) / x.shape[1]
        pixels -= float((squares * batch.lengths).sum())
        products = self.sampled @ self.sampled.T
        self.pairs = Pairs(products, batch.gram, ones / pairs, pixels / pairs)
        self.lengths = products.diagonal()
        self.scale = own / max(float(self.lengths.mean()), 1e-300)

    def carried(self, kernel: Tensor) -> Carried:
        """What the kernel [M, M] makes of them."""
        m, n, d = len(kernel), self.count, self.sampled
        own = self.scale * float(torch.dot(self.lengths, kernel.diagonal())) / m
        if m < 3:
            return Carried(max(own / self.outputs, 0.0), 2.0, 0.0)
        total = own + n * (n - 1) * self.pairs.mean(kernel)
        diagonal = (d * kernel.diagonal()[:, None]).T @ d / m
        off = (d.T @ kernel @ d - diagonal * m) / (m * (m - 1))
        matrix = (n * diagonal + n * (n - 1) * off)[None]
        return Carried(max(total / self.outputs, 0.0), float(_uneven(matrix)), 0.0)


class DrawnErrors:
    """Errors of all networks that could have been drawn: softmax(z) - label for logits z that are
    normal with the theory's own covariance and independent of each other."""

    def __init__(self, logits: Tensor, labels: Tensor, batch: Inputs, outputs: int) -> None:
        """`logits`: covariance of one logit over the sample [M, M]; `labels` int64 [N]."""
        self.count, self.outputs, m = len(labels), outputs, len(logits)
        share = (_root(logits) @ _normal(m, outputs)).view(m, DRAWS, outputs).softmax(2)
        flat = share.view(m, -1)
        # Outputs are alike before training, so a mean share is exactly 1 / outputs.
        self.smooth = flat @ flat.T / DRAWS - 2 / outputs
        fixed = _of_labels(batch, labels, outputs)
        self.pairs = fixed.pairs
        errors = (share - fixed.one_hot[:, None]) * fixed.weights[:, None, None]
        # The draws only say how unlike they are: float32 is enough for that.
        self.side = errors.float().view(m, -1)  # side by side [M, DRAWS * outputs]
        self.by_draw = self.side.view(m, DRAWS, -1).transpose(0, 1).contiguous()

    def carried(self, kernel: Tensor) -> Carried:
        """What the kernel [M, M] makes of them: the geometric mean over the draws."""
        m, n = len(kernel), self.count
        own = float(((self.smooth.diagonal() + 1) * kernel.diagonal()).mean())
        if m < 3:
            return Carried(max(own / n / self.outputs, 0.0), 2.0, 0.0)
        product = self.smooth * kernel
        off = (float(product.sum()) - float(product.diagonal().sum())) / (m * (m - 1))
        mean = (own + (n - 1) * (off + self.pairs.mean(kernel))) / n
        matrix, own_total = self._drawn(kernel / kernel.diagonal().mean().clamp_min(1e-300))
        floor = 0.1 * own_total * m / n
        totals = matrix.diagonal(dim1=1, dim2=2).sum(1)
        logs = torch.maximum(totals, floor).clamp_min(_TINY).log()
        typical = math.exp(float(logs.mean())) / max(float(logs.exp().mean()), 1e-300)
        drawn = float(logs.var())
        return Carried(max(mean * typical / self.outputs, 0.0), float(_uneven(matrix)), drawn)

    def _drawn(self, kernel: Tensor) -> tuple[Tensor, Tensor]:
        """Every draw's sum over pairs [DRAWS, outputs, outputs], and its part of equal images."""
        m, kernel = len(kernel), kernel.float()
        own = kernel.diagonal()[:, None] * self.side
        # One product for all draws: a batch of small ones takes several times as long.
        pairs = torch.addmm(own, kernel, self.side, beta=m / self.count - 1)
        matrix = self.by_draw.mT @ pairs.view(m, DRAWS, -1).transpose(0, 1)
        return matrix, (own * self.side).sum(0).view(DRAWS, -1).sum(1)


def _root(covariance: Tensor) -> Tensor:
    """A matrix R [M, M] with R R^T = `covariance`. It moves little when that does, so that a
    slider that moves shows what it changes."""
    jitter = 1e-12 * float(covariance.diagonal().mean())
    triangle, failed = torch.linalg.cholesky_ex(
        covariance + jitter * torch.eye(len(covariance), dtype=covariance.dtype)
    )
    if not int(failed):
        return triangle
    values, vectors = torch.linalg.eigh(covariance)  # images that are all but equal
    return vectors * values.clamp_min(0.0).sqrt()


class _OfLabels(NamedTuple):
    """What a batch's labels alone decide.

    Attributes:
        pairs: of images with one label. one_hot: float64 [M, outputs] of the sample.
        weights: [M], that make the sample's classes as frequent as the batch's.
    """

    pairs: Pairs
    one_hot: Tensor
    weights: Tensor


def _of_labels(batch: Inputs, labels: Tensor, outputs: int) -> _OfLabels:
    """Kept with the batch: many networks see the same one."""
    kept = batch.kept.get(outputs)
    if kept is None or not torch.equal(kept[0], labels):
        kept = labels, _from_labels(batch, labels, outputs)
        batch.kept[outputs] = kept
    return kept[1]


def _from_labels(batch: Inputs, labels: Tensor, outputs: int) -> _OfLabels:
    own = labels[batch.pick]
    same = (own[:, None] == own[None, :]).to(batch.gram.dtype)
    pairs = Pairs(same, batch.gram, *_same_class(labels, batch, outputs))
    counts = torch.bincount(labels, minlength=outputs).double() / len(labels)
    sampled = torch.bincount(own, minlength=outputs).double().clamp_min(1)
    one_hot = functional.one_hot(own, outputs).to(batch.gram.dtype)
    return _OfLabels(pairs, one_hot, counts[own] / sampled[own])


def _same_class(labels: Tensor, batch: Inputs, classes: int) -> tuple[float, float]:
    """Share of pairs of different images that have one label, and the mean over all pairs of
    their pixels' product where they have."""
    x = batch.images
    belongs = functional.one_hot(labels, classes)
    pairs = max(len(labels) * (len(labels) - 1), 1)
    ones = float((belongs.sum(0).double() ** 2).sum()) - len(labels)
    sums = (belongs.to(x.dtype).T @ x).double()
    pixels = float((sums**2).sum()) / x.shape[1] - float(batch.lengths.sum())
    return ones / pairs, pixels / pairs


def _uneven(matrices: Tensor) -> Tensor:
    """Mean over [K, outputs, outputs] of 2 tr(A^2) / tr(A)^2, at most 4."""
    trace = matrices.diagonal(dim1=1, dim2=2).sum(1)
    trace = trace.clamp_min(torch.finfo(trace.dtype).tiny)[:, None, None]
    return (2 * (matrices / trace).square().sum((1, 2))).clamp_max(4.0).mean()


@lru_cache(maxsize=16)
def _normal(images: int, outputs: int) -> Tensor:
    """The same standard normal numbers each time [images, DRAWS * outputs], so that a slider that
    moves shows what it changes and no chance."""
    generator = torch.Generator().manual_seed(0)
    return torch.randn(images, DRAWS * outputs, dtype=torch.float64, generator=generator)
