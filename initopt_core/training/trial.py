"""One trial, and the small rules by which all trials of a race are treated."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor

from initopt_core.initializers import initialize
from initopt_core.networks import BaseNetwork, make_activation
from initopt_core.optimizers import OPTIMIZERS, OptimizerTemplate, make_optimizer

from .checkpoints import cpu_state
from .config import Racer, TrainConfig
from .measure import Divergence

_PLAIN = ("lr", "losses", "train_scores", "val_scores", "best_epoch", "seconds")


@dataclass
class Trial:
    """One network in training: a racer with one seed.

    Attributes:
        racer: its number in the configuration.
        name, label: stem of its files; what a person reads.
        lr: base learning rate, which the schedule multiplies.
        losses: of every step; train_scores, val_scores: accuracy of every epoch.
        best_epoch, best: the epoch (from 0, -1 for none) with the best validation accuracy, and
            its weights on the CPU.
        seconds: spent on its steps.
        divergence: why it stopped, if it did.
    """

    racer: int
    seed: int
    name: str
    label: str
    model: BaseNetwork
    optimizer: OptimizerTemplate
    lr: float
    losses: list[float] = field(default_factory=list)
    train_scores: list[float] = field(default_factory=list)
    val_scores: list[float] = field(default_factory=list)
    best_epoch: int = -1
    best: dict[str, Tensor] | None = None
    seconds: float = 0.0
    divergence: Divergence | None = None

    @property
    def alive(self) -> bool:
        return self.divergence is None

    def state(self) -> dict[str, Any]:
        """Everything that a resumed run needs, as tensors and plain values."""
        return {
            "model": cpu_state(self.model),
            "optimizer": self.optimizer.state_dict(),
            "best": self.best,
            "divergence": vars(self.divergence) if self.divergence else None,
            **{name: getattr(self, name) for name in _PLAIN},
        }

    def load(self, state: dict[str, Any]) -> None:
        """Take over what `state` gave."""
        self.model.load_state_dict(state["model"])
        device = next(self.model.parameters()).device
        optimizer = dict(state["optimizer"])
        kept = optimizer.pop("memory", None) or optimizer["state"]  # its name at first
        if len(kept) > len(self.optimizer.state) == 1:
            kept = [_joined(kept)]  # saved before weights lay flat
        optimizer["state"] = kept
        self.optimizer.load_state_dict(_to(optimizer, device))
        self.best = state["best"]
        self.divergence = Divergence(**state["divergence"]) if state["divergence"] else None
        for name in _PLAIN:
            setattr(self, name, state[name])

    def take_scores(self, train: float, val: float, keep: bool) -> None:
        """Note an epoch's accuracies; with `keep`, its weights if they are the best so far."""
        self.train_scores.append(train)
        self.val_scores.append(val)
        if self.best_epoch < 0 or val > self.val_scores[self.best_epoch]:
            self.best_epoch = len(self.val_scores) - 1
            if keep:
                self.best = cpu_state(self.model)

    def results(self, test_acc: float | None = None) -> dict[str, Any]:
        """Contents of NAME_results.json: the tutorial's four fields, and some of ours."""
        return {
            "test_acc": test_acc,
            "val_scores": self.val_scores,
            "train_losses": self.losses,
            "train_scores": self.train_scores,
            "best_epoch": self.best_epoch + 1,
            "seconds": self.seconds,
            "lr": self.lr,
        }


def _joined(states: list[dict[str, Any]]) -> dict[str, Any]:
    """The states of single tensors as that of all of them in one row."""
    return {
        k: torch.cat([s[k].flatten() for s in states]) if isinstance(v, Tensor) else v
        for k, v in states[0].items()
    }


def _to(value: Any, device: torch.device) -> Any:
    if isinstance(value, Tensor):
        return value.to(device)
    if isinstance(value, dict):
        return {k: _to(v, device) for k, v in value.items()}
    if isinstance(value, list):
        return [_to(v, device) for v in value]
    return value


def blank_model(config: TrainConfig) -> BaseNetwork:
    """The configuration's network on the CPU, its weights of no meaning yet."""
    activation = make_activation(config.activation, **dict(config.activation_settings))
    return BaseNetwork(activation, hidden_sizes=config.hidden_sizes)


def initial_model(
    config: TrainConfig, seed: int, initializer: str = "", images: Tensor | None = None
) -> BaseNetwork:
    """The network from which all racers of `seed` start, on the CPU.

    Args:
        initializer: replaces the configuration's, with default settings.
        images: float [n, 784] for the initializers that look at data.
    """
    name = initializer or config.initializer
    given = dict(config.initializer_settings) if name == config.initializer else {}
    model = blank_model(config)
    initialize(model, name, given, seed=seed, images=images)
    return model


def make_trial(
    config: TrainConfig, number: int, racer: Racer, seed: int, name: str, images, initializer=""
) -> Trial:
    """A trial at the start of its race, on the device of `images` (the data's first few)."""
    model = initial_model(config, seed, initializer, images.cpu()).to(images.device)
    flat = lay_flat(model)
    elementwise = OPTIMIZERS[racer.optimizer].elementwise
    params = [flat] if elementwise else model.parameters()
    optimizer = make_optimizer(racer.optimizer, params, **dict(racer.settings))
    return Trial(number, seed, name, config.labels()[number], model, optimizer, racer.lr)


@torch.no_grad()
def lay_flat(model: BaseNetwork) -> Tensor:
    """All weights and biases in one row of memory, and so their gradients: [count_parameters].

    The model's parameters become views into it, so that an elementwise optimizer takes one step
    on the row rather than one on each tensor. Every `grad` is there from now on, at first zero.
    """
    params = list(model.parameters())
    flat = torch.cat([p.flatten() for p in params]).requires_grad_()
    flat.grad = torch.zeros_like(flat)
    sizes = [p.numel() for p in params]
    for p, w, g in zip(params, flat.detach().split(sizes), flat.grad.split(sizes), strict=True):
        p.data, p.grad = w.view_as(p), g.view_as(p)
    return flat


def permutation(seed: int, epoch: int, count: int) -> Tensor:
    """The order of the training images in one epoch: a function of (seed, epoch) alone."""
    mixed = seed * 1_000_003 + epoch * 7919 + 12345
    return torch.randperm(count, generator=torch.Generator().manual_seed(mixed))


def rate_grid(racer: Racer) -> tuple[float, ...]:
    """The rates that a racer tries in a fair race: half decades, declared in its registry entry."""
    return OPTIMIZERS[racer.optimizer].lr_grid


def best_rate(rows: list, initializer: str, number: int, fallback: float) -> float:
    """The rate with the best validation accuracy among the search's rows (initializer, racer,
    rate, accuracy or None); of equals the smallest, and `fallback` when all diverged."""
    scored = [(r[3], -r[2]) for r in rows if r[:2] == (initializer, number) and r[3] is not None]
    return -max(scored)[1] if scored else fallback


def short(value: float) -> float | None:
    """A loss as it is sent: five digits are finer than any plot."""
    return float(f"{value:.5g}") if math.isfinite(value) else None
