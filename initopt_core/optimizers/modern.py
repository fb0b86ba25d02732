"""Lion and Muon."""

from __future__ import annotations

import math
from dataclasses import replace

import torch
from torch import Tensor

from .adaptive import AdamState, AdamW
from .entry import BETA1, BETA2, MOMENTUM, Look, OptimizerEntry, decay, half_decades, rate
from .momentum import MomentumState
from .template import OptimizerTemplate, average
from .torch_muon import MuonAndAdamW


class Lion(OptimizerTemplate):
    """Only the SIGN of a momentum counts: every weight moves by exactly lr.

    Chen et al. 2023, algorithm 2: one average (beta1) decides the step, another (beta2) is
    remembered. Found by a program search; wants a rate 3 to 10 times smaller than Adam's.
    """

    decoupled = True

    def __init__(self, params, lr, beta1=0.9, beta2=0.99, weight_decay=0.0):
        self.beta1, self.beta2 = beta1, beta2
        super().__init__(params, lr, weight_decay)

    def start(self, w: Tensor) -> MomentumState:
        return MomentumState(torch.zeros_like(w))

    def update(self, g: Tensor, w: Tensor, s: MomentumState) -> Tensor:
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

    def start(self, w: Tensor) -> MomentumState | AdamState:
        if w.ndim != 2:
            return self.adam.start(w)
        return MomentumState(torch.zeros_like(w))

    def update(self, g: Tensor, w: Tensor, s: MomentumState | AdamState) -> Tensor:
        if isinstance(s, AdamState):
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


def lion_in_place(o: Lion, g: Tensor, w: Tensor, s: MomentumState) -> None:
    """`Lion`'s step without temporaries."""
    w.add_(torch.lerp(s.m, g, 1 - o.beta1).sign_(), alpha=-o.lr)
    s.m.lerp_(g, 1 - o.beta2)


LION = OptimizerEntry(
    "Lion",
    "Lion",
    Lion,
    (rate(1e-4), BETA1, replace(BETA2, default=0.99), decay()),
    formula=r"w \leftarrow w - \eta\, (\mathrm{sign}(\beta_1 m + (1-\beta_1) g) "
    r"+ \lambda w),\quad m \leftarrow \beta_2 m + (1-\beta_2) g",
    source="Chen et al., NeurIPS 2023",
    help="Steps of one size, in the direction of the sign of a momentum.",
    look=Look("#999933", "mixed", "arrow"),
    lr_grid=half_decades(1e-6),
    surface_lr=0.1,
    normalised=True,
    in_place=lion_in_place,
    state={"m": "average gradient"},
    lines=lambda settings: (
        ("Δw", "−η sign(β₁ m + (1−β₁) g)", "−{lr}·sign({beta1}·{m-} + {1-beta1}·{g})", "u"),
        ("m", "β₂ m + (1−β₂) g", "{beta2}·{m-} + {1-beta2}·{g}", "m"),
    ),
    no_limit="none: every step is η long, whatever the curvature",
)
MUON = OptimizerEntry(
    "Muon",
    "Muon",
    Muon,
    (rate(1e-3), replace(MOMENTUM, default=0.95), decay()),
    formula=r"W \leftarrow W - 0.2\sqrt{\max(d_x, d_y)}\; \eta\, U V^\top,\quad "
    r"U S V^\top = \beta m + (1-\beta) g",
    source="Jordan et al., 2024; scale of Liu et al., 2025",
    help="Orthogonal momentum for weight matrices (biases take AdamW's step). Needs "
    "several times the work of a step of the others.",
    look=Look("#5599CC", "dots", "triangle"),
    lr_grid=half_decades(1e-5),
    elementwise=False,
    normalised=True,
    torch_parts=MuonAndAdamW,
    state={"m": "average gradient"},
)
