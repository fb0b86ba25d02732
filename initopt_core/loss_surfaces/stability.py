"""How close a path is to the edge of stability: learning rate times curvature against its limit.

On a quadratic with curvature h, gradient descent multiplies its distance from the minimum by
1 - lr h at each step, and so diverges for lr h > 2. Momentum and per-weight rates move the limit
and the curvature that counts; both are known in closed form.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from initopt_core.descent import Run, Trace
from initopt_core.optimizers import OPTIMIZERS
from initopt_core.surfaces import gradient, hessian
from initopt_core.wording import number


@dataclass(frozen=True)
class Stability:
    """Along one path of T updates.

    Attributes:
        sharpness: [T] largest eigenvalue of the Hessian where the step begins, divided by the
            optimizer's own rates where it has them (D^-1/2 H D^-1/2 with D = sqrt(v) + eps).
        product: [T] learning rate x sharpness.
        thrown: [T] learning rate x mean curvature ACROSS the step, along it and divided alike: it
            sees the walls that a long step flies over, or lands on, where the place it leaves is
            flat. Plain gradient descent whose gradient turns right round has 2.
        limit: [T] the product above which a quadratic diverges, see `limits`; None without one.
    """

    sharpness: np.ndarray
    product: np.ndarray
    thrown: np.ndarray
    limit: np.ndarray | None

    def _rescaled(self, values: np.ndarray) -> np.ndarray:
        if self.limit is None:
            return np.full_like(values, np.nan)
        with np.errstate(all="ignore"):  # weight decay alone may leave no room: a limit of 0
            return values * (2 / self.limit).astype(values.dtype)

    @property
    def meter(self) -> np.ndarray:
        """[T] the product rescaled so that the edge is 2 for every optimizer; NaN without one."""
        return self._rescaled(self.product)

    @property
    def throw(self) -> np.ndarray:
        """[T] `thrown`, rescaled like the meter."""
        return self._rescaled(self.thrown)


def limit_of(run: Run, step: int = 0, rate: float | None = None) -> float | None:
    """The largest stable learning rate x sharpness; None where there is none, or none is known.

    It is where a quadratic begins to diverge in the long run, with the optimizer's divisors
    (sqrt(v) + eps) held as they are now and its averages full. Two things it does not say: the
    first steps of Adam's family have averages that are not full yet, and with bias correction act
    like plain descent, whose limit is 2; and divisors grow with the gradients, which soon brings
    a path back that this limit calls unstable.

    Args:
        step: 0-based; matters to NAdam, whose momentum warms up.
        rate: the learning rate at that step; None takes the run's own. Matters to decoupled
            weight decay, which uses up (rate x decay) of the 2 by which a step may overshoot.
    """
    limit, values = OPTIMIZERS[run.optimizer].limit, run.values()
    if limit is None:
        return None
    eta = values["lr"] if rate is None else rate
    return float(limit.value(values, step)) * max(1 - eta * _decay(run) / 2, 0.0)


def _decay(run: Run) -> float:
    """What is taken directly from the weights, and so narrows the limit."""
    decoupled = OPTIMIZERS[run.optimizer].call.decoupled
    return run.values()["weight_decay"] if decoupled else 0.0


def limits(run: Run, rates: np.ndarray) -> np.ndarray | None:
    """[T] the limit at each step of learning rates `rates` [T]; None where there is none."""
    limit, values, decay = OPTIMIZERS[run.optimizer].limit, run.values(), _decay(run)
    if limit is None:
        return None
    each = enumerate(rates.tolist())
    return np.array([limit.value(values, t) * max(1 - rate * decay / 2, 0.0) for t, rate in each])


def limit_formula(run: Run) -> str:
    """The limit as an expression with its numbers, for the reader; its value is `limits`'."""
    entry, decay = OPTIMIZERS[run.optimizer], _decay(run)
    if entry.limit is None:
        return entry.no_limit
    two = f"(2 − {number(decay, 6)} η)" if decay else "2"
    return two + entry.limit.factor(run.values())


def denominators(trace: Trace) -> np.ndarray:
    """[T, 2] what the optimizer divides each weight's step by; ones where it divides by nothing."""
    divisor = OPTIMIZERS[trace.run.optimizer].divisor
    if divisor is None:
        return np.ones_like(trace.update)
    return divisor(trace.state, trace.run.values())


def largest_eigenvalue(a: np.ndarray, b: np.ndarray, c: np.ndarray) -> np.ndarray:
    """Of the symmetric matrices [[a, b], [b, c]], elementwise."""
    return (a + c) / 2 + np.hypot((a - c) / 2, b)


def along_paths(
    surface: Callable[[Tensor, Tensor], Tensor], traces: tuple[Trace, ...]
) -> tuple[Stability, ...]:
    """Stability of every run at every step; all Hessians are one batched computation."""
    w = torch.from_numpy(np.concatenate([t.points[:-1, :2] for t in traces]).astype(np.float64))
    h11, h12, h22 = (h.numpy() for h in hessian(surface, w[:, 0], w[:, 1]))
    ends = np.concatenate([t.points[:, :2] for t in traces]).astype(np.float64)
    slopes = np.stack(gradient(surface, *torch.from_numpy(ends).T)[1:], axis=1)
    out, at = [], 0
    for i, trace in enumerate(traces):
        n = len(trace.lr)
        turned = np.diff(slopes[at + i : at + i + n + 1], axis=0)
        part = slice(at, at + n)
        at += n
        decay = trace.run.values()["weight_decay"] - _decay(trace.run)
        d = denominators(trace).astype(np.float64)
        with np.errstate(all="ignore"):  # a path that has diverged has no stability to measure
            sharpness = largest_eigenvalue(
                (h11[part] + decay) / d[:, 0],
                h12[part] / np.sqrt(d[:, 0] * d[:, 1]),
                (h22[part] + decay) / d[:, 1],
            )
            product = trace.lr * sharpness
            u = np.diff(trace.points[:, :2].astype(np.float64), axis=0)
            along = (u * (turned + decay * u)).sum(axis=1)
            thrown = trace.lr * along / (d * u**2).sum(axis=1)
        a, b, c = (v.astype(np.float32) for v in (sharpness, product, thrown))
        out.append(Stability(a, b, c, limits(trace.run, trace.lr)))
    return tuple(out)
