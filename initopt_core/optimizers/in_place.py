"""The optimizers' steps without temporaries: what `step` says, in fewer passes.

An elementwise step is bound by memory, not by arithmetic: `Adam.update` read aloud goes over the
weights' memory some fifteen times, the same in place seven times. An entry's `in_place` changes
the weights `w` and the state `s` of the optimizer `o` as one step with the gradient `g` would;
tests hold it to the readable class and to torch.optim. Other optimizers just take their own step.
"""

from __future__ import annotations

import torch

from .entries import OPTIMIZERS
from .template import OptimizerTemplate


@torch.no_grad()
def step(optimizer: OptimizerTemplate) -> None:
    """`optimizer.step()`, in place where its entry says how.

    The optimizer's state must be its own: tensors that nothing else holds.
    """
    # Of this very class: one that inherits from it may step differently.
    ways = (e.in_place for e in OPTIMIZERS.values() if e.call is type(optimizer))
    in_place = next(ways, None)
    if in_place is None:
        optimizer.step()
        return
    decay = optimizer.weight_decay
    for w, s in zip(optimizer.params, optimizer.state, strict=True):
        g = w.grad
        if g is None:
            continue
        if decay and not optimizer.decoupled:
            g = torch.add(g, w, alpha=decay)
        before = 1 - optimizer.lr * decay if decay and optimizer.decoupled else 1.0
        if before != 1.0:
            w.mul_(before)
        in_place(optimizer, g, w, s)
