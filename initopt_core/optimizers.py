"""First-order optimizers, each short enough to read aloud, and the registry of them.

An optimizer is one method: `update(g, w, s)` turns the gradient `g` of a weight tensor `w` and
that tensor's memory `s` into the step to be ADDED to `w`. All arithmetic is elementwise (Muon's
alone is not), so a whole batch of starting points can be one tensor. Weights may have any shape,
dtype and device.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from types import SimpleNamespace
from typing import Any

import torch
from torch import Tensor

from .registry import Entry, Parameter, Registry


class OptimizerTemplate:
    """What all optimizers share: the parameters, the rate, and the walk over the gradients.

    Args:
        params: tensors with `requires_grad`; those whose gradient is None are left alone.
        lr: learning rate, the factor of every step; may be changed between steps.
        weight_decay: pull towards zero. Added to the gradient as weight_decay * w (an L2
            penalty), or, where the class is `decoupled`, taken directly from the weights as
            lr * weight_decay * w (Loshchilov & Hutter 2019).
    """

    decoupled = False

    def __init__(self, params: Iterable[Tensor], lr: float, weight_decay: float = 0.0) -> None:
        self.params = list(params)
        self.lr = lr
        self.weight_decay = weight_decay
        self.memory = [self.start(p.detach()) for p in self.params]

    def zero_grad(self) -> None:
        """Forget all gradients."""
        for p in self.params:
            p.grad = None

    @torch.no_grad()
    def step(self) -> None:
        """Move every parameter by its update."""
        for p, s in zip(self.params, self.memory, strict=True):
            if p.grad is not None:
                p.add_(self.decayed_update(p.grad, p, s))

    def decayed_update(self, g: Tensor, w: Tensor, s: SimpleNamespace) -> Tensor:
        """`update` with weight decay in it: the whole step to add to `w`."""
        if not self.weight_decay:
            return self.update(g, w, s)
        if self.decoupled:
            return self.update(g, w, s) - self.lr * self.weight_decay * w
        return self.update(g + self.weight_decay * w, w, s)

    def start(self, w: Tensor) -> SimpleNamespace:
        """The memory kept for one tensor before its first step."""
        return SimpleNamespace()

    def update(self, g: Tensor, w: Tensor, s: SimpleNamespace) -> Tensor:
        """The step to add to `w`, of its shape."""
        raise NotImplementedError

    def state_dict(self) -> dict[str, Any]:
        """The rate and a copy of every memory: all that is needed to go on as if uninterrupted.

        What each step works out anew (m_hat, v_hat) is left out.
        """
        return {"lr": self.lr, "memory": [_kept(s) for s in self.memory]}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Take over what `state_dict` gave.

        Raises:
            ValueError: when it belongs to another optimizer or other parameters.
        """
        mine = [{k: getattr(v, "shape", None) for k, v in _kept(s).items()} for s in self.memory]
        given = [{k: getattr(v, "shape", None) for k, v in s.items()} for s in state["memory"]]
        if given != mine:
            raise ValueError("The saved optimizer state does not fit this optimizer's parameters.")
        self.lr = state["lr"]
        for s, saved in zip(self.memory, state["memory"], strict=True):
            vars(s).update(_kept(SimpleNamespace(**saved)))


def _kept(s: SimpleNamespace) -> dict[str, Any]:
    """A copy of the part of a memory that lasts from step to step."""
    lasting = {k: v for k, v in vars(s).items() if not k.endswith("_hat")}
    return {k: v.clone() if isinstance(v, Tensor) else v for k, v in lasting.items()}


def average(old: Tensor, new: Tensor, keep: float) -> Tensor:
    """keep * old + (1 - keep) * new in one pass over memory: the exponential average's step."""
    return torch.lerp(old, new, 1 - keep)


class SGD(OptimizerTemplate):
    """w <- w - lr * g (Robbins & Monro 1951)."""

    def update(self, g, w, s):
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

    def start(self, w):
        return SimpleNamespace(m=torch.zeros_like(w))

    def update(self, g, w, s):
        s.m = average(s.m, g, self.momentum)
        return -self.lr * s.m


