"""The activation functions: the list of them, where each is flat, and how one is made by name.

Adding one is an entry in `ACTIVATIONS`, nothing else.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from initopt_core.reading import shown
from initopt_core.registry import Entry, Parameter, Registry, SettingError


class Identity(nn.Module):
    """No non-linearity: the network stays linear, which is what the first derivations assume.

    A class of our own because the published configurations call it by this name.
    """

    def forward(self, x: Tensor) -> Tensor:
        return x


@dataclass(frozen=True)
class ActivationEntry(Entry):
    """One activation function.

    Args:
        call: makes the module from the settings.
        torch_gain: name under which torch.nn.init.calculate_gain knows it; empty where it does not.
        gain_parameter: the setting that it takes there; empty for none.
        scheme: name of the initializer made for it.
    """

    call: Callable[..., nn.Module]
    torch_gain: str = ""
    gain_parameter: str = ""
    scheme: str = "kaiming"


ACTIVATIONS: Registry[ActivationEntry] = Registry(
    "activation",
    [
        ActivationEntry(
            "identity",
            "Identity",
            Identity,
            formula=r"\phi(z) = z",
            help="Linear network: isolates what the weights alone do to the variance.",
            torch_gain="linear",
            scheme="equal_variance",
        ),
        ActivationEntry(
            "tanh",
            "Tanh",
            nn.Tanh,
            formula=r"\phi(z) = \tanh z",
            source="LeCun et al., Efficient BackProp, 1998",
            help="Zero-centred and saturating; close to the identity for small inputs.",
            torch_gain="tanh",
            scheme="xavier",
        ),
        ActivationEntry(
            "sigmoid",
            "Sigmoid",
            nn.Sigmoid,
            formula=r"\phi(z) = 1 / (1 + e^{-z})",
            source="Glorot & Bengio, AISTATS 2010",
            help="Never zero-centred and at most 1/4 steep: gradients shrink from layer to layer.",
            torch_gain="sigmoid",
            scheme="xavier",
        ),
        ActivationEntry(
            "relu",
            "ReLU",
            nn.ReLU,
            formula=r"\phi(z) = \max(0, z)",
            source="Nair & Hinton, ICML 2010",
            help="Keeps half of a zero-centred input; the usual choice for deep networks.",
            torch_gain="relu",
        ),
        ActivationEntry(
            "leaky_relu",
            "Leaky ReLU",
            nn.LeakyReLU,
            (
                Parameter(
                    "negative_slope",
                    "Negative slope",
                    0.01,
                    0.0,
                    1.0,
                    help="Slope for negative inputs: 0 is ReLU, 1 the identity.",
                ),
            ),
            formula=r"\phi(z) = \max(0, z) + a \min(0, z)",
            source="Maas et al., ICML workshop 2013",
            help="A ReLU that cannot die: negative inputs still pass a little gradient.",
            torch_gain="leaky_relu",
            gain_parameter="negative_slope",
        ),
        ActivationEntry(
            "elu",
            "ELU",
            nn.ELU,
            (
                Parameter(
                    "alpha", "Alpha", 1.0, 0.1, 3.0, help="Depth of the negative plateau, -alpha."
                ),
            ),
            formula=r"\phi(z) = z \;(z > 0),\quad \alpha(e^z - 1) \;(z \le 0)",
            source="Clevert et al., ICLR 2016",
            help="Smooth negative side that pulls the mean of the activations towards zero.",
        ),
        ActivationEntry(
            "selu",
            "SELU",
            nn.SELU,
            formula=r"\phi(z) = \lambda\,\mathrm{ELU}_{\alpha}(z),\quad "
            r"\lambda \approx 1.0507,\ \alpha \approx 1.6733",
            source="Klambauer et al., NeurIPS 2017",
            help="Made so that mean 0 and variance 1 attract: use it with LeCun (1/fan-in).",
            torch_gain="selu",
            scheme="lecun",
        ),
        ActivationEntry(
            "gelu",
            "GELU",
            nn.GELU,
            formula=r"\phi(z) = z\,\Phi(z)",
            source="Hendrycks & Gimpel, 2016",
            help="A smooth ReLU, weighted by the normal distribution; usual in transformers.",
        ),
        ActivationEntry(
            "silu",
            "SiLU (swish)",
            nn.SiLU,
            formula=r"\phi(z) = z / (1 + e^{-z})",
            source="Elfwing et al., Neural Networks 2018",
            help="A smooth ReLU, weighted by the sigmoid.",
        ),
        ActivationEntry(
            "softplus",
            "Softplus",
            nn.Softplus,
            (Parameter("beta", "Beta", 1.0, 0.2, 10.0, "log", help="Sharpness of the bend."),),
            formula=r"\phi(z) = \tfrac{1}{\beta} \ln(1 + e^{\beta z})",
            source="Dugas et al., NeurIPS 2000",
            help="A smooth ReLU that is positive everywhere, so activations drift upwards.",
        ),
        ActivationEntry(
            "hardtanh",
            "Hardtanh",
            nn.Hardtanh,
            formula=r"\phi(z) = \min(1, \max(-1, z))",
            source="Collobert, 2004",
            help="The identity, cut off at -1 and 1; no gradient beyond.",
            scheme="xavier",
        ),
    ],
)

FLAT, DEAD = 0.05, 0.001
"""A value counts as saturated where the slope is below 5 % of the steepest slope; a unit counts
as dead where it is below 0.1 % for every image. A leaky ReLU's units are never dead."""


