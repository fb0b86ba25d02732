"""Every program that the pages give away runs in an empty folder, without this project.

One Python process in isolated mode (-I) runs them one after the other on a small stand-in for the
data set's files.
"""

from __future__ import annotations

from itertools import zip_longest

import numpy as np
import pytest
import torch

from initopt_core.descent import Run, surface_optimizers
from initopt_core.initialization.code import LAYERS, phase_program, seeds_program
from initopt_core.initialization.code import program as initialization_program
from initopt_core.initialization.settings import Settings
from initopt_core.initializers import INITIALIZERS
from initopt_core.loss_surfaces.code import basins_snippet, snippet
from initopt_core.networks import ACTIVATIONS
from initopt_core.optimizers import OPTIMIZERS, Muon
from initopt_core.optimizers.torch_muon import MuonAndAdamW
from initopt_core.schedules import SCHEDULES
from initopt_core.surfaces import FORMULA, SURFACES, Surface
from initopt_core.training import Racer
from initopt_core.training.code import program as training_program
from initopt_core.training.config import MAX_RACERS
from tests.support.programs import run_alone
from tests.support.training import tiny


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """A folder as torchvision keeps it: 60,000 training and 300 test images, blots of light whose
    place tells their class."""
    root = tmp_path_factory.mktemp("data")
    raw = root / "FashionMNIST" / "raw"
    raw.mkdir(parents=True)
    rng = np.random.default_rng(0)
    for stem, count in (("train", 60_000), ("t10k", 300)):
        labels = rng.integers(0, 10, count, dtype=np.uint8)
        images = np.broadcast_to(rng.integers(0, 60, (1, 28, 28), dtype=np.uint8), (count, 28, 28))
        images = images.copy()
        images[np.arange(count), 2 * labels + 2] += 150
        head = [2051, count, 28, 28]
        (raw / f"{stem}-images-idx3-ubyte").write_bytes(_bytes(head) + images.tobytes())
        (raw / f"{stem}-labels-idx1-ubyte").write_bytes(_bytes([2049, count]) + labels.tobytes())
    return root


def _bytes(head: list[int]) -> bytes:
    return np.array(head, ">i4").tobytes()


SMALL = {"data": "full", "epochs": 1, "train_images": 256, "hidden_sizes": (8,)}


def training_programs() -> dict[str, str]:
    """Every optimizer, initializer, activation and schedule, several in a program."""
    racers = [Racer(name) for name in OPTIMIZERS]
    racers += [Racer("Adam", (("bias_correction", False),)), Racer("Lion", (("lr", 1e-3),))]
    made = {}
    for i in range(0, len(racers), MAX_RACERS):
        config = tiny(**{**SMALL, "racers": tuple(racers[i : i + MAX_RACERS])})
        made[f"optimizers {i}"] = training_program(config)
    for init, act, plan in zip_longest(INITIALIZERS, ACTIVATIONS, SCHEDULES):
        changes = {k: v for k, v in (("initializer", init), ("activation", act),
                                     ("schedule", plan)) if v}  # fmt: skip
        config = tiny(**{**SMALL, **changes, "racers": (Racer("Lion"),)})
        made[" ".join(changes.values())] = training_program(config)
    return made


def initialization_programs() -> dict[str, str]:
    pairs = zip_longest(INITIALIZERS, ACTIVATIONS)
    return {
        f"{scheme} {activation}": initialization_program(
            Settings(
                scheme=scheme or "kaiming", activation=activation or "relu", hidden=(8, 8), batch=64
            )
        )
        for scheme, activation in pairs
    }


def surface_programs() -> dict[str, str]:
    """Every surface and a formula with every optimizer and schedule."""
    runs = [Run(name, start=(0.5, 0.4)) for name in surface_optimizers()]
    runs += [Run("Adam", (("bias_correction", False),), (0.5, 0.4))]
    runs += [Run("Lion", (), (0.5, 0.4), name) for name in SCHEDULES]
    surfaces = [Surface(name) for name in SURFACES]
    surfaces += [Surface(FORMULA, text="max(w1, 0)**2 + softplus(w2) + pi * w1")]
    return {s.label: snippet(s, tuple(runs), 3) for s in surfaces}


def test_training_programs_run_alone(tmp_path, files):
    said = run_alone(training_programs(), tmp_path, files)
    for name, text in said.items():
        assert text.count("test ") == text.count("epoch 1: loss") >= 1, name
        assert "nan" not in text, name


def test_initialization_programs_run_alone(tmp_path, files):
    said = run_alone(initialization_programs(), tmp_path, files)
    assert all(text.count("Layer") == 3 for text in said.values())


def test_surface_programs_run_alone(tmp_path, files):
    programs = surface_programs()
    said = run_alone(programs, tmp_path, files)
    runs = len(surface_optimizers()) + 1 + len(SCHEDULES)
    assert all(text.count("loss = ") == runs for text in said.values())


def test_the_figures_other_programs_run_alone(tmp_path, files):
    """Basins, the band of the seeds and the phase map of every activation."""
    runs = [Run(name, (), (0.0, 0.0)) for name in OPTIMIZERS if OPTIMIZERS[name].elementwise]
    runs += [Run("Lion", (), (0.0, 0.0), name) for name in SCHEDULES]
    made = {
        f"basins {s.label}": basins_snippet(s, tuple(runs), 2, SURFACES[s.name].ranges, [(0, 0)])
        for s in map(Surface, SURFACES)
    }
    for activation in ACTIVATIONS:
        settings = Settings(activation=activation, hidden=(8, 8), batch=64)
        source = phase_program(settings, 0.1)
        made[f"phase {activation}"] = source.replace(f"range({LAYERS})", "range(3)")
    made["seeds"] = seeds_program(Settings(hidden=(8, 8), batch=64), 3)
    said = run_alone(made, tmp_path, files)
    for name, text in said.items():
        kind = name.split()[0]
        count = {"basins": len(runs), "phase": 1, "seeds": 1}[kind]
        words = {"basins": "of the starts diverge", "phase": "critical", "seeds": "95 % of 3 seeds"}
        assert text.count(words[kind]) == count and "nan" not in text, name


def test_a_program_that_needs_the_project_is_found_out(tmp_path, files):
    with pytest.raises(AssertionError, match="No module named 'initopt_core'"):
        run_alone({"bad": "from initopt_core.optimizers import Lion"}, tmp_path, files)


@pytest.mark.parametrize("weight_decay", [0.0, 0.1])
def test_muon_equals_torchs(weight_decay):
    """To within bfloat16, in which torch's Newton-Schulz steps are done: 3 digits."""
    g = torch.Generator().manual_seed(0)
    shapes = [(12, 20), (20, 12), (9, 9), (12,)]
    start = [torch.randn(s, generator=g) for s in shapes]
    ours, theirs = ([w.clone().requires_grad_() for w in start] for _ in range(2))
    settings = {"lr": 0.02, "momentum": 0.9, "weight_decay": weight_decay}
    pair = (ours, Muon(ours, **settings)), (theirs, MuonAndAdamW(theirs, **settings))
    for _ in range(5):
        gradients = [torch.randn(s, generator=g) for s in shapes]
        for params, optimizer in pair:
            for p, gradient in zip(params, gradients, strict=True):
                p.grad = gradient.clone()
            optimizer.step()
    for a, b, w in zip(ours, theirs, start, strict=True):
        assert (a - b).norm() < 0.02 * (b - w).norm()
        assert (b - w).norm() > 0.01
