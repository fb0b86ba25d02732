"""Functions of two weights to descend, and the registry of them.

A surface takes two tensors of one shape and gives the loss in that shape, differentiable by
autograd, in any float dtype. Parameters of a surface are keywords of its function.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import torch
from torch import Tensor

from .formula import FormulaError, parse_formula
from .registry import Entry, Parameter, Registry

__all__ = [
    "FORMULA",
    "SURFACES",
    "FormulaError",
    "Surface",
    "critical_points",
    "gradient",
    "hessian",
    "parse_formula",
    "pathological_curve_loss",
    "steep_optima_loss",
    "unbounded",
]

Point = tuple[float, float]


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
    total = 0.0
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


def _fixed(*points: Point) -> Callable[..., tuple[Point, ...]]:
    return lambda **settings: tuple(points)


def _surface(
    name: str,
    label: str,
    call: Callable,
    *parameters: Parameter,
    ranges: tuple[float, float, float, float],
    start: Point,
    formula: str,
    source: str,
    help: str,
    minima: Callable[..., tuple[Point, ...]] | None = None,
    saddles: Callable[..., tuple[Point, ...]] | None = None,
    color: str = "linear",
    lr: float = 1.0,
    step: float = 1.0,
    updates: int = 100,
) -> Entry:
    return Entry(
        name,
        label,
        call,
        parameters,
        formula=formula,
        source=source,
        help=help,
        extra={
            "ranges": ranges,
            "start": start,
            "color": color,
            "minima": minima or _fixed(),
            "saddles": saddles or _fixed(),
            "lr": lr,
            "step": step,
            "updates": updates,
        },
    )


_WIDTH = Parameter("width", "Width of a well σ", 0.2, 0.05, 1.0, "log", help="Standard deviation.")

# extra: ranges  - (w1 low, w1 high, w2 low, w2 high) shown at first
#        start   - where the paths begin
#        color   - "linear" or "log" loss colours
#        minima, saddles - known points, functions of the surface's settings
#        lr, step - factors on an optimizer's `surface_lr` that suit this surface: lr where steps
#                  are proportional to the gradient, step where they are normalised (Adam, ...)
#        updates - how many updates tell the story
SURFACES = Registry(
    "surface",
    [
        _surface(
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
        _surface(
            "steep_optima",
            "Steep optima",
            steep_optima_loss,
            _WIDTH,
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
        _surface(
            "quadratic",
            "Quadratic bowl",
            quadratic_bowl,
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
        _surface(
            "rosenbrock",
            "Rosenbrock",
            rosenbrock,
            Parameter(
                "steepness", "Steepness", 100.0, 1.0, 1000.0, "log", help="Of the valley's walls."
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
        _surface(
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
        _surface(
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
        _surface(
            "rastrigin",
            "Rastrigin",
            rastrigin,
            Parameter("amplitude", "Height of the waves A", 10.0, 0.5, 20.0),
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
        _surface(
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
        _surface(
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
        _surface(
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
        _surface(
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
        _surface(
            "plateau",
            "Plateau",
            plateau,
            Parameter("width", "Width of the well", 1.0, 0.3, 3.0, "log"),
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


FORMULA = "formula"
"""Name under which a typed formula is chosen beside the registry's surfaces."""


