"""The program that a race is given as runs by itself and prints the race's own numbers."""

from __future__ import annotations

import contextlib
import io
import re

import pytest
import torchvision.datasets

from initopt_core import data as fashion
from initopt_core.initializers import INITIALIZERS
from initopt_core.networks import ACTIVATIONS
from initopt_core.optimizers import OPTIMIZERS
from initopt_core.schedules import SCHEDULES
from initopt_core.training import Racer, train
from initopt_core.training.code import program
from tests.support.training import tiny

SMALL = {"data": "full", "epochs": 2, "train_images": 600, "batch_size": 128}


class Stored:
    """torchvision's interface to the files that are here."""

    def __init__(self, root, train, download):
        dataset = fashion.load()
        self.data = dataset.train_images if train else dataset.test_images
        self.targets = dataset.train_labels if train else dataset.test_labels

    def __len__(self):
        return len(self.data)


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"schedule": "cosine", "clip_norm": 0.5, "seeds": (1, 2)},
        {"initializer": "lsuv", "activation": "tanh"},
        {
            "racers": (
                Racer("Lion"),
                Racer("Adam", (("bias_correction", False),)),
                Racer("Nesterov"),
            )
        },
        {"racers": (Racer("Muon"),), "schedule": "one_cycle"},
        {"initializer": "constant_variance"},
    ],
)
def test_the_program_prints_the_same_numbers(monkeypatch, changes):
    dataset = fashion.load()
    if dataset.source == "sample":
        pytest.skip("needs the full Fashion-MNIST")
    config = tiny(**{**SMALL, **changes})
    result = train(config, dataset)
    monkeypatch.setattr(torchvision.datasets, "FashionMNIST", Stored)
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        exec(compile(program(config), "program", "exec"), {})
    pattern = r"epoch 2: loss ([\d.]+), validation ([\d.]+) %\n.*: test ([\d.]+) %"
    rows = re.findall(pattern, said.getvalue())
    assert len(rows) == len(result.trials)
    # torch's Muon takes its inner steps in bfloat16, which has three digits.
    rel, points = (0.05, 4.0) if config.racers[0].optimizer == "Muon" else (5e-3, 0.3)
    for row, trial in zip(rows, result.trials.values(), strict=True):
        loss, val, test = map(float, row)
        assert loss == pytest.approx(trial.train_losses[-1], rel=rel)
        assert val == pytest.approx(100 * trial.val_scores[-1], abs=points)
        assert test == pytest.approx(100 * trial.test_acc, abs=points)


def test_every_entry_has_a_program():
    configs = [tiny(racers=(Racer(name),)) for name in OPTIMIZERS]
    configs += [tiny(schedule=name) for name in SCHEDULES]
    configs += [tiny(initializer=name) for name in INITIALIZERS]
    configs += [tiny(activation=name) for name in ACTIVATIONS]
    for config in configs:
        compile(program(config), "program", "exec")
