"""Optimizers with a rate for every weight.

Longer than other files: six relatives, each with its step, its step in place and its entry.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor

from initopt_core.registry import Parameter

from .entry import (
    BETA1,
    BETA2,
    EPS,
    Limit,
    Line,
    Look,
    OptimizerEntry,
    Settings,
    decay,
    half_decades,
    rate,
)
from .momentum import PLAIN_LIMIT, average_factor, average_limit
from .template import OptimizerTemplate, State, average, fleeting


@dataclass
class SquaresState(State):
    """v: sum or average of the squared gradients."""

    v: torch.Tensor


@dataclass
class AdamState(State):
    """t: steps taken; m, v: averages of the gradients and of their squares, and with a hat as they
    are used, corrected for their start at zero."""

    t: int
    m: torch.Tensor
    v: torch.Tensor
    m_hat: torch.Tensor = fleeting()
    v_hat: torch.Tensor = fleeting()


@dataclass
class NAdamState(AdamState):
    """product: of the momentum's schedule so far."""

    product: float = 1.0


@dataclass
class AdamaxState(State):
    """As Adam's, but v is the largest recent gradient, which needs no correction."""

    t: int
    m: torch.Tensor
    v: torch.Tensor
    m_hat: torch.Tensor = fleeting()


class Adagrad(OptimizerTemplate):
    """Divide by the root of the SUM of all squared gradients: steps only ever get smaller.

    Duchi et al. 2011, the diagonal form.
    """

    def __init__(self, params, lr, eps=1e-10, weight_decay=0.0):
        self.eps = eps
        super().__init__(params, lr, weight_decay)

    def start(self, w: Tensor) -> SquaresState:
        return SquaresState(torch.zeros_like(w))

    def update(self, g: Tensor, w: Tensor, s: SquaresState) -> Tensor:
        s.v = s.v + g**2
        return -self.lr * g / (s.v.sqrt() + self.eps)


class RMSprop(OptimizerTemplate):
    """Divide by the root of a running MEAN of squared gradients (Tieleman & Hinton 2012)."""

    def __init__(self, params, lr, beta2=0.99, eps=1e-8, weight_decay=0.0):
        self.beta2, self.eps = beta2, eps
        super().__init__(params, lr, weight_decay)

    def start(self, w: Tensor) -> SquaresState:
        return SquaresState(torch.zeros_like(w))

    def update(self, g: Tensor, w: Tensor, s: SquaresState) -> Tensor:
        s.v = average(s.v, g * g, self.beta2)
        return -self.lr * g / (s.v.sqrt() + self.eps)


class Adam(OptimizerTemplate):
    """Momentum over a root mean square of the gradient, both corrected for their start at zero.

    Kingma & Ba 2015, algorithm 1. (The tutorial's printed update leaves out the hat over v; its
    code, and this class, use the corrected v.) Without `bias_correction` the early steps are
    too long: v has seen 0.1 % of its window after one step, m 10 %.
    """

    def __init__(
        self,
        params,
        lr,
        beta1=0.9,
        beta2=0.999,
        eps=1e-8,
        bias_correction=True,
        weight_decay=0.0,
    ):
        self.beta1, self.beta2, self.eps = beta1, beta2, eps
        self.bias_correction = bias_correction
        super().__init__(params, lr, weight_decay)

    def start(self, w: Tensor) -> AdamState:
        m, v = torch.zeros_like(w), torch.zeros_like(w)
        return AdamState(0, m, v, m, v)

    def update(self, g: Tensor, w: Tensor, s: AdamState) -> Tensor:
        s.t += 1
        s.m = average(s.m, g, self.beta1)
        s.v = average(s.v, g * g, self.beta2)
        s.m_hat, s.v_hat = s.m, s.v
        if self.bias_correction:
            s.m_hat = s.m / (1 - self.beta1**s.t)
            s.v_hat = s.v / (1 - self.beta2**s.t)
        return -self.lr * s.m_hat / (s.v_hat.sqrt() + self.eps)


class AdamW(Adam):
    """Adam whose weight decay is taken from the weights, not added to the gradient.

    So it is not divided by the root of v (Loshchilov & Hutter 2019, algorithm 2).
    """

    decoupled = True


