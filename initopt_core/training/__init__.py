"""Training: configurations, the race itself, its events, files, worker and service."""

from .checkpoints import CheckpointError, load_model, save_model
from .config import Racer, TrainConfig, tutorial_comparison
from .control import Control, Stopped
from .loop import TrainResult, train
from .measure import evaluate
from .runs.headless import train_to_folder

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
