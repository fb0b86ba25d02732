"""The tutorial's race as this project has run it once in full; what a first visitor sees."""

from __future__ import annotations

from pathlib import Path

from initopt_core.paths import ASSETS

FOLDER = ASSETS / "data" / "recorded_race"


def recorded_race() -> Path:
    """The event log of the recorded run: three optimizers, 40 epochs, the full training split.

    Its folder also holds the run's config.json. Made by
    `python -m initopt_core train --optimizers SGD SGDMomentum Adam --epochs 40 --out DIR`.
    """
    return FOLDER / "events.jsonl"
