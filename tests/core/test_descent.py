"""Descent against torch.optim: the tutorial's experiments, races, crowds, stability, basins."""

import re

import numpy as np
import pytest
import torch

from initopt_core.descent import (
    Run,
    descend_many,
    first_rate,
    race,
    surface_optimizers,
    train_curve,
)
from initopt_core.loss_surfaces.basins import DIVERGED, ELSEWHERE, basins
from initopt_core.loss_surfaces.findings import outcome
from initopt_core.loss_surfaces.presets import RACES
from initopt_core.loss_surfaces.sentence import sentence
from initopt_core.loss_surfaces.stability import along_paths, limit_of
from initopt_core.loss_surfaces.step_formulas import step_lines
from initopt_core.optimizers import OPTIMIZERS, SGD, Adam, SGDMomentum
from initopt_core.registry import SettingError
from initopt_core.surfaces import SURFACES, Surface, pathological_curve_loss, steep_optima_loss


# -- the tutorial's two experiments, written again in plain torch -----------------------------
def ravine(w1, w2):
    return torch.tanh(w1) ** 2 + 0.01 * torch.abs(w1) + torch.sigmoid(w2)


def wells(w1, w2):
    def normal(x, y, sigma=0.2):
        along = (-1 * (w1 - x) ** 2) / (2 * sigma**2) + (-1 * (w2 - y) ** 2) / (2 * sigma**2)
        return 1 / (2 * np.pi * sigma * sigma) * torch.exp(along)

    return -normal(1.0, -0.5) - normal(-1.0, 0.5) - normal(-0.5, -0.8)


class PlainSGD:
    """w - lr * g, each product rounded on its own; torch's SGD fuses the two roundings."""

    def __init__(self, params, lr):
        (self.w,), self.lr = params, lr

    def zero_grad(self):
        self.w.grad = None

    def step(self):
        self.w.data = self.w.data - self.lr * self.w.grad


def plain(loss_of, make, start, updates=100):
    w = torch.tensor(start, dtype=torch.float32, requires_grad=True)
    optimizer = make([w])
    path = []
    for _ in range(updates):
        loss = loss_of(w[0], w[1])
        path.append([*w.tolist(), loss.item()])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return np.array(path)


EXPERIMENTS = {
    "ravine": (
        pathological_curve_loss,
        ravine,
        (5.0, 5.0),
        {
            "SGD": (lambda p: SGD(p, lr=10), lambda p: PlainSGD(p, lr=10)),
            "SGDMomentum": (
                lambda p: SGDMomentum(p, lr=10, momentum=0.9),
                lambda p: torch.optim.SGD(p, lr=1, momentum=0.9),
            ),
            "Adam": (lambda p: Adam(p, lr=1), lambda p: torch.optim.Adam(p, lr=1)),
        },
    ),
    "steep": (
        steep_optima_loss,
        wells,
        (0.0, 0.0),
        {
            "SGD": (lambda p: SGD(p, lr=0.5), lambda p: PlainSGD(p, lr=0.5)),
            "SGDMomentum": (
                lambda p: SGDMomentum(p, lr=1, momentum=0.9),
                lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9),
            ),
            "Adam": (lambda p: Adam(p, lr=0.2), lambda p: torch.optim.Adam(p, lr=0.2)),
        },
    ),
}
CASES = [(e, o) for e, (_, _, _, runs) in EXPERIMENTS.items() for o in runs]


@pytest.mark.parametrize(("experiment", "optimizer"), CASES)
def test_the_tutorials_end_points(experiment, optimizer):
    ours, theirs, start, runs = EXPERIMENTS[experiment]
    mine, torchs = runs[optimizer]
    path = train_curve(mine, ours, 100, start)
    assert path.shape == (100, 3) and path.dtype == np.float32
    np.testing.assert_array_equal(path[0, :2], start)
    np.testing.assert_allclose(path[-1], plain(theirs, torchs, start)[-1], atol=1e-3)


