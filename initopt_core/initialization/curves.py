"""What one wide layer does to a variance, as a function of that variance.

Expectations of an activation phi and of its slope under N(bias, q), at any q: by Gauss-Legendre
panels that end where phi bends, or from a table for the thousands of points of a map.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import torch
from torch import Tensor, nn

TERMS = 24
"""Terms of the power series in the correlation."""
REACH = 12.0
"""Standard deviations on either side over which is integrated."""
PANEL_POINTS = 8
"""Gauss-Legendre nodes between two edges."""
_KINKS = np.array([0.125, 0.25, 0.5, 1, 1.5, 2, 3, 4, 6, 8, 12, 16, 24, 32, 64])
_KINKS = np.concatenate([-_KINKS[::-1], [0.0], _KINKS])
"""Inputs of phi at which a panel ends: the registry's functions bend at 0 and +-1 and are steep
around, so that a normal distribution of any width is integrated well."""


def value_and_slope(activation: Callable[[Tensor], Tensor], z: Tensor) -> tuple[Tensor, Tensor]:
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
    return _two_lines(_Named(activation))


@lru_cache(maxsize=64)
def _two_lines(named: _Named) -> tuple[float, float] | None:
    activation = named.activation
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
