"""First-order optimizers, each short enough to read aloud, and the registry of them."""

from .adaptive import Adagrad, Adam, Adamax, AdamW, NAdam, RMSprop
from .entries import OPTIMIZERS, make_optimizer
from .entry import OptimizerEntry
from .modern import Lion, Muon, orthogonalize
from .momentum import SGD, HeavyBall, Nesterov, SGDMomentum
from .template import OptimizerTemplate, average

__all__ = [
    "OPTIMIZERS",
    "SGD",
    "Adagrad",
    "Adam",
    "AdamW",
    "Adamax",
    "HeavyBall",
    "Lion",
    "Muon",
    "NAdam",
    "Nesterov",
    "OptimizerEntry",
    "OptimizerTemplate",
    "RMSprop",
    "SGDMomentum",
    "average",
    "make_optimizer",
    "orthogonalize",
]
