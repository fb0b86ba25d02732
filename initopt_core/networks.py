"""The fully connected network of the tutorial, its sizes and its configuration."""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor, nn

from initopt_core.activations import (
    ACTIVATIONS,
    DEAD,
    FLAT,
    ActivationEntry,
    Identity,
    active_range,
    make_activation,
)
from initopt_core.reading import shown, unbracketed, whole, whole_numbers
from initopt_core.registry import SettingError
from initopt_core.wording import count

__all__ = [
    "ACTIVATIONS",
    "DEAD",
    "FLAT",
    "HIDDEN_SIZES",
    "MAX_INPUTS",
    "MAX_LAYERS",
    "MAX_PARAMETERS",
    "MAX_UNITS",
    "ActivationEntry",
    "BaseNetwork",
    "Identity",
    "activation_of",
    "active_range",
    "check_sizes",
    "count_parameters",
    "from_config",
    "layer_sizes",
    "make_activation",
    "parameters_of",
    "parse_sizes",
    "pick_device",
]

HIDDEN_SIZES = (512, 256, 256, 128)
MAX_LAYERS = 64
MAX_UNITS = 2048
MAX_INPUTS = 1_000_000
MAX_PARAMETERS = 300_000_000
_SIZES_EXAMPLE = "[512, 256, 128]"


def check_sizes(sizes: Sequence[int]) -> tuple[int, ...]:
    """`sizes` as a tuple of ints, each 1 to 2,048 units, at most 64 layers (none is allowed:
    that is a linear classifier). Text is not a list: `parse_sizes` reads it.

    Raises:
        SettingError: naming the first thing that is wrong.
    """
    result = whole_numbers(sizes, "Hidden layers", _SIZES_EXAMPLE)
    if len(result) > MAX_LAYERS:
        raise SettingError(
            f"Hidden layers: {len(result)} layers; at most {MAX_LAYERS} are possible."
        )
    for position, size in enumerate(result, 1):
        if not 1 <= size <= MAX_UNITS:
            raise SettingError(
                f"Hidden layers: layer {position} has {shown(size)} units; give 1 to {MAX_UNITS}."
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
                f"Hidden layers: “{piece[:20]}” is not a number of units. Write 512, 256, 128 or "
                "12 x 256 (depth x width)."
            )
        repeat, units = int(match[1] or 1), int(match[2])
        if len(sizes) + repeat > MAX_LAYERS:
            raise SettingError(
                f"Hidden layers: {len(sizes) + repeat} layers; at most {MAX_LAYERS} are possible. "
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
            f"Hidden layers: {weights / 1e6:.0f} million weights; make the network narrower or "
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
