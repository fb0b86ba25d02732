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
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise

import torch
from torch import Tensor, nn

from .mean_field import TERMS, Limit, fixed_point, limit, value_and_slope
from .networks import ACTIVATIONS, make_activation
from .phase_map import PhaseMap, phase_map
from .threads import one_thread

__all__ = [
    "Inputs", "Limit", "Moments", "PhaseMap", "Prediction", "fixed_point", "gain", "limit",
    "moments", "phase_map", "predict", "value_and_slope", "variance_gain",
]  # fmt: skip

REACH, STEP = 14.0, 0.1
"""Range and spacing of the nodes; the highest Hermite function needs the range."""
SAMPLE = 96
"""Images of a batch whose pairwise covariances are followed."""
_HUGE = 1e30


@cache
def quadrature() -> tuple[Tensor, Tensor]:
    """Nodes and weights of the standard normal: sum(w * f(x)) = E f(x).

    The midpoint rule. For smooth functions under a bell curve it converges as fast as
    Gauss-Hermite, it also resolves steep ones (tanh at a large variance), and with no node at 0 it
    is exact for the steps and kinks of ReLU.
    """
    half = (torch.arange(round(REACH / STEP), dtype=torch.float64) + 0.5) * STEP
    x = torch.cat([-half.flip(0), half])
    return x, torch.exp(-x * x / 2) * (STEP / math.sqrt(2 * math.pi))


@cache
def hermite(terms: int = TERMS) -> Tensor:
    """Normalized Hermite polynomials times the weights [nodes, terms]: `f(x) @ hermite()` are
    the coefficients of f in an orthonormal basis."""
    x, w = quadrature()
    rows = [torch.ones_like(x), x]
    for k in range(1, terms - 1):
        rows.append((x * rows[k] - math.sqrt(k) * rows[k - 1]) / math.sqrt(k + 1))
    return torch.stack(rows[:terms], 1) * w[:, None]


@dataclass(frozen=True, eq=False)
class Moments:
    """Expectations for z ~ N(0, q), one for each of `q` [M].

    Attributes:
        square: E[phi(z)^2]. slope_square: E[phi'(z)^2]. growth: d E[phi^2] / d log q.
        value_terms, slope_terms, square_terms: [M, TERMS], Hermite coefficients of phi, phi' and
            phi^2 as functions of z / sqrt(q).
        fourth: E[phi'^4] / E[phi'^2]^2, how unevenly the slope is spread.
    """

    square: Tensor
    slope_square: Tensor
    growth: Tensor
    value_terms: Tensor
    slope_terms: Tensor
    square_terms: Tensor
    fourth: Tensor


def moments(activation: nn.Module, q: Tensor) -> Moments:
    """Expectations of `activation` under N(0, q); `q` is float64 [M]."""
    x, w = quadrature()
    basis = hermite()
    z = q.clamp(1e-300, _HUGE).sqrt()[:, None] * x
    value, slope = value_and_slope(activation, z)
    squared, steep = value * value, slope * slope
    slope2 = steep @ w
    return Moments(
        square=squared @ w,
        slope_square=slope2,
        growth=(value * slope * z) @ w,
        value_terms=value @ basis,
        slope_terms=slope @ basis,
        square_terms=squared @ basis,
        fourth=((steep * steep) @ w) / slope2.clamp_min(1e-300) ** 2,
    )


def pair_expectation(terms: Tensor, exact: Tensor, correlation: Tensor) -> Tensor:
    """E[f(z_n) f(z_m)] for all pairs [M, M], from f's Hermite coefficients [M, TERMS].

    `exact` [M] is E[f(z_n)^2]. What the cut-off series misses of it (a kink's tail) is added with
    the power that the next term would have, so that the diagonal is exact.
    """
    c = correlation.clamp(-1.0, 1.0)
    missing = (exact - terms.square().sum(1)).clamp_min(0.0).sqrt()
    tail = torch.outer(missing, missing).mul_(_power(c.abs(), terms.shape[1] + 1))
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
) -> Prediction:
    """Variances of pre-activations and gradients in a network with random weights.

    Args:
        activation: the non-linearity between the layers.
        sizes: inputs, hidden units ..., outputs: L + 1 numbers.
        weight_std, bias_std: root mean square of each layer's weights and biases (L numbers).
        images: the batch [N, inputs], or what `Inputs.of` has made of it.
        error: gradient of the mean loss in the logits [N, outputs]; the theory carries it back.
            None leaves the gradients NaN.

    Assumes many units, zero-mean weights that are independent of each other, and (for the
    gradients) that errors and weights are independent. The spread is of first order in 1/width.
    """
    with one_thread():
        inputs = images if isinstance(images, Inputs) else Inputs.of(images)
        return _predict(activation, sizes, weight_std, bias_std, inputs, error)


