"""The tutorial's race as this project has run it once in full; what a first visitor sees."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from initopt_core.paths import ASSETS
from initopt_core.training.config import TrainConfig

FOLDER = ASSETS / "data" / "recorded_race"


def recorded_race() -> Path:
    """The event log of the recorded run: three optimizers, 40 epochs, the full training split.

    Its folder also holds the run's config.json. Made by
    `python -m initopt_core train --optimizers SGD SGDMomentum Adam --epochs 40 --out DIR`.
    """
    return FOLDER / "events.jsonl"


@lru_cache(maxsize=1)
def recorded_config() -> TrainConfig:
    """What that run was set to."""
    return TrainConfig.from_json((FOLDER / "config.json").read_bytes())
