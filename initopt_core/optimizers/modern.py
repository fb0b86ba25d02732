"""Lion and Muon."""

from __future__ import annotations

import math
from types import SimpleNamespace

import torch
from torch import Tensor

from .adaptive import AdamW
from .template import OptimizerTemplate, average


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