@pytest.mark.parametrize(("experiment", "lr", "steps"), [("ravine", 10, 60), ("steep", 0.5, 70)])
def test_sgd_equals_torchs_until_roundings_decide(experiment, lr, steps):
    """At these rates SGD is chaotic: a last digit becomes 0.2 within the hundred updates."""
    ours, theirs, start, _ = EXPERIMENTS[experiment]
    mine = train_curve(lambda p: SGD(p, lr=lr), ours, 100, start)
    torchs = plain(theirs, lambda p: torch.optim.SGD(p, lr=lr), start)
    np.testing.assert_allclose(mine[:steps], torchs[:steps], atol=1e-3)


@pytest.mark.parametrize("experiment", EXPERIMENTS)
def test_the_presets_are_the_tutorials_experiments(experiment):
    ours, _, start, runs = EXPERIMENTS[experiment]
    preset = RACES[experiment]
    assert preset.begin == start and preset.length == 100
    runs_of = tuple(Run(n, tuple(s.items()), preset.begin) for n, s in preset.runs)
    for trace in race(Surface(preset.surface), runs_of, preset.length):
        want = train_curve(runs[trace.run.optimizer][0], ours, 100, start)
        np.testing.assert_allclose(trace.points[:-1], want, atol=1e-3)


def test_the_ravines_story():
    """SGD swings between the walls and stays high; momentum and Adam reach the floor."""
    ours, _, start, runs = EXPERIMENTS["ravine"]
    sgd, momentum, adam = (train_curve(runs[n][0], ours, 100, start) for n in runs)
    assert np.sum(np.diff(np.sign(sgd[:, 0])) != 0) >= 4 and sgd[-1, 2] > 1
    for path in (momentum, adam):
        assert abs(path[-1, 0]) < 0.1 and path[-1, 1] < -10 and path[-1, 2] < 0.01


def test_the_wells_story():
    """SGD touches a well and is thrown out for good, momentum as well, Adam stays.

    The tutorial's text puts the touch at (-0.75, -0.5) and the landing at (0.8, 0.5). Its own
    code gives (-0.52, -0.83) and (0.46, 0.73): the text has the two weights the wrong way round.
    """
    ours, _, start, runs = EXPERIMENTS["steep"]
    sgd, momentum, adam = (train_curve(runs[n][0], ours, 100, start) for n in runs)
    thrown = int(np.hypot(*np.diff(sgd[:, :2], axis=0).T).argmax())
    np.testing.assert_allclose(sgd[thrown, :2], (-0.52, -0.83), atol=0.02)
    np.testing.assert_allclose(sgd[thrown + 1, :2], (0.46, 0.73), atol=0.02)
    np.testing.assert_allclose(sgd[-1, :2], sgd[thrown + 1, :2], atol=1e-3)
    assert momentum[-1, 2] > -0.01
    np.testing.assert_allclose(adam[-1, :2], (-0.5, -0.8), atol=0.01)
    assert adam[-1, 2] < -3.97


# -- races ------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", surface_optimizers())
def test_a_race_equals_single_paths(name):
    entry = OPTIMIZERS[name]
    settings = entry.settings({"lr": 0.03, "weight_decay": 0.1})
    other = Run("SGD", (("lr", 0.001),), (1.0, 1.0))
    trace, _ = race(
        Surface("himmelblau"), (Run(name, tuple(settings.items()), (1.0, 2.0)), other), 40
    )
    want = train_curve(lambda p: entry.call(p, **settings), Surface("himmelblau"), 40, (1.0, 2.0))
    np.testing.assert_allclose(trace.points[:-1], want, rtol=2e-4, atol=2e-4)
    np.testing.assert_allclose(
        trace.points[1:, :2], trace.points[:-1, :2] + trace.update, rtol=1e-6, atol=1e-6
    )


