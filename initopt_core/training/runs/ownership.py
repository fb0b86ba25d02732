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
from initopt_core.wording import number

SAMPLE_IMAGES = 5000
RATES_TRIED = 7
TUTORIAL_WEIGHTS = parameters_of((784, *HIDDEN_SIZES, 10))


@dataclass(frozen=True)
class Allowance:
    """What strangers may ask of a server.

    Attributes:
        budget: epochs x images x racers of one run; wide networks count for more.
        waiting: runs of one visitor that wait or train at one time.
        queue: runs of all that may wait.
    """

    budget: int = 2_000_000
    waiting: int = 2
    queue: int = 60


def may_change(visitor: Visitor, owner: str) -> bool:
    """Whether somebody may stop, steer, rename or delete a run of `owner`."""
    return visitor.full or (bool(owner) and visitor.name == owner)


def refuse_strangers(visitor: Visitor, owner: str) -> None:
    """Raise SettingError unless `may_change`."""
    if not may_change(visitor, owner):
        raise SettingError("This run was started in another browser: here it can be watched only.")


def cost(config: TrainConfig) -> int:
    """Epochs x images x racers, over all seeds, with the epochs of a rate search; networks that
    are larger than the tutorial's count for as much more."""
    there = SAMPLE_IMAGES if config.data == "sample" else TRAIN_SIZE
    images = min(config.train_images or there, there)
    searches = RATES_TRIED * len({config.initializer, *config.search_initializers})
    epochs = config.epochs + config.search_epochs * searches
    weights = parameters_of((784, *config.hidden_sizes, 10))
    work = epochs * images * len(config.racers) * len(config.seeds)
    return round(work * max(1.0, weights / TUTORIAL_WEIGHTS))


def refuse_costly(visitor: Visitor, config: TrainConfig, allowed: Allowance) -> None:
    """Raise SettingError when a visitor's run is beyond the budget, saying what would fit."""
    asked = cost(config)
    if visitor.full or asked <= allowed.budget:
        return
    fits = max(0, config.epochs * allowed.budget // asked)
    advice = f"{fits} epochs of it would fit" if fits else "take the sample, or fewer racers"
    raise SettingError(
        f"This race is {number(asked / allowed.budget)} times what a visitor of a shared server "
        f"may train: {advice}. Everything can be trained on a computer of your own."
    )