class NAdam(Adam):
    """Adam with Nesterov's look-ahead in place of plain momentum (Dozat 2016, algorithm 2).

    The momentum warms up: at step t it is mu(t) = beta1 (1 - 0.5 * 0.96^(0.004 t)).
    """

    def __init__(self, params, lr, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.0):
        super().__init__(params, lr, beta1, beta2, eps, True, weight_decay)

    def start(self, w: Tensor) -> NAdamState:
        zero = torch.zeros_like(w)
        return NAdamState(0, zero, zero, zero, zero)

    def mu(self, t: int) -> float:
        return self.beta1 * (1 - 0.5 * 0.96 ** (0.004 * t))

    # Each class meets only the states that its own `start` gives.
    def update(self, g: Tensor, w: Tensor, s: NAdamState) -> Tensor:  # pyright: ignore[reportIncompatibleMethodOverride]
        s.t += 1
        now, ahead = self.mu(s.t), self.mu(s.t + 1)
        s.product *= now
        s.m = average(s.m, g, self.beta1)
        s.v = average(s.v, g * g, self.beta2)
        s.m_hat = ahead * s.m / (1 - s.product * ahead) + (1 - now) * g / (1 - s.product)
        s.v_hat = s.v / (1 - self.beta2**s.t)
        return -self.lr * s.m_hat / (s.v_hat.sqrt() + self.eps)


class Adamax(Adam):
    """Adam with the largest recent gradient in place of the root mean square.

    Kingma & Ba 2015, section 7.1; v holds that largest gradient.
    """

    def __init__(self, params, lr, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.0):
        super().__init__(params, lr, beta1, beta2, eps, True, weight_decay)

    # Each class meets only the states that its own `start` gives.
    def start(self, w: Tensor) -> AdamaxState:  # pyright: ignore[reportIncompatibleMethodOverride]
        zero = torch.zeros_like(w)
        return AdamaxState(0, zero, zero, zero)

    # Each class meets only the states that its own `start` gives.
    def update(self, g: Tensor, w: Tensor, s: AdamaxState) -> Tensor:  # pyright: ignore[reportIncompatibleMethodOverride]
        s.t += 1
        s.m = average(s.m, g, self.beta1)
        s.v = torch.maximum(self.beta2 * s.v, g.abs() + self.eps)
        s.m_hat = s.m / (1 - self.beta1**s.t)
        return -self.lr * s.m_hat / s.v


# -- the same steps in place ------------------------------------------------------------------
def adagrad_in_place(o: Adagrad, g: Tensor, w: Tensor, s: SquaresState) -> None:
    s.v.addcmul_(g, g)
    w.addcdiv_(g, s.v.sqrt().add_(o.eps), value=-o.lr)


def rmsprop_in_place(o: RMSprop, g: Tensor, w: Tensor, s: SquaresState) -> None:
    s.v.mul_(o.beta2).addcmul_(g, g, value=1 - o.beta2)
    w.addcdiv_(g, s.v.sqrt().add_(o.eps), value=-o.lr)


def adam_in_place(o: Adam, g: Tensor, w: Tensor, s: AdamState) -> None:
    s.t += 1
    s.m.lerp_(g, 1 - o.beta1)
    s.v.mul_(o.beta2).addcmul_(g, g, value=1 - o.beta2)
    first = 1 - o.beta1**s.t if o.bias_correction else 1.0
    second = 1 - o.beta2**s.t if o.bias_correction else 1.0
    # m/first / (sqrt(v/second) + eps), multiplied by sqrt(second) above and below the line.
    root = math.sqrt(second)
    w.addcdiv_(s.m, s.v.sqrt().add_(o.eps * root), value=-o.lr * root / first)


# -- limits of stability ----------------------------------------------------------------------
def nadam_limit(beta: float, mu: float, ahead: float) -> float:
    """Of a step mu' m + (1 - mu) g, m an average: 2 (1 + b) / ((1 + b)(1 - mu) + (1 - b) mu').

    With mu' = mu, which it all but is, 2 (1 + b) / (1 + b - 2 mu b): the weights change sign at
    each step, z = -1, where m = (1 - b) / (1 + b) of the gradient.

    Args:
        mu, ahead: the momentum schedule at this step and at the next.
    """
    return (2 + 2 * beta) / ((1 + beta) * (1 - mu) + (1 - beta) * ahead)


def _nadam_limit(settings: Settings, step: int) -> float:
    optimizer = NAdam([], settings["lr"], settings["beta1"])
    return nadam_limit(settings["beta1"], optimizer.mu(step + 1), optimizer.mu(step + 2))


