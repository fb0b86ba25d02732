"""Training: configurations, the race itself, its events, files, worker and service."""

import os
import sys

if "torch" not in sys.modules:
    # Threads that wait for each other sleep rather than spin on: where something else wants a
    # core a step then takes milliseconds instead of a tenth of a second. But waking one takes as
    # long as a small layer, so GNU's threads look around for some microseconds before they sleep.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    os.environ.setdefault("GOMP_SPINCOUNT", "3000")

from .checkpoints import CheckpointError, load_model, save_model
from .config import Racer, TrainConfig, tutorial_comparison
from .loop import Control, Stopped, TrainResult, train
from .measure import evaluate
from .plain import train_to_folder

__all__ = [
    "CheckpointError",
    "Control",
    "Racer",
    "Stopped",
    "TrainConfig",
    "TrainResult",
    "evaluate",
    "load_model",
    "save_model",
    "train",
    "train_to_folder",
    "tutorial_comparison",
]
