"""Limits of stability against simulations: torch's optimizers in float64 on a quadratic."""

import numpy as np
import pytest
import torch

from initopt_core import optimizers as ours
from initopt_core.descent import Run, race, surface_optimizers
from initopt_core.loss_surfaces.presets import RACES
from initopt_core.loss_surfaces.stability import along_paths, limit_formula, limit_of
from initopt_core.optimizers import OPTIMIZERS
from initopt_core.surfaces import FORMULA, Surface

EPS = 1e-2
"""Gradients stay far below it, so that every divisor is this number: a frozen preconditioner."""

CASES = [
    ("SGD", {}),
    ("SGD", {"weight_decay": 0.5}),
    *(("SGDMomentum", {"momentum": b}) for b in (0.0, 0.5, 0.9)),
    *(("HeavyBall", {"momentum": b}) for b in (0.0, 0.5, 0.9)),
    *(("Nesterov", {"momentum": b}) for b in (0.1, 0.5, 0.9)),
    ("Adagrad", {"eps": EPS}),
    ("RMSprop", {"eps": EPS}),
    *(("Adam", {"eps": EPS, "beta1": b}) for b in (0.0, 0.5, 0.9)),
    ("Adam", {"eps": EPS, "bias_correction": False}),
    ("AdamW", {"eps": EPS, "weight_decay": 0.0}),
    ("AdamW", {"eps": EPS, "weight_decay": 1.0}),
    *(("NAdam", {"eps": EPS, "beta1": b}) for b in (0.0, 0.5, 0.9)),
    ("Adamax", {"eps": EPS}),
]


def growth(name: str, settings: dict, lr: float, curvature: float, steps: int = 500) -> float:
    """How much longer the second half of the run ends than it began, by torch's optimizer."""
    w = torch.tensor([1e-60], dtype=torch.float64, requires_grad=True)
    values = {**OPTIMIZERS[name].settings(settings), "lr": lr}
    code = OPTIMIZERS[name].torch_code.format(**values)
    plain = not values.get("bias_correction", True)  # torch's Adam always corrects
    optimizer = ours.Adam([w], **values) if plain else eval(code, {"torch": torch, "params": [w]})
    sizes = []
    for _ in range(steps):
        sizes.append(abs(w.item()))
        if not 1e-150 < sizes[-1] < 1e-6:  # divisors are no longer eps, or nothing is left
            break
        w.grad = curvature * w.detach()
        optimizer.step()
    middle = len(sizes) // 2
    return max(sizes[-4:]) / max(sizes[middle - 4 : middle])


@pytest.mark.parametrize(("name", "settings"), CASES)
def test_every_limit_parts_shrinking_from_growing(name, settings):
    decay = settings.get("weight_decay", 0.0)
    divisor = settings.get("eps", 1.0)
    curvature = 3.0
    # NAdam's rises by 6 % in the simulated steps.
    for factor in (0.97, 1.1 if name == "NAdam" else 1.03):
        lr = 0.1
        for _ in range(50):  # decoupled decay moves the limit with the rate
            limit = limit_of(Run(name, tuple({**settings, "lr": lr}.items())))
            coupled = 0.0 if name == "AdamW" else decay
            lr = factor * limit * divisor / (curvature + coupled)
        got = growth(name, settings, lr, curvature)
        assert got < 1 if factor < 1 else got > 1, (factor, got)


def test_every_optimizer_on_surfaces_is_simulated_or_has_no_limit():
    tested = {name for name, _ in CASES}
    assert set(surface_optimizers()) - tested == {"Lion"}
    assert limit_of(Run("Lion")) is None and "none" in limit_formula(Run("Lion"))


def test_lion_never_diverges_whatever_its_rate():
    for lr in (0.1, 10.0):
        trace = race(Surface("quadratic"), (Run("Lion", (("lr", lr),), (1.0, 1.0)),), 500)[0]
        assert np.abs(trace.points[-100:, :2]).max() < 30 * lr


def test_nadams_limit_follows_its_momentum():
    """2 (1 + b) / (1 + b - 2 mu b): 3.5 at first, 13.57 when the momentum is warm."""
    run = Run("NAdam")
    for step in (0, 10, 1000, 100_000):
        mu = 0.9 * (1 - 0.5 * 0.96 ** (0.004 * (step + 1)))
        assert limit_of(run, step) == pytest.approx(3.8 / (1.9 - 1.8 * mu), rel=1e-3)
    assert limit_of(run) == pytest.approx(3.49, abs=0.01)
    assert limit_of(run, 10**6) == pytest.approx(13.57, abs=0.01)
    trace = race(Surface("quadratic"), (run,), 50)[0]
    along = along_paths(Surface("quadratic"), (trace,))[0].limit
    assert along.shape == (50,) and np.all(np.diff(along) > 0)


@pytest.mark.parametrize("warm", [200_000])
def test_nadams_late_limit_in_a_simulation(warm):
    limit = limit_of(Run("NAdam"), warm)
    for factor in (0.97, 1.03):
        w = torch.tensor([1e-12], dtype=torch.float64)
        optimizer = ours.NAdam([w], factor * limit * EPS, eps=EPS)
        state = optimizer.state[0]
        state.t, state.product = warm, 0.0
        sizes = []
        for _ in range(300):
            w = w + optimizer.update(w, w, state)
            sizes.append(abs(w.item()))
        assert (sizes[-1] < sizes[100]) == (factor < 1)


def test_adams_first_steps_grow_below_the_limit_as_the_help_says():
    """At 0.3 of the limit bias correction throws it a hundredfold, then it settles."""
    limit = limit_of(Run("Adam"))
    w = torch.tensor([1e-12], dtype=torch.float64)
    optimizer = ours.Adam([w], 0.3 * limit * EPS, eps=EPS)
    sizes = [1e-12]
    for _ in range(400):
        w = w + optimizer.update(w, w, optimizer.state[0])
        sizes.append(abs(w.item()))
    assert max(sizes[:20]) > 100 * sizes[0] and sizes[-1] < 1e-3 * sizes[0]


def test_the_throw_tells_what_the_place_does_not():
    """On the ravine SGD begins its throws on flat ground; across them the gradient turns round."""
    ravine = Surface("pathological")
    runs = tuple(Run(n, tuple(s.items()), (5.0, 5.0)) for n, s in RACES["ravine"].runs)
    sgd, momentum, _ = along_paths(ravine, race(ravine, runs, 100))
    assert np.median(np.abs(sgd.meter)) < 0.5
    assert np.max(sgd.throw) > 1.5 and np.max(momentum.throw[-20:]) < 1.5


@pytest.mark.parametrize("name", [n for n in surface_optimizers() if n != "Lion"])
def test_on_a_quadratic_the_throw_is_the_curvature_along_the_step(name):
    text = "4*w1**2"  # curvature 8 everywhere, and steps along w1 alone
    surface = Surface(FORMULA, text=text)
    trace = race(surface, (Run(name, (("lr", 0.01),), (1.0, 0.0)),), 8)[0]
    stability = along_paths(surface, (trace,))[0]
    np.testing.assert_allclose(stability.throw, stability.meter, rtol=1e-3)