def _predict(
    activation: nn.Module,
    sizes: Sequence[int],
    weight_std: Sequence[float],
    bias_std: Sequence[float],
    batch: Inputs,
    error: Tensor | None,
) -> Prediction:
    count, gram = len(batch.images), batch.gram
    depth = len(sizes) - 1
    layers = list(zip(weight_std, bias_std, strict=True))
    kernel, fluctuation = gram, 0.0  # E[h h] of the layer's input, relative variance of its mean
    variance, spread, correlation = [], [], []
    inputs, mom, correlations, fluctuations = [], [], [], []
    for depth_index, (w, b) in enumerate(layers):
        units = sizes[depth_index + 1]
        inputs.append(kernel)
        scale = sizes[depth_index] * w * w
        q_matrix = (kernel * scale + b * b).clamp(-_HUGE, _HUGE)
        q = q_matrix.diagonal().clamp_min(1e-300)
        c = (q_matrix / (q[:, None] * q[None, :]).sqrt()).clamp(-1, 1)
        mean_q = float(q.mean())
        shared = _pairs_mean(q_matrix, count)  # of one unit over two random images
        variance.append(max(mean_q - shared / units, 0.0))
        own = float(fluctuation) * (scale * float(kernel.diagonal().mean()) / mean_q) ** 2
        drawn = 2 * _pairs_mean(q_matrix * q_matrix, count) / (units * mean_q**2)
        fluctuations.append(own)
        spread.append(math.sqrt(own + drawn))
        correlation.append(_pairs_mean(c, count, diagonal=False))
        correlations.append(c)
        if depth_index == depth - 1:
            break
        e = moments(activation, q)
        mom.append(e)
        kernel = pair_expectation(e.value_terms, e.square, c)
        square4 = _square_pairs(e, c)
        mean_square = max(float(e.square.mean()), 1e-300)
        growth = float(e.growth.mean()) / mean_square
        drawn_units = _pairs_mean(square4, count) / (units * mean_square**2)
        fluctuation = growth**2 * own + max(drawn_units, 0.0)
    gradient = [math.nan] * depth
    gradient_spread = [math.nan] * depth
    chi = [math.nan] * depth
    if error is not None and bool(torch.isfinite(error).all()):
        start = _Errors(error, batch)
        back, noise = torch.ones_like(gram), 0.0
        for i in range(depth - 1, -1, -1):
            if i < depth - 1:
                e = mom[i]
                step = sizes[i + 2] * weight_std[i + 1] ** 2
                back = back * pair_expectation(e.slope_terms, e.slope_square, correlations[i])
                back = back * step
                chi[i] = float(e.slope_square.mean()) * step
                # Half, because the images of a batch do not fluctuate together.
                noise += 0.5 * max(3 * float(e.fourth.mean()) - 1, 0.0) / sizes[i + 1]
            gradient[i], unevenness = start.carried(back * inputs[i])
            own = (fluctuations[i] + unevenness / sizes[i]) if i else 0.0
            gradient_spread[i] = math.sqrt(noise + own)
    return Prediction(variance, spread, gradient, gradient_spread, correlation, chi)


class _Errors:
    """Sums of errors times a kernel over all pairs of the batch, from a sample of its images.

    A sample of pairs is a noisy estimate, because errors of different images have either sign.
    Two such sums are known exactly for the whole batch, with the kernel 1 and with the pixels'
    own; the kernel is regressed on them and only the rest is left to the sample.
    """

    def __init__(self, error: Tensor, batch: Inputs) -> None:
        x, gram = batch.images, batch.gram
        self.count, self.m = len(error), len(gram)
        delta = error.double()
        self.outputs = delta.shape[1]
        self.sampled = delta[batch.pick]
        squares = (delta**2).sum(1)
        self.own = float(squares.sum())
        # Off-diagonal sums over the batch, as means over pairs.
        n = max(self.count * (self.count - 1), 1)
        ones = float((delta.sum(0) ** 2).sum()) - self.own
        pixels = float(((delta.to(x.dtype).T @ x).double() ** 2).sum()) / x.shape[1] - float(
            (squares * batch.lengths).sum()
        )
        self.exact = ones / n, pixels / n
        # The regression's normal equations, over pairs of different images.
        off = 1 - torch.eye(self.m, dtype=torch.float64)
        self.kinds = max(self.m * (self.m - 1), 1)
        self.centre = float((gram * off).sum()) / self.kinds
        pixels_left = (gram - self.centre) * off
        pairs = (self.sampled @ self.sampled.T) * off
        self.spread = float(pixels_left.square().sum())
        self.cross = float((pairs * pixels_left).sum())
        self.total = float(pairs.sum())
        self.probes = torch.stack([off, pixels_left, pairs]).reshape(3, -1)
        self.lengths = self.sampled.square().sum(1)
        self.scale = self.own / max(float(self.lengths.sum()) / self.m, 1e-300)

    def carried(self, kernel: Tensor) -> tuple[float, float]:
        """Sum over all pairs of errors times `kernel`, per output: the gradient's variance; and
        how unevenly one input unit's share of it is drawn (relative variance)."""
        own = self.scale * float(torch.dot(self.lengths, kernel.diagonal())) / self.m
        if self.m < 3:
            return max(own / self.outputs, 0.0), 2.0
        # kernel = mean + slope * (pixels' own - its mean) + rest, for pairs of different images.
        everything, along, errors = (self.probes @ kernel.reshape(-1)).tolist()
        mean = everything / self.kinds
        slope = along / self.spread if self.spread > 0 else 0.0
        known = mean * self.exact[0] + slope * (self.exact[1] - self.centre * self.exact[0])
        rest = (errors - mean * self.total - slope * self.cross) / self.kinds
        total = own + self.count * (self.count - 1) * (known + rest)
        d = self.sampled
        diagonal = (d * kernel.diagonal()[:, None]).T @ d / self.m
        matrix = d.T @ kernel @ d - diagonal * self.m
        matrix = self.count * diagonal + self.count * (self.count - 1) * matrix / (
            self.m * (self.m - 1)
        )
        trace = max(float(matrix.trace()), 1e-300)
        uneven = min(2 * float(((matrix / trace) ** 2).sum()), 4.0)
        return max(total / self.outputs, 0.0), uneven


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
    known = entry.extra.get("torch")
    if known is None:
        return variance_gain(name, **values)
    parameter = entry.extra.get("gain_parameter")
    return nn.init.calculate_gain(known, *([values[parameter]] if parameter else []))