class HeavyBall(SGDMomentum):
    """m <- b m + g;  w <- w - lr * m: the SUM of past gradients (Polyak 1964, eq. 9).

    A constant gradient ends in steps of lr * g / (1 - b), ten times SGD's at b = 0.9.
    """

    def update(self, g, w, s):
        s.m = self.momentum * s.m + g
        return -self.lr * s.m


class Nesterov(SGDMomentum):
    """Heavy ball that looks ahead: w <- w - lr * (g + b m).

    Nesterov 1983 in the form of Sutskever et al. 2013 (eq. 3-4) as Bengio et al. 2013 rewrote
    it, so that the gradient is taken where the weights are.
    """

    def update(self, g, w, s):
        s.m = self.momentum * s.m + g
        return -self.lr * (g + self.momentum * s.m)


class Adagrad(OptimizerTemplate):
    """Divide by the root of the SUM of all squared gradients: steps only ever get smaller.

    Duchi et al. 2011, the diagonal form.
    """

    def __init__(self, params, lr, eps=1e-10, weight_decay=0.0):
        self.eps = eps
        super().__init__(params, lr, weight_decay)

    def start(self, w):
        return SimpleNamespace(v=torch.zeros_like(w))

    def update(self, g, w, s):
        s.v = s.v + g**2
        return -self.lr * g / (s.v.sqrt() + self.eps)


class RMSprop(OptimizerTemplate):
    """Divide by the root of a running MEAN of squared gradients (Tieleman & Hinton 2012)."""

    def __init__(self, params, lr, beta2=0.99, eps=1e-8, weight_decay=0.0):
        self.beta2, self.eps = beta2, eps
        super().__init__(params, lr, weight_decay)

    def start(self, w):
        return SimpleNamespace(v=torch.zeros_like(w))

    def update(self, g, w, s):
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

    def start(self, w):
        m, v = torch.zeros_like(w), torch.zeros_like(w)
        return SimpleNamespace(t=0, m=m, v=v, m_hat=m, v_hat=v)

    def update(self, g, w, s):
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

    def start(self, w):
        zero = torch.zeros_like(w)
        return SimpleNamespace(t=0, product=1.0, m=zero, v=zero, m_hat=zero, v_hat=zero)

    def mu(self, t: int) -> float:
        return self.beta1 * (1 - 0.5 * 0.96 ** (0.004 * t))

    def update(self, g, w, s):
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

    def start(self, w):
        zero = torch.zeros_like(w)
        return SimpleNamespace(t=0, m=zero, v=zero, m_hat=zero)

    def update(self, g, w, s):
        s.t += 1
        s.m = average(s.m, g, self.beta1)
        s.v = torch.maximum(self.beta2 * s.v, g.abs() + self.eps)
        s.m_hat = s.m / (1 - self.beta1**s.t)
        return -self.lr * s.m_hat / s.v


class Lion(OptimizerTemplate):
    """Only the SIGN of a momentum counts: every weight moves by exactly lr.

    Chen et al. 2023, algorithm 2: one average (beta1) decides the step, another (beta2) is
    remembered. Found by a program search; wants a rate 3 to 10 times smaller than Adam's.
    """

    decoupled = True

    def __init__(self, params, lr, beta1=0.9, beta2=0.99, weight_decay=0.0):
        self.beta1, self.beta2 = beta1, beta2
        super().__init__(params, lr, weight_decay)

    def start(self, w):
        return SimpleNamespace(m=torch.zeros_like(w))

    def update(self, g, w, s):
        direction = torch.sign(average(s.m, g, self.beta1))
        s.m = average(s.m, g, self.beta2)
        return -self.lr * direction


