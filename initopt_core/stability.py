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

from .descent import Run, Trace
from .surfaces import hessian


@dataclass(frozen=True)
class Stability:
    """Along one path of T updates.

    Attributes:
        sharpness: [T] largest eigenvalue of the Hessian, divided by the optimizer's own rates
            where it has them (D^-1/2 H D^-1/2 with D = sqrt(v) + eps).
        product: [T] learning rate x sharpness.
        limit: the product above which a quadratic diverges; None where none is known.
    """

    sharpness: np.ndarray
    product: np.ndarray
    limit: float | None

    @property
    def meter(self) -> np.ndarray:
        """[T] the product rescaled so that the edge is 2 for every optimizer; NaN without one."""
        if self.limit is None:
            return np.full_like(self.product, np.nan)
        return self.product * (2 / self.limit)


def average_limit(beta: float) -> float:
    """Exponential average: (2 + 2 b) / (1 - b). Cohen et al. 2022, eq. 2, for Adam's as well."""
    return (2 + 2 * beta) / (1 - beta)


def sum_limit(beta: float) -> float:
    """Heavy ball: 2 + 2 b (Polyak 1964; Goh 2017)."""
    return 2 + 2 * beta


def nesterov_limit(beta: float) -> float:
    """(2 + 2 b) / (1 + 2 b). Cohen et al. 2021, section 2."""
    return (2 + 2 * beta) / (1 + 2 * beta)


_LIMITS: dict[str, Callable[[dict], float]] = {
    "SGD": lambda s: 2.0,
    "SGDMomentum": lambda s: average_limit(s["momentum"]),
    "HeavyBall": lambda s: sum_limit(s["momentum"]),
    "Nesterov": lambda s: nesterov_limit(s["momentum"]),
    "Adagrad": lambda s: 2.0,
    "RMSprop": lambda s: 2.0,
    "Adam": lambda s: average_limit(s["beta1"]),
    "AdamW": lambda s: average_limit(s["beta1"]),
    "Adamax": lambda s: average_limit(s["beta1"]),
    # The look-ahead of Nesterov on an average: its limit with the sum's rate (1 - b) lr.
    "NAdam": lambda s: nesterov_limit(s["beta1"]) / (1 - s["beta1"]),
}


def limit_of(run: Run) -> float | None:
    """The largest stable learning rate x sharpness; None where theory gives none (Lion)."""
    limit = _LIMITS.get(run.optimizer)
    return None if limit is None else float(limit(run.values()))


def limit_formula(run: Run) -> str:
    """The limit as an expression with its numbers, for the reader."""
    values = run.values()
    limit = limit_of(run)
    if limit is None:
        return "no known limit"
    if run.optimizer in ("SGD", "Adagrad", "RMSprop"):
        return "2"
    b = values.get("momentum", values.get("beta1"))
    form = {
        "HeavyBall": f"2 (1 + {b:g})",
        "Nesterov": f"2 (1 + {b:g}) / (1 + 2·{b:g})",
        "NAdam": f"2 (1 + {b:g}) / ((1 − {b:g})(1 + 2·{b:g}))",
    }.get(run.optimizer, f"2 (1 + {b:g}) / (1 − {b:g})")
    return f"{form} = {limit:.3g}"


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
    out, at = [], 0
    for trace in traces:
        n = len(trace.lr)
        part = slice(at, at + n)
        at += n
        decay = 0.0 if trace.run.optimizer == "AdamW" else trace.run.values()["weight_decay"]
        d = denominators(trace).astype(np.float64)
        with np.errstate(all="ignore"):  # a path that has diverged has no stability to measure
            sharpness = largest_eigenvalue(
                (h11[part] + decay) / d[:, 0],
                h12[part] / np.sqrt(d[:, 0] * d[:, 1]),
                (h22[part] + decay) / d[:, 1],
            )
            product = trace.lr * sharpness
        out.append(
            Stability(sharpness.astype(np.float32), product.astype(np.float32), limit_of(trace.run))
        )
    return tuple(out)