@dataclass(frozen=True)
class Surface:
    """One surface with its settings; callable, hashable, and can be sent to another process.

    Args:
        name: of `SURFACES`, or `FORMULA`.
        settings: pairs (parameter, value); those left out take their defaults.
        text: the formula, where `name` is `FORMULA`.

    Raises:
        SettingError: when name, settings or formula cannot be used.
    """

    name: str
    settings: tuple[tuple[str, Any], ...] = ()
    text: str = ""

    def __post_init__(self) -> None:
        self.function  # noqa: B018  errors show where the surface is made

    @cached_property
    def function(self) -> Callable[[Tensor, Tensor], Tensor]:
        if self.name == FORMULA:
            return parse_formula(self.text)
        entry = SURFACES[self.name]
        settings = entry.settings(dict(self.settings))
        return lambda w1, w2: entry.call(w1, w2, **settings)

    def __call__(self, w1: Tensor, w2: Tensor) -> Tensor:
        return self.function(w1, w2)

    def __getstate__(self) -> dict[str, Any]:
        return {k: v for k, v in self.__dict__.items() if k != "function"}

    @property
    def label(self) -> str:
        return self.text if self.name == FORMULA else SURFACES[self.name].label

    def _points(self, what: str) -> tuple[Point, ...]:
        if self.name == FORMULA:
            return ()
        entry = SURFACES[self.name]
        return entry.extra[what](**entry.settings(dict(self.settings)))

    @property
    def minima(self) -> tuple[Point, ...]:
        """The registry's known minima; none for a typed formula (see `critical_points`)."""
        return self._points("minima")

    @property
    def saddles(self) -> tuple[Point, ...]:
        """The registry's known saddle points."""
        return self._points("saddles")

    def values(self, ranges: tuple[float, float, float, float], n: int = 129) -> Tensor:
        """The loss on a grid, float32 [n, n]: row i is the i-th w2, from low to high.

        Args:
            ranges: (w1 low, w1 high, w2 low, w2 high); the ends are grid points.
        """
        x0, x1, y0, y1 = ranges
        w1 = torch.linspace(x0, x1, n, dtype=torch.float64)
        w2 = torch.linspace(y0, y1, n, dtype=torch.float64)
        with torch.no_grad():
            w2, w1 = torch.meshgrid(w2, w1, indexing="ij")
            return self(w1, w2).to(torch.float32).contiguous()


def unbounded(
    curve: Callable[[Tensor, Tensor], Tensor], ranges: tuple[float, float, float, float]
) -> bool:
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


def gradient(
    curve: Callable[[Tensor, Tensor], Tensor], w1: Tensor, w2: Tensor
) -> tuple[Tensor, Tensor, Tensor]:
    """Loss and its two partial derivatives at many points, by one autograd call.

    Args:
        curve: elementwise function of two tensors.
        w1, w2: one shape, any float dtype.

    Returns:
        (loss, dL/dw1, dL/dw2), each of that shape, detached.
    """
    with torch.enable_grad():
        a = w1.detach().requires_grad_()
        b = w2.detach().requires_grad_()
        loss = curve(a, b)
        if not loss.requires_grad:  # a formula without weights in it
            zero = torch.zeros_like(a)
            return loss.detach(), zero, zero.clone()
        ga, gb = torch.autograd.grad(loss.sum(), (a, b), allow_unused=True, materialize_grads=True)
    if ga._is_zerotensor() or gb._is_zerotensor():
        zero = torch.zeros_like(a)
        return loss.detach(), ga + zero, gb + zero
    return loss.detach(), ga, gb


def hessian(
    curve: Callable[[Tensor, Tensor], Tensor], w1: Tensor, w2: Tensor
) -> tuple[Tensor, Tensor, Tensor]:
    """The second derivatives (d11, d12, d22) at many points, by autograd, each of w1's shape."""
    with torch.enable_grad():
        a = w1.detach().requires_grad_()
        b = w2.detach().requires_grad_()
        loss = curve(a, b)
        zero = torch.zeros_like(a)
        if not loss.requires_grad:
            return zero, zero, zero
        options = {"allow_unused": True, "materialize_grads": True}
        ga, gb = torch.autograd.grad(loss.sum(), (a, b), create_graph=True, **options)
        h11 = h12 = h22 = zero
        if ga.requires_grad:
            h11, h12 = torch.autograd.grad(ga.sum(), (a, b), retain_graph=True, **options)
        if gb.requires_grad:
            (h22,) = torch.autograd.grad(gb.sum(), (b,), **options)
    # Second derivatives that vanish by rule (of abs, say) come without memory of their own.
    return (h11 + zero).detach(), (h12 + zero).detach(), (h22 + zero).detach()