def _nadam_factor(settings: Settings) -> str:
    b = f"{settings['beta1']:g}"
    return f" (1 + {b}) / (1 + {b} − 2·{b} μ), μ its momentum at this step"


_ADAM_LIMIT = Limit(
    lambda settings, step: average_limit(settings["beta1"]),
    lambda settings: average_factor(settings["beta1"]),
)


# -- entries ----------------------------------------------------------------------------------
_FIRST: Line = ("m", "β₁ m + (1−β₁) g", "{beta1}·{m-} + {1-beta1}·{g}", "m")
_SECOND: Line = ("v", "β₂ v + (1−β₂) g²", "{beta2}·{v-} + {1-beta2}·{g}^2", "v")
_FIRST_HAT: Line = ("m̂", "m / (1−β₁ᵗ)", "{m} / (1 − {beta1}^{t})", "m_hat")
_SECOND_HAT: Line = ("v̂", "v / (1−β₂ᵗ)", "{v} / (1 − {beta2}^{t})", "v_hat")
_ADAM_STEP: Line = ("Δw", "−η m̂ / (√v̂ + ε)", "−{lr}·{m_hat} / (√{v_hat} + {eps})", "u")
_ROOT_STEP: Line = ("Δw", "−η g / (√v + ε)", "−{lr}·{g} / (√{v} + {eps})", "u")

_ADAM_STATE = {
    "m": "average gradient",
    "v": "average squared gradient",
    "m_hat": "average gradient, start corrected",
    "v_hat": "average squared gradient, start corrected",
}
_ADAM_ARGS = "params, lr={lr}, betas=({beta1}, {beta2}), eps={eps}, weight_decay={weight_decay}"


def _root(state: Settings, settings: Settings) -> Any:
    return state["v"] ** 0.5 + settings["eps"]


def _corrected_root(state: Settings, settings: Settings) -> Any:
    return state["v_hat"] ** 0.5 + settings["eps"]


def _adam_lines(settings: Settings) -> tuple[Line, ...]:
    if settings.get("bias_correction", True):
        return (_FIRST, _SECOND, _FIRST_HAT, _SECOND_HAT, _ADAM_STEP)
    return (_FIRST, _SECOND, ("Δw", "−η m / (√v + ε)", "−{lr}·{m} / (√{v} + {eps})", "u"))


