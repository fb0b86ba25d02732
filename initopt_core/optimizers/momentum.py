"""SGD and those that add a memory of past gradients to it."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from .entry import (
    MOMENTUM,
    Convention,
    Limit,
    Line,
    Look,
    OptimizerEntry,
    Settings,
    decay,
    half_decades,
    rate,
)
from .template import OptimizerTemplate, State, average


@dataclass
class MomentumState(State):
    """m: average or sum of the gradients."""

    m: torch.Tensor


class SGD(OptimizerTemplate):
    """w <- w - lr * g (Robbins & Monro 1951)."""

    def update(self, g: Tensor, w: Tensor, s: State) -> Tensor:
        return -self.lr * g


class SGDMomentum(OptimizerTemplate):
    """m <- b m + (1 - b) g;  w <- w - lr * m.

    The tutorial's convention: m is an exponential AVERAGE of the gradients, so a constant
    gradient gives steps of lr * g. Heavy ball (torch's SGD) sums instead, m <- b m + g, and so
    equals this one at lr * (1 - b).
    """

    def __init__(self, params, lr, momentum=0.0, weight_decay=0.0):
        self.momentum = momentum
        super().__init__(params, lr, weight_decay)

    def start(self, w: Tensor) -> MomentumState:
        return MomentumState(torch.zeros_like(w))

    def update(self, g: Tensor, w: Tensor, s: MomentumState) -> Tensor:
        s.m = average(s.m, g, self.momentum)
        return -self.lr * s.m


class HeavyBall(SGDMomentum):
    """m <- b m + g;  w <- w - lr * m: the SUM of past gradients (Polyak 1964, eq. 9).

    A constant gradient ends in steps of lr * g / (1 - b), ten times SGD's at b = 0.9.
    """

    def update(self, g: Tensor, w: Tensor, s: MomentumState) -> Tensor:
        s.m = self.momentum * s.m + g
        return -self.lr * s.m


class Nesterov(SGDMomentum):
    """Heavy ball that looks ahead: w <- w - lr * (g + b m).

    Nesterov 1983 in the form of Sutskever et al. 2013 (eq. 3-4) as Bengio et al. 2013 rewrote
    it, so that the gradient is taken where the weights are.
    """

    def update(self, g: Tensor, w: Tensor, s: MomentumState) -> Tensor:
        s.m = self.momentum * s.m + g
        return -self.lr * (g + self.momentum * s.m)


# -- the same steps in place ------------------------------------------------------------------
def sgd_in_place(o: SGD, g: Tensor, w: Tensor, s: State) -> None:
    w.add_(g, alpha=-o.lr)


def average_in_place(o: SGDMomentum, g: Tensor, w: Tensor, s: MomentumState) -> None:
    s.m.lerp_(g, 1 - o.momentum)
    w.add_(s.m, alpha=-o.lr)


def heavy_ball_in_place(o: HeavyBall, g: Tensor, w: Tensor, s: MomentumState) -> None:
    s.m.mul_(o.momentum).add_(g)
    w.add_(s.m, alpha=-o.lr)


def nesterov_in_place(o: Nesterov, g: Tensor, w: Tensor, s: MomentumState) -> None:
    s.m.mul_(o.momentum).add_(g)
    w.add_(g, alpha=-o.lr).add_(s.m, alpha=-o.lr * o.momentum)


# -- limits of stability ----------------------------------------------------------------------
def average_limit(beta: float) -> float:
    """Exponential average: (2 + 2 b) / (1 - b). Cohen et al. 2022, eq. 2, for Adam's as well."""
    return (2 + 2 * beta) / (1 - beta)


def average_factor(beta: float) -> str:
    """`average_limit` over 2, as text."""
    return f" (1 + {beta:g}) / (1 − {beta:g})"


def sum_limit(beta: float) -> float:
    """Heavy ball: 2 + 2 b (Polyak 1964; Goh 2017)."""
    return 2 + 2 * beta


def nesterov_limit(beta: float) -> float:
    """(2 + 2 b) / (1 + 2 b). Cohen et al. 2021, section 2."""
    return (2 + 2 * beta) / (1 + 2 * beta)


PLAIN_LIMIT = Limit(lambda settings, step: 2.0, lambda settings: "")
"""Of gradient descent: 1 - lr h must not pass -1."""

# -- entries ----------------------------------------------------------------------------------
_SUM: Line = ("m", "β m + g", "{momentum}·{m-} + {g}", "m")
_MOVE_BY_M: Line = ("Δw", "−η m", "−{lr}·{m}", "u")


def _heavy_balls_rate(settings: Settings) -> float:
    return settings["lr"] * (1 - settings["momentum"])


def _effective_rate(settings: Settings) -> float:
    return settings["lr"] / (1 - settings["momentum"])


PLAIN_SGD = OptimizerEntry(
    "SGD",
    "SGD",
    SGD,
    (rate(0.1), decay()),
    formula=r"w \leftarrow w - \eta g",
    source="Robbins & Monro, 1951",
    help="A step down the gradient of the current batch. Everything else adds to this.",
    look=Look("#EE7733", "solid", "circle"),
    lr_grid=half_decades(1e-3),
    surface_lr=10.0,
    torch_code="torch.optim.SGD(params, lr={lr}, weight_decay={weight_decay})",
    in_place=sgd_in_place,
    lines=lambda settings: (("Δw", "−η g", "−{lr}·{g}", "u"),),
    limit=PLAIN_LIMIT,
)
SGD_MOMENTUM = OptimizerEntry(
    "SGDMomentum",
    "SGD + momentum",
    SGDMomentum,
    (rate(0.1), MOMENTUM, decay()),
    formula=r"m \leftarrow \beta m + (1-\beta) g,\quad w \leftarrow w - \eta m",
    source="Polyak, 1964, as an exponential average",
    help="Averages the gradients, so that directions which keep changing cancel out.",
    look=Look("#4477AA", "solid", "square"),
    lr_grid=half_decades(1e-2),
    surface_lr=10.0,
    torch_code="torch.optim.SGD(params, lr={lr} * (1 - {momentum}), momentum={momentum}, "
    "weight_decay={weight_decay})",
    in_place=average_in_place,
    state={"m": "average gradient"},
    lines=lambda settings: (
        ("m", "β m + (1−β) g", "{momentum}·{m-} + {1-momentum}·{g}", "m"),
        _MOVE_BY_M,
    ),
    limit=Limit(
        lambda settings, step: average_limit(settings["momentum"]),
        lambda settings: average_factor(settings["momentum"]),
    ),
    convention=Convention(
        "HeavyBall",
        "Use the sum (heavy ball)",
        _heavy_balls_rate,
        "Average: equals a heavy ball at η = {}",
    ),
    file_names=("mom",),
)
HEAVY_BALL = OptimizerEntry(
    "HeavyBall",
    "Heavy ball",
    HeavyBall,
    (rate(0.01), MOMENTUM, decay()),
    formula=r"m \leftarrow \beta m + g,\quad w \leftarrow w - \eta m",
    source="Polyak, 1964",
    help="Sums the gradients: equals SGD + momentum at a rate 1/(1-β) times larger.",
    look=Look("#33BBEE", "long", "cross"),
    lr_grid=half_decades(1e-3),
    torch_code="torch.optim.SGD(params, lr={lr}, momentum={momentum}, weight_decay={weight_decay})",
    in_place=heavy_ball_in_place,
    state={"m": "decaying sum of gradients"},
    lines=lambda settings: (_SUM, _MOVE_BY_M),
    limit=Limit(
        lambda settings, step: sum_limit(settings["momentum"]),
        lambda settings: f" (1 + {settings['momentum']:g})",
    ),
    convention=Convention(
        "SGDMomentum",
        "Use the exponential average",
        _effective_rate,
        "Sum: effective rate η / (1−β) = {}",
    ),
)
NESTEROV = OptimizerEntry(
    "Nesterov",
    "Nesterov",
    Nesterov,
    (rate(0.01), MOMENTUM, decay()),
    formula=r"m \leftarrow \beta m + g,\quad w \leftarrow w - \eta (g + \beta m)",
    source="Nesterov, 1983; Sutskever et al., ICML 2013",
    help="Heavy ball that looks one step ahead, which damps its swings.",
    look=Look("#009988", "mixed", "triangle-up"),
    lr_grid=half_decades(1e-3),
    torch_code="torch.optim.SGD(params, lr={lr}, momentum={momentum}, nesterov=True, "
    "weight_decay={weight_decay})",
    in_place=nesterov_in_place,
    state={"m": "decaying sum of gradients"},
    lines=lambda settings: (
        _SUM,
        ("Δw", "−η (g + β m)", "−{lr}·({g} + {momentum}·{m})", "u"),
    ),
    limit=Limit(
        lambda settings, step: nesterov_limit(settings["momentum"]),
        lambda settings: f" (1 + {settings['momentum']:g}) / (1 + 2·{settings['momentum']:g})",
    ),
)
