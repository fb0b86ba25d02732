"""Mean-field theory of a random deep network: what a wide one does on average.

A layer's pre-activations are, for wide layers, normal with a covariance between any two images
n and m that only depends on the layer before (Poole et al. 2016, eq. 3 and 5; Lee et al. 2018):

    Q[n, m] = d_x Var(w) E[phi(z_n) phi(z_m)] + Var(b),     z ~ N(0, Q of the layer before)

and the errors that come back have a covariance that runs the other way (Schoenholz et al. 2017,
eq. 14 and 15): D_l = d_y Var(w) D_{l+1} * E[phi'(z_n) phi'(z_m)].

Everything here is float64 and needs neither the network nor its weights. The expectations are
those of `moments`, the gains of `gains`; `mean_field` solves for where many layers lead to.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn

from initopt_core.threads import one_thread

from .curves import value_and_slope
from .gains import gain, variance_gain
from .inputs import Inputs
from .mean_field import Limit, fixed_point, limit
from .moments import HUGE, Moments, moments, series
from .output_errors import DrawnErrors, GivenErrors
from .phase_map import PhaseMap, phase_map

__all__ = [
    "Inputs", "Limit", "Moments", "PhaseMap", "Prediction", "fixed_point", "gain", "limit",
    "moments", "phase_map", "predict", "value_and_slope", "variance_gain",
]  # fmt: skip

_WIDEST = 100.0


@dataclass(frozen=True, eq=False)
class Prediction:
    """What the theory says of every Linear layer, input side first; lists of floats.

    Attributes:
        variance: of the pre-activations. spread: standard deviation, over random draws of the
            weights, of the variance's logarithm; the band is variance * exp(+-2 spread).
        gradient: variance of the loss's gradient in a layer's weights. gradient_spread: likewise.
        correlation: mean correlation of two images' pre-activations.
        chi: mean E[phi'^2] * d_y Var(w) of the step back to this layer's pre-activations: what
            one layer does to the squared error; NaN at the output.
    """

    variance: list[float]
    spread: list[float]
    gradient: list[float]
    gradient_spread: list[float]
    correlation: list[float]
    chi: list[float]

    @staticmethod
    def band(centre: Sequence[float], spread: Sequence[float]) -> tuple[list[float], list[float]]:
        """Lower and upper ends: about 95 % of all draws lie between."""
        reach = [math.exp(min(2 * s, 300.0)) for s in spread]
        low = [c / r for c, r in zip(centre, reach, strict=True)]
        return low, [c * r for c, r in zip(centre, reach, strict=True)]


def predict(
    activation: nn.Module,
    sizes: Sequence[int],
    weight_std: Sequence[float],
    bias_std: Sequence[float],
    images: Tensor | Inputs,
    error: Tensor | None = None,
    *,
    bias: Sequence[float] | None = None,
    labels: Tensor | None = None,
) -> Prediction:
    """Variances of pre-activations and gradients in a network with random weights.

    Args:
        activation: the non-linearity between the layers.
        sizes: inputs, hidden units ..., outputs: L + 1 numbers.
        weight_std: root mean square of each layer's weights (L numbers).
        bias_std: standard deviation of each layer's biases.
        images: the batch [N, inputs], or what `Inputs.of` has made of it.
        error: gradient of the mean loss in the logits [N, outputs], of one network: the theory
            carries it back.
        bias: mean of each layer's biases, 0 unless given. A constant moves the pre-activations'
            mean and adds nothing to their variance.
        labels: int64 [N]; without `error`, gradients are averaged over all networks that could
            have been drawn. Without both they are NaN.

    Assumes many units, zero-mean weights that are independent of each other, and (for the
    gradients) that errors and weights are independent. The spread is of first order in 1/width.
    """
    with one_thread():
        inputs = images if isinstance(images, Inputs) else Inputs.of(images)
        means = [0.0] * len(weight_std) if bias is None else list(bias)
        layers = list(zip(weight_std, bias_std, means, strict=True))
        forward = _forward(activation, sizes, layers, inputs)
        start = None
        if error is not None and bool(torch.isfinite(error).all()):
            start = GivenErrors(error, inputs)
        elif labels is not None:
            assert forward.logits is not None  # the walk forward ends at them
            start = DrawnErrors(forward.logits, labels, inputs, sizes[-1])
        back = _backward(sizes, weight_std, forward, start)
        return Prediction(forward.variance, forward.spread, *back[:2], forward.correlation, back[2])


@dataclass(eq=False)
class _Forward:
    """What the way forward leaves: lists over the layers. `kernels` E[h h] of a layer's input,
    `moments` of what follows a hidden layer, `fluctuations` relative variances of a layer's mean
    square over draws of the layers before, `logits` the covariance of one output."""

    variance: list[float] = field(default_factory=list)
    spread: list[float] = field(default_factory=list)
    correlation: list[float] = field(default_factory=list)
    kernels: list[Tensor] = field(default_factory=list)
    correlations: list[Tensor] = field(default_factory=list)
    moments: list[Moments] = field(default_factory=list)
    fluctuations: list[float] = field(default_factory=list)
    logits: Tensor | None = None


def _forward(
    activation: nn.Module,
    sizes: Sequence[int],
    layers: list[tuple[float, float, float]],
    batch: Inputs,
) -> _Forward:
    count, kernel, fluctuation, found = len(batch.images), batch.gram, 0.0, _Forward()
    for i, (w, b, mean) in enumerate(layers):
        units, scale = sizes[i + 1], sizes[i] * w * w
        found.kernels.append(kernel)
        q_matrix = (kernel * scale + b * b).clamp(-HUGE, HUGE)
        q = q_matrix.diagonal().clamp_min(1e-300)
        c = (q_matrix / q.sqrt()[:, None] / q.sqrt()[None, :]).clamp(-1, 1)
        mean_q = float(q.mean())  # at least 1e-300
        shared = _pairs_mean(q_matrix, count)  # of one unit over two random images
        found.variance.append(max(float(q_matrix.diagonal().mean()) - shared / units, 0.0))
        own = fluctuation * (scale * float(kernel.diagonal().mean()) / mean_q) ** 2
        drawn = 2 * _pairs_mean((q_matrix / mean_q) ** 2, count) / units
        found.fluctuations.append(own)
        # Of a logarithm: what is log-normal with this relative variance.
        found.spread.append(math.sqrt(math.log1p(own + drawn)))
        found.correlation.append(_pairs_mean(c, count, diagonal=False))
        found.correlations.append(c)
        if i == len(layers) - 1:
            found.logits = q_matrix
            break
        e = moments(activation, q, mean)
        found.moments.append(e)
        kernel = e.value_pairs(c)
        mean_square = max(float(e.square.mean()), 1e-300)
        growth = float(e.growth.mean()) / mean_square
        drawn_units = _pairs_mean(_square_pairs(e, c) / mean_square, count) / mean_square / units
        # Where a layer is all but dead, a few units decide: the spread is then without meaning.
        fluctuation = min(growth**2 * own + max(drawn_units, 0.0), HUGE)
    return found


def _backward(
    sizes: Sequence[int],
    weight_std: Sequence[float],
    forward: _Forward,
    start: GivenErrors | DrawnErrors | None,
) -> tuple[list[float], list[float], list[float]]:
    """(gradients' variances, their spreads, chi) of all layers; NaN without errors."""
    depth = len(weight_std)
    gradient, spread, chi = ([math.nan] * depth for _ in range(3))
    if start is None:
        return gradient, spread, chi
    back, noise = torch.ones_like(forward.kernels[0]), 0.0
    for i in range(depth - 1, -1, -1):
        if i < depth - 1:
            e = forward.moments[i]
            step = sizes[i + 2] * weight_std[i + 1] ** 2
            back = back * e.slope_pairs(forward.correlations[i]) * step
            chi[i] = float(e.slope_square.mean()) * step
            # Half, because the images of a batch do not fluctuate together.
            noise += 0.5 * max(3 * float(e.fourth.mean()) - 1, 0.0) / sizes[i + 1]
        carried = start.carried(back * forward.kernels[i])
        gradient[i] = carried.variance
        own = (forward.fluctuations[i] + carried.uneven / sizes[i]) if i else 0.0
        spread[i] = math.sqrt(min(noise + own + carried.drawn, _WIDEST))
    return gradient, spread, chi


def _pairs_mean(matrix: Tensor, count: int, diagonal: bool = True) -> float:
    """Mean over all pairs of `count` images, from a sample's matrix [M, M]."""
    m = len(matrix)
    own = float(matrix.diagonal().mean())
    if m == 1 or count == 1:
        return own
    other = (float(matrix.sum()) - own * m) / (m * (m - 1))
    return (own + (count - 1) * other) / count if diagonal else other


def _square_pairs(e: Moments, c: Tensor) -> Tensor:
    """Covariance of phi(z_n)^2 and phi(z_m)^2, [M, M]."""
    return series(e.square_terms[:, 1:], c).mul_(c)
