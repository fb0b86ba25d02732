"""From settings to everything that the page, an export or a test may show: one pure function."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property, lru_cache, partial
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor, nn

from initopt_core.data import FashionMNIST, normalize, probe_batch
from initopt_core.initializers import INITIALIZERS, initialize
from initopt_core.networks import BaseNetwork, make_activation
from initopt_core.probes import ProbeResult, probe
from initopt_core.registry import SettingError

from . import theory
from .settings import Settings


@dataclass(frozen=True, eq=False)
class Observation:
    """What one batch shows in one freshly initialized network.

    Attributes:
        settings: what was asked for.
        probe: measured statistics of every layer.
        images: how many images the batch holds (fewer than asked where a class has fewer).
        sigma_w, sigma_b: each layer's sqrt(fan_in) * weight spread and its bias spread: where the
            layers lie in the phase map.
        bias: each layer's mean bias, by which its pre-activations are moved.
        bias_variance: of each layer's biases, as they were drawn.
        input_square: mean square of the batch's pixels, E[x^2].
        predict: makes `prediction`.
    """

    settings: Settings
    probe: ProbeResult
    images: int
    sigma_w: tuple[float, ...]
    sigma_b: tuple[float, ...]
    bias: tuple[float, ...]
    bias_variance: tuple[float, ...]
    input_square: float
    predict: Callable[[], theory.Prediction | None] = field(repr=False)

    @cached_property
    def prediction(self) -> theory.Prediction | None:
        """What the theory says; None where it has nothing to say (equal weights, overflow).

        Made when it is first asked for: the histograms do not wait for it.
        """
        return self.predict()

    @property
    def names(self) -> list[str]:
        """The layers' names, input side first: "Layer 0", "Layer 2", ..."""
        return [layer.name for layer in self.probe.weights]


@lru_cache(maxsize=8)
def batch(dataset: FashionMNIST, count: int, classes: tuple[int, ...]) -> tuple[Tensor, Tensor]:
    """The first `count` training images with one of `classes` (all if empty), and their labels.

    Raises:
        SettingError: when the data holds none of them.
    """
    if not classes:
        return probe_batch(dataset, min(count, len(dataset.train_index)))
    index = dataset.train_index
    wanted = torch.isin(dataset.train_labels[index], torch.tensor(classes))
    index = index[wanted][:count]
    if not len(index):
        raise SettingError("Classes: the data has no image of these; choose others.")
    return normalize(dataset.train_images[index]), dataset.train_labels[index]


@lru_cache(maxsize=8)
def inputs(dataset: FashionMNIST, count: int, classes: tuple[int, ...]) -> theory.Inputs:
    """What the theory needs of that batch."""
    return theory.Inputs.of(batch(dataset, count, classes)[0])


def build(settings: Settings, images: Tensor) -> BaseNetwork:
    """The initialized network of `settings`, float32 on the CPU."""
    activation = make_activation(settings.activation, **dict(settings.activation_settings))
    with torch.device("meta"):  # nobody needs PyTorch's own draw first
        model = BaseNetwork(activation, hidden_sizes=settings.hidden)
    for layer in model.modules():  # `to_empty` would load a computer algebra system for it: 1 s
        for name, weights in list(layer.named_parameters(recurse=False)):
            setattr(layer, name, nn.Parameter(torch.empty(weights.shape)))
    initialize(model, settings.scheme, settings.scheme_values, seed=settings.seed, images=images)
    return model


