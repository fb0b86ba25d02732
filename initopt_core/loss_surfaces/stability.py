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
from initopt_core.optimizers import OPTIMIZERS, NAdam
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
        limit: [T] the product above which a quadratic diverges, see `limits`; None for Lion.
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


def average_limit(beta: float) -> float:
    """Exponential average: (2 + 2 b) / (1 - b). Cohen et al. 2022, eq. 2, for Adam's as well."""
    return (2 + 2 * beta) / (1 - beta)


def sum_limit(beta: float) -> float:
    """Heavy ball: 2 + 2 b (Polyak 1964; Goh 2017)."""
    return 2 + 2 * beta


def nesterov_limit(beta: float) -> float:
    """(2 + 2 b) / (1 + 2 b). Cohen et al. 2021, section 2."""
    return (2 + 2 * beta) / (1 + 2 * beta)


def nadam_limit(beta: float, mu: float, ahead: float) -> float:
    """Of a step mu' m + (1 - mu) g, m an average: 2 (1 + b) / ((1 + b)(1 - mu) + (1 - b) mu').

    With mu' = mu, which it all but is, 2 (1 + b) / (1 + b - 2 mu b): the weights change sign at
    each step, z = -1, where m = (1 - b) / (1 + b) of the gradient.

    Args:
        mu, ahead: the momentum schedule at this step and at the next.
    """
    return (2 + 2 * beta) / ((1 + beta) * (1 - mu) + (1 - beta) * ahead)


def _nadam(settings: dict, step: int) -> float:
    optimizer = NAdam([], settings["lr"], settings["beta1"])
    return nadam_limit(settings["beta1"], optimizer.mu(step + 1), optimizer.mu(step + 2))


_LIMITS: dict[str, Callable[[dict, int], float]] = {
    "SGD": lambda s, t: 2.0,
    "SGDMomentum": lambda s, t: average_limit(s["momentum"]),
    "HeavyBall": lambda s, t: sum_limit(s["momentum"]),
    "Nesterov": lambda s, t: nesterov_limit(s["momentum"]),
    "Adagrad": lambda s, t: 2.0,
    "RMSprop": lambda s, t: 2.0,
    "Adam": lambda s, t: average_limit(s["beta1"]),
    "AdamW": lambda s, t: average_limit(s["beta1"]),
    "Adamax": lambda s, t: average_limit(s["beta1"]),
    "NAdam": _nadam,
}


def limit_of(run: Run, step: int = 0, rate: float | None = None) -> float | None:
    """The largest stable learning rate x sharpness; None where there is none (Lion).

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
    values = run.values()
    return _limit(run.optimizer, values, step, values["lr"] if rate is None else rate)


def _limit(optimizer: str, values: dict, step: int, rate: float) -> float | None:
    limit = _LIMITS.get(optimizer)
    if limit is None:
        return None
    decay = values["weight_decay"] if OPTIMIZERS[optimizer].call.decoupled else 0.0
    return float(limit(values, step)) * max(1 - rate * decay / 2, 0.0)


def limits(run: Run, rates: np.ndarray) -> np.ndarray | None:
    """[T] the limit at each step of learning rates `rates` [T]; None where there is none."""
    if run.optimizer not in _LIMITS:
        return None
    values = run.values()
    each = enumerate(rates.tolist())
    return np.array([_limit(run.optimizer, values, t, rate) for t, rate in each])


def limit_formula(run: Run) -> str:
    """The limit as an expression with its numbers, for the reader; its value is `limits`'."""
    values = run.values()
    if run.optimizer not in _LIMITS:
        return "none: every step is η long, whatever the curvature"
    decay = values["weight_decay"] if OPTIMIZERS[run.optimizer].call.decoupled else 0.0
    two = f"(2 − {number(decay, 6)} η)" if decay else "2"
    if run.optimizer in ("SGD", "Adagrad", "RMSprop"):
        return two
    momentum = number(values.get("momentum", values.get("beta1")), 6)
    return {
        "HeavyBall": f"{two} (1 + {momentum})",
        "Nesterov": f"{two} (1 + {momentum}) / (1 + 2·{momentum})",
        "NAdam": f"{two} (1 + {momentum}) / (1 + {momentum} − 2·{momentum} μ), "
        "μ its momentum at this step",
    }.get(run.optimizer, f"{two} (1 + {momentum}) / (1 − {momentum})")


def denominators(trace: Trace) -> np.ndarray:
    """[T, 2] what the optimizer divides each weight's step by; ones where it divides by nothing."""
    memory, values = trace.memory, trace.run.values()
    if trace.run.optimizer == "Adamax":
        return memory["v"]
    v = memory.get("v_hat", memory.get("v"))
    if v is None:
        return np.ones_like(trace.update)
    return np.sqrt(v) + values.get("eps", 0.0)


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
        decoupled = OPTIMIZERS[trace.run.optimizer].call.decoupled
        decay = 0.0 if decoupled else trace.run.values()["weight_decay"]
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
        numbers = (v.astype(np.float32) for v in (sharpness, product, thrown))
        out.append(Stability(*numbers, limits(trace.run, trace.lr)))
    return tuple(out)
