"""Weight initialization schemes, in place and reproducible, and the registry of them.

Every function walks the Linear layers of a model from the input side. `generator` makes the
draw reproducible; None uses torch's global generator. fan_in is the number of inputs of a
unit (columns of the weight), fan_out the number of units (rows).
"""

from __future__ import annotations

import math

import torch
from torch import Generator, nn

from .registry import Entry, Parameter, Registry


@torch.no_grad()
def const_init(model: nn.Module, fill: float = 0.0, *, generator: Generator | None = None) -> None:
    """Every weight and bias becomes `fill`."""
    for parameter in model.parameters():
        parameter.fill_(fill)


@torch.no_grad()
def var_init(model: nn.Module, std: float = 0.01, *, generator: Generator | None = None) -> None:
    """Every weight and bias is drawn from N(0, std^2), whatever the layer's size."""
    for parameter in model.parameters():
        parameter.normal_(0.0, std, generator=generator)


@torch.no_grad()
def equal_var_init(model: nn.Module, *, generator: Generator | None = None) -> None:
    """Weights from N(0, 1/fan_in), biases zero: keeps the variance of a linear network."""
    for weight, bias in _weights_and_biases(model):
        weight.normal_(0.0, 1 / math.sqrt(weight.shape[1]), generator=generator)
        bias.zero_()


@torch.no_grad()
def xavier_init(
    model: nn.Module, distribution: str = "uniform", *, generator: Generator | None = None
) -> None:
    """Variance 2 / (fan_in + fan_out), biases zero (Glorot & Bengio 2010, eq. 12 and 16).

    Args:
        distribution: "uniform" on +-sqrt(6 / (fan_in + fan_out)), or "normal".
    """
    for weight, bias in _weights_and_biases(model):
        fan_out, fan_in = weight.shape
        if distribution == "uniform":
            bound = math.sqrt(6 / (fan_in + fan_out))
            weight.uniform_(-bound, bound, generator=generator)
        else:
            weight.normal_(0.0, math.sqrt(2 / (fan_in + fan_out)), generator=generator)
        bias.zero_()


@torch.no_grad()
def kaiming_init(model: nn.Module, *, generator: Generator | None = None) -> None:
    """N(0, 2/fan_in), biases zero (He et al. 2015, eq. 10).

    The first layer gets 1/fan_in: no ReLU has halved the second moment of the pixels.
    """
    for index, (weight, bias) in enumerate(_weights_and_biases(model)):
        gain = 1.0 if index == 0 else math.sqrt(2.0)
        weight.normal_(0.0, gain / math.sqrt(weight.shape[1]), generator=generator)
        bias.zero_()


def _weights_and_biases(model: nn.Module):
    for layer in model.modules():
        if isinstance(layer, nn.Linear):
            yield layer.weight, layer.bias


INITIALIZERS = Registry(
    "initializer",
    [
        Entry(
            "constant",
            "Constant",
            const_init,
            (Parameter("fill", "Value", 0.005, -1.0, 1.0, help="Value of every weight and bias."),),
            formula=r"W_{ij} = b_i = c",
            help="All units of a layer stay equal forever; shows why randomness is needed.",
        ),
        Entry(
            "constant_variance",
            "Constant variance",
            var_init,
            (Parameter("std", "Standard deviation", 0.01, 1e-4, 10.0, "log"),),
            formula=r"W_{ij}, b_i \sim \mathcal{N}(0, \sigma^2)",
            help="One spread for every layer: too small vanishes, too large explodes.",
        ),
        Entry(
            "equal_variance",
            "1 / fan-in",
            equal_var_init,
            formula=r"W_{ij} \sim \mathcal{N}(0, 1/d_x)",
            source="LeCun et al., Efficient BackProp, 1998",
            help="Keeps the activations' variance through a linear network.",
        ),
        Entry(
            "xavier",
            "Xavier (Glorot)",
            xavier_init,
            (Parameter("distribution", "Distribution", "uniform", choices=("uniform", "normal")),),
            formula=r"\mathrm{Var}(W_{ij}) = \frac{2}{d_x + d_y}",
            source="Glorot & Bengio, AISTATS 2010",
            help="Balances activations and gradients; made for tanh-like activations.",
        ),
        Entry(
            "kaiming",
            "Kaiming (He)",
            kaiming_init,
            formula=r"W_{ij} \sim \mathcal{N}(0, 2/d_x)",
            source="He et al., ICCV 2015",
            help="Makes up for the half that ReLU removes.",
        ),
    ],
)
