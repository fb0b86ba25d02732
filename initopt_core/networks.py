"""The fully connected network of the tutorial, and the activations that it can use."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from initopt_core.reading import shown, unbracketed, whole, whole_numbers
from initopt_core.registry import Entry, Parameter, Registry, SettingError
from initopt_core.wording import count

HIDDEN_SIZES = (512, 256, 256, 128)
MAX_LAYERS = 64
MAX_UNITS = 2048
MAX_INPUTS = 1_000_000
MAX_PARAMETERS = 300_000_000
_SIZES_EXAMPLE = "[512, 256, 128]"


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


def check_sizes(sizes: Sequence[int]) -> tuple[int, ...]:
    """`sizes` as a tuple of ints, each 1 to 2,048 units, at most 64 layers (none is allowed:
    that is a linear classifier). Text is not a list: `parse_sizes` reads it.

    Raises:
        SettingError: naming the first thing that is wrong.
    """
    result = whole_numbers(sizes, "Hidden sizes", _SIZES_EXAMPLE)
    if len(result) > MAX_LAYERS:
        raise SettingError(
            f"Hidden sizes: {len(result)} layers; at most {MAX_LAYERS} are possible."
        )
    for position, size in enumerate(result, 1):
        if not 1 <= size <= MAX_UNITS:
            raise SettingError(
                f"Hidden sizes: layer {position} has {shown(size)} units; give 1 to {MAX_UNITS}."
            )
    return result


_PIECE = re.compile(r"(?:([1-9][0-9]{0,8})\s*[xX×*]\s*)?([1-9][0-9]{0,8})")
_BETWEEN = re.compile(
    r"\s*(?:[,;|/]|->|→|(?<=[0-9])\s*[-–—](?=\s*[0-9]))[,;\s]*"  # a sign between numbers
    r"|\s+(?![xX×*\s])(?<![xX×*]\s)"  # or blanks, but not those around the x of "4 x 256"
)


def parse_sizes(text: str) -> tuple[int, ...]:
    """Hidden sizes from a person's line; nothing at all is the linear classifier.

    Understood are "512, 256", "512 256", "512-256", "512 → 256", "[512, 256]", depth x width as in
    "12 x 256" or "12×256", and mixtures such as "2x256, 64".

    Raises:
        SettingError: saying what is wrong and what to write.
    """
    sizes: list[int] = []
    for piece in _BETWEEN.split(unbracketed(text)):
        piece = piece.strip()
        if not piece:
            continue
        match = _PIECE.fullmatch(piece)
        if not match:
            raise SettingError(
                f"Hidden sizes: “{piece[:20]}” is not a number of units. Write 512, 256, 128 or "
                "12 x 256 (depth x width)."
            )
        repeat, units = int(match[1] or 1), int(match[2])
        if len(sizes) + repeat > MAX_LAYERS:
            raise SettingError(
                f"Hidden sizes: {len(sizes) + repeat} layers; at most {MAX_LAYERS} are possible. "
                "Depth comes first: 4 x 256 is 4 layers of 256 units."
            )
        sizes += [units] * repeat
    return check_sizes(sizes)


def layer_sizes(config: Mapping[str, Any]) -> tuple[int, ...]:
    """Inputs, hidden units and outputs of a network's configuration, checked before anything of
    their size is made.

    Raises:
        SettingError: for a value that is no size, or a network of more than 300 million weights.
    """
    inputs = _size(config.get("input_size", 784), "Input size", MAX_INPUTS)
    outputs = _size(config.get("num_classes", 10), "Number of classes", MAX_INPUTS)
    sizes = (inputs, *check_sizes(config.get("hidden_sizes", HIDDEN_SIZES)), outputs)
    if (weights := parameters_of(sizes)) > MAX_PARAMETERS:
        raise SettingError(
            f"Hidden sizes: {weights / 1e6:.0f} million weights; make the network narrower or "
            f"less deep (at most {MAX_PARAMETERS // 10**6} million)."
        )
    return sizes


def parameters_of(sizes: Sequence[int]) -> int:
    """Weights and biases of a fully connected network with these layers."""
    return sum(a * b + b for a, b in itertools.pairwise(sizes))


def _size(value: Any, label: str, high: int) -> int:
    found = None if isinstance(value, str) else whole(value, label)
    if found is None or not 1 <= found <= high:
        raise SettingError(
            f"{label}: give a whole number from 1 to {count(high)}, not {shown(value)}."
        )
    return found


class BaseNetwork(nn.Module):
    """Linear layers with one activation between them; no activation after the last.

    Args:
        act_fn: activation module, shared by all hidden layers (it has no weights).
        input_size: pixels of an image.
        num_classes: outputs.
        hidden_sizes: units of each hidden layer.

    Attributes:
        layers: ModuleList, Linear and activation in turn, so that Linear number i is
            `layers[2 * i]`; the tutorial counts layers by this index (Layer 0, 2, 4, ...).
        config: what is needed to build it again, in the published checkpoints' format.
    """

    def __init__(
        self,
        act_fn: nn.Module,
        input_size: int = 784,
        num_classes: int = 10,
        hidden_sizes: Sequence[int] = HIDDEN_SIZES,
    ) -> None:
        super().__init__()
        sizes = layer_sizes(
            {"input_size": input_size, "num_classes": num_classes, "hidden_sizes": hidden_sizes}
        )
        layers: list[nn.Module] = []
        for fan_in, fan_out in itertools.pairwise(sizes):
            layers += [nn.Linear(fan_in, fan_out), act_fn]
        self.layers = nn.ModuleList(layers[:-1])
        self.config = {
            "act_fn": act_fn.__class__.__name__,
            "input_size": sizes[0],
            "num_classes": sizes[-1],
            "hidden_sizes": list(sizes[1:-1]),
        }
        if settings := getattr(act_fn, "init_settings", None):
            self.config["act_fn_settings"] = settings

    def forward(self, x: Tensor) -> Tensor:
        """Images [N, ...] with `input_size` values each -> logits [N, num_classes]."""
        x = x.reshape(x.shape[0], -1)
        for layer in self.layers:
            x = layer(x)
        return x

    def linears(self) -> list[nn.Linear]:
        """The Linear layers, input side first."""
        return [layer for layer in self.layers if isinstance(layer, nn.Linear)]


def from_config(config: dict) -> BaseNetwork:
    """A new network from `BaseNetwork.config`, with fresh weights.

    The activation may be a class name, as the published configurations have it ("ReLU"), or a
    dictionary with its name and settings, as the course's tutorial on activation functions
    writes it ({"name": "LeakyReLU", "alpha": 0.1}).

    Raises:
        SettingError: for a missing, unknown or unusable value.
    """
    activation = activation_of(config)
    sizes = layer_sizes(config)
    return BaseNetwork(activation, sizes[0], sizes[-1], sizes[1:-1])


def activation_of(config: Any) -> nn.Module:
    """The activation module that a network's configuration names.

    Raises:
        SettingError: for a missing, unknown or unusable value.
    """
    if not isinstance(config, Mapping) or "act_fn" not in config:
        raise SettingError("Network configuration: it has no activation function (act_fn).")
    named, settings = config["act_fn"], config.get("act_fn_settings", {})
    if isinstance(named, Mapping):
        settings = {k: v for k, v in named.items() if k != "name"}
        named = named.get("name")
    if not isinstance(settings, Mapping):
        raise SettingError("Network configuration: act_fn_settings is not a JSON object.")
    return make_activation(named, **{str(k): v for k, v in settings.items()})


def count_parameters(model: nn.Module) -> int:
    """Weights and biases together."""
    return sum(p.numel() for p in model.parameters())


def pick_device(name: str | None = None) -> torch.device:
    """The device called `name`, else the best one here: CUDA, Apple's MPS, or the CPU."""
    if name:
        return torch.device(name)
    if torch.cuda.is_available():
        return torch.device("cuda")
    if torch.backends.mps.is_available():
        return torch.device("mps")
    return torch.device("cpu")
