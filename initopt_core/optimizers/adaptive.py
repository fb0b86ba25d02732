"""Optimizers with a rate for every weight."""

from __future__ import annotations

from types import SimpleNamespace

import torch

from .template import OptimizerTemplate, average


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