@pytest.mark.parametrize("name", surface_optimizers())
def test_many_starts_equal_one_at_a_time(name):
    settings = OPTIMIZERS[name].settings({"lr": 0.02})
    starts = torch.tensor([[1.0, 2.0], [-0.5, 0.3], [0.0, -1.0]], dtype=torch.float64)
    together = descend_many(
        name, Surface("rosenbrock", (("steepness", 5.0),)), starts, 30, **settings
    )
    assert together.shape == (31, 3, 3) and together.dtype == torch.float64
    for i in range(3):
        alone = descend_many(
            name, Surface("rosenbrock", (("steepness", 5.0),)), starts[i : i + 1], 30, **settings
        )
        torch.testing.assert_close(together[:, i], alone[:, 0])


def test_kept_moments_are_those_of_the_whole_path():
    starts = torch.tensor([[1.0, 2.0]])
    whole = descend_many("Adam", Surface("beale"), starts, 23, lr=0.1)
    some = descend_many("Adam", Surface("beale"), starts, 23, lr=0.1, keep_every=5)
    torch.testing.assert_close(some, whole[[0, 5, 10, 15, 20, 23]])


def test_noise_is_seeded_and_shared_by_all():
    runs = (Run("SGD", (("lr", 0.01),), (1.0, 1.0)),) * 2
    a = race(Surface("quadratic"), runs, 20, noise=0.5, seed=3)
    b = race(Surface("quadratic"), runs, 20, noise=0.5, seed=3)
    c = race(Surface("quadratic"), runs, 20, noise=0.5, seed=4)
    np.testing.assert_array_equal(a[0].points, b[0].points)
    np.testing.assert_array_equal(a[0].points, a[1].points)
    assert not np.allclose(a[0].points[-1], c[0].points[-1])
    clean = race(Surface("quadratic"), runs, 20)[0]
    spread = (a[0].gradient - clean.gradient)[:1]
    assert np.abs(spread).max() > 0


def test_schedules_change_the_rate():
    run = Run("SGD", (("lr", 0.01),), (1.0, 1.0), "cosine")
    trace = race(Surface("quadratic"), (run,), 10)[0]
    want = [0.01 * 0.5 * (1 + np.cos(np.pi * t / 10)) for t in range(10)]
    np.testing.assert_allclose(trace.lr, want, rtol=1e-6)
    np.testing.assert_allclose(trace.update, -trace.lr[:, None] * trace.gradient, rtol=1e-6)


def test_divergence_is_a_finding():
    trace = race(Surface("quadratic"), (Run("SGD", (("lr", 1.0),), (1.0, 1.0)),), 200)[0]
    assert trace.diverged is not None and np.isfinite(trace.points[trace.diverged - 1]).all()
    end = outcome(trace, ((0.0, 0.0),), (-4, 4, -4, 4))
    assert end.kind == "diverged" and "diverged" in sentence(["SGD"], [end], 200)


def test_bad_races_are_refused():
    with pytest.raises(SettingError, match="matrices"):
        race(Surface("saddle"), (Run("Muon"),), 10)
    with pytest.raises(SettingError, match="updates"):
        race(Surface("saddle"), (Run("SGD"),), 0)
    with pytest.raises(SettingError, match="no optimizer"):
        race(Surface("saddle"), (Run("Magic"),), 10)


@pytest.mark.parametrize("name", RACES)
def test_every_preset_runs(name):
    preset = RACES[name]
    surface = Surface(preset.surface, tuple(preset.surface_settings.items()))
    runs = tuple(Run(n, tuple(s.items()), preset.begin) for n, s in preset.runs)
    ends = [
        outcome(t, surface.minima, SURFACES[preset.surface].ranges)
        for t in race(surface, runs, preset.length)
    ]
    assert len(sentence([r.optimizer for r in runs], ends, preset.length)) > 20


