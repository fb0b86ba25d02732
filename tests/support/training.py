"""Small races that take a second, shared by the training tests."""

from __future__ import annotations

import functools
import json
import shutil
from pathlib import Path

from initopt_core import data
from initopt_core.training import Racer, TrainConfig
from initopt_core.training.runs.recorded import recorded_config, recorded_race
from initopt_core.training.runs.store import RunStore


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


def finished_run(store: RunStore) -> str:
    """The id of a finished run of `store` that nobody had to train: the recorded race again."""
    return store.create(
        recorded_config(), state="done", fill=lambda folder: shutil.copy(recorded_race(), folder)
    )


def steered(store: RunStore, run: str) -> None:
    """Let a run's record say that a rate was changed on the way."""
    told = {"kind": "lr", "clock": 1.0, "racer": 0, "lr": 0.5, "step": 42}
    with (store.path(run) / "events.jsonl").open("a", encoding="utf-8") as events:
        events.write(json.dumps(told) + "\n")


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


class Ready(Nobody):
    """A runner that is ready once it was started.

    Attributes:
        began: folders of the runs that it was given.
    """

    def __init__(self) -> None:
        self.began: list[Path] = []
        self.up = False

    def start(self) -> bool:
        self.up = True
        return True

    def running(self) -> bool:
        return self.up
