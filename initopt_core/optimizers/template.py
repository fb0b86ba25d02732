"""What all optimizers share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any

import torch
from torch import Tensor


@dataclass
class State:
    """What an optimizer keeps for one tensor of weights; each optimizer adds its own fields."""


def fleeting() -> Any:
    """A field of a `State` that every step works out anew: to be looked at, not to be saved."""
    return field(metadata={"saved": False})


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
        self.state = [self.start(p.detach()) for p in self.params]

    def zero_grad(self) -> None:
        """Forget all gradients."""
        for p in self.params:
            p.grad = None

    @torch.no_grad()
    def step(self) -> None:
        """Move every parameter by its update."""
        for p, s in zip(self.params, self.state, strict=True):
            if p.grad is not None:
                p.add_(self.decayed_update(p.grad, p, s))

    def decayed_update(self, g: Tensor, w: Tensor, s: State) -> Tensor:
        """`update` with weight decay in it: the whole step to add to `w`."""
        if not self.weight_decay:
            return self.update(g, w, s)
        if self.decoupled:
            return self.update(g, w, s) - self.lr * self.weight_decay * w
        return self.update(g + self.weight_decay * w, w, s)

    def start(self, w: Tensor) -> State:
        """The state of one tensor before its first step."""
        return State()

    def update(self, g: Tensor, w: Tensor, s: Any) -> Tensor:
        """The step to add to `w`, of its shape; `s` is what `start` gave, and is changed."""
        raise NotImplementedError

    def state_dict(self) -> dict[str, Any]:
        """The rate and a copy of every state: all that is needed to go on as if uninterrupted.

        What is `fleeting` is left out.
        """
        return {"lr": self.lr, "state": [saved(s) for s in self.state]}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Take over what `state_dict` gave, or gave when it called the states "memory".

        Raises:
            ValueError: when it belongs to another optimizer or other parameters.
        """
        given = state["memory"] if "memory" in state else state["state"]
        pairs = list(zip(self.state, given, strict=False))
        if len(given) != len(self.state) or any(not _fits(s, one) for s, one in pairs):
            raise ValueError("The saved optimizer state does not fit this optimizer's parameters.")
        self.lr = state["lr"]
        for s, one in pairs:
            vars(s).update({k: _copy(v) for k, v in _lasting(s, one).items()})


def saved(s: State) -> dict[str, Any]:
    """A copy of the part of a state that lasts from step to step."""
    return {k: _copy(v) for k, v in _lasting(s, vars(s)).items()}


def _lasting(s: State, values: Mapping[str, Any]) -> dict[str, Any]:
    gone = {f.name for f in fields(s) if not f.metadata.get("saved", True)}
    return {k: v for k, v in values.items() if k not in gone}


def _copy(value: Any) -> Any:
    return value.clone() if isinstance(value, Tensor) else value


def _fits(s: State, given: Mapping[str, Any]) -> bool:
    mine, theirs = _lasting(s, vars(s)), _lasting(s, given)
    return {k: getattr(v, "shape", None) for k, v in mine.items()} == {
        k: getattr(v, "shape", None) for k, v in theirs.items()
    }


def average(old: Tensor, new: Tensor, keep: float) -> Tensor:
    """keep * old + (1 - keep) * new in one pass over memory: the exponential average's step."""
    return torch.lerp(old, new, 1 - keep)
