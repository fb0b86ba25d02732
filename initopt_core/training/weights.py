"""Weights as other programs save them: wrapped, prefixed, under other names.

What is left of them are the layers of a `BaseNetwork`, or a sentence on what is in the way.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor

from initopt_core.reading import shown
from initopt_core.registry import SettingError

WRAPPERS = ("state_dict", "model_state_dict", "model_state", "model", "net", "network", "weights")
PREFIXES = ("module.", "_orig_mod.", "model.", "net.", "network.", "_forward_module.")
MAX_TENSORS = 1000


def layer_state(
    state: Any, sizes: Sequence[int], config: str = "its configuration"
) -> dict[str, Tensor]:
    """The state dictionary of a `BaseNetwork` with these layer sizes, from foreign weights.

    Opened are `{"state_dict": ...}` and its like, the prefixes of DataParallel, torch.compile and
    Lightning, networks that call their layers otherwise (a bare Sequential: 0.weight, 2.weight;
    fc1.weight, ...), and layers without biases, which are biases of zero.

    Args:
        sizes: inputs, hidden units, outputs.
        config: name of the file that says these sizes.

    Raises:
        SettingError: what is in the way, as the end of a sentence that begins with the file.
    """
    found = unprefixed(unwrapped(state))
    _check_tensors(found)
    pairs = _pairs(found)
    wanted = list(itertools.pairwise(sizes))
    shapes = [(weight.shape[1], weight.shape[0]) for weight, _ in pairs.values()]
    if shapes != wanted:
        raise SettingError(
            f"does not fit {config}: the weights are layers of {_chain(shapes)}, the "
            f"configuration says {_chain(wanted)}. Put the weights' sizes into it."
        )
    layers: dict[str, Tensor] = {}
    for index, (weight, bias) in enumerate(pairs.values()):
        layers[f"layers.{2 * index}.weight"] = weight
        none = torch.zeros(len(weight), dtype=weight.dtype)
        layers[f"layers.{2 * index}.bias"] = none if bias is None else bias
    return layers


def sizes_of(state: Any) -> list[int] | None:
    """Inputs, hidden units and outputs that weights tell, or None when they are no such network."""
    try:
        found = unprefixed(unwrapped(state))
        _check_tensors(found)
        shapes = [weight.shape for weight, _ in _pairs(found).values()]
    except SettingError:
        return None
    return [shapes[0][1], *(shape[0] for shape in shapes)]


def unwrapped(state: Any) -> dict[str, Tensor]:
    """The dictionary of tensors in `state`, which training programs wrap once or twice.

    Raises:
        SettingError: when there is none.
    """
    for _ in range(3):
        if not isinstance(state, Mapping):
            break
        inner = next((state[k] for k in WRAPPERS if isinstance(state.get(k), Mapping)), None)
        if inner is None:
            break
        state = inner
    if not isinstance(state, Mapping) or not state:
        raise SettingError(
            f"does not hold a network's weights but a {type(state).__name__}: save "
            "model.state_dict()."
        )
    for name, value in state.items():
        if not isinstance(name, str) or not isinstance(value, Tensor):
            raise SettingError(
                f"does not hold a network's weights alone: {shown(name)} is a "
                f"{type(value).__name__}. Save model.state_dict(), or put it under 'state_dict'."
            )
    if len(state) > MAX_TENSORS:
        raise SettingError(f"holds {len(state)} tensors; at most {MAX_TENSORS} are read.")
    return dict(state)


def unprefixed(state: dict[str, Tensor]) -> dict[str, Tensor]:
    """`state` without the prefixes that wrappers of a network put before all of its names."""
    while prefix := next((p for p in PREFIXES if all(k.startswith(p) for k in state)), None):
        state = {k.removeprefix(prefix): v for k, v in state.items()}
    return state


def _check_tensors(state: dict[str, Tensor]) -> None:
    for name, value in state.items():
        usable = value.device.type == "cpu" and value.layout == torch.strided
        if not (usable and value.is_floating_point()) or value.is_quantized:
            raise SettingError(
                f"holds {shown(name)} as {value.dtype}, {value.layout} on {value.device}: save "
                "weights as ordinary floating-point numbers, model.float().state_dict()."
            )
        if not bool(value.isfinite().all()):
            raise SettingError(
                f"holds values in {shown(name)} that are not finite numbers: the training has "
                "diverged; save an earlier epoch."
            )


def _pairs(state: dict[str, Tensor]) -> dict[str, tuple[Tensor, Tensor | None]]:
    """Layer name -> (weight [out, in], bias [out] or None), in the file's order."""
    weights, biases = {}, {}
    for name, value in state.items():
        layer, _, kind = name.rpartition(".")
        if kind == "weight" and value.ndim == 2:
            weights[layer] = value
        elif kind == "bias" and value.ndim == 1:
            biases[layer] = value
        else:
            raise SettingError(
                f"does not hold a fully connected network alone: {shown(name)} has the shape "
                f"{list(value.shape)}. Only linear layers (weight and bias) are opened; leave out "
                "convolutions, normalization and what is not the network's."
            )
    lost = sorted(set(biases) - set(weights)) or [
        layer for layer in weights if biases and layer not in biases
    ]
    if lost or not weights:
        raise SettingError(f"is not whole: layer {shown(lost[0])} has only one of weight and bias.")
    for layer, bias in biases.items():
        if len(bias) != len(weights[layer]):
            raise SettingError(f"is damaged: bias and weight of {shown(layer)} do not fit.")
    return {layer: (weight, biases.get(layer)) for layer, weight in weights.items()}


def _chain(shapes: Sequence[tuple[int, int]]) -> str:
    return ", ".join(f"{a} to {b}" for a, b in shapes[:6]) + (" …" if len(shapes) > 6 else "")