class Muon(OptimizerTemplate):
    """Momentum made orthogonal: every direction of a weight MATRIX gets an equally long step.

    Jordan et al. 2024, with Nesterov's look-ahead; the step is scaled by 0.2 sqrt(max(rows,
    columns)) to have Adam's usual size (Liu et al. 2025, eq. 4), so that one rate suits all.
    Biases and other tensors that are not matrices take AdamW's step at the same rate, as both
    papers advise.
    """

    decoupled = True

    def __init__(self, params, lr, momentum=0.95, weight_decay=0.0):
        self.momentum = momentum
        self.adam = AdamW([], lr)
        super().__init__(params, lr, weight_decay)

    def start(self, w):
        if w.ndim != 2:
            return self.adam.start(w)
        return SimpleNamespace(m=torch.zeros_like(w))

    def update(self, g, w, s):
        if w.ndim != 2:
            self.adam.lr = self.lr
            return self.adam.update(g, w, s)
        s.m = average(s.m, g, self.momentum)
        ahead = average(s.m, g, self.momentum)
        return -self.lr * 0.2 * math.sqrt(max(w.shape)) * orthogonalize(ahead)


def orthogonalize(matrix: Tensor, steps: int = 5) -> Tensor:
    """Roughly U V^T of `matrix` = U S V^T: its singular values pushed to about 0.7 to 1.2.

    Newton-Schulz iteration with the coefficients of Jordan et al. 2024: five times
    x <- 3.4445 x - 4.7750 x^3 + 2.0315 x^5 on every singular value, by matrix products alone.

    Args:
        matrix: [rows, columns]; an all-zero matrix stays zero.
    """
    x = matrix / matrix.norm().clamp(min=1e-7)  # singular values now at most 1
    if wide := x.shape[0] < x.shape[1]:
        x = x.T  # the small side makes the smaller Gram matrix
    for _ in range(steps):
        gram = x.T @ x
        x = 3.4445 * x + x @ (-4.7750 * gram + 2.0315 * gram @ gram)
    return x.T if wide else x


def make_optimizer(name: str, params: Iterable[Tensor], **settings: Any) -> OptimizerTemplate:
    """A new optimizer from its registry name; settings left out take their defaults.

    Raises:
        SettingError: for an unknown name or setting, or a value out of range.
    """
    entry = OPTIMIZERS[name]
    return entry.call(params, **entry.settings(settings))


def _lr(default: float) -> Parameter:
    return Parameter("lr", "Learning rate", default, 0.0, 1e4, "log", help="Factor of every step.")


_MOMENTUM = Parameter(
    "momentum", "Momentum β", 0.9, 0.0, 0.999, help="Share of the past that each step keeps."
)
_BETA1 = Parameter("beta1", "β₁", 0.9, 0.0, 0.9999, help="Memory of the average gradient.")
_BETA2 = Parameter(
    "beta2", "β₂", 0.999, 0.0, 0.99999, help="Memory of the average squared gradient."
)
_EPS = Parameter(
    "eps", "ε", 1e-8, 1e-16, 1.0, "log", help="Keeps the division finite where gradients vanish."
)


def _decay(default: float = 0.0) -> Parameter:
    return Parameter(
        "weight_decay", "Weight decay", default, 0.0, 1.0, help="Pull of every weight towards zero."
    )


def _replace(parameter: Parameter, **changes: Any) -> Parameter:
    return Parameter(**{**vars(parameter), **changes})


def _extra(low: float, surface_lr: float, torch_code: str = "", **more: Any) -> dict[str, Any]:
    grid = tuple(float(f"{low * 10 ** (i / 2):.1e}") for i in range(7))
    return {
        "elementwise": True,
        "lr_grid": grid,
        "surface_lr": surface_lr,
        "torch": torch_code,
        **more,
    }


# extra: elementwise  - False where a tensor's elements are not updated independently
#        lr_grid      - seven half-decade rates, the fair race's declared grid for training
#        surface_lr   - a first rate on functions of two weights (the tutorial's, where it has one)
#        torch        - the same optimizer from torch, as source text over the settings
#        memory       - what is kept for each weight: name -> meaning
_M = {"m": "average gradient"}
_MV = {
    "m": "average gradient",
    "v": "average squared gradient",
    "m_hat": "average gradient, start corrected",
    "v_hat": "average squared gradient, start corrected",
}
_ADAM_ARGS = "params, lr={lr}, betas=({beta1}, {beta2}), eps={eps}, weight_decay={weight_decay}"

