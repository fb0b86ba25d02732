"""The phase map: where infinitely many equal layers lead to, over the spreads of their weights and
biases (Poole et al. 2016; Schoenholz et al. 2017)."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from torch import nn

from .curves import curves
from .mean_field import solve


@dataclass(frozen=True, eq=False)
class PhaseMap:
    """The (sigma_w, sigma_b) plane of one activation, for infinitely wide layers.

    Attributes:
        sigma_w [W], sigma_b [B]: the grid.
        q: [B, W], the variance that pre-activations settle at; inf where they grow without end.
        chi: [B, W], chi_1 = sigma_w^2 E[phi'(z)^2] at q: what a layer does to the squared error
            and to the distance of two nearby images; below 1 ordered, above 1 chaotic.
        depth: [B, W], layers over which two images' correlation approaches its end by 1/e; inf
            where it stays or approaches slower than any exponential.
        critical: sigma_w of the line chi = 1 for each sigma_b [B], NaN where there is none.
        bias: the biases' mean.
    """

    sigma_w: np.ndarray
    sigma_b: np.ndarray
    q: np.ndarray
    chi: np.ndarray
    depth: np.ndarray
    critical: np.ndarray
    bias: float = 0.0


def phase_map(
    activation: nn.Module,
    sigma_w: np.ndarray | None = None,
    sigma_b: np.ndarray | None = None,
    bias: float = 0.0,
) -> PhaseMap:
    """The plane of `activation` whose biases have the mean `bias`, about 0.2 s."""
    w = np.linspace(0.05, 4.0, 80) if sigma_w is None else np.asarray(sigma_w, float)
    b = np.linspace(0.0, 2.0, 50) if sigma_b is None else np.asarray(sigma_b, float)
    ww, bb = np.meshgrid(w, b)
    found = solve(curves(activation, bias), ww.reshape(-1), bb.reshape(-1))
    q, chi, depth = (v.reshape(ww.shape) for v in (found.q, found.chi, found.depth))
    critical = np.array([_crossing(w, row) for row in chi])
    return PhaseMap(w, b, q, chi, depth, critical, bias)


def _crossing(w: np.ndarray, chi: np.ndarray) -> float:
    """First w at which chi rises through 1."""
    above = np.flatnonzero((chi[1:] >= 1) & (chi[:-1] < 1))
    if not len(above):
        return math.nan
    i = int(above[0])
    return float(w[i] + (1 - chi[i]) / (chi[i + 1] - chi[i]) * (w[i + 1] - w[i]))
