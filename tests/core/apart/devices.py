"""A GPU that nobody here has: torch's fake tensors stand for it.

A fake tensor on a device has a device and a shape and no values, so an operation that mixes devices
raises, and so does whatever must wait for a value (`.item()`, `bool()`, `tolist()`, `nonzero`).
What fake tensors let pass and a GPU would wait for, a copy to the CPU, is caught here by itself.
"""

from __future__ import annotations

import contextlib
import math
from collections.abc import Iterator
from types import SimpleNamespace

import pytest
import torch
from torch import Tensor
from torch._subclasses.fake_tensor import DataDependentOutputException as Waits
from torch._subclasses.fake_tensor import DynamicOutputShapeException, FakeTensorMode
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves
from torch.utils.backend_registration import _setup_privateuseone_for_python_backend

from initopt_core.descent import descend_many, surface_optimizers
from initopt_core.initializers import INITIALIZERS
from initopt_core.networks import (
    ACTIVATIONS,
    DEAD,
    FLAT,
    BaseNetwork,
    active_range,
    make_activation,
)
from initopt_core.optimizers import OPTIMIZERS
from initopt_core.surfaces import SURFACES, Surface
from initopt_core.training import Control, Racer, loop, phase
from initopt_core.training.measure import count_correct
from initopt_core.training.trial import initial_model, lay_flat, make_trial
from tests.support.training import sample, tiny

# Not "cuda": torch built for CUDA asks a driver, which is not here, as soon as something goes
# backward. The device that torch leaves to others needs none, and is no CPU just as well.
_setup_privateuseone_for_python_backend("gpu")
GPU = torch.device("gpu", 0)


class Copied(AssertionError):
    """Something was copied to the CPU: the host waited for the device."""


class NoCopies(TorchDispatchMode):
    """Raises where a tensor goes from the device to the CPU."""

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        out = func(*args, **(kwargs or {}))
        if "copy" in func.__name__:
            read = [t for t in tree_leaves(args) if isinstance(t, Tensor)]
            written = [t for t in tree_leaves(out) if isinstance(t, Tensor)]
            if any(t.device.type == "cpu" for t in written) and any(t.device == GPU for t in read):
                raise Copied(func.__name__)
        return out


@contextlib.contextmanager
def device() -> Iterator[None]:
    with FakeTensorMode(allow_non_fake_inputs=True):
        yield


@pytest.fixture(autouse=True)
def networks_move(monkeypatch):
    """`Module.to` exchanges tensors in place, which fake ones do not allow: new ones instead."""

    def to(self: BaseNetwork, device: torch.device) -> BaseNetwork:
        for layer in self.linears():
            layer.weight = torch.nn.Parameter(layer.weight.detach().to(device))
            layer.bias = torch.nn.Parameter(layer.bias.detach().to(device))
        return self

    monkeypatch.setattr(BaseNetwork, "to", to)


def race(config, monkeypatch) -> tuple[phase.Phase, list[int]]:
    """A race whose data, networks and optimizers are on the device, and what its steps did. What
    happens between them, a few times a second and at an epoch's end, may wait and is left out."""
    monkeypatch.setattr(phase, "FLUSH_S", math.inf)
    done: list[int] = []
    monkeypatch.setattr(phase.Phase, "flush", lambda self, upto: done.append(upto))
    monkeypatch.setattr(phase.Phase, "score", lambda self, epoch, clock: None)
    run = loop._Run(config, sample(), lambda event: None, None, Control, GPU, lambda: 0)
    trials = [
        make_trial(config, i, racer, 42, racer.optimizer, run.data.probe)
        for i, racer in enumerate(config.racers)
    ]
    return phase.Phase(run, config, trials, 1, "race"), done


def small(**changes):
    """Six steps with looks at the validation images, clipping and a schedule."""
    more = {"schedule": "cosine", "clip_norm": 1.0, "batch_size": 500, "train_images": 3000}
    return tiny(**{"racers": tuple(map(Racer, OPTIMIZERS))[:8], **more, "epochs": 1, **changes})


def run_epoch(config, monkeypatch) -> phase.Phase:
    with device():
        phase, done = race(config, monkeypatch)
        phase.asked = 0.0
        with NoCopies():
            phase.epoch(0)
        assert done == [1, phase.steps] and phase.steps == 6
        assert len(phase.checks) == 1 and phase.probes
        tensors = [phase.seen, *(t for _, counts in phase.checks for t in counts)]
        tensors += [values for *_, values in phase.probes]
        for m in phase.trials:
            tensors += list(m.model.parameters())
            tensors += [t for s in m.optimizer.state for t in vars(s).values()
                        if isinstance(t, Tensor)]  # fmt: skip
        assert all(t.device == GPU for t in tensors)
    return phase


