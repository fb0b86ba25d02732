"""The registry of surfaces.

Longer than other files: it is a list, one entry for each surface.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from dataclasses import KW_ONLY, dataclass
from functools import lru_cache

import torch
from torch import Tensor

from initopt_core.registry import Entry, Parameter, Registry

from .calculus import Point, critical_points
from .functions import (
    _WELLS,
    _fixed,
    ackley,
    beale,
    himmelblau,
    monkey_saddle,
    pathological_curve_loss,
    plateau,
    quadratic_bowl,
    rastrigin,
    rosenbrock,
    saddle,
    steep_optima_loss,
    styblinski_tang,
)

# -- points where the gradient vanishes ------------------------------------------------------

_HIMMELBLAU_MINIMA = (
    (3.0, 2.0),
    (-2.8051180869527448, 3.1313125182505730),
    (-3.7793102533777469, -3.2831859912861694),
    (3.5844283403304917, -1.8481265269644036),
)
_HIMMELBLAU_SADDLES = (
    (-3.0730257508, -0.0813530443),
    (-0.1279613467, -1.9537149802),
    (0.0866775046, 2.8842547012),
    (3.3851541836, 0.0738518798),
)


@lru_cache(maxsize=64)
def _rastrigin_points(amplitude: float) -> tuple[tuple[Point, ...], tuple[Point, ...]]:
    """Minima and saddles within 5.12 of the origin: products of one-dimensional extrema."""

    def slope(x: float) -> float:
        return 2 * x + 2 * math.pi * amplitude * math.sin(2 * math.pi * x)

    def bend(x: float) -> float:
        return 2 + 4 * math.pi**2 * amplitude * math.cos(2 * math.pi * x)

    found = set()
    xs = [-5.12 + 0.01 * i for i in range(1025)]
    for a, b in itertools.pairwise(xs):
        if slope(a) * slope(b) <= 0:
            x = (a + b) / 2
            for _ in range(30):
                x -= slope(x) / bend(x) if bend(x) else 0.0
            if abs(slope(x)) < 1e-9 and abs(x) <= 5.12:
                found.add(round(x, 10) + 0.0)
    low = sorted(x for x in found if bend(x) > 0)
    high = sorted(x for x in found if bend(x) < 0)
    minima = tuple(sorted(itertools.product(low, low), key=lambda p: p[0] ** 2 + p[1] ** 2))
    saddles = tuple(itertools.product(low, high)) + tuple(itertools.product(high, low))
    return minima, saddles


_ST_LOW, _ST_HIGH = (-2.9035340277711770, 2.7468027709908370), 0.1567312567803400
_ST_MINIMA = tuple(itertools.product(_ST_LOW, _ST_LOW))
_ST_SADDLES = tuple((x, _ST_HIGH) for x in _ST_LOW) + tuple((_ST_HIGH, x) for x in _ST_LOW)


Ranges = tuple[float, float, float, float]
_NOWHERE = _fixed()


@dataclass(frozen=True)
class SurfaceEntry(Entry):
    """One surface.

    Args:
        call: the loss of two tensors w1 and w2, elementwise; takes the settings.
        ranges: (w1 low, w1 high, w2 low, w2 high) shown at first.
        start: where the paths begin.
        minima, saddles: known points, functions of the surface's settings.
        color: "linear" or "log" colours of the loss.
        lr, step: factors on an optimizer's `surface_lr` that suit this surface: lr where steps are
            proportional to the gradient, step where they are normalised (Adam, ...).
        updates: how many updates tell the story.
    """

    call: Callable[..., Tensor]
    _: KW_ONLY
    ranges: Ranges
    start: Point
    minima: Callable[..., tuple[Point, ...]] = _NOWHERE
    saddles: Callable[..., tuple[Point, ...]] = _NOWHERE
    color: str = "linear"
    lr: float = 1.0
    step: float = 1.0
    updates: int = 100


_WIDTH = Parameter("width", "Width of a well σ", 0.2, 0.05, 1.0, "log", help="Standard deviation.")
SURFACES: Registry[SurfaceEntry] = Registry(
    "surface",
    [
        SurfaceEntry(
            "pathological",
            "Pathological curvature",
            pathological_curve_loss,
            ranges=(-6.0, 6.0, -14.0, 6.0),
            start=(5.0, 5.0),
            formula=r"\tanh^2 w_1 + 0.01\,|w_1| + \sigma(w_2)",
            source="UvA Deep Learning tutorial 4",
            help="A ravine: the walls push hard across, the floor slopes gently along.",
            lr=1,
            step=1,
            updates=100,
        ),
        SurfaceEntry(
            "steep_optima",
            "Steep optima",
            steep_optima_loss,
            (_WIDTH,),
            ranges=(-2.0, 2.0, -2.0, 2.0),
            start=(0.0, 0.0),
            minima=lambda width=0.2: _WELLS if width <= 0.25 else _steep_points(width)[0],
            saddles=lambda width=0.2: _steep_points(width)[1],
            formula=r"-\sum_k \mathcal{N}\left((w_1, w_2);\, c_k,\, \sigma^2 I\right)",
            source="UvA Deep Learning tutorial 4",
            help="Almost no gradient on the plain, a very large one at the wells.",
            lr=0.05,
            step=0.2,
            updates=100,
        ),
        SurfaceEntry(
            "quadratic",
            "Quadratic bowl",
            quadratic_bowl,
            (
                Parameter(
                    "condition",
                    "Condition number κ",
                    20.0,
                    1.0,
                    1000.0,
                    "log",
                    help="Largest over smallest curvature; the larger, the longer the valley.",
                ),
                Parameter(
                    "angle",
                    "Rotation",
                    0.0,
                    0.0,
                    90.0,
                    help="Turns the valley away from the axes; per-weight rates then help less.",
                    unit="°",
                ),
            ),
            ranges=(-4.0, 4.0, -4.0, 4.0),
            start=(1.5, 3.5),
            minima=_fixed((0.0, 0.0)),
            formula=r"\tfrac12 (\kappa u^2 + v^2)",
            source="Boyd & Vandenberghe, 2004, section 9.3",
            help="The whole theory of step sizes in one picture: diverges above 2 / κ.",
            lr=0.008,
            step=0.3,
            updates=100,
            color="log",
        ),
        SurfaceEntry(
            "rosenbrock",
            "Rosenbrock",
            rosenbrock,
            (
                Parameter(
                    "steepness",
                    "Steepness",
                    100.0,
                    1.0,
                    1000.0,
                    "log",
                    help="Of the valley's walls.",
                ),
            ),
            ranges=(-2.0, 2.0, -1.0, 3.0),
            start=(-1.5, 2.0),
            minima=_fixed((1.0, 1.0)),
            formula=r"(1 - w_1)^2 + b\,(w_2 - w_1^2)^2",
            source="Rosenbrock, The Computer Journal, 1960",
            help="Finding the valley is easy, following its bend to the end is not.",
            lr=5e-05,
            step=0.1,
            updates=300,
            color="log",
        ),
        SurfaceEntry(
            "beale",
            "Beale",
            beale,
            ranges=(-4.5, 4.5, -4.5, 4.5),
            start=(1.0, 1.5),
            minima=_fixed((3.0, 0.5)),
            saddles=_fixed((0.0, 1.0), (0.1005379373, -2.6445135850)),
            formula=r"\sum_{i=1}^3 (c_i - w_1 + w_1 w_2^i)^2",
            source="Beale, 1958",
            help="Gradients differ a millionfold between the plain and the corners.",
            lr=0.001,
            step=0.2,
            updates=200,
            color="log",
        ),
        SurfaceEntry(
            "himmelblau",
            "Himmelblau",
            himmelblau,
            ranges=(-5.0, 5.0, -5.0, 5.0),
            start=(-0.5, -0.5),
            minima=_fixed(*_HIMMELBLAU_MINIMA),
            saddles=_fixed(*_HIMMELBLAU_SADDLES),
            formula=r"(w_1^2 + w_2 - 11)^2 + (w_1 + w_2^2 - 7)^2",
            source="Himmelblau, 1972",
            help="Four equally good minima: where one ends depends on start and optimizer.",
            lr=0.001,
            step=0.3,
            updates=100,
            color="log",
        ),
        SurfaceEntry(
            "rastrigin",
            "Rastrigin",
            rastrigin,
            (Parameter("amplitude", "Height of the waves A", 10.0, 0.5, 20.0),),
            ranges=(-5.12, 5.12, -5.12, 5.12),
            start=(3.3, -4.2),
            minima=lambda amplitude=10.0: _rastrigin_points(float(amplitude))[0],
            saddles=lambda amplitude=10.0: _rastrigin_points(float(amplitude))[1],
            formula=r"2A + \sum_i w_i^2 - A \cos 2\pi w_i",
            source="Rastrigin, 1974",
            help="A minimum every unit; only the middle one is the best.",
            lr=0.0003,
            step=0.3,
            updates=100,
        ),
        SurfaceEntry(
            "ackley",
            "Ackley",
            ackley,
            ranges=(-5.0, 5.0, -5.0, 5.0),
            start=(3.4, 2.2),
            minima=lambda: _ackley_points()[0],
            saddles=lambda: _ackley_points()[1],
            formula=r"-20 e^{-0.2\sqrt{(w_1^2+w_2^2)/2}}"
            r" - e^{(\cos 2\pi w_1 + \cos 2\pi w_2)/2} + e + 20",
            source="Ackley, 1987",
            help="Small dimples all the way down to one funnel.",
            lr=0.01,
            step=0.3,
            updates=100,
        ),
        SurfaceEntry(
            "styblinski_tang",
            "Styblinski–Tang",
            styblinski_tang,
            ranges=(-5.0, 5.0, -5.0, 5.0),
            start=(0.3, 1.0),
            minima=_fixed(*_ST_MINIMA),
            saddles=_fixed(*_ST_SADDLES),
            formula=r"\tfrac12 \sum_i (w_i^4 - 16 w_i^2 + 5 w_i)",
            source="Styblinski & Tang, 1990",
            help="Four minima of different depth; the nearest is not the best.",
            lr=0.001,
            step=0.3,
            updates=100,
        ),
        SurfaceEntry(
            "saddle",
            "Saddle",
            saddle,
            ranges=(-3.0, 3.0, -3.0, 3.0),
            start=(2.5, 0.001),
            saddles=_fixed((0.0, 0.0)),
            formula=r"w_1^2 - w_2^2",
            source="Dauphin et al., NeurIPS 2014",
            help="A gradient that vanishes without a minimum: how long until one gets away?",
            lr=0.005,
            step=0.1,
            updates=100,
        ),
        SurfaceEntry(
            "monkey_saddle",
            "Monkey saddle",
            monkey_saddle,
            ranges=(-2.0, 2.0, -2.0, 2.0),
            start=(1.6, 0.01),
            saddles=_fixed((0.0, 0.0)),
            formula=r"w_1^3 - 3 w_1 w_2^2",
            source="Hilbert & Cohn-Vossen, 1952",
            help="At its centre even the curvature vanishes.",
            lr=0.002,
            step=0.05,
            updates=100,
        ),
        SurfaceEntry(
            "plateau",
            "Plateau",
            plateau,
            (Parameter("width", "Width of the well", 1.0, 0.3, 3.0, "log"),),
            ranges=(-6.0, 6.0, -6.0, 6.0),
            start=(4.0, 3.0),
            minima=_fixed((0.0, 0.0)),
            formula=r"1 - e^{-\|w\|^2 / 2\sigma^2} + 10^{-3} \|w\|^2",
            source="after Goodfellow et al., 2016, section 8.2.3",
            help="The gradient says hardly anything until the well is near.",
            lr=0.15,
            step=0.2,
            updates=200,
        ),
    ],
)


def unbounded(curve: Callable[[Tensor, Tensor], Tensor], ranges: Ranges) -> bool:
    """Whether the loss seems to fall without end away from the view: along 64 rays, far out.

    It does where a thousand and a million views away it is lower still than in the view, by more
    than the view's own range, and lower at the second than at the first.
    """
    x0, x1, y0, y1 = ranges
    turn = torch.arange(64, dtype=torch.float64) * (2 * math.pi / 64)
    aside = torch.stack([turn.cos(), turn.sin()]).round(decimals=15)
    reach = math.hypot(x1 - x0, y1 - y0)
    grid = torch.meshgrid(
        *(torch.linspace(a, b, 41, dtype=torch.float64) for a, b in ((x0, x1), (y0, y1))),
        indexing="ij",
    )

    def finite(values: Tensor) -> Tensor:
        return values[~values.isnan()]

    with torch.no_grad():
        here = finite(curve(*grid))
        near, far = (finite(curve(*(aside * reach * k))) for k in (1e3, 1e6))
    if not (here.numel() and near.numel() and far.numel()):
        return False
    low, high = here.min(), here[here.isfinite()].max() if here.isfinite().any() else here.max()
    endless = far.min() < near.min() or near.min() == -math.inf
    return bool(near.min() < low - (high - low) and endless)


@lru_cache(maxsize=64)
def _steep_points(width: float) -> tuple[tuple[Point, ...], tuple[Point, ...]]:
    """Wells so wide that they pull at each other no longer end at their densities' centres."""
    return critical_points(lambda a, b: steep_optima_loss(a, b, width), (-2.0, 2.0, -2.0, 2.0))


@lru_cache(maxsize=1)
def _ackley_points() -> tuple[tuple[Point, ...], tuple[Point, ...]]:
    """The kink at the origin is no zero of the gradient for Newton, so it is put in by hand."""
    minima, saddles = critical_points(ackley, (-5.0, 5.0, -5.0, 5.0), limit=500)
    return ((0.0, 0.0), *minima), saddles
