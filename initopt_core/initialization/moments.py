"""Expectations of an activation under a normal distribution, of one variable and of pairs.

Those of one variable are sums over nodes; those of two correlated ones are power series in the
correlation whose coefficients are such sums (Mehler's formula). Everything here is float64.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise

import torch
from torch import Tensor, nn

from .curves import TERMS, two_lines, value_and_slope

REACH, STEP = 14.0, 0.1
"""Range and spacing of the nodes; the highest Hermite function needs the range."""
FINE_STEP = 0.02
"""Spacing where a constant bias moves the kinks away from 0."""
HUGE = 1e100
"""Variances beyond it are cut to it: their squares are still numbers."""


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
    lines = two_lines(activation) if mean == 0 else None
    if lines is None:
        return _integrated(activation, q, mean)
    # Two lines are the same function at every scale: one integration serves all variances.
    one = _two_lines_at_one(lines)
    root = q.sqrt()[:, None]
    return Moments(
        q=q,
        square=one.square * q,
        slope_square=one.slope_square.expand(len(q)),
        growth=one.square * q,
        value_terms=one.value_terms * root,
        slope_terms=one.slope_terms.expand(len(q), -1),
        square_terms=one.square_terms * q[:, None],
        fourth=one.fourth.expand(len(q)),
        lines=lines,
    )


@lru_cache(maxsize=16)
def _two_lines_at_one(lines: tuple[float, float]) -> Moments:
    def activation(z: Tensor) -> Tensor:
        return torch.where(z < 0, lines[0] * z, lines[1] * z)

    return _integrated(activation, torch.ones(1, dtype=torch.float64), 0.0)


def _integrated(activation: Callable[[Tensor], Tensor], q: Tensor, mean: float) -> Moments:
    step = FINE_STEP if mean else STEP
    x, w = quadrature(step)
    basis = hermite(step=step)
    z = q.clamp(1e-300, HUGE).sqrt()[:, None] * x
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
    return tail.add_(series(terms, c))


def series(terms: Tensor, c: Tensor) -> Tensor:
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
    assert result is not None  # the power is 1 or more
    return result