OPTIMIZERS = Registry(
    "optimizer",
    [
        Entry(
            "SGD",
            "SGD",
            SGD,
            (_lr(0.1), _decay()),
            formula=r"w \leftarrow w - \eta g",
            source="Robbins & Monro, 1951",
            help="A step down the gradient of the current batch. Everything else adds to this.",
            extra=_extra(
                1e-3, 10.0, "torch.optim.SGD(params, lr={lr}, weight_decay={weight_decay})"
            ),
        ),
        Entry(
            "SGDMomentum",
            "SGD + momentum",
            SGDMomentum,
            (_lr(0.1), _MOMENTUM, _decay()),
            formula=r"m \leftarrow \beta m + (1-\beta) g,\quad w \leftarrow w - \eta m",
            source="Polyak, 1964, as an exponential average",
            help="Averages the gradients, so that directions which keep changing cancel out.",
            extra=_extra(
                1e-2,
                10.0,
                "torch.optim.SGD(params, lr={lr} * (1 - {momentum}), momentum={momentum}, "
                "weight_decay={weight_decay})",
                memory=_M,
            ),
        ),
        Entry(
            "HeavyBall",
            "Heavy ball",
            HeavyBall,
            (_lr(0.01), _MOMENTUM, _decay()),
            formula=r"m \leftarrow \beta m + g,\quad w \leftarrow w - \eta m",
            source="Polyak, 1964",
            help="Sums the gradients: equals SGD + momentum at a rate 1/(1-β) times larger.",
            extra=_extra(
                1e-3,
                1.0,
                "torch.optim.SGD(params, lr={lr}, momentum={momentum}, "
                "weight_decay={weight_decay})",
                memory={"m": "decaying sum of gradients"},
            ),
        ),
        Entry(
            "Nesterov",
            "Nesterov",
            Nesterov,
            (_lr(0.01), _MOMENTUM, _decay()),
            formula=r"m \leftarrow \beta m + g,\quad w \leftarrow w - \eta (g + \beta m)",
            source="Nesterov, 1983; Sutskever et al., ICML 2013",
            help="Heavy ball that looks one step ahead, which damps its swings.",
            extra=_extra(
                1e-3,
                1.0,
                "torch.optim.SGD(params, lr={lr}, momentum={momentum}, nesterov=True, "
                "weight_decay={weight_decay})",
                memory={"m": "decaying sum of gradients"},
            ),
        ),
        Entry(
            "Adagrad",
            "Adagrad",
            Adagrad,
            (_lr(0.01), _replace(_EPS, default=1e-10), _decay()),
            formula=r"v \leftarrow v + g^2,\quad w \leftarrow w - \eta\, g / (\sqrt v + \epsilon)",
            source="Duchi et al., JMLR 2011",
            help="A rate for every weight, which shrinks with all that it has seen.",
            extra=_extra(
                1e-3,
                1.0,
                "torch.optim.Adagrad(params, lr={lr}, eps={eps}, weight_decay={weight_decay})",
                memory={"v": "sum of squared gradients"},
            ),
        ),
        Entry(
            "RMSprop",
            "RMSprop",
            RMSprop,
            (_lr(1e-3), _replace(_BETA2, default=0.99), _EPS, _decay()),
            formula=r"v \leftarrow \beta_2 v + (1-\beta_2) g^2,\quad "
            r"w \leftarrow w - \eta\, g / (\sqrt v + \epsilon)",
            source="Tieleman & Hinton, lecture 6.5, 2012",
            help="Adagrad that forgets: a rate for every weight from its recent gradients.",
            extra=_extra(
                1e-5,
                0.2,
                "torch.optim.RMSprop(params, lr={lr}, alpha={beta2}, eps={eps}, "
                "weight_decay={weight_decay})",
                memory={"v": "average squared gradient"},
            ),
        ),
        Entry(
            "Adam",
            "Adam",
            Adam,
            (
                _lr(1e-3),
                _BETA1,
                _BETA2,
                _EPS,
                Parameter(
                    "bias_correction",
                    "Bias correction",
                    True,
                    help="Undoes the pull of m and v towards their start at zero.",
                ),
                _decay(),
            ),
            formula=r"\hat m = m/(1-\beta_1^t),\ \hat v = v/(1-\beta_2^t),\quad "
            r"w \leftarrow w - \eta\, \hat m / (\sqrt{\hat v} + \epsilon)",
            source="Kingma & Ba, ICLR 2015",
            help="Momentum and a rate for every weight; little tuning needed.",
            extra=_extra(1e-5, 1.0, f"torch.optim.Adam({_ADAM_ARGS})", memory=_MV),
        ),
        Entry(
            "AdamW",
            "AdamW",
            AdamW,
            (_lr(1e-3), _BETA1, _BETA2, _EPS, _decay(0.01)),
            formula=r"w \leftarrow w - \eta\, "
            r"(\hat m / (\sqrt{\hat v} + \epsilon) + \lambda w)",
            source="Loshchilov & Hutter, ICLR 2019",
            help="Adam whose weight decay acts on the weights directly; the default of today.",
            extra=_extra(1e-5, 1.0, f"torch.optim.AdamW({_ADAM_ARGS})", memory=_MV),
        ),
        Entry(
            "NAdam",
            "NAdam",
            NAdam,
            (_lr(1e-3), _BETA1, _BETA2, _EPS, _decay()),
            formula=r"w \leftarrow w - \eta \left( \frac{\mu_{t+1} m}{1-\prod_{i \le t+1} \mu_i} "
            r"+ \frac{(1-\mu_t) g}{1-\prod_{i \le t} \mu_i} \right) / (\sqrt{\hat v} + \epsilon)",
            source="Dozat, ICLR workshop 2016",
            help="Adam with Nesterov's look-ahead.",
            extra=_extra(1e-5, 1.0, f"torch.optim.NAdam({_ADAM_ARGS})", memory=_MV),
        ),
        Entry(
            "Adamax",
            "Adamax",
            Adamax,
            (_lr(2e-3), _BETA1, _BETA2, _EPS, _decay()),
            formula=r"v \leftarrow \max(\beta_2 v, |g|),\quad w \leftarrow w - \eta\, \hat m / v",
            source="Kingma & Ba, ICLR 2015, section 7.1",
            help="Adam that divides by the largest recent gradient; calm when gradients are rare.",
            extra=_extra(
                2e-5,
                1.0,
                f"torch.optim.Adamax({_ADAM_ARGS})",
                memory={
                    "m": "average gradient",
                    "v": "largest recent gradient",
                    "m_hat": "average gradient, start corrected",
                },
            ),
        ),
        Entry(
            "Lion",
            "Lion",
            Lion,
            (_lr(1e-4), _BETA1, _replace(_BETA2, default=0.99), _decay()),
            formula=r"w \leftarrow w - \eta\, (\mathrm{sign}(\beta_1 m + (1-\beta_1) g) "
            r"+ \lambda w),\quad m \leftarrow \beta_2 m + (1-\beta_2) g",
            source="Chen et al., NeurIPS 2023",
            help="Steps of one size, in the direction of the sign of a momentum.",
            extra=_extra(1e-6, 0.1, memory=_M),
        ),
        Entry(
            "Muon",
            "Muon",
            Muon,
            (_lr(1e-3), _replace(_MOMENTUM, default=0.95), _decay()),
            formula=r"W \leftarrow W - 0.2\sqrt{\max(d_x, d_y)}\; \eta\, U V^\top,\quad "
            r"U S V^\top = \beta m + (1-\beta) g",
            source="Jordan et al., 2024; scale of Liu et al., 2025",
            help="Orthogonal momentum for weight matrices (biases take AdamW's step). Needs "
            "several times the work of a step of the others.",
            extra=_extra(1e-5, 1.0, elementwise=False, memory=_M),
        ),
    ],
)
