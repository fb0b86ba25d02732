"""What all optimizers share."""

from __future__ import annotations

from collections.abc import Iterable
from types import SimpleNamespace
from typing import Any

import torch
from torch import Tensor


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
