"""Small races that take a second, shared by the training tests."""

from __future__ import annotations

import functools
from pathlib import Path

from initopt_core import data
from initopt_core.training import Racer, TrainConfig


@functools.cache
def sample() -> data.FashionMNIST:
    return data.load_sample()


def tiny(**changes) -> TrainConfig:
    """Two racers, a small network, 1,024 images of the sample: 8 steps an epoch."""
    values = {
        "racers": (Racer("SGD", (("lr", 0.1),)), Racer("Adam", (("lr", 0.003),))),
        "hidden_sizes": (16, 8),
        "batch_size": 128,
        "epochs": 3,
        "data": "sample",
        "train_images": 1024,
    }
    return TrainConfig(**{**values, **changes})


def without_times(event: dict) -> dict:
    """An event with what differs from run to run left out."""
    return {k: v for k, v in event.items() if k not in ("clock", "seconds", "images_per_s")}


class Nobody:
    """A runner that is never ready: runs stay in the queue."""

    def start(self) -> bool:
        return False

    def running(self) -> bool:
        return False

    def finish(self) -> None: ...

    def end(self, patience: float = 5.0) -> None: ...

    def train(self, folder: Path) -> str:
        raise AssertionError("nobody trains here")

    def death(self) -> str:
        return ""