def critical_points(
    curve: Callable[[Tensor, Tensor], Tensor],
    ranges: tuple[float, float, float, float],
    n: int = 40,
    limit: int = 200,
) -> tuple[tuple[Point, ...], tuple[Point, ...]]:
    """Minima and saddles found in `ranges` by Newton's method from an n x n grid of starts.

    For surfaces that nobody has charted, typed formulas above all. Points where the Hessian is
    singular are left out: Newton cannot tell what they are.

    Returns:
        (minima, saddles), the lowest first, at most `limit` of each.
    """
    x0, x1, y0, y1 = ranges
    span1, span2 = x1 - x0, y1 - y0
    axis = (torch.arange(n, dtype=torch.float64) + 0.5) / n
    grid = torch.meshgrid(y0 + span2 * axis, x0 + span1 * axis, indexing="ij")
    # Plain Newton goes to any stationary point; a second crowd takes |H| for H, which always
    # descends and so finds the minima whose neighbourhood is small.
    w2, w1 = (g.flatten().repeat(2) for g in grid)
    descends = torch.arange(w1.numel()) >= n * n
    for _ in range(30):
        _, g1, g2 = gradient(curve, w1, w2)
        h11, h12, h22 = hessian(curve, w1, w2)
        det = h11 * h22 - h12**2
        # |H| = sqrt(H^2), in closed form for two by two.
        trace = (h11**2 + 2 * h12**2 + h22**2 + 2 * det.abs()).sqrt().clamp(min=1e-150)
        a11 = torch.where(descends, (h11**2 + h12**2 + det.abs()) / trace, h11)
        a22 = torch.where(descends, (h22**2 + h12**2 + det.abs()) / trace, h22)
        a12 = torch.where(descends, h12 * (h11 + h22) / trace, h12)
        det = torch.where(descends, det.abs(), det)
        # Where the Hessian is singular the step is huge, and so never small enough below.
        safe = torch.where(det.abs() > 1e-290, det, 1e-290)
        # A step is held to a tenth of the view, so that starts find what is near them.
        step1 = ((a22 * g1 - a12 * g2) / safe).clamp(-span1 / 10, span1 / 10)
        step2 = ((a11 * g2 - a12 * g1) / safe).clamp(-span2 / 10, span2 / 10)
        w1, w2 = w1 - step1, w2 - step2
    loss, g1, g2 = gradient(curve, w1, w2)
    h11, h12, h22 = hessian(curve, w1, w2)
    det = h11 * h22 - h12**2
    # Far out on a plain the gradient is tiny too; only near a true zero do Newton's steps end.
    settled = (det.abs() > 1e-12) & (step1.abs() < 1e-6 * span1) & (step2.abs() < 1e-6 * span2)
    flat = settled & (torch.hypot(g1, g2) <= 1e-9 * (1 + h11.abs() + h22.abs()))
    inside = (w1 >= x0) & (w1 <= x1) & (w2 >= y0) & (w2 <= y1)
    # Second derivatives that vanish beside their neighbours' are rounding, not curvature.
    curved = det.abs() > 1e-8 * (1e-12 + h11.abs() + h22.abs()) ** 2
    good = flat & inside & curved & torch.isfinite(loss)
    order = torch.argsort(loss[good])
    found: dict[bool, list[Point]] = {True: [], False: []}
    seen: set[tuple[int, int]] = set()
    rows = torch.stack([w1[good], w2[good], det[good], h11[good]])[:, order].T.tolist()
    for a, b, d, h in rows:
        cell = (round((a - x0) / span1 * 2000), round((b - y0) / span2 * 2000))
        if any((cell[0] + i, cell[1] + j) in seen for i in (-1, 0, 1) for j in (-1, 0, 1)):
            continue
        seen.add(cell)
        if d > 0 and h < 0:
            continue  # a maximum
        kept = found[d > 0]
        if len(kept) < limit:
            kept.append((round(a, 10) + 0.0, round(b, 10) + 0.0))
    return tuple(found[True]), tuple(found[False])


@lru_cache(maxsize=64)
def _steep_points(width: float) -> tuple[tuple[Point, ...], tuple[Point, ...]]:
    """Wells so wide that they pull at each other no longer end at their densities' centres."""
    return critical_points(lambda a, b: steep_optima_loss(a, b, width), (-2.0, 2.0, -2.0, 2.0))


@lru_cache(maxsize=1)
def _ackley_points() -> tuple[tuple[Point, ...], tuple[Point, ...]]:
    """The kink at the origin is no zero of the gradient for Newton, so it is put in by hand."""
    minima, saddles = critical_points(ackley, (-5.0, 5.0, -5.0, 5.0), limit=500)
    return ((0.0, 0.0), *minima), saddles