def test_preset_stories_hold():
    def finish(name):
        preset = RACES[name]
        surface = Surface(preset.surface, tuple(preset.surface_settings.items()))
        runs = tuple(Run(n, tuple(s.items()), preset.begin) for n, s in preset.runs)
        return race(surface, runs, preset.length)

    calm, swinging, lost = finish("edge")
    assert calm.points[-1, 2] < 0.1 and swinging.points[-1, 2] < 10
    assert lost.points[-1, 2] > lost.points[0, 2]
    average, same, wild = finish("convention")
    np.testing.assert_allclose(average.points, same.points, atol=5e-2)
    assert not np.allclose(average.points, wild.points, atol=0.5)
    sgd, _, rms, adam = finish("saddle")
    assert abs(adam.points[-1, 1]) > 1 and abs(rms.points[-1, 1]) > 1
    assert (
        np.flatnonzero(abs(adam.points[:, 1]) > 0.5)[0]
        < np.flatnonzero(abs(sgd.points[:, 1]) > 0.5)[0]
    )
    corrected, raw = finish("bias")
    # (1 - 0.9) / sqrt(1 - 0.999) = 3.16 at the first step
    ratio = np.abs(raw.update[0]) / np.abs(corrected.update[0])
    np.testing.assert_allclose(ratio, 0.1 / np.sqrt(0.001), rtol=1e-3)


@pytest.mark.parametrize("name", surface_optimizers())
@pytest.mark.parametrize("surface", SURFACES)
def test_first_rates_do_not_diverge(name, surface):
    entry = SURFACES[surface]
    run = Run(name, (("lr", first_rate(surface, name)),), entry.start)
    bottomless = surface in ("saddle", "monkey_saddle")
    trace = race(Surface(surface), (run,), 20 if bottomless else entry.updates)[0]
    assert trace.diverged is None


# -- the inspector's arithmetic -----------------------------------------------------------------
def worked_out(template: str, names: dict) -> float:
    """An inspector line evaluated as its reader would."""
    text = re.sub(r"\{([^}]+)\}", lambda m: f"({names[m[1]]!r})", template)
    text = re.sub(r"\|(.*?)\|", r"abs(\1)", text)
    text = text.replace("·", "*").replace("−", "-").replace("^", "**")
    text = re.sub(r"√(\([^()]*\))", r"root\1", text)
    return eval(
        text,
        {"__builtins__": {}},
        {  # our own templates, in a test
            "root": np.sqrt,
            "max": max,
            "abs": abs,
            "sign": np.sign,
        },
    )


@pytest.mark.parametrize("decay", [0.0, 0.2])
@pytest.mark.parametrize("name", surface_optimizers())
def test_the_arithmetic_shown_is_what_happened(name, decay):
    settings = OPTIMIZERS[name].settings({"lr": 0.002, "weight_decay": decay})
    trace = race(Surface("himmelblau"), (Run(name, tuple(settings.items()), (1.0, 2.0)),), 6)[0]
    for k in range(6):
        for i in (0, 1):
            names = {
                **settings,
                "t": k + 1,
                "lr": float(trace.lr[k]),
                "g": float(trace.gradient[k, i]),
                "u": float(trace.update[k, i]),
                "w": float(trace.points[k, i]),
                "w+": float(trace.points[k + 1, i]),
            }
            names |= {f"1-{n}": 1 - v for n, v in settings.items()}
            for n, values in trace.state.items():
                names[n] = float(values[k, i])
                names[f"{n}-"] = float(values[k - 1, i]) if k else 0.0
            for symbol, _, template, result in step_lines(name, settings):
                if template:
                    got = worked_out(template, names)
                    assert got == pytest.approx(names[result], rel=1e-3, abs=1e-5), (symbol, k)


def test_the_arithmetic_without_bias_correction():
    lines = step_lines("Adam", OPTIMIZERS["Adam"].settings({"bias_correction": False}))
    assert not any("hat" in template for _, _, template, _ in lines)


# -- stability --------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("SGD", {}),
        ("SGDMomentum", {"momentum": 0.5}),
        ("SGDMomentum", {"momentum": 0.9}),
        ("HeavyBall", {"momentum": 0.9}),
        ("Nesterov", {"momentum": 0.9}),
    ],
)
def test_the_limit_parts_convergence_from_divergence(name, settings):
    """On a quadratic of curvature 20, just below the limit converges and just above diverges."""
    limit = limit_of(Run(name, tuple(settings.items())))
    ends = []
    for factor in (0.98, 1.02):
        lr = factor * limit / 20
        run = Run(name, (("lr", lr), *settings.items()), (1.0, 0.0))
        trace = race(Surface("quadratic"), (run,), 1500)[0]
        meter = along_paths(Surface("quadratic"), (trace,))[0].meter
        assert meter[0] == pytest.approx(2 * factor, rel=1e-4)
        ends.append(abs(trace.points[trace.diverged - 1 if trace.diverged else -1, 0]))
    assert ends[0] < 1e-3 and (ends[1] > 1e3)