@pytest.mark.parametrize("names", [tuple(OPTIMIZERS)[:6], tuple(OPTIMIZERS)[6:]], ids=str)
def test_the_steps_of_an_epoch_stay_on_the_device(names, monkeypatch):
    racers = [Racer(name, (("weight_decay", 0.01),)) for name in names]
    if "Adam" in names:
        racers.append(Racer("Adam", (("bias_correction", False),)))
    run_epoch(small(racers=tuple(racers)), monkeypatch)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_every_activation_trains_on_the_device(activation, monkeypatch):
    run_epoch(small(activation=activation, racers=(Racer("Adam"),)), monkeypatch)


@pytest.mark.parametrize("initializer", INITIALIZERS)
def test_every_initializer_starts_on_the_device(initializer, monkeypatch):
    """The weights are drawn on the CPU, so that they are the same everywhere, and then moved."""
    config = small(initializer=initializer)
    drawn = initial_model(config, 42, images=torch.randn(64, 784))
    monkeypatch.setattr("initopt_core.training.trial.initial_model", lambda *a: drawn)
    with device():
        images = torch.zeros(64, 784, device=GPU)
        trial = make_trial(config, 0, Racer("Adam"), 42, "Adam", images)
        assert all(p.device == p.grad.device == GPU for p in trial.model.parameters())
        assert trial.optimizer.params[0].device == GPU


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_evaluation_stays_on_the_device(activation):
    with device():
        model = initial_model(tiny(activation=activation), 0).to(GPU)
        images = torch.zeros(3000, 28, 28, dtype=torch.uint8, device=GPU)
        labels = torch.zeros(3000, dtype=torch.int64, device=GPU)
        with NoCopies():
            count = count_correct(model, images, labels)
        assert count.device == GPU and count.shape == ()


@pytest.mark.parametrize("name", surface_optimizers())
def test_descend_many_stays_on_the_device(name):
    with device():
        starts = torch.zeros(7, 2, device=GPU)
        with NoCopies():
            path = descend_many(
                name, Surface("pathological"), starts, 5, keep_every=2, weight_decay=0.1,
                factors=[1.0, 0.5, 0.2, 0.1, 0.0],
            )  # fmt: skip
        assert path.shape == (4, 7, 3) and path.device == GPU


@pytest.mark.parametrize("surface", SURFACES)
def test_every_surface_is_computed_on_the_device(surface):
    with device():
        starts = torch.zeros(7, 2, dtype=torch.float64, device=GPU)
        with NoCopies():
            path = descend_many("Adam", Surface(surface), starts, 2)
        assert path.device == GPU and path.dtype == torch.float64


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_the_probe_runs_on_the_device(activation, monkeypatch):
    """Statistics are numbers for the host, so the probe may wait, but only in `summarize`."""
    from initopt_core import probes

    looked = []

    def summarize(values, *place, room=None, **more):
        assert values.device == GPU and (room is None or room.device == GPU)
        looked.append(values.shape)
        return SimpleNamespace(values=values)

    act = make_activation(activation)
    for share in (FLAT, DEAD):  # a table of the activation alone, made once, on the CPU
        active_range(act, share)
    monkeypatch.setattr(probes, "summarize", summarize)
    monkeypatch.setattr(probes, "float", lambda value: value, raising=False)
    with device():
        model = initial_model(tiny(activation=activation), 0).to(GPU)
        images = torch.zeros(32, 784, device=GPU)
        labels = torch.zeros(32, dtype=torch.int64, device=GPU)
        result = probes.probe(model, images, labels, outputs=True)
        assert len(looked) == 3 + 3 + 3 + 2
        assert result.loss.device == GPU and result.error.device.type == "cpu"


# --- the tests can fail ---------------------------------------------------------------------------


def _left_behind(phase, m) -> None:
    m.optimizer.params[0].grad.add_(torch.ones(1))  # a tensor that was left on the CPU


def _reads(phase, m) -> None:
    phase.seen[0].sum().item()


def _decides(phase, m) -> None:
    if phase.seen[0].isnan().any():
        m.seconds += 1


def _copies(phase, m) -> None:
    phase.seen[0].cpu()


def _selects(phase, m) -> None:
    m.optimizer.params[0][m.optimizer.params[0] > 0]


WRONG = [
    (_left_behind, RuntimeError, "device"),
    (_reads, Waits, "local_scalar"),
    (_decides, Waits, "local_scalar"),
    (_copies, Copied, "copy"),
    (_selects, DynamicOutputShapeException, "nonzero|masked"),
]


@pytest.mark.parametrize(
    ("wrong", "error", "words"), WRONG, ids=lambda v: getattr(v, "__name__", "")
)
def test_a_wrong_step_is_found_out(wrong, error, words, monkeypatch):
    right = phase.Phase.step

    def step(self, i, m, number, images, labels) -> None:
        right(self, i, m, number, images, labels)
        with torch.no_grad():
            wrong(self, m)

    monkeypatch.setattr(phase.Phase, "step", step)
    with pytest.raises(error, match=words):
        run_epoch(small(racers=(Racer("SGD"),)), monkeypatch)


def test_flat_weights_keep_their_device():
    with device():
        model = initial_model(tiny(), 0).to(GPU)
        flat = lay_flat(model)
        assert flat.device == flat.grad.device == GPU