def observe(settings: Settings, dataset: FashionMNIST, outputs: bool = False) -> Observation:
    """Draw the weights, and send the batch through and back.

    Args:
        settings: from `Settings.make`.
        outputs: also histograms behind the non-linearities.
    """
    images, labels = batch(dataset, settings.batch, settings.classes)
    model = build(settings, images)
    result = probe(model, images, labels, outputs=outputs)
    spread = spreads(settings, model)
    sizes = settings.sizes
    return Observation(
        settings=settings,
        probe=result,
        images=len(images),
        sigma_w=tuple(w * math.sqrt(n) for w, n in zip(spread.weights, sizes[:-1], strict=True)),
        sigma_b=tuple(spread.biases),
        bias=tuple(spread.means),
        bias_variance=tuple(float(m.bias.detach().var(correction=0)) for m in model.linears()),
        input_square=rms(images) ** 2,
        predict=partial(_predict, settings, dataset, spread, labels, result),
    )


class Spreads(NamedTuple):
    """How each layer was drawn, input side first.

    Attributes:
        weights: root mean square of the weights.
        biases: standard deviation of the biases. means: their mean, which is no part of it.
    """

    weights: list[float]
    biases: list[float]
    means: list[float]


def spreads(settings: Settings, model: BaseNetwork) -> Spreads:
    """The scheme's own formula where it has one, else measured."""
    entry, values = INITIALIZERS[settings.scheme], settings.scheme_values
    layers = model.linears()
    if std := entry.std:
        weights = [
            float(std(layer.in_features, layer.out_features, i == 0, values))
            for i, layer in enumerate(layers)
        ]
    else:
        weights = [rms(layer.weight) for layer in layers]
    if std := entry.bias_std:
        biases = [float(std(layer.in_features, values)) for layer in layers]
        return Spreads(weights, biases, [0.0] * len(layers))
    if "bias" in values:
        means = [float(values["bias"])] * len(layers)
        return Spreads(weights, [float(values.get("bias_std", 0.0))] * len(layers), means)
    means = [float(layer.bias.detach().mean()) for layer in layers]
    return Spreads(weights, [rms(b.bias - m) for b, m in zip(layers, means, strict=True)], means)


def rms(tensor: Tensor) -> float:
    """Root mean square."""
    return float(torch.linalg.vector_norm(tensor.detach())) / math.sqrt(tensor.numel())


def _predict(
    settings: Settings,
    dataset: FashionMNIST,
    spread: Spreads,
    labels: Tensor,
    result: ProbeResult,
) -> theory.Prediction | None:
    random = INITIALIZERS[settings.scheme].random
    if not random or result.broken_at is not None or min(spread.weights) <= 0:
        return None
    # With no hidden layer there is nothing that the activation could do.
    name = settings.activation if settings.hidden else "identity"
    values = dict(settings.activation_settings) if settings.hidden else {}
    images = inputs(dataset, settings.batch, settings.classes)
    activation = make_activation(name, **values)
    return theory.predict(
        activation, settings.sizes, spread.weights, spread.biases, images,
        bias=spread.means, labels=labels,
    )  # fmt: skip


@dataclass(frozen=True, eq=False)
class SeedBand:
    """Variances over several seeds: arrays [seeds, layers]."""

    seeds: tuple[int, ...]
    activations: np.ndarray
    gradients: np.ndarray

    def add(self, other: SeedBand) -> SeedBand:
        """Both together."""
        return SeedBand(
            self.seeds + other.seeds,
            np.concatenate([self.activations, other.activations]),
            np.concatenate([self.gradients, other.gradients]),
        )

    def apart(self, kind: str, one: float, other: float, layer: int) -> float:
        """How unlike two draws' variances are, in standard deviations by which the logarithms of
        two draws differ: the root of two times one draw's own over these seeds."""
        spread = float(np.log(getattr(self, kind)[:, layer]).std(ddof=1)) * math.sqrt(2)
        return abs(math.log(one / other)) / spread


def one_seed(settings: Settings, dataset: FashionMNIST) -> SeedBand:
    """Only the variances of one draw, a few numbers to keep."""
    images, labels = batch(dataset, settings.batch, settings.classes)
    result = probe(build(settings, images), images, labels)
    return SeedBand(
        (settings.seed,),
        np.array([[s.variance for s in result.activations]]),
        np.array([[s.variance for s in result.gradients]]),
    )
