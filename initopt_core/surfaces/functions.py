"""Loss functions of two weights: tensors in, a tensor of the same shape out."""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor

from .calculus import Point


def pathological_curve_loss(w1: Tensor, w2: Tensor) -> Tensor:
    """A ravine: steep walls across w1, a slope towards ever smaller w2 along its floor.

    tanh(w1)^2 + 0.01 |w1| + sigmoid(w2), the tutorial's "pathological curvature". It has no
    minimum: the floor w1 = 0 descends towards loss 0 for ever.
    """
    return torch.tanh(w1) ** 2 + 0.01 * torch.abs(w1) + torch.sigmoid(w2)


_WELLS: tuple[Point, ...] = ((1.0, -0.5), (-1.0, 0.5), (-0.5, -0.8))


def steep_optima_loss(w1: Tensor, w2: Tensor, width: float = 0.2) -> Tensor:
    """Three narrow wells in a plain: minus the sum of three normal densities.

    The tutorial's "steep optima", `width` being the standard deviation; each well is
    1 / (2 pi width^2) deep, 3.98 at the tutorial's 0.2.
    """
    # In the tutorial's order of operations: its SGD path amplifies every rounding.
    depth = 1 / (2 * math.pi * width * width)
    spread = 2 * width**2
    total = torch.zeros_like(w1)
    for x, y in _WELLS:
        total = total - depth * torch.exp(-((w1 - x) ** 2) / spread - (w2 - y) ** 2 / spread)
    return total


def quadratic_bowl(w1: Tensor, w2: Tensor, condition: float = 20.0, angle: float = 0.0) -> Tensor:
    """(condition * u^2 + v^2) / 2, with u, v the weights turned by `angle` degrees.

    The Hessian's eigenvalues are `condition` and 1 everywhere.
    """
    c, s = math.cos(math.radians(angle)), math.sin(math.radians(angle))
    u, v = c * w1 + s * w2, -s * w1 + c * w2
    return 0.5 * (condition * u**2 + v**2)


def rosenbrock(w1: Tensor, w2: Tensor, steepness: float = 100.0) -> Tensor:
    """A bent valley: (1 - w1)^2 + steepness (w2 - w1^2)^2 (Rosenbrock 1960)."""
    return (1 - w1) ** 2 + steepness * (w2 - w1**2) ** 2


def beale(w1: Tensor, w2: Tensor) -> Tensor:
    """Three squared terms (1.5 - w1 + w1 w2)^2 + ... with steep corners (Beale 1958)."""
    return (
        (1.5 - w1 + w1 * w2) ** 2 + (2.25 - w1 + w1 * w2**2) ** 2 + (2.625 - w1 + w1 * w2**3) ** 2
    )


def himmelblau(w1: Tensor, w2: Tensor) -> Tensor:
    """(w1^2 + w2 - 11)^2 + (w1 + w2^2 - 7)^2: four equally deep minima (Himmelblau 1972)."""
    return (w1**2 + w2 - 11) ** 2 + (w1 + w2**2 - 7) ** 2


def rastrigin(w1: Tensor, w2: Tensor, amplitude: float = 10.0) -> Tensor:
    """A bowl under waves: 2 A + sum of w^2 - A cos(2 pi w) (Rastrigin 1974)."""
    waves = torch.cos(2 * math.pi * w1) + torch.cos(2 * math.pi * w2)
    return 2 * amplitude + w1**2 + w2**2 - amplitude * waves


def ackley(w1: Tensor, w2: Tensor) -> Tensor:
    """A dimpled plain around one deep funnel (Ackley 1987), with a kink at its bottom."""
    square = 0.5 * (w1**2 + w2**2)
    # The root's slope is infinite at zero; there the funnel's gradient is taken as zero.
    at_zero = square == 0
    radius = torch.where(at_zero, 0.0, torch.where(at_zero, 1.0, square).sqrt())
    waves = 0.5 * (torch.cos(2 * math.pi * w1) + torch.cos(2 * math.pi * w2))
    return -20 * torch.exp(-0.2 * radius) - torch.exp(waves) + math.e + 20


def styblinski_tang(w1: Tensor, w2: Tensor) -> Tensor:
    """Half the sum of w^4 - 16 w^2 + 5 w: four minima of different depth (1990)."""
    return 0.5 * (w1**4 - 16 * w1**2 + 5 * w1 + w2**4 - 16 * w2**2 + 5 * w2)


def saddle(w1: Tensor, w2: Tensor) -> Tensor:
    """w1^2 - w2^2: down to the saddle along w1, away from it along w2, without a bottom."""
    return w1**2 - w2**2


def monkey_saddle(w1: Tensor, w2: Tensor) -> Tensor:
    """w1^3 - 3 w1 w2^2: three ways down; gradient and Hessian both vanish at the centre."""
    return w1**3 - 3 * w1 * w2**2


def plateau(w1: Tensor, w2: Tensor, width: float = 1.0) -> Tensor:
    """1 - exp(-r^2 / 2 width^2) + r^2 / 1000: one well in a plain that hardly slopes."""
    square = w1**2 + w2**2
    return 1 - torch.exp(-square / (2 * width**2)) + 1e-3 * square


def _fixed(*points: Point) -> Callable[..., tuple[Point, ...]]:
    return lambda **settings: tuple(points)
