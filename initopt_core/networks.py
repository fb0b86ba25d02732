"""The fully connected network of the tutorial, and the activations that it can use."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from .registry import Entry, Registry, SettingError

HIDDEN_SIZES = (512, 256, 256, 128)
MAX_LAYERS = 64
MAX_UNITS = 2048


class Identity(nn.Module):
    """No non-linearity: the network stays linear, which is what the first derivations assume.

    A class of our own because the published configurations call it by this name.
    """

    def forward(self, x: Tensor) -> Tensor:
        return x


ACTIVATIONS = Registry(
    "activation",
    [
        Entry(
            "identity",
            "Identity",
            Identity,
            formula=r"\phi(z) = z",
            help="Linear network: isolates what the weights alone do to the variance.",
        ),
        Entry(
            "tanh",
            "Tanh",
            nn.Tanh,
            formula=r"\phi(z) = \tanh z",
            source="LeCun et al., Efficient BackProp, 1998",
            help="Zero-centred and saturating; close to the identity for small inputs.",
        ),
        Entry(
            "relu",
            "ReLU",
            nn.ReLU,
            formula=r"\phi(z) = \max(0, z)",
            source="Nair & Hinton, ICML 2010",
            help="Keeps half of a zero-centred input; the usual choice for deep networks.",
        ),
    ],
)


def make_activation(name: str, **parameters) -> nn.Module:
    """A new activation module from its registry name or, as in saved files, its class name.

    Raises:
        SettingError: for an unknown name or an unusable parameter.
    """
    key = str(name).lower()
    by_class = {getattr(e.call, "__name__", "").lower(): e for e in ACTIVATIONS.values()}
    entry = ACTIVATIONS.get(key) or by_class.get(key) or ACTIVATIONS[key]
    settings = entry.settings(parameters)
    module = entry.call(**settings)
    module.init_settings = settings  # so that a network's config can build it again
    return module


def check_sizes(sizes: Sequence[int]) -> tuple[int, ...]:
    """`sizes` as a tuple of ints, each 1 to 2,048 units, at most 64 layers (none is allowed:
    that is a linear classifier).

    Raises:
        SettingError: naming the first thing that is wrong.
    """
    try:
        result = tuple(int(s) for s in sizes)
    except (TypeError, ValueError):
        raise SettingError("Hidden sizes: give whole numbers, for example 512, 256, 128.") from None
    if len(result) > MAX_LAYERS:
        raise SettingError(
            f"Hidden sizes: {len(result)} layers; at most {MAX_LAYERS} are possible."
        )
    for position, size in enumerate(result, 1):
        if not 1 <= size <= MAX_UNITS:
            raise SettingError(
                f"Hidden sizes: layer {position} has {size} units; give 1 to {MAX_UNITS}."
            )
    return result


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
        hidden_sizes = check_sizes(hidden_sizes)
        sizes = (input_size, *hidden_sizes, num_classes)
        layers: list[nn.Module] = []
        for fan_in, fan_out in zip(sizes[:-1], sizes[1:], strict=True):
            layers += [nn.Linear(fan_in, fan_out), act_fn]
        self.layers = nn.ModuleList(layers[:-1])
        self.config = {
            "act_fn": act_fn.__class__.__name__,
            "input_size": input_size,
            "num_classes": num_classes,
            "hidden_sizes": list(hidden_sizes),
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

    The published configurations hold the activation's class name as a plain string (the
    tutorial's own loader expects a dictionary there and fails on them).

    Raises:
        SettingError: for a missing, unknown or unusable value.
    """
    if not isinstance(config, dict) or "act_fn" not in config:
        raise SettingError("Network configuration: it has no activation function (act_fn).")
    sizes = {k: config[k] for k in ("input_size", "num_classes", "hidden_sizes") if k in config}
    return BaseNetwork(
        make_activation(config["act_fn"], **config.get("act_fn_settings", {})), **sizes
    )


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
