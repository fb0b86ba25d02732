"""The optimizers' steps without temporaries: what `initopt_core.optimizers` says, in fewer passes.

An elementwise step is bound by memory, not by arithmetic: `Adam.update` read aloud goes over the
weights' memory some fifteen times, the same in place seven times. Each function here changes the
weights `w` and the memory `s` of the optimizer `o` as one step with the gradient `g` would; tests
hold them to the readable classes and to torch.optim. Other optimizers just take their own step.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from types import SimpleNamespace

import torch
from torch import Tensor

from .adaptive import Adagrad, Adam, AdamW, RMSprop
from .modern import Lion
from .momentum import SGD, HeavyBall, Nesterov, SGDMomentum
from .template import OptimizerTemplate


def sgd(o: SGD, g: Tensor, w: Tensor, s: SimpleNamespace) -> None:
    w.add_(g, alpha=-o.lr)


def sgd_momentum(o: SGDMomentum, g: Tensor, w: Tensor, s: SimpleNamespace) -> None:
    s.m.lerp_(g, 1 - o.momentum)
    w.add_(s.m, alpha=-o.lr)


def heavy_ball(o: HeavyBall, g: Tensor, w: Tensor, s: SimpleNamespace) -> None:
    s.m.mul_(o.momentum).add_(g)
    w.add_(s.m, alpha=-o.lr)


def nesterov(o: Nesterov, g: Tensor, w: Tensor, s: SimpleNamespace) -> None:
    s.m.mul_(o.momentum).add_(g)
    w.add_(g, alpha=-o.lr).add_(s.m, alpha=-o.lr * o.momentum)


def adagrad(o: Adagrad, g: Tensor, w: Tensor, s: SimpleNamespace) -> None:
    s.v.addcmul_(g, g)
    w.addcdiv_(g, s.v.sqrt().add_(o.eps), value=-o.lr)


def rmsprop(o: RMSprop, g: Tensor, w: Tensor, s: SimpleNamespace) -> None:
    s.v.mul_(o.beta2).addcmul_(g, g, value=1 - o.beta2)
    w.addcdiv_(g, s.v.sqrt().add_(o.eps), value=-o.lr)


def adam(o: Adam, g: Tensor, w: Tensor, s: SimpleNamespace) -> None:
    s.t += 1
    s.m.lerp_(g, 1 - o.beta1)
    s.v.mul_(o.beta2).addcmul_(g, g, value=1 - o.beta2)
    first = 1 - o.beta1**s.t if o.bias_correction else 1.0
    second = 1 - o.beta2**s.t if o.bias_correction else 1.0
    # m/first / (sqrt(v/second) + eps), multiplied by sqrt(second) above and below the line.
    root = math.sqrt(second)
    w.addcdiv_(s.m, s.v.sqrt().add_(o.eps * root), value=-o.lr * root / first)


def lion(o: Lion, g: Tensor, w: Tensor, s: SimpleNamespace) -> None:
    w.add_(torch.lerp(s.m, g, 1 - o.beta1).sign_(), alpha=-o.lr)
    s.m.lerp_(g, 1 - o.beta2)


STEPS: dict[type, Callable[..., None]] = {
    SGD: sgd,
    SGDMomentum: sgd_momentum,
    HeavyBall: heavy_ball,
    Nesterov: nesterov,
    Adagrad: adagrad,
    RMSprop: rmsprop,
    Adam: adam,
    AdamW: adam,
    Lion: lion,
}


@torch.no_grad()
def step(optimizer: OptimizerTemplate) -> None:
    """`optimizer.step()`, in place where that is written down above.

    The optimizer's memory must be its own: tensors that nothing else holds.
    """
    in_place = STEPS.get(type(optimizer))
    if in_place is None:
        optimizer.step()
        return
    decay = optimizer.weight_decay
    for w, s in zip(optimizer.params, optimizer.memory, strict=True):
        g = w.grad
        if g is None:
            continue
        if decay and not optimizer.decoupled:
            g = torch.add(g, w, alpha=decay)
        before = 1 - optimizer.lr * decay if decay and optimizer.decoupled else 1.0
        if before != 1.0:
            w.mul_(before)
        in_place(optimizer, g, w, s)
