"""What a graphics processor computes is what the processor computes; skipped where there is none.

Everywhere else `apart/devices.py` holds the steps to their device without one.
"""

from __future__ import annotations

import functools

import pytest
import torch

from initopt_core import probes
from initopt_core.data import probe_batch
from initopt_core.descent import descend_many, surface_optimizers
from initopt_core.networks import ACTIVATIONS
from initopt_core.optimizers import OPTIMIZERS
from initopt_core.surfaces import SURFACES, Surface
from initopt_core.training import Racer, phase, train
from initopt_core.training.trial import initial_model
from tests.support.training import sample, tiny

pytestmark = pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no CUDA device")
GPU = torch.device("cuda", 0)


@pytest.fixture(autouse=True)
def exact_products():
    """Products of float32 in float32: TF32 keeps three digits."""
    before = torch.backends.cuda.matmul.allow_tf32
    torch.backends.cuda.matmul.allow_tf32 = False
    yield
    torch.backends.cuda.matmul.allow_tf32 = before


def small(**changes):
    return tiny(**{"epochs": 1, "train_images": 2048, "hidden_sizes": (32, 16), **changes})


@functools.cache
def both(activation: str, *names: str):
    config = small(activation=activation, racers=tuple(map(Racer, names)))
    return [train(config, sample(), device=where) for where in ("cpu", "cuda")]


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_an_optimizer_goes_the_same_way(name):
    there, here = (result.trials[name].train_losses for result in both("relu", name))
    assert len(here) == 16
    # Lion takes signs and Muon rounds to bfloat16: a last digit may turn one over.
    loose = name in ("Lion", "Muon")
    assert here[:4] == pytest.approx(there[:4], rel=1e-2 if loose else 1e-4)
    assert here == pytest.approx(there, rel=0.1 if loose else 1e-2)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_an_activation_trains_the_same_way(activation):
    there, here = (result.trials["SGD"].train_losses for result in both(activation, "SGD"))
    assert here == pytest.approx(there, rel=1e-3)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_no_step_waits_for_the_device(name, monkeypatch):
    """torch itself raises where the host would wait."""
    right = phase.Phase.step
    taken = []

    def step(self, *args) -> None:
        torch.cuda.set_sync_debug_mode("error" if taken else "default")  # the first warms up
        try:
            right(self, *args)
        finally:
            torch.cuda.set_sync_debug_mode("default")
        taken.append(name)

    monkeypatch.setattr(phase.Phase, "step", step)
    racer = Racer(name, (("weight_decay", 0.01),))
    train(small(racers=(racer,), clip_norm=1.0, schedule="cosine"), sample(), device="cuda")
    assert len(taken) == 16


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_the_probe_measures_the_same(activation):
    images, labels = probe_batch(sample(), 256)
    model = initial_model(tiny(activation=activation), 0)
    there = probes.probe(model, images, labels)
    here = probes.probe(model.to(GPU), images.to(GPU), labels.to(GPU))
    for kind in ("weights", "gradients", "activations"):
        for a, b in zip(getattr(here, kind), getattr(there, kind), strict=True):
            assert a.variance == pytest.approx(b.variance, rel=1e-3)


@pytest.mark.parametrize("surface", SURFACES)
@pytest.mark.parametrize("name", surface_optimizers())
def test_a_surface_is_descended_the_same_way(name, surface):
    starts = torch.tensor([[0.3, -0.2], [-0.7, 0.6]], dtype=torch.float64)
    there = descend_many(name, Surface(surface), starts, 5)
    here = descend_many(name, Surface(surface), starts.to(GPU), 5)
    assert here.device == GPU
    torch.testing.assert_close(here.cpu(), there, rtol=1e-6, atol=1e-9, equal_nan=True)
