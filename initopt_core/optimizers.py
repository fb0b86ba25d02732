"""First-order optimizers, each short enough to read aloud, and the registry of them.

An optimizer is one method: `update(g, w, s)` turns the gradient `g` of a weight tensor `w` and
that tensor's memory `s` into the step to be ADDED to `w`. All arithmetic is elementwise, so a
whole batch of starting points can be one tensor. Weights may have any shape, dtype and device.
"""

from __future__ import annotations

from collections.abc import Iterable
from types import SimpleNamespace

import torch
from torch import Tensor

from .registry import Entry, Parameter, Registry


class OptimizerTemplate:
    """What all optimizers share: the parameters, the rate, and the walk over the gradients.

    Args:
        params: tensors with `requires_grad`; those whose gradient is None are left alone.
        lr: learning rate, the factor of every step; may be changed between steps.
    """

    def __init__(self, params: Iterable[Tensor], lr: float) -> None:
        self.params = list(params)
        self.lr = lr
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
                p.add_(self.update(p.grad, p, s))

    def start(self, w: Tensor) -> SimpleNamespace:
        """The memory kept for one tensor before its first step."""
        return SimpleNamespace()

    def update(self, g: Tensor, w: Tensor, s: SimpleNamespace) -> Tensor:
        """The step to add to `w`, of its shape."""
        raise NotImplementedError


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

    def __init__(self, params, lr, momentum=0.0):
        self.momentum = momentum
        super().__init__(params, lr)

    def start(self, w):
        return SimpleNamespace(m=torch.zeros_like(w))

    def update(self, g, w, s):
        s.m = self.momentum * s.m + (1 - self.momentum) * g
        return -self.lr * s.m


class Adam(OptimizerTemplate):
    """Momentum over a root mean square of the gradient, both corrected for their start at zero.

    Kingma & Ba 2015, algorithm 1. (The tutorial's printed update leaves out the hat over v; its
    code, and this class, use the corrected v.)
    """

    def __init__(self, params, lr, beta1=0.9, beta2=0.999, eps=1e-8):
        self.beta1, self.beta2, self.eps = beta1, beta2, eps
        super().__init__(params, lr)

    def start(self, w):
        return SimpleNamespace(t=0, m=torch.zeros_like(w), v=torch.zeros_like(w))

    def update(self, g, w, s):
        s.t += 1
        s.m = self.beta1 * s.m + (1 - self.beta1) * g
        s.v = self.beta2 * s.v + (1 - self.beta2) * g**2
        m_hat = s.m / (1 - self.beta1**s.t)
        v_hat = s.v / (1 - self.beta2**s.t)
        return -self.lr * m_hat / (v_hat.sqrt() + self.eps)


def _lr(default: float) -> Parameter:
    return Parameter("lr", "Learning rate", default, 0.0, 1e4, "log", help="Factor of every step.")


OPTIMIZERS = Registry(
    "optimizer",
    [
        Entry(
            "SGD",
            "SGD",
            SGD,
            (_lr(0.1),),
            formula=r"w \leftarrow w - \eta g",
            source="Robbins & Monro, 1951",
        ),
        Entry(
            "SGDMomentum",
            "SGD + momentum",
            SGDMomentum,
            (_lr(0.1), Parameter("momentum", "Momentum β", 0.9, 0.0, 0.999)),
            formula=r"m \leftarrow \beta m + (1-\beta) g,\quad w \leftarrow w - \eta m",
            source="Polyak, 1964, as an exponential average",
        ),
        Entry(
            "Adam",
            "Adam",
            Adam,
            (
                _lr(1e-3),
                Parameter("beta1", "β₁", 0.9, 0.0, 0.9999),
                Parameter("beta2", "β₂", 0.999, 0.0, 0.99999),
                Parameter("eps", "ε", 1e-8, 1e-16, 1.0, "log"),
            ),
            formula=r"w \leftarrow w - \eta\, \hat m / (\sqrt{\hat v} + \epsilon)",
            source="Kingma & Ba, ICLR 2015",
        ),
    ],
)