ADAGRAD = OptimizerEntry(
    "Adagrad",
    "Adagrad",
    Adagrad,
    (rate(0.01), replace(EPS, default=1e-10), decay()),
    formula=r"v \leftarrow v + g^2,\quad w \leftarrow w - \eta\, g / (\sqrt v + \epsilon)",
    source="Duchi et al., JMLR 2011",
    help="A rate for every weight, which shrinks with all that it has seen.",
    look=Look("#CCBB44", "long", "triangle-down"),
    lr_grid=half_decades(1e-3),
    normalised=True,
    torch_code="torch.optim.Adagrad(params, lr={lr}, eps={eps}, weight_decay={weight_decay})",
    in_place=adagrad_in_place,
    state={"v": "sum of squared gradients"},
    lines=lambda settings: (("v", "v + g²", "{v-} + {g}^2", "v"), _ROOT_STEP),
    divisor=_root,
    limit=PLAIN_LIMIT,
)
RMSPROP = OptimizerEntry(
    "RMSprop",
    "RMSprop",
    RMSprop,
    (rate(1e-3), replace(BETA2, default=0.99), EPS, decay()),
    formula=r"v \leftarrow \beta_2 v + (1-\beta_2) g^2,\quad "
    r"w \leftarrow w - \eta\, g / (\sqrt v + \epsilon)",
    source="Tieleman & Hinton, lecture 6.5, 2012",
    help="Adagrad that forgets: a rate for every weight from its recent gradients.",
    look=Look("#228833", "dots", "triangle-right"),
    lr_grid=half_decades(1e-5),
    surface_lr=0.2,
    normalised=True,
    torch_code="torch.optim.RMSprop(params, lr={lr}, alpha={beta2}, eps={eps}, "
    "weight_decay={weight_decay})",
    in_place=rmsprop_in_place,
    state={"v": "average squared gradient"},
    lines=lambda settings: (_SECOND, _ROOT_STEP),
    divisor=_root,
    limit=PLAIN_LIMIT,
)
ADAM = OptimizerEntry(
    "Adam",
    "Adam",
    Adam,
    (
        rate(1e-3),
        BETA1,
        BETA2,
        EPS,
        Parameter(
            "bias_correction",
            "Bias correction",
            True,
            help="Undoes the pull of m and v towards their start at zero.",
        ),
        decay(),
    ),
    formula=r"\hat m = m/(1-\beta_1^t),\ \hat v = v/(1-\beta_2^t),\quad "
    r"w \leftarrow w - \eta\, \hat m / (\sqrt{\hat v} + \epsilon)",
    source="Kingma & Ba, ICLR 2015",
    help="Momentum and a rate for every weight; little tuning needed.",
    look=Look("#AA3377", "solid", "diamond"),
    lr_grid=half_decades(1e-5),
    normalised=True,
    torch_code=f"torch.optim.Adam({_ADAM_ARGS})",
    in_place=adam_in_place,
    state=_ADAM_STATE,
    lines=_adam_lines,
    divisor=_corrected_root,
    limit=_ADAM_LIMIT,
)
ADAMW = OptimizerEntry(
    "AdamW",
    "AdamW",
    AdamW,
    (rate(1e-3), BETA1, BETA2, EPS, decay(0.01)),
    formula=r"w \leftarrow w - \eta\, (\hat m / (\sqrt{\hat v} + \epsilon) + \lambda w)",
    source="Loshchilov & Hutter, ICLR 2019",
    help="Adam whose weight decay acts on the weights directly; the default of today.",
    look=Look("#EE6677", "dots", "triangle-left"),
    lr_grid=half_decades(1e-5),
    normalised=True,
    torch_code=f"torch.optim.AdamW({_ADAM_ARGS})",
    in_place=adam_in_place,
    state=_ADAM_STATE,
    lines=lambda settings: (
        _FIRST,
        _SECOND,
        _FIRST_HAT,
        _SECOND_HAT,
        (
            "Δw",
            "−η (m̂ / (√v̂ + ε) + λ w)",
            "−{lr}·({m_hat} / (√{v_hat} + {eps}) + {weight_decay}·{w})",
            "u",
        ),
    ),
    divisor=_corrected_root,
    limit=_ADAM_LIMIT,
)
NADAM = OptimizerEntry(
    "NAdam",
    "NAdam",
    NAdam,
    (rate(1e-3), BETA1, BETA2, EPS, decay()),
    formula=r"w \leftarrow w - \eta \left( \frac{\mu_{t+1} m}{1-\prod_{i \le t+1} \mu_i} "
    r"+ \frac{(1-\mu_t) g}{1-\prod_{i \le t} \mu_i} \right) / (\sqrt{\hat v} + \epsilon)",
    source="Dozat, ICLR workshop 2016",
    help="Adam with Nesterov's look-ahead.",
    look=Look("#AA4499", "long", "stroke"),
    lr_grid=half_decades(1e-5),
    normalised=True,
    torch_code=f"torch.optim.NAdam({_ADAM_ARGS})",
    state=_ADAM_STATE,
    # Its m̂ mixes two warm-up factors; the formula above has them, a line would hide them.
    lines=lambda settings: (
        _FIRST,
        _SECOND,
        ("m̂", "looks one step ahead", "", "m_hat"),
        _SECOND_HAT,
        _ADAM_STEP,
    ),
    divisor=_corrected_root,
    limit=Limit(_nadam_limit, _nadam_factor),
)
ADAMAX = OptimizerEntry(
    "Adamax",
    "Adamax",
    Adamax,
    (rate(2e-3), BETA1, BETA2, EPS, decay()),
    formula=r"v \leftarrow \max(\beta_2 v, |g|),\quad w \leftarrow w - \eta\, \hat m / v",
    source="Kingma & Ba, ICLR 2015, section 7.1",
    help="Adam that divides by the largest recent gradient; calm when gradients are rare.",
    look=Look("#CC6677", "long", "wedge"),
    lr_grid=half_decades(2e-5),
    normalised=True,
    torch_code=f"torch.optim.Adamax({_ADAM_ARGS})",
    state={
        "m": "average gradient",
        "v": "largest recent gradient",
        "m_hat": "average gradient, start corrected",
    },
    lines=lambda settings: (
        _FIRST,
        ("v", "max(β₂ v, |g| + ε)", "max({beta2}·{v-}, |{g}| + {eps})", "v"),
        _FIRST_HAT,
        ("Δw", "−η m̂ / v", "−{lr}·{m_hat} / {v}", "u"),
    ),
    divisor=lambda state, settings: state["v"],
    limit=_ADAM_LIMIT,
)
