"""The registry of optimizers, in the order in which they are shown."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from torch import Tensor

from initopt_core.registry import Registry

from .adaptive import ADAGRAD, ADAM, ADAMAX, ADAMW, NADAM, RMSPROP
from .entry import OptimizerEntry
from .modern import LION, MUON
from .momentum import HEAVY_BALL, NESTEROV, PLAIN_SGD, SGD_MOMENTUM
from .template import OptimizerTemplate

OPTIMIZERS: Registry[OptimizerEntry] = Registry(
    "optimizer",
    (
        PLAIN_SGD,
        SGD_MOMENTUM,
        HEAVY_BALL,
        NESTEROV,
        ADAGRAD,
        RMSPROP,
        ADAM,
        ADAMW,
        NADAM,
        ADAMAX,
        LION,
        MUON,
    ),
)


def make_optimizer(name: str, params: Iterable[Tensor], **settings: Any) -> OptimizerTemplate:
    """A new optimizer from its registry name; settings left out take their defaults.

    Raises:
        SettingError: for an unknown name or setting, or a value out of range.
    """
    entry = OPTIMIZERS[name]
    return entry.call(params, **entry.settings(settings))
