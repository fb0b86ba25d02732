"""A setting in a line, for captions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from initopt_core.data import CLASSES
from initopt_core.initializers import INITIALIZERS
from initopt_core.networks import ACTIVATIONS
from initopt_core.registry import Entry
from initopt_core.wording import count, in_mid_sentence, many, number

from .settings import Settings, describe_hidden


def in_words(settings: Settings) -> str:
    """All that makes a figure, the numbers behind the names as well, such as "Kaiming (He): gain
    1.41; ReLU; hidden 512, 256; 1,024 images, seed 18."."""
    scheme, activation = INITIALIZERS[settings.scheme], ACTIVATIONS[settings.activation]
    told = [
        _with(scheme, settings.scheme_values),
        _with(activation, dict(settings.activation_settings)),
        f"hidden {describe_hidden(settings.hidden)}" if settings.hidden else "no hidden layer",
    ]
    images = many(settings.batch, "image")
    if settings.classes:
        images += f" of {', '.join(CLASSES[label] for label in settings.classes)}"
    return f"{'; '.join(told)}; {images}, seed {count(settings.seed)}."


def _with(entry: Entry, values: Mapping[str, Any]) -> str:
    """The entry's name and its values, those that there are."""
    said = ", ".join(_values(entry, values))
    return f"{entry.label}: {said}" if said else entry.label


def _values(entry: Entry, values: Mapping[str, Any]) -> Iterator[str]:
    """What is out of the way: switches that are on, biases that are not zero, all else."""
    for parameter in entry.parameters:
        value, label = values[parameter.name], in_mid_sentence(parameter.label)
        if isinstance(value, bool):
            yield from [label] if value else []
        elif isinstance(value, str):
            said = value.replace("_", "-")  # fan-in, of which the parameter is named "fan"
            yield said if said.startswith(f"{label}-") else f"{label} {said}"
        elif value or "bias" not in parameter.name:
            yield f"{label} {number(value)}"
