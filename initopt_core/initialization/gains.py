"""Gains: by what the standard deviation is multiplied to make up for an activation."""

from __future__ import annotations

import math
from functools import lru_cache

import torch
from torch import nn

from initopt_core.networks import ACTIVATIONS, make_activation


@lru_cache(maxsize=1024)
def variance_gain(name: str, **settings) -> float:
    """1 / sqrt(E[phi(z)^2]) for z ~ N(0, 1): the gain that gives the next layer variance 1."""
    z = torch.linspace(-12.0, 12.0, 240_001, dtype=torch.float64)
    density = torch.exp(-z * z / 2) / math.sqrt(2 * math.pi)
    value = make_activation(name, **settings)(z)
    # The trapezoid rule with a node on the kink at 0 is exact to 1e-9 here.
    return 1 / math.sqrt(float(torch.trapezoid(value**2 * density, z)))


@lru_cache(maxsize=1024)
def gain(name: str, **settings) -> float:
    """The usual gain: torch.nn.init.calculate_gain's where it has one, else `variance_gain`.

    They are the same number for the identity, ReLU and leaky ReLU. torch's 5/3 for tanh, 1 for
    sigmoid and 3/4 for SELU are conventions; the variance would ask for 1.59, 1.85 and 1.
    """
    entry = ACTIVATIONS[name]
    values = entry.settings(settings)
    if not entry.torch_gain:
        return variance_gain(name, **values)
    parameter = entry.gain_parameter
    of = values[parameter] if parameter else None
    # torch's names are a type of its own.
    return nn.init.calculate_gain(entry.torch_gain, of)  # pyright: ignore[reportArgumentType]