def test_sharpness_is_the_hessians_largest_eigenvalue():
    runs = (Run("SGD", (("lr", 1e-4),), (1.0, 2.0)), Run("Adam", (("lr", 0.1),), (-1.0, 0.5)))
    traces = race(Surface("himmelblau"), runs, 5)
    sgd, adam = along_paths(Surface("himmelblau"), traces)
    for k in range(5):
        for trace, stability in zip(traces, (sgd, adam), strict=True):
            w = torch.tensor(trace.points[k, :2], dtype=torch.float64)
            full = torch.autograd.functional.hessian(lambda v: Surface("himmelblau")(v[0], v[1]), w)
            if trace.run.optimizer == "Adam":
                d = torch.tensor(np.sqrt(trace.state["v_hat"][k]) + 1e-8, dtype=torch.float64)
                full = full / torch.outer(d.sqrt(), d.sqrt())
            want = torch.linalg.eigvalsh(full)[-1].item()
            assert stability.sharpness[k] == pytest.approx(want, rel=1e-4)


# -- basins -----------------------------------------------------------------------------------
def test_basins_equal_single_descents():
    surface, run = Surface("himmelblau"), Run("Adam", (("lr", 0.3),))
    ranges = SURFACES["himmelblau"].ranges
    got = basins(surface, run, ranges, 100, n=12)
    assert got.reached.shape == got.steps.shape == got.loss.shape == (12, 12)
    for i, j in [(0, 0), (3, 9), (11, 2), (6, 6)]:
        start = (-5 + 10 * (j + 0.5) / 12, -5 + 10 * (i + 0.5) / 12)
        path = train_curve(lambda p: Adam(p, lr=0.3), surface, 101, start)[:, :2]
        distances = [np.hypot(*(path[-1] - m)) for m in got.minima]
        assert got.reached[i, j] == int(np.argmin(distances))
        target = got.minima[got.reached[i, j]]
        away = np.hypot(*(path - target).T) > got.radius
        assert got.steps[i, j] == np.flatnonzero(away)[-1] + 1
    assert got.share.sum() == pytest.approx(1.0)


def test_basins_name_what_reaches_nothing():
    ranges = (-4.0, 4.0, -4.0, 4.0)
    away = basins(Surface("quadratic"), Run("SGD", (("lr", 10.0),)), ranges, 100, n=4)
    assert (away.reached == DIVERGED).all()
    slow = basins(Surface("quadratic"), Run("SGD", (("lr", 1e-5),)), ranges, 10, n=4)
    assert (slow.reached == ELSEWHERE).all() and (slow.steps == 10).all()
    none = basins(Surface("pathological"), Run("Adam", (("lr", 1.0),)), ranges, 10, n=4)
    assert none.minima == () and (none.reached == ELSEWHERE).all()


def test_basins_without_minima_time_the_escape():
    got = basins(Surface("saddle"), Run("SGD", (("lr", 0.05),)), (-3.0, 3.0, -3.0, 3.0), 60, n=6)
    start = -3 + 6 * 3.5 / 6  # just above the ridge: w2 = 0.5 grows by 1 + 2 lr a step
    steps = int(np.ceil(np.log(3 / start) / np.log(1.1)))
    assert got.left[3, 0] == steps


def test_basins_leave_the_number_of_threads_alone():
    before = torch.get_num_threads()
    basins(Surface("quadratic"), Run("SGD", (("lr", 0.01),)), (-1.0, 1.0, -1.0, 1.0), 5, n=4)
    assert torch.get_num_threads() == before
