"""An optimizer's settings in symbols, as figures and files name them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from initopt_core.wording import number

from .entries import OPTIMIZERS

SYMBOLS = {
    "lr": "η",
    "momentum": "β",
    "beta1": "β₁",
    "beta2": "β₂",
    "eps": "ε",
    "weight_decay": "λ",
}
TELLING = ("lr", "momentum", "beta1")
"""Settings that are named whatever they are; others where they are not the usual ones."""


def in_symbols(
    optimizer: str, values: Mapping[str, Any], named: tuple[str, ...] = TELLING
) -> list[str]:
    """Its settings one by one, such as "η 0.1" and "β 0.9".

    Args:
        optimizer: name in OPTIMIZERS.
        values: of all its parameters.
        named: parameters that are said even where they have their usual value.
    """
    parts = []
    for p in OPTIMIZERS[optimizer].parameters:
        value = values[p.name]
        if p.name == "bias_correction":
            parts += [] if value else ["no bias correction"]
        elif p.name in named or value != p.default:
            parts.append(f"{SYMBOLS.get(p.name, p.label.lower())} {number(value, 6)}")
    return parts
