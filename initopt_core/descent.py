"""Optimizers on a surface: one path, many starts at once, and a race with all its inner values."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from torch import Tensor

from initopt_core.optimizers import OPTIMIZERS, OptimizerTemplate
from initopt_core.registry import SettingError
from initopt_core.schedules import SCHEDULES
from initopt_core.surfaces import Surface, gradient

Curve = Callable[[Tensor, Tensor], Tensor]
MAX_UPDATES = 2000


def surface_optimizers() -> list[str]:
    """Names of the optimizers that work on two weights (those for matrices do not)."""
    return [n for n, e in OPTIMIZERS.items() if e.elementwise]


def first_rate(surface: str, optimizer: str) -> float:
    """A learning rate to begin with for this optimizer on this registry surface.

    The tutorial's own rates on its two surfaces are in `loss_surfaces.presets`.
    """
    from initopt_core.surfaces import SURFACES

    entry, facts = OPTIMIZERS[optimizer], SURFACES[surface]
    rate = entry.surface_lr * (facts.step if entry.normalised else facts.lr)
    return float(f"{rate:.1g}")


def train_curve(
    optimizer_func: Callable[[list[Tensor]], Any],
    curve_func: Curve,
    num_updates: int = 100,
    init: Sequence[float] = (5, 5),
) -> np.ndarray:
    """One path, as the tutorial draws it.

    Args:
        optimizer_func: makes an optimizer (ours, or one of torch.optim) of a list of tensors.
        curve_func: loss of two scalar tensors.
        num_updates: steps to take.
        init: (w1, w2) before the first step.

    Returns:
        float32 [num_updates, 3]: w1, w2 and loss BEFORE each update.
    """
    weights = torch.nn.Parameter(torch.tensor(init, dtype=torch.float32))
    optimizer = optimizer_func([weights])
    points = np.empty((num_updates, 3), dtype=np.float32)
    for t in range(num_updates):
        loss = curve_func(weights[0], weights[1])
        points[t, :2] = weights.detach().numpy()
        points[t, 2] = loss.item()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return points


def _make(name: str, settings: dict[str, Any], w: Tensor) -> OptimizerTemplate:
    entry = OPTIMIZERS[name]
    if not entry.elementwise:
        raise SettingError(
            f"{entry.label} works on weight matrices; on a surface of two weights choose one of "
            f"{', '.join(surface_optimizers())}."
        )
    return entry.call([w], **entry.settings(settings))


@torch.no_grad()
def descend_many(
    optimizer_name: str,
    curve_func: Curve,
    starts: Tensor,
    num_updates: int,
    *,
    keep_every: int = 1,
    factors: Sequence[float] | None = None,
    **hyper: Any,
) -> Tensor:
    """One optimizer from many starts, all in one batched computation.

    Args:
        optimizer_name: of the registry; its arithmetic must be elementwise.
        curve_func: elementwise function of two tensors.
        starts: [B, 2], any float dtype and device.
        num_updates: steps to take.
        keep_every: keep each such step only (and always the last), to save memory.
        factors: [num_updates] what the learning rate is multiplied by at each step; None for 1.
        hyper: the optimizer's settings; those left out take their defaults.

    Returns:
        [num_updates + 1, B, 3]: w1, w2 and loss before each update, and after the last.

    Raises:
        SettingError: for settings the optimizer does not take, and for Muon.
    """
    w = starts.detach().T.contiguous()  # a weight's values side by side: twice as fast
    optimizer = _make(optimizer_name, hyper, w)
    state, lr = optimizer.state[0], optimizer.lr
    kept = sorted({*range(0, num_updates + 1, keep_every), num_updates})
    out = torch.empty(len(kept), 3, w.shape[1], dtype=w.dtype, device=w.device)
    at = 0
    for t in range(num_updates + 1):
        loss, g1, g2 = gradient(curve_func, w[0], w[1])
        if t == kept[at]:
            out[at, :2], out[at, 2] = w, loss
            at += 1
        if t < num_updates:
            optimizer.lr = lr if factors is None else lr * factors[t]
            w = w + optimizer.decayed_update(torch.stack([g1, g2]), w, state)
    return out.transpose(1, 2)


@dataclass(frozen=True)
class Run:
    """One optimizer in a race.

    Args:
        optimizer: registry name.
        settings: pairs (parameter, value); those left out take their defaults.
        start: (w1, w2).
        schedule: registry name of the learning rate's schedule.
        schedule_settings: its pairs (parameter, value).
    """

    optimizer: str
    settings: tuple[tuple[str, Any], ...] = ()
    start: tuple[float, float] = (0.0, 0.0)
    schedule: str = "constant"
    schedule_settings: tuple[tuple[str, Any], ...] = ()

    def values(self) -> dict[str, Any]:
        """All settings with their values."""
        return OPTIMIZERS[self.optimizer].settings(dict(self.settings))

    def factors(self, num_updates: int) -> list[float]:
        """What the schedule multiplies the learning rate by, at each step."""
        entry = SCHEDULES[self.schedule]
        settings = entry.settings(dict(self.schedule_settings))
        return [entry.call(t, num_updates, **settings) for t in range(num_updates)]


@dataclass(frozen=True)
class Trace:
    """What one run did, step by step; T updates, float32 throughout.

    Attributes:
        points: [T+1, 3] w1, w2, loss before each update and after the last.
        gradient: [T, 2] as the optimizer saw it (with its noise).
        update: [T, 2] the step added to the weights.
        lr: [T] the scheduled learning rate.
        state: name -> [T, 2], the optimizer's state after each step (m, v, ...).
        diverged: first step with a value that is not finite; None when all are.
    """

    run: Run
    points: np.ndarray
    gradient: np.ndarray
    update: np.ndarray
    lr: np.ndarray
    state: dict[str, np.ndarray] = field(default_factory=dict)
    diverged: int | None = None


def _prepared(
    runs: tuple[Run, ...], num_updates: int, noise: float, seed: int, dtype: torch.dtype
) -> tuple[Tensor, list[OptimizerTemplate], list[list[float]], Tensor]:
    """Starts [runs, 2], optimizers, rates [runs][T] and the gradients' noise [T, 1, 2]."""
    if not 1 <= num_updates <= MAX_UPDATES:
        raise SettingError(f"Take between 1 and {MAX_UPDATES} updates; {num_updates} is outside.")
    w = torch.tensor([r.start for r in runs], dtype=torch.float32).to(dtype)
    optimizers = [_make(r.optimizer, dict(r.settings), w[i]) for i, r in enumerate(runs)]
    rates = [
        [o.lr * f for f in r.factors(num_updates)] for r, o in zip(runs, optimizers, strict=True)
    ]
    shaking = torch.zeros(num_updates, 1, 2)
    if noise:
        generator = torch.Generator().manual_seed(seed)
        shaking = noise * torch.randn(num_updates, 1, 2, generator=generator)
    return w, optimizers, rates, shaking.to(dtype)


