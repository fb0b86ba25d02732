"""SGD and those that add a memory of past gradients to it."""

from __future__ import annotations

from types import SimpleNamespace

import torch

from .template import OptimizerTemplate, average


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