def active_range(activation: nn.Module, share: float = FLAT) -> tuple[float, float]:
    """Inputs (low, high) outside of which `activation`'s slope stays below `share` of its
    steepest slope. Infinite where it never gets that flat (ReLU: 0, inf)."""
    key = (type(activation), repr(activation), share)  # the repr names a module's settings
    if key in _ranges:
        return _ranges[key]
    half = torch.linspace(0.0, 40.0, 80_001, dtype=torch.float64)
    # 0 is met exactly, so that a kink there (ReLU) gives 0 and not a neighbour of it.
    z = torch.cat([-half[1:].flip(0), half]).requires_grad_()
    with torch.enable_grad():
        (slope,) = torch.autograd.grad(activation(z).sum(), z)
    steep = (slope.abs() >= share * slope.abs().max()).nonzero().squeeze(1)
    first, last = int(steep[0]), int(steep[-1])
    grid = z.detach()
    low = -float("inf") if first == 0 else float(grid[first - 1])
    high = float("inf") if last == len(grid) - 1 else float(grid[last + 1])
    _ranges[key] = low, high
    return low, high


_ranges: dict[tuple, tuple[float, float]] = {}


# Names under which other programs, the course's tutorial on activation functions among them,
# know the same function or setting.
_OTHER_NAMES = {"swish": "silu", "lrelu": "leaky_relu", "linear": "identity", "none": "identity"}
_OTHER_SETTINGS = {("leaky_relu", "alpha"): "negative_slope"}


def make_activation(name: str | None, **parameters) -> nn.Module:
    """A new activation module from its registry name or, as in saved files, its class name.

    Raises:
        SettingError: for an unknown name or an unusable parameter.
    """
    if not isinstance(name, str):
        raise SettingError(f'Activation: {shown(name)} is not a name such as "ReLU".')
    key = name.strip().rpartition(".")[2].removesuffix("()").lower()  # "nn.ReLU()" is ReLU
    by_class = {getattr(e.call, "__name__", "").lower(): e for e in ACTIVATIONS.values()}
    known = _OTHER_NAMES.get(key, key)
    entry = ACTIVATIONS.get(known) or by_class.get(known) or ACTIVATIONS[name]
    given = {_OTHER_SETTINGS.get((entry.name, k), k): v for k, v in parameters.items()}
    settings = entry.settings(given)
    module = entry.call(**settings)
    # So that a network's config can build it again; torch declares tensors and modules alone.
    module.init_settings = settings  # pyright: ignore[reportArgumentType]
    return module
