"""Mean-field theory of a random deep network: what a wide one does on average.

A layer's pre-activations are, for wide layers, normal with a covariance between any two images
n and m that only depends on the layer before (Poole et al. 2016, eq. 3 and 5; Lee et al. 2018):

    Q[n, m] = d_x Var(w) E[phi(z_n) phi(z_m)] + Var(b),     z ~ N(0, Q of the layer before)

and the errors that come back have a covariance that runs the other way (Schoenholz et al. 2017,
eq. 14 and 15): D_l = d_y Var(w) D_{l+1} * E[phi'(z_n) phi'(z_m)].

Expectations of one normal variable are sums over nodes; those of two correlated ones are power
series in the correlation whose coefficients are such sums (Mehler's formula). Everything here is
float64 and needs neither the network nor its weights.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from itertools import pairwise

import torch
from torch import Tensor, nn

from initopt_core.networks import ACTIVATIONS, make_activation
from initopt_core.threads import one_thread

from .mean_field import TERMS, Limit, fixed_point, limit, two_lines, value_and_slope
from .output_errors import DrawnErrors, GivenErrors
from .phase_map import PhaseMap, phase_map

__all__ = [
    "Inputs", "Limit", "Moments", "PhaseMap", "Prediction", "fixed_point", "gain", "limit",
    "moments", "phase_map", "predict", "value_and_slope", "variance_gain",
]  # fmt: skip

REACH, STEP = 14.0, 0.1
"""Range and spacing of the nodes; the highest Hermite function needs the range."""
FINE_STEP = 0.02
"""Spacing where a constant bias moves the kinks away from 0."""
SAMPLE = 96
"""Images of a batch whose pairwise covariances are followed."""
_HUGE = 1e100
_WIDEST = 100.0


@cache
def quadrature(step: float = STEP) -> tuple[Tensor, Tensor]:
    """Nodes and weights of the standard normal: sum(w * f(x)) = E f(x).

    The midpoint rule. For smooth functions under a bell curve it converges as fast as
    Gauss-Hermite, it also resolves steep ones (tanh at a large variance), and with no node at 0 it
    is exact for the steps and kinks of ReLU.
    """
    half = (torch.arange(round(REACH / step), dtype=torch.float64) + 0.5) * step
    x = torch.cat([-half.flip(0), half])
    return x, torch.exp(-x * x / 2) * (step / math.sqrt(2 * math.pi))


@cache
def hermite(terms: int = TERMS, step: float = STEP) -> Tensor:
    """Normalized Hermite polynomials times the weights [nodes, terms]: `f(x) @ hermite()` are
    the coefficients of f in an orthonormal basis."""
    x, w = quadrature(step)
    rows = [torch.ones_like(x), x]
    for k in range(1, terms - 1):
        rows.append((x * rows[k] - math.sqrt(k) * rows[k - 1]) / math.sqrt(k + 1))
    return torch.stack(rows[:terms], 1) * w[:, None]


@dataclass(frozen=True, eq=False)
class Moments:
    """Expectations for z ~ N(mean, q), one for each of `q` [M].

    Attributes:
        q: the variances. square: E[phi(z)^2]. slope_square: E[phi'(z)^2].
        growth: d E[phi^2] / d log q.
        value_terms, slope_terms, square_terms: [M, TERMS], Hermite coefficients of phi, phi' and
            phi^2 as functions of (z - mean) / sqrt(q).
        fourth: E[phi'^4] / E[phi'^2]^2, how unevenly the slope is spread.
        lines: slopes left and right of 0 where phi is two straight lines and the mean is 0.
    """

    q: Tensor
    square: Tensor
    slope_square: Tensor
    growth: Tensor
    value_terms: Tensor
    slope_terms: Tensor
    square_terms: Tensor
    fourth: Tensor
    lines: tuple[float, float] | None = None

    def value_pairs(self, c: Tensor) -> Tensor:
        """E[phi(z_n) phi(z_m)] for all pairs, from their correlations [M, M]."""
        if self.lines is None:
            steep = self.q * self.slope_square
            return pair_expectation(self.value_terms, self.square, c, steep)
        # Cho & Saul 2009, eq. 6, for both sides and for one of each.
        left, right = self.lines
        angle = c.clamp(-1, 1).acos()
        sine, size = (1 - c * c).clamp_min(0).sqrt(), torch.outer(self.q, self.q).sqrt()
        same, cross = sine + (math.pi - angle) * c, sine - angle * c
        total = (left**2 + right**2) * same - 2 * left * right * cross
        return size * total / (2 * math.pi)

    def slope_pairs(self, c: Tensor) -> Tensor:
        """E[phi'(z_n) phi'(z_m)], likewise."""
        if self.lines is None:
            return pair_expectation(self.slope_terms, self.slope_square, c)
        left, right = self.lines
        angle = c.clamp(-1, 1).acos()
        return ((left**2 + right**2) * (math.pi - angle) + 2 * left * right * angle) / (2 * math.pi)


def moments(activation: nn.Module, q: Tensor, mean: float = 0.0) -> Moments:
    """Expectations of `activation` under N(mean, q); `q` is float64 [M]."""
    step = FINE_STEP if mean else STEP
    x, w = quadrature(step)
    basis = hermite(step=step)
    z = q.clamp(1e-300, _HUGE).sqrt()[:, None] * x
    value, slope = value_and_slope(activation, z + mean)
    squared, steep = value * value, slope * slope
    slope2 = steep @ w
    return Moments(
        q=q,
        square=squared @ w,
        slope_square=slope2,
        growth=(value * slope * z) @ w,
        value_terms=value @ basis,
        slope_terms=slope @ basis,
        square_terms=squared @ basis,
        fourth=((steep * steep) @ w) / slope2.clamp_min(1e-150) ** 2,
        lines=two_lines(activation) if mean == 0 else None,
    )


def pair_expectation(
    terms: Tensor, exact: Tensor, correlation: Tensor, steep: Tensor | None = None
) -> Tensor:
    """E[f(z_n) f(z_m)] for all pairs [M, M], from f's Hermite coefficients [M, TERMS].

    `exact` [M] is E[f(z_n)^2], so that the diagonal is exact: what the cut-off series misses of it
    (a kink's tail) is added as one more term. Its power is the next one, or the one that makes the
    slope at correlation 1 exact, which is `steep` [M], q E[f'(z_n)^2].
    """
    c = correlation.clamp(-1.0, 1.0)
    missing = (exact - terms.square().sum(1)).clamp_min(0.0)
    power = terms.shape[1] + 1
    if steep is not None and float(missing.sum()) > 1e-9 * float(exact.sum()):
        rest = steep - terms.square() @ torch.arange(terms.shape[1], dtype=terms.dtype)
        power = min(max(round(float(rest.sum()) / float(missing.sum())), power), 1000)
    root = missing.sqrt()
    tail = torch.outer(root, root).mul_(_power(c.abs(), power))
    return tail.add_(_series(terms, c))


def _series(terms: Tensor, c: Tensor) -> Tensor:
    """Sum over k of terms[n, k] terms[m, k] c[n, m]^k, for all pairs [M, M]."""
    size = terms.abs().amax(0)
    # An even or odd function lacks every second term; what is left of them is rounding.
    used = (size > 1e-9 * size.max()).nonzero()[:, 0].tolist() or [0]
    columns = terms.T[used]
    products = (columns[:, :, None] * columns[:, None, :]).unbind()
    powers = {gap: _power(c, gap) for gap in {b - a for a, b in pairwise(used)}}
    total = products[-1]
    for i in range(len(used) - 2, -1, -1):  # Horner's scheme
        total = products[i].addcmul_(total, powers[used[i + 1] - used[i]])
    return total.mul_(_power(c, used[0])) if used[0] else total


def _power(x: Tensor, exponent: int) -> Tensor:
    """x to a whole power by squaring: torch's own takes a logarithm of each number."""
    result = None
    while exponent:
        if exponent & 1:
            result = x if result is None else result * x
        exponent >>= 1
        if exponent:
            x = x * x
    return result


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


@dataclass(frozen=True, eq=False)
class Inputs:
    """What the theory needs of a batch; worth keeping where many networks see the same one.

    Attributes:
        images: float [N, inputs], on the CPU.
        pick: int64 [M], the sample whose pairwise covariances are followed, evenly spaced.
        gram: float64 [M, M], mean products of two images' pixels, scaled to the batch's mean
            square so that the sample stands for the batch.
        lengths: float64 [N], mean square of each image's pixels.
    """

    images: Tensor
    pick: Tensor
    gram: Tensor
    lengths: Tensor

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
        q_matrix = (kernel * scale + b * b).clamp(-_HUGE, _HUGE)
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
        fluctuation = min(growth**2 * own + max(drawn_units, 0.0), _HUGE)
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
    return _series(e.square_terms[:, 1:], c).mul_(c)


# --- gains -----------------------------------------------------------------------------------


@lru_cache(maxsize=1024)
def variance_gain(name: str, **settings) -> float:
    """1 / sqrt(E[phi(z)^2]) for z ~ N(0, 1): the gain that gives the next layer variance 1."""
    z = torch.linspace(-12.0, 12.0, 240_001, dtype=torch.float64)
    density = torch.exp(-z * z / 2) / math.sqrt(2 * math.pi)
    value = make_activation(name, **settings)(z)
    # The trapezoid rule with a node on the kink at 0 is exact to 1e-9 here.
    return 1 / math.sqrt(float(torch.trapezoid(value**2 * density, z)))


@lru_cache(maxsize=1024)
def gain(name: str, **settings) -> float:
    """The usual gain: torch.nn.init.calculate_gain's where it has one, else `variance_gain`.

    They are the same number for the identity, ReLU and leaky ReLU. torch's 5/3 for tanh, 1 for
    sigmoid and 3/4 for SELU are conventions; the variance would ask for 1.59, 1.85 and 1.
    """
    entry = ACTIVATIONS[name]
    values = entry.settings(settings)
    if not entry.torch_gain:
        return variance_gain(name, **values)
    parameter = entry.gain_parameter
    return nn.init.calculate_gain(entry.torch_gain, values[parameter] if parameter else None)
