"""Where wide random layers lead to after many of them: limits that are solved for, not iterated.

A pre-activation of a wide layer is normal with mean `bias` (the constant that every bias has) and
variance q. One layer more makes of it (Poole et al. 2016, eq. 3)

    V(q) = sigma_w^2 E[phi(bias + z)^2] + sigma_b^2,     z ~ N(0, q),

and of two images' correlation c, once q has settled, C(c) = (sigma_w^2 E[phi phi'] + sigma_b^2) / q
(ibid., eq. 5). Where V(q) = q is found by a bracketing solver; positively homogeneous functions
(ReLU, leaky ReLU, identity) have a closed form. The start is variance 1, that of normalized images.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from torch import nn

from .curves import TERMS, Curves, Means, curves

Ends = tuple[np.ndarray, np.ndarray]
EXACT = 1e-9
"""Numbers this close to 1 are 1: no computer tells sqrt(2)^2 / 2 from it."""


@dataclass(frozen=True, eq=False)
class Limits:
    """Where pre-activations and correlations lead to; arrays of one shape.

    Attributes:
        q: limit of the variance from a start at 1: 0 where it dies out, inf where it grows
            without end.
        chi: sigma_w^2 E[phi'(z)^2] there: what a layer does to the squared error and to the
            distance of two nearby images.
        correlation: where two images' correlation leads to; NaN where it stays what it is.
        depth: layers over which the correlation's distance from that shrinks by a factor e; inf
            where there is no such number, because the correlation stays (`keeps`) or because its
            approach is slower than any exponential (`slow`).
        keeps: the layers become linear, so two images keep their correlation for ever.
        slow: the correlation's approach follows a power of the depth.
        drifts: the variance's own approach follows a power of the depth (as at a critical point).
        stays: the variance is kept as it is, whatever it is.
        other: from another start than 1 the variance may settle elsewhere.
    """

    q: np.ndarray
    chi: np.ndarray
    correlation: np.ndarray
    depth: np.ndarray
    keeps: np.ndarray
    slow: np.ndarray
    drifts: np.ndarray
    stays: np.ndarray
    other: np.ndarray


@dataclass(frozen=True)
class Limit:
    """One point of `Limits`, as plain numbers."""

    q: float
    chi: float
    correlation: float
    depth: float
    keeps: bool
    slow: bool
    drifts: bool
    stays: bool
    other: bool


def limit(activation: nn.Module, sigma_w: float, sigma_b: float, bias: float = 0.0) -> Limit:
    """Where wide layers lead to; see `Limits`.

    Args:
        activation: the non-linearity phi.
        sigma_w: sqrt(fan-in) times the weights' standard deviation, 0 or more.
        sigma_b: the biases' standard deviation, 0 or more.
        bias: the biases' mean.
    """
    w, b = np.array([abs(float(sigma_w))]), np.array([abs(float(sigma_b))])
    found = solve(curves(activation, bias), w, b, exact=True)
    return Limit(**{name: values[0].item() for name, values in vars(found).items()})


def fixed_point(
    activation: nn.Module, sigma_w: float, sigma_b: float, bias: float = 0.0
) -> tuple[float, float, float]:
    """(q, chi, depth) of `limit`: the variance's limit from a start at 1, what a layer does to the
    squared error there, and the correlation's depth scale (inf where there is none)."""
    found = limit(activation, sigma_w, sigma_b, bias)
    return found.q, found.chi, found.depth


def solve(own: Curves, w: np.ndarray, b: np.ndarray, exact: bool = False) -> Limits:
    """Limits for all of `w`, `b` [P]; `exact` integrates at the solution, else a table is read."""
    means = own.means if exact else own.lookup
    q, other = _settle(own, w, b, means)
    inner = (q > 0) & np.isfinite(q)
    at = means(np.where(inner, q, 1.0))
    gain = np.where(q > 0, own.far, own.close)  # of the squares, where phi is a line or two
    chi = w * w * np.where(inner, at.slope, gain)
    settled = own.homogeneous & (b == 0)
    edge = ~inner | settled  # here phi acts as one line or two, whatever q is
    critical = np.abs(w * w * gain - 1) < EXACT
    line = np.where(q > 0, math.isclose(*own.ends), math.isclose(*own.near))
    # At the critical point an odd function's bend fades so fast that its sum over depth is finite.
    fades = settled | ~critical | (own.odd & (q == 0))
    keeps = edge & line & fades
    correlation, rate = _correlation(own, w, b, np.where(inner, q, 1.0), at, chi)
    gone = ~inner & (q == 0) & (w * w * own.close == 0)  # not even a small signal is left
    rate = np.where(gone | (w == 0), 0.0, np.where(edge, 1.0, rate))
    keeps &= ~gone & (w > 0)
    correlation = np.where(keeps, np.nan, np.where(edge, 1.0, correlation))
    slow = ~keeps & (np.abs(rate - 1) < EXACT)
    with np.errstate(divide="ignore"):
        depth = np.where(slow | keeps, np.inf, -1 / np.log(np.where(slow | keeps, 0.5, rate)))
    drifts, stays = ~inner & critical, settled & critical
    return Limits(q, chi, correlation, np.abs(depth), keeps, slow, drifts, stays, other)


def _settle(own: Curves, w: np.ndarray, b: np.ndarray, means) -> tuple[np.ndarray, np.ndarray]:
    """The variance's limit from a start at 1, and whether other starts have other limits."""
    growth = w * w * own.far - 1
    growth = np.where(np.abs(growth) < EXACT, 0.0, growth)
    if own.homogeneous:
        with np.errstate(divide="ignore", invalid="ignore"):
            q = np.where(growth < 0, b * b / -growth, np.inf)
        return np.where((growth == 0) & (b == 0), 1.0, q), np.zeros(w.shape, bool)
    grid = np.exp(own.log_q)
    change = _change(growth[:, None], w[:, None], b[:, None], own.table.rest, grid)
    size = grid + (w * w)[:, None] * own.table.square + (b * b)[:, None]
    change = np.where(np.abs(change) < 1e-14 * size, 0.0, change)  # else rounding would decide
    start = len(grid) // 2
    rises = change[:, start] > 0
    up, down = change[:, start:] < 0, change[:, start::-1] > 0
    k = np.where(rises, start + up.argmax(1), start - down.argmax(1))
    found = np.where(rises, up.any(1), down.any(1))
    low = np.where(rises, k - 1, k).clip(0, len(grid) - 2)
    q = np.where(rises, _beyond(own, growth, w, b), _below(own, w, b))
    if found.any():
        f = found.nonzero()[0]
        root = _roots(
            lambda s, g, w, b: _change(g, w, b, _rest(means, s), np.exp(s)),
            (own.log_q[low[f]], own.log_q[low[f] + 1]),
            (growth[f], w[f], b[f]),
        )
        near = own.log_q[low[f] + ~rises[f]]  # where the grid's own value is zero to rounding
        q[f] = np.exp(np.where(root.success, root.x, near))
    signs = np.sign(change)
    flips = (signs[:, 1:] * signs[:, :-1] < 0).sum(1)
    return q, flips > 1 - (signs[:, 0] < 0) * (own.floor == 0) * (b == 0)


def _roots(f: Callable[..., np.ndarray], ends: Ends, args: tuple[np.ndarray, ...]) -> Any:
    """Where `f` crosses zero between the `ends`, element by element."""
    from scipy.optimize.elementwise import find_root  # takes 0.5 s that no first picture needs

    return find_root(f, ends, args=args)


def _rest(means, log_q: np.ndarray) -> np.ndarray:
    return means(np.exp(log_q.reshape(-1))).rest.reshape(log_q.shape)


def _change(growth, w, b, rest, q) -> np.ndarray:
    """V(q) - q, without the difference of two huge numbers."""
    return growth * q + w * w * rest + b * b


def _beyond(own: Curves, growth: np.ndarray, w: np.ndarray, b: np.ndarray) -> np.ndarray:
    """The limit above the table, where phi is two straight lines."""
    with np.errstate(divide="ignore", invalid="ignore"):
        q = (w * w * own.table.rest[-1] + b * b) / -growth
    return np.where(growth < 0, q, np.inf)


def _below(own: Curves, w: np.ndarray, b: np.ndarray) -> np.ndarray:
    """The limit below the table, where phi is its tangents at the bias."""
    return (w * w * own.floor + b * b) / np.maximum(1 - w * w * own.close, EXACT)


def _correlation(
    own: Curves, w: np.ndarray, b: np.ndarray, q: np.ndarray, at: Means, chi: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Where the correlation settles, and the slope of its map there."""
    series = Series(at, q)
    correlation, rate = np.ones_like(chi), chi.copy()
    apart = (chi > 1 + EXACT).nonzero()[0]
    if len(apart):
        some = series.take(apart)
        scale = (w[apart] ** 2 / q[apart], b[apart] ** 2 / q[apart])
        correlation[apart] = _below_one(some, *scale)
        rate[apart] = scale[0] * some.slope(correlation[apart])
    return correlation, rate


def _below_one(series: Series, scale: np.ndarray, offset: np.ndarray) -> np.ndarray:
    """The root of C(c) = c below 1. C is convex and C(1) = 1, so (C(c) - c) / (1 - c) falls
    through zero once."""

    def gap(c, index):
        index = index.astype(int)
        value = scale[index] * series.take(index).value(c) + offset[index]
        one = scale[index] * series.take(index).value(np.ones_like(c)) + offset[index]
        return (value - c * one) / (1 - c)

    index = np.arange(len(scale), dtype=float)
    low, high = np.zeros(len(scale)), np.full(len(scale), 1 - 1e-7)
    found = _roots(gap, (low, high), (index,))
    at_zero = np.abs(gap(low, index)) < 1e-9  # odd functions without biases: exactly 0
    return np.where(at_zero, 0.0, np.where(found.success, found.x, 1.0))


@dataclass(frozen=True, eq=False)
class Series:
    """E[phi(z) phi(z')] as a power series in the correlation, with a last term for all that is
    cut off: its size and its power are such that value and slope at 1 are exact."""

    at: Means
    q: np.ndarray

    @property
    def tail(self) -> tuple[np.ndarray, np.ndarray]:
        missing = np.maximum(self.at.square - self.at.terms.sum(1), 0.0)
        steep = self.q * self.at.slope - self.at.terms @ np.arange(TERMS)
        power = steep / np.maximum(missing, 1e-12 * self.at.square + 1e-300)
        return missing, np.clip(power, TERMS, 1e6)

    def take(self, index: np.ndarray) -> Series:
        return Series(Means(*(v[index] for v in vars(self.at).values())), self.q[index])

    def value(self, c: np.ndarray) -> np.ndarray:
        """At correlations `c` [M] in 0 to 1."""
        missing, power = self.tail
        return (self.at.terms * c[:, None] ** np.arange(TERMS)).sum(1) + missing * c**power

    def slope(self, c: np.ndarray) -> np.ndarray:
        """The derivative there."""
        missing, power = self.tail
        k = np.arange(1, TERMS)
        own = (self.at.terms[:, 1:] * k * c[:, None] ** (k - 1)).sum(1)
        return own + missing * power * c ** (power - 1)
