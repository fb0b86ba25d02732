"""Who may do what with a run, and how much a visitor may ask of a shared server.

Pure rules: who somebody is, the web server knows; what is running, the service.
"""

from __future__ import annotations

from dataclasses import dataclass

from initopt_core.data import TRAIN_SIZE
from initopt_core.networks import HIDDEN_SIZES, parameters_of
from initopt_core.registry import SettingError
from initopt_core.training.config import TrainConfig
from initopt_core.visitors import Visitor
from initopt_core.wording import many, number, percent

SAMPLE_IMAGES = 5000
RATES_TRIED = 7
TUTORIAL_WEIGHTS = parameters_of((784, *HIDDEN_SIZES, 10))


@dataclass(frozen=True)
class Allowance:
    """What strangers may ask of a server.

    Attributes:
        budget: epochs x images x racers of one run; wide networks count for more.
        weights: of all networks of one run, which are trained side by side.
        waiting: runs of one visitor that wait or train at one time.
        queue: runs of all that may wait.
    """

    budget: int = 2_000_000
    waiting: int = 2
    queue: int = 60
    weights: int = 30_000_000


def may_change(visitor: Visitor, owner: str) -> bool:
    """Whether somebody may stop, steer, rename or delete a run of `owner`."""
    return visitor.full or (bool(owner) and visitor.name == owner)


def owner_of(visitor: Visitor) -> str:
    """Whose name a new run gets: nobody's where somebody with full rights starts it."""
    return "" if visitor.full else visitor.name


def refuse_strangers(visitor: Visitor, owner: str) -> None:
    """Raise SettingError unless `may_change`."""
    if not may_change(visitor, owner):
        raise SettingError("This run was started in another browser: here it can be watched only.")


def cost(config: TrainConfig) -> int:
    """Epochs x images x racers, over all seeds, with the epochs of a rate search; networks that
    are larger than the tutorial's count for as much more."""
    epochs = config.epochs + _searched(config)
    work = epochs * _images(config) * len(config.racers) * len(config.seeds)
    return round(work * _size(config))


def _images(config: TrainConfig) -> int:
    there = SAMPLE_IMAGES if config.data == "sample" else TRAIN_SIZE
    return min(config.train_images or there, there)


def _searched(config: TrainConfig) -> int:
    """Epochs of the rate search."""
    starts = len({config.initializer, *config.search_initializers})
    return config.search_epochs * RATES_TRIED * starts


def _size(config: TrainConfig) -> float:
    """For how much more a network counts than the tutorial's."""
    return max(1.0, parameters_of((784, *config.hidden_sizes, 10)) / TUTORIAL_WEIGHTS)


def reckoning(config: TrainConfig, allowed: Allowance) -> str:
    """The cost of a run as a sentence: its factors, and the share of a visitor's budget."""
    epochs, searched, size = config.epochs, _searched(config), _size(config)
    factors = [
        f"({epochs} + {searched} of the rate search) epochs" if searched else many(epochs, "epoch")
    ]
    factors += [many(_images(config), "image"), many(len(config.racers), "racer")]
    factors += [many(len(config.seeds), "seed")] if len(config.seeds) > 1 else []
    factors += [f"{number(size)} for the network's size"] if size > 1.0 else []
    asked = cost(config)
    return (
        f"{' × '.join(factors)} = {number(asked)}: {percent(asked / allowed.budget)} of what a "
        "visitor may train at once."
    )


def refuse_costly(visitor: Visitor, config: TrainConfig, allowed: Allowance) -> None:
    """Raise SettingError when a visitor's run is beyond the budget, saying what would fit."""
    if visitor.full:
        return
    networks = len(config.racers) * len(config.seeds)
    weights = networks * parameters_of((784, *config.hidden_sizes, 10))
    if weights > allowed.weights:
        raise SettingError(
            f"{many(networks, 'network')} of this size have {number(weights)} weights together; a "
            f"shared server trains up to {number(allowed.weights)} for a visitor: take smaller "
            "layers, fewer racers or fewer seeds."
        )
    asked = cost(config)
    if asked <= allowed.budget:
        return
    fits = max(0, config.epochs * allowed.budget // asked)
    advice = (
        f"{many(fits, 'epoch')} of it would fit" if fits else "take the sample, or fewer racers"
    )
    raise SettingError(
        f"This race is {number(asked / allowed.budget)} times what a visitor of a shared server "
        f"may train: {advice}. Everything can be trained on a computer of your own."
    )
