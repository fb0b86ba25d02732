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
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import torch
from scipy.optimize.elementwise import find_root
from torch import Tensor, nn

TERMS = 24
"""Terms of the power series in the correlation."""
REACH = 12.0
"""Standard deviations on either side over which is integrated."""
PANEL_POINTS = 8
"""Gauss-Legendre nodes between two edges."""
EXACT = 1e-9
"""Numbers this close to 1 are 1: no computer tells sqrt(2)^2 / 2 from it."""
_KINKS = np.array([0.125, 0.25, 0.5, 1, 1.5, 2, 3, 4, 6, 8, 12, 16, 24, 32, 64])
_KINKS = np.concatenate([-_KINKS[::-1], [0.0], _KINKS])
"""Inputs of phi at which a panel ends: the registry's functions bend at 0 and +-1 and are steep
around, so that a normal distribution of any width is integrated well."""


def value_and_slope(activation: nn.Module, z: Tensor) -> tuple[Tensor, Tensor]:
    """phi(z) and phi'(z), same shape."""
    with torch.enable_grad():
        z = z.detach().clone().requires_grad_()
        value = activation(z)
        (slope,) = torch.autograd.grad(value.sum(), z)
    return value.detach(), slope


def _at(activation: nn.Module, z: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    value, slope = value_and_slope(activation, torch.from_numpy(np.ascontiguousarray(z)))
    return value.numpy(), slope.numpy()


def two_lines(activation: nn.Module) -> tuple[float, float] | None:
    """Slopes left and right of 0 of a positively homogeneous function, phi(a z) = a phi(z) for all
    a > 0; None for all others."""
    z = np.array([-5.0, -0.7, 0.2, 3.0])
    value, slope = _at(activation, z)
    same = np.allclose(_at(activation, 2 * z)[0], 2 * value, rtol=1e-12, atol=0)
    return (float(slope[0]), float(slope[-1])) if same else None


@dataclass(frozen=True, eq=False)
class Means:
    """Expectations for z ~ N(0, q), one for each of `q` [M], numpy float64.

    Attributes:
        rest: E[phi^2] - A q with the curves' `far` A: exact also where A q is huge.
        square: E[phi^2]. slope: E[phi'^2].
        terms: [M, TERMS], squared Hermite coefficients of phi as a function of z / sqrt(q): the
            power series of E[phi(z) phi(z')] in the correlation.
    """

    rest: np.ndarray
    square: np.ndarray
    slope: np.ndarray
    terms: np.ndarray


class Curves:
    """What the layers of one activation and one constant bias do to q, as functions of q.

    Attributes:
        ends: slopes at minus and plus infinity. near: slopes left and right of `bias`.
        far, close: mean squares of these: E[phi^2] is about far * q for huge q.
        floor: phi(bias)^2, what E[phi^2] is at q = 0.
        homogeneous: phi(a z) = a phi(z) for all a > 0, so that all this holds at every q.
        odd: phi(-z) = -phi(z).
    """

    def __init__(self, activation: nn.Module, bias: float = 0.0) -> None:
        self.activation, self.bias = activation, bias
        self.homogeneous = bias == 0 and two_lines(activation) is not None
        tiny = 1e-12 * max(1.0, abs(bias))
        value, slope = _at(activation, np.array([-1e8, 1e8, bias - tiny, bias + tiny, bias]))
        self.ends, self.near = (slope[0], slope[1]), (slope[2], slope[3])
        self.far = float(np.square(self.ends).mean())
        self.close = float(np.square(self.near).mean())
        self.floor = float(value[4] ** 2)
        z = np.array([-5.0, -0.7, 0.2, 3.0])
        mirrored = np.allclose(_at(activation, -z)[0], -_at(activation, z)[0], 1e-12, 0)
        self.odd = bias == 0 and bool(mirrored)
        self.log_q = np.linspace(math.log(1e-12), math.log(1e12), 481)
        self.table = self.means(np.exp(self.log_q))
        self.scale = 1 + np.exp(self.log_q / 2)

    def means(self, q: np.ndarray) -> Means:
        """By integration at any q > 0 [M]."""
        root = np.sqrt(np.clip(q, 1e-280, 1e280))[:, None]
        x, w = _nodes(root, self.bias)
        z = x * root
        value, slope = _at(self.activation, z + self.bias)
        line = z * np.where(z < 0, *self.ends)
        rest = ((value - line) * (value + line) * w).sum(1)
        terms = _hermite_squares(value * w, x)
        return Means(rest, (value**2 * w).sum(1), (slope**2 * w).sum(1), terms)

    def lookup(self, q: np.ndarray) -> Means:
        """The same from the table, for the thousands of points of a map."""
        place = np.interp(np.log(np.clip(q, 1e-12, 1e12)), self.log_q, np.arange(len(self.log_q)))
        low = np.minimum(place.astype(int), len(self.log_q) - 2)
        part, t = place - low, self.table
        rest = _between(t.rest / self.scale, low, part) * (1 + np.sqrt(np.clip(q, 0, 1e12)))
        terms = _between(t.terms / t.square[:, None].clip(1e-300), low, part[:, None])
        square = self.far * np.where(np.isfinite(q), q, 1e12) + rest
        return Means(rest, square, _between(t.slope, low, part), terms * square[:, None])


def _between(table: np.ndarray, low: np.ndarray, part: np.ndarray) -> np.ndarray:
    return table[low] * (1 - part) + table[low + 1] * part


def _nodes(root: np.ndarray, bias: float) -> tuple[np.ndarray, np.ndarray]:
    """Nodes and weights of the standard normal [M, n], for standard deviations `root` [M, 1]."""
    own = np.clip((_KINKS - bias) / root, -REACH, REACH)
    even = np.broadcast_to(np.arange(-REACH, REACH + 1), (len(root), 2 * int(REACH) + 1))
    edges = np.sort(np.concatenate([own, even], 1), 1)
    points, weights = np.polynomial.legendre.leggauss(PANEL_POINTS)
    half = np.diff(edges)[:, :, None] / 2
    x = ((edges[:, :-1, None] + half) + half * points).reshape(len(root), -1)
    w = (half * weights).reshape(len(root), -1)
    return x, w * np.exp(-x * x / 2) / math.sqrt(2 * math.pi)


def _hermite_squares(weighted: np.ndarray, x: np.ndarray) -> np.ndarray:
    before, now, found = np.zeros_like(x), np.ones_like(x), []
    for k in range(TERMS):
        found.append((weighted * now).sum(1) ** 2)
        before, now = now, (x * now - math.sqrt(k) * before) / math.sqrt(k + 1)
    return np.stack(found, 1)


def curves(activation: nn.Module, bias: float = 0.0) -> Curves:
    """The curves of an activation, kept for the next call."""
    return _curves(_Named(activation), float(bias))


class _Named:
    """An activation that equals another of the same class and settings."""

    def __init__(self, activation: nn.Module) -> None:
        settings = getattr(activation, "init_settings", {})
        self.activation = activation
        self.key = (type(activation), repr(activation), tuple(sorted(settings.items())))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Named) and self.key == other.key

    def __hash__(self) -> int:
        return hash(self.key)


@lru_cache(maxsize=64)
def _curves(named: _Named, bias: float) -> Curves:
    return Curves(named.activation, bias)


# --- limits --------------------------------------------------------------------------------------


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
        root = find_root(
            lambda s, g, w, b: _change(g, w, b, _rest(means, s), np.exp(s)),
            (own.log_q[low[f]], own.log_q[low[f] + 1]),
            args=(growth[f], w[f], b[f]),
        )
        near = own.log_q[low[f] + ~rises[f]]  # where the grid's own value is zero to rounding
        q[f] = np.exp(np.where(root.success, root.x, near))
    signs = np.sign(change)
    flips = (signs[:, 1:] * signs[:, :-1] < 0).sum(1)
    return q, flips > 1 - (signs[:, 0] < 0) * (own.floor == 0) * (b == 0)


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
    found = find_root(gap, (low, high), args=(index,))
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
