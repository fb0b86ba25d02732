"""One batch forward and backward through a network, and what is to be seen of it.

`probe` gives each layer's weights, gradients, pre-activations (outputs of the Linear layers, which
the tutorial calls activations) and, on request, activations (after the non-linearity) as
histograms and moments.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from initopt_core.networks import DEAD, active_range
from initopt_core.threads import one_thread

FINE = 16
"""Fine bins behind each bin that is shown, so that any other range can be cut from them."""
SMALL = 2_000_000
"""Tensors up to this many values are summarized faster by one thread than by several."""
NOTHING = 1e-12
"""Relative width below which values count as one constant."""


@dataclass(frozen=True, eq=False)
class LayerStats:
    """All values of one quantity in one layer: moments, extremes and a histogram.

    Attributes:
        name: "Layer 0", "Layer 2", ...: the Linear layer's index in `BaseNetwork.layers`.
        fan_in, fan_out: inputs and units of the Linear layer.
        size: how many values there are; `finite` of them are neither NaN nor infinite, and only
            those enter everything below. `nans` and `infinities` count the rest.
        mean, variance: over all finite values (dividing by their number); NaN without any.
        low, high: smallest and largest.
        edges, counts: histogram over [low, high]; a constant gets a narrow range around itself.
        fine: the same with `FINE` times as many bins.
        saturated: share of values on the activation's flat part, NaN where that has no meaning.
        dead: share of units that are on it for every image, likewise.
    """

    name: str
    fan_in: int
    fan_out: int
    size: int
    finite: int
    nans: int
    infinities: int
    mean: float
    variance: float
    low: float
    high: float
    edges: np.ndarray
    counts: np.ndarray
    fine: np.ndarray
    saturated: float = math.nan
    dead: float = math.nan

    @property
    def title(self) -> str:
        """For example "Layer 2 (512 → 256)"."""
        return f"{self.name} ({self.fan_in} → {self.fan_out})"

    @property
    def std(self) -> float:
        return math.sqrt(self.variance) if self.variance >= 0 else math.nan

    @property
    def constant(self) -> bool:
        """Whether all finite values are one number."""
        scale = max(abs(self.low), abs(self.high))
        return self.finite > 0 and self.high - self.low <= NOTHING * scale

    def quantiles(self, tail: float = 0.002) -> tuple[float, float]:
        """Values that leave a share of `tail` / 2 below and above, to within a fine bin."""
        if not self.finite or self.constant:
            return float(self.edges[0]), float(self.edges[-1])
        share = np.cumsum(self.fine) / self.finite
        first = int(np.searchsorted(share, tail / 2, "right"))
        last = int(np.searchsorted(share, 1 - tail / 2, "left"))
        width = (self.edges[-1] - self.edges[0]) / len(self.fine)
        return float(self.edges[0] + first * width), float(self.edges[0] + (last + 1) * width)

    def cut(self, low: float, high: float, bins: int) -> np.ndarray:
        """Counts of `bins` equal bins over [low, high], from the fine histogram; float, because a
        fine bin that lies across an edge is divided in proportion."""
        sums = np.concatenate([[0], np.cumsum(self.fine)])
        known = np.linspace(self.edges[0], self.edges[-1], len(sums))
        wanted = np.linspace(low, high, bins + 1)
        return np.diff(np.interp(wanted, known, sums))


@dataclass(frozen=True, eq=False)
class ProbeResult:
    """What `probe` saw, input side first.

    Attributes:
        weights, gradients: each layer's weight matrix and the loss's gradient in it.
        activations: outputs of the Linear layers (pre-activations), as the tutorial plots them.
        outputs: what comes out of each non-linearity; one fewer, and empty unless asked for.
        loss: mean cross-entropy over the batch.
        accuracy: share of images whose largest logit is the label's.
        error: gradient of the loss in the logits [N, classes], for the theory's start.
    """

    weights: list[LayerStats]
    gradients: list[LayerStats]
    activations: list[LayerStats]
    outputs: list[LayerStats] = field(default_factory=list)
    loss: float = math.nan
    accuracy: float = math.nan
    error: Tensor | None = None

    @property
    def broken_at(self) -> LayerStats | None:
        """The first layer with a value that is not finite: forward first, then backward."""
        for stats in (self.weights, self.activations, self.gradients[::-1]):
            for layer in stats:
                if layer.finite < layer.size:
                    return layer
        return None


class Layered(Protocol):
    """A network whose Linear layers and activations can be walked through in turn."""

    @property
    def layers(self) -> Iterable[nn.Module]: ...


def probe(
    model: Layered, images: Tensor, labels: Tensor, bins: int = 50, *, outputs: bool = False
) -> ProbeResult:
    """One batch forward and backward through `model`, without changing it.

    Args:
        model: a `BaseNetwork`, or anything with such `.layers`.
        images: [N, inputs], normalized.
        labels: int64 [N].
        bins: of every histogram.
        outputs: also look behind the non-linearities.

    Returns:
        Statistics of every Linear layer. Values that overflow are counted, not raised.
    """
    linears = [m for m in model.layers if isinstance(m, nn.Linear)]
    names = [f"Layer {i}" for i, m in enumerate(model.layers) if isinstance(m, nn.Linear)]
    weights = [m.weight for m in linears]
    x = images.reshape(images.shape[0], -1)
    before: list[Tensor] = []
    after: list[Tensor] = []
    with torch.enable_grad():
        for layer in model.layers:
            x = layer(x)
            (before if isinstance(layer, nn.Linear) else after).append(x)
        loss = functional.cross_entropy(x, labels)
        gradients = torch.autograd.grad(loss, weights)  # nobody needs the pixels' gradient
    largest = max(t.numel() for t in (*weights, *before))
    with torch.no_grad(), one_thread() if largest <= SMALL else nullcontext():
        logits = before[-1].detach()
        error = torch.softmax(logits, 1)
        error[torch.arange(len(labels)), labels] -= 1
        activation = next((m for m in model.layers if not isinstance(m, nn.Linear)), None)
        flat = active_range(activation) if activation is not None else (-math.inf, math.inf)
        dead = active_range(activation, DEAD) if activation is not None else flat
        room = torch.empty(largest, dtype=x.dtype, device=x.device)
        places = [(n, m.in_features, m.out_features) for n, m in zip(names, linears, strict=True)]

        def look(tensors) -> list[LayerStats]:
            return [
                summarize(t.detach(), *place, bins=bins, room=room)
                for t, place in zip(tensors, places, strict=False)
            ]

        activations = [
            summarize(
                z.detach(),
                *place,
                bins=bins,
                room=room,
                flat=flat if i < len(after) else None,
                dead=dead,
            )
            for i, (z, place) in enumerate(zip(before, places, strict=True))
        ]
        return ProbeResult(
            weights=look(weights),
            gradients=look(gradients),
            activations=activations,
            outputs=look(after) if outputs else [],
            loss=float(loss.detach()),
            accuracy=float((logits.argmax(1) == labels).float().mean()),
            error=error.div_(len(labels)).cpu(),
        )


def summarize(
    values: Tensor,
    name: str,
    fan_in: int,
    fan_out: int,
    *,
    bins: int = 50,
    room: Tensor | None = None,
    flat: tuple[float, float] | None = None,
    dead: tuple[float, float] | None = None,
) -> LayerStats:
    """Statistics of one tensor.

    Args:
        values: any shape; [N, units] where `flat` is given.
        room: scratch memory with at least as many elements, written over.
        flat, dead: active ranges (see `networks.active_range`) to count saturated values and
            dead units by.
    """
    shares = _shares(values, flat, dead or flat)
    size = values.numel()
    all_values = values.reshape(-1)
    low, high = (float(v) for v in torch.aminmax(all_values))
    nans = infinities = 0
    if not (math.isfinite(low) and math.isfinite(high)):
        nans = int(all_values.isnan().sum())
        infinities = int(all_values.isinf().sum())
        all_values = all_values[all_values.isfinite()]
        if all_values.numel():
            low, high = (float(v) for v in torch.aminmax(all_values))
    finite = all_values.numel()
    if not finite:
        edges, fine = np.linspace(-0.5, 0.5, bins + 1), np.zeros(bins * FINE, np.int64)
        low = high = mean = variance = math.nan
    elif high - low <= NOTHING * max(abs(low), abs(high)):
        mean, variance = low, 0.0
        reach = 0.5 * abs(low) or 0.5
        edges = np.linspace(low - reach, low + reach, bins + 1)
        fine = np.zeros(bins * FINE, np.int64)
        fine[len(fine) // 2] = finite
    else:
        mean, variance, fine = _moments(all_values, low, high, bins * FINE, room)
        edges = np.linspace(low, high, bins + 1)
    counts = fine.reshape(bins, FINE).sum(1)
    return LayerStats(
        name=name,
        fan_in=fan_in,
        fan_out=fan_out,
        size=size,
        finite=finite,
        nans=nans,
        infinities=infinities,
        saturated=shares[0],
        dead=shares[1],
        mean=mean,
        variance=variance,
        low=low,
        high=high,
        edges=edges,
        counts=counts,
        fine=fine,
    )


def _moments(
    values: Tensor, low: float, high: float, bins: int, room: Tensor | None
) -> tuple[float, float, np.ndarray]:
    """Mean, variance and counts, over [low, high] stretched to [0, bins].

    Stretched, values of any magnitude neither overflow nor underflow when squared; counting
    whole numbers is four times faster than torch.histc.
    """
    n = values.numel()
    u = room[:n] if room is not None and room.dtype == values.dtype else torch.empty_like(values)
    width = high - low
    torch.sub(values, low, out=u)
    if not math.isfinite(1 / width) or width > torch.finfo(u.dtype).max:
        u = ((values.double() - low) / width).to(u.dtype)
    else:
        u.mul_(1 / width) if width > 1e-30 else u.div_(width)
    u.mul_(bins)
    cells = u.to(torch.int32)
    counts = torch.bincount(cells, minlength=bins + 1)
    counts[bins - 1] += counts[bins:].sum()  # the largest value belongs to the last bin
    centre = float(u.mean(dtype=torch.float64))
    u.sub_(centre)
    # Not torch.dot, whose running sum of half a million squares keeps only five digits.
    spread = float(u.mul_(u).sum()) / n
    scale = width / bins
    return low + centre * scale, spread * scale * scale, counts[:bins].cpu().numpy()


def _shares(values: Tensor, flat: tuple[float, float] | None, dead) -> tuple[float, float]:
    if flat is None or values.dim() != 2:
        return math.nan, math.nan
    saturated = _outside(values, *flat)
    if saturated is None:
        return 0.0, 0.0
    off = saturated if dead == flat else _outside(values, *dead)
    units = 0.0 if off is None else float(off.all(0).float().mean())
    return float(torch.count_nonzero(saturated)) / values.numel(), units


def _outside(values: Tensor, low: float, high: float) -> Tensor | None:
    mask = values <= low if math.isfinite(low) else None
    if math.isfinite(high):
        above = values >= high
        mask = above if mask is None else mask.logical_or_(above)
    return mask