@torch.no_grad()
def twins(
    surface: Surface | Curve,
    runs: Iterable[Run],
    num_updates: int = 100,
    noise: float = 0.0,
    seed: int = 0,
) -> np.ndarray:
    """The same paths in float64: where they part from `race`'s, rounding decides.

    Args and errors: as `race`, with the same starts and the same noise.

    Returns:
        float64 [runs, T+1, 3]: w1, w2, loss before each update and after the last.
    """
    runs = tuple(runs)
    w, optimizers, rates, shaking = _prepared(runs, num_updates, noise, seed, torch.float64)
    where = [w]
    for t in range(num_updates):
        _, g1, g2 = gradient(surface, w[:, 0], w[:, 1])
        g = torch.stack([g1, g2], dim=1) + shaking[t]
        steps = []
        for i, optimizer in enumerate(optimizers):
            optimizer.lr = rates[i][t]
            steps.append(optimizer.decayed_update(g[i], w[i], optimizer.state[0]))
        w = w + torch.stack(steps)
        where.append(w)
    path = torch.stack(where, dim=1)
    losses = surface(path[..., 0], path[..., 1])
    return torch.cat([path, losses.unsqueeze(2)], dim=2).numpy()


def race(
    surface: Surface | Curve,
    runs: Iterable[Run],
    num_updates: int = 100,
    noise: float = 0.0,
    seed: int = 0,
) -> tuple[Trace, ...]:
    """Several optimizers on one surface with the same number of gradient evaluations each.

    The gradient of all points is one autograd call a step. Noise is the same for all runs at
    the same step, so that none is luckier than another.

    Args:
        surface: what to descend.
        runs: at least one.
        num_updates: 1 to `MAX_UPDATES`.
        noise: standard deviation of the normal noise added to each partial derivative.
        seed: of that noise.

    Raises:
        SettingError: when a setting cannot be used.
    """
    runs = tuple(runs)
    w, optimizers, rates, shaking = _prepared(runs, num_updates, noise, seed, torch.float32)
    where, losses, gradients, updates = [w], [], [], []
    states: list[list[Tensor]] = [[] for _ in runs]
    kept = [[k for k, v in vars(o.state[0]).items() if isinstance(v, Tensor)] for o in optimizers]
    with torch.no_grad():
        for t in range(num_updates):
            loss, g1, g2 = gradient(surface, w[:, 0], w[:, 1])
            g = torch.stack([g1, g2], dim=1)
            if noise:
                g = g + shaking[t]
            steps = []
            for i, optimizer in enumerate(optimizers):
                s = optimizer.state[0]
                optimizer.lr = rates[i][t]
                steps.append(optimizer.decayed_update(g[i], w[i], s))
                states[i].extend(getattr(s, k) for k in kept[i])
            update = torch.stack(steps)
            w = w + update
            where.append(w)
            losses.append(loss)
            gradients.append(g)
            updates.append(update)
        losses.append(surface(w[:, 0], w[:, 1]))

    points = torch.cat([torch.stack(where), torch.stack(losses).unsqueeze(2)], dim=2).numpy()
    all_gradients, all_updates = torch.stack(gradients).numpy(), torch.stack(updates).numpy()
    traces = []
    for i, run in enumerate(runs):
        state = {}
        if kept[i]:
            stacked = torch.stack(states[i]).view(num_updates, len(kept[i]), 2).numpy()
            state = {k: stacked[:, j] for j, k in enumerate(kept[i])}
        bad = ~np.isfinite(points[:, i]).all(axis=1)
        traces.append(
            Trace(
                run,
                points[:, i],
                all_gradients[:, i],
                all_updates[:, i],
                np.asarray(rates[i], dtype=np.float32),
                state,
                int(bad.argmax()) if bad.any() else None,
            )
        )
    return tuple(traces)
