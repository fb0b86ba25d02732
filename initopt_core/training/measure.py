"""What is measured on a network while it trains, and what is said when it breaks."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from initopt_core.data import normalize
from initopt_core.networks import BaseNetwork
from initopt_core.wording import number

from .checkpoints import finite

BINS = 40
MISTAKES = 24
"""The most confident ones that a report tells of."""
HUGE = 1e6  # a loss above this is an explosion even while it is still a number
EVAL_BATCH = 2048


def evaluate(model: BaseNetwork, images: Tensor, labels: Tensor) -> float:
    """Share of `images` whose largest logit is at its label: accuracy, 0 to 1.

    Args:
        model: any network with 10 outputs; left in evaluation mode.
        images: uint8 [N, 28, 28] as they are stored, or float [N, 784] already normalized.
        labels: int64 [N].
    """
    model.eval()
    return int(count_correct(model, images, labels)) / max(len(labels), 1)


@torch.no_grad()
def count_correct(model: BaseNetwork, images: Tensor, labels: Tensor) -> Tensor:
    """Number of correct predictions as a tensor on the images' device (no waiting for it)."""
    correct = torch.zeros((), dtype=torch.int64, device=images.device)
    for start in range(0, len(labels), EVAL_BATCH):
        part = slice(start, start + EVAL_BATCH)
        correct += (model(_floats(images[part])).argmax(-1) == labels[part]).sum()
    return correct


def _floats(images: Tensor) -> Tensor:
    return images if images.is_floating_point() else normalize(images)


@torch.no_grad()
def report(model: BaseNetwork, images: Tensor, labels: Tensor, mistakes: int = MISTAKES) -> dict:
    """How a trained network does on `images`, class by class.

    Returns:
        JSON-safe: accuracy; loss (mean cross-entropy); confusion [10][10] (row: true class,
        column: predicted); mistakes, the most confident first, each with index, label,
        predicted and probability.
    """
    model.eval()
    parts = [model(_floats(i)) for i in images.split(EVAL_BATCH)]
    logits = torch.cat(parts).float()
    labels = labels.to(logits.device)
    probability, predicted = logits.softmax(-1).max(-1)
    confusion = torch.zeros(100, dtype=torch.int64, device=logits.device)
    confusion.index_add_(0, labels * 10 + predicted, torch.ones_like(labels))
    # Weights that are no numbers give no probabilities either.
    wrong = ((predicted != labels) & probability.isfinite()).nonzero().flatten()
    worst = wrong[probability[wrong].argsort(descending=True)][:mistakes]
    return {
        "accuracy": (predicted == labels).sum().item() / max(len(labels), 1),
        "loss": finite(F.cross_entropy(logits, labels).item()),
        "confusion": confusion.view(10, 10).tolist(),
        "mistakes": [
            {
                "index": int(i),
                "label": int(labels[i]),
                "predicted": int(predicted[i]),
                "probability": float(probability[i]),
            }
            for i in worst
        ],
    }


@torch.no_grad()
def histogram(values: Tensor, bins: int = BINS) -> dict[str, Any]:
    """Counts of `values` in equal bins between its extremes, with mean and standard deviation."""
    values = values.detach().flatten().float()
    low, high = values.min().item(), values.max().item()
    if not (math.isfinite(low) and math.isfinite(high)):
        return {"low": None, "high": None, "counts": [], "mean": None, "std": None}
    if low == high:
        low, high = low - 0.5 * max(abs(low), 1e-6), high + 0.5 * max(abs(high), 1e-6)
    counts = torch.histc(values.cpu(), bins, low, high).int().tolist()
    return {
        "low": low,
        "high": high,
        "counts": counts,
        "mean": values.mean().item(),
        "std": values.std(correction=0).item(),
    }


@torch.no_grad()
def snapshot(model: BaseNetwork, images: Tensor) -> list[dict[str, Any]]:
    """Weight and activation histograms of every layer on float `images` [n, 784].

    Activations are the outputs after the non-linearity (for the last layer, the logits).
    """
    layers = []
    x = images
    modules = list(model.layers)
    for index in range(0, len(modules), 2):
        linear = modules[index]
        assert isinstance(linear, nn.Linear)
        x = linear(x)
        if index + 1 < len(modules):
            x = modules[index + 1](x)
        layers.append(
            {"name": index, "weights": histogram(linear.weight), "activations": histogram(x)}
        )
    return layers


@dataclass(frozen=True)
class Divergence:
    """Why a racer stopped.

    Attributes:
        step: first step (from 1) whose loss was not a usable number.
        layer: index of the first layer at fault, as the tutorial counts (0, 2, 4, ...).
        loss: the loss at that step, None if it was not a number.
        cause, advice: a sentence each.
    """

    step: int
    layer: int
    loss: float | None
    cause: str
    advice: str


@torch.no_grad()
def diagnose(
    model: BaseNetwork, images: Tensor, step: int, loss: float, lr: float, name: str
) -> Divergence:
    """Find the layer at which a network breaks on float `images` [n, 784], and say why.

    Walks the layers from the input: the first with weights or outputs that are no numbers, else
    the one that stretches its input the most.
    """
    x = images.float()
    worst, stretch = 0, -math.inf
    cause = ""
    for index, layer in enumerate(model.layers):
        before = x.square().mean().sqrt().item()
        x = layer(x)
        after = x.square().mean().sqrt().item()
        if not isinstance(layer, nn.Linear):
            continue
        if not bool(layer.weight.isfinite().all()):
            worst, cause = index, f"the weights of layer {index} are no longer numbers"
            break
        if not math.isfinite(after):
            worst, cause = index, f"the outputs of layer {index} are too large to be numbers"
            break
        growth = after / max(before, 1e-30)
        if growth > stretch:
            worst, stretch = index, growth
    if not cause:
        cause = f"layer {worst} makes its input {number(stretch)} times larger"
    if step <= 3:
        advice = (
            f"It broke within {step} steps: the starting weights may be too large for this depth "
            f"(try Kaiming or Xavier), or the learning rate {number(lr, 6)} is; "
            f"try {number(lr / 10, 6)}."
        )
    else:
        advice = (
            f"Try a learning rate of {number(lr / 10, 6)}, gradient clipping at 1, or a warm-up."
        )
    return Divergence(
        step,
        worst,
        loss if math.isfinite(loss) else None,
        f"{name}'s loss exploded: {cause}.",
        advice,
    )
