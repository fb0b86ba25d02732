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
from initopt_core.training.code import program, search_program
from initopt_core.training.trial import rate_grid
from tests.support.training import tiny

SMALL = {"data": "full", "epochs": 2, "train_images": 600, "batch_size": 128}


class Stored:
    """torchvision's interface to the files that are here."""

    def __init__(self, root, train, download):
        dataset = fashion.load()
        self.data = dataset.train_images if train else dataset.test_images
        self.targets = dataset.train_labels if train else dataset.test_labels
        self.classes = list(dataset.classes)

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


@pytest.fixture(scope="module")
def raced():
    """A short race with its history, and what each of its programs prints."""
    dataset = fashion.load()
    if dataset.source == "sample":
        pytest.skip("needs the full Fashion-MNIST")
    config = tiny(**SMALL, hidden_sizes=(16, 8))
    events = []
    train(config, dataset, events.append)

    def said(source):
        out = io.StringIO()
        with pytest.MonkeyPatch.context() as patch, contextlib.redirect_stdout(out):
            patch.setattr(torchvision.datasets, "FashionMNIST", Stored)
            exec(compile(source, "program", "exec"), {})
        return out.getvalue()

    return config, events, said


def numbers(pattern, text):
    return [[float(v) for v in row] for row in re.findall(pattern, text)]


def test_the_layers_program_prints_gradients_and_updates(raced):
    config, events, said = raced
    rows = numbers(
        r"step (\d+), layer (\d): gradient (\S+), update / weights (\S+)",
        said(program(config, "layers")),
    )
    probes = [e for e in events if e["kind"] == "probe"]
    probes.sort(key=lambda e: config.trial_names().index(e["name"]))
    measured = [
        [e["step"], 2 * i, gradient, ratio]
        for e in probes
        for i, (gradient, ratio) in enumerate(zip(e["gradient"], e["ratio"], strict=True))
    ]
    assert len(rows) == len(measured) > 6
    for row, there in zip(rows, measured, strict=True):
        assert row == pytest.approx(there, rel=2e-3)


def test_the_distributions_program_prints_the_histograms(raced):
    config, events, said = raced
    pattern = r"layer (\d), \w+: (\S+) to (\S+), mean (\S+), standard deviation ([^,]+), in"
    text = said(program(config, "distributions"))
    rows, bins = numbers(pattern, text), re.findall(r"40 bins \[(.*)\]", text)
    layers = [e["layers"] for e in events if e["kind"] == "layers"]
    measured = [
        (one["name"], one[what])
        for name in config.trial_names()
        for layer in layers
        for one in layer[name]
        for what in ("weights", "activations")
    ]
    assert len(rows) == len(bins) == len(measured) > 20
    for row, counts, (name, h) in zip(rows, bins, measured, strict=True):
        there = [name, h["low"], h["high"], h["mean"], h["std"]]
        assert row == pytest.approx(there, rel=5e-3, abs=2e-3)
        assert sum(map(int, counts.split(","))) == sum(h["counts"])


def test_the_results_program_prints_classes_and_mistakes(raced):
    config, events, said = raced
    text = said(program(config, "results"))
    printed = [list(map(int, row.split(","))) for row in re.findall(r"for \[(.*)\]", text)]
    tests = [e for e in events if e["kind"] == "test"]
    assert len(printed) == 10 * len(config.racers) and tests
    for k, test in enumerate(tests):
        mine = printed[10 * k : 10 * k + 10]
        far = sum(abs(a - b) for x, y in zip(mine, test["confusion"], strict=True)
                  for a, b in zip(x, y, strict=True))  # fmt: skip
        assert far <= 0.01 * sum(map(sum, test["confusion"])), "rounding may move a few images"
    assert text.count("test image") == 24 * len(config.racers)


def test_the_search_program_tries_every_rate(monkeypatch):
    config = tiny(**{**SMALL, "epochs": 1}, search_epochs=1)
    source = search_program(config, config.initializer)
    grid = [rate for racer in config.racers for rate in rate_grid(racer)]
    assert all(f" at {rate!r}'" in source for rate in grid) and source.count(": lambda") == len(
        grid
    )
    compile(source, "program", "exec")
    compile(search_program(config, "xavier"), "program", "exec")
