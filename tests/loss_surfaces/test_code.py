"""Programs of a race run by themselves and end where the race ends."""

import contextlib
import io
import re

import numpy as np
import pytest

from initopt_core.descent import Run, race, surface_optimizers
from initopt_core.loss_surfaces.basins import basins
from initopt_core.loss_surfaces.code import STARTS, basins_snippet, minima_program, snippet
from initopt_core.loss_surfaces.flatness import TwoMinima, price
from initopt_core.loss_surfaces.landmarks import landmarks
from initopt_core.optimizers import OPTIMIZERS
from initopt_core.surfaces import FORMULA, SURFACES, Surface

RAVINE = Surface("pathological")


def printed(code: str) -> str:
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(compile(code, "race.py", "exec"), {"__name__": "race"})  # our own snippet
    return out.getvalue()


def ends(code: str) -> list[list[float]]:
    number = r"(-?[\d.]+(?:e[-+]?\d+)?)"
    found = re.findall(rf"w1 = {number}, w2 = {number}, loss = {number}", printed(code))
    return [[float(v) for v in row] for row in found]


@pytest.mark.parametrize("name", SURFACES)
def test_the_snippet_of_every_surface_runs_and_agrees(name):
    start = SURFACES[name].start
    runs = (Run("Adam", (("lr", 0.01),), start), Run("SGD", (("lr", 1e-5),), start))
    got = ends(snippet(Surface(name), runs, 10))
    want = [t.points[-1] for t in race(Surface(name), runs, 10)]
    np.testing.assert_allclose(got, want, rtol=2e-3, atol=1e-3)


@pytest.mark.parametrize(("updates", "steps"), [(1, [0, 1]), (7, range(8)), (95, range(0, 96, 10))])
def test_the_program_tells_the_race_now_and_then_in_the_pages_numbers(updates, steps):
    shown = [*steps] if updates in steps else [*steps, updates]
    runs = (Run("Adam", (("lr", 0.05),), (5.0, 5.0)), Run("SGD", (("lr", 0.1),), (5.0, 5.0)))
    traces = race(RAVINE, runs, updates, noise=0.1, seed=3)
    lines = printed(snippet(RAVINE, runs, updates, noise=0.1, seed=3)).splitlines()
    begin = lines.index("  step        Adam         SGD") + 1
    told = [list(map(float, line.split())) for line in lines[begin : begin + len(shown)]]
    assert [row[0] for row in told] == shown and lines[begin + len(shown)] == "Where each ends"
    want = [[t.points[step, 2] for t in traces] for step in shown]
    np.testing.assert_allclose([row[1:] for row in told], want, rtol=0.0051)


@pytest.mark.parametrize("name", surface_optimizers())
def test_the_snippet_of_every_optimizer_runs_and_agrees(name):
    settings = OPTIMIZERS[name].settings({"lr": 0.01, "weight_decay": 0.05})
    run = Run(name, tuple(settings.items()), (1.0, 2.0), "cosine", (("floor", 0.1),))
    got = ends(snippet(RAVINE, (run,), 12, noise=0.3, seed=5))
    want = race(RAVINE, (run,), 12, noise=0.3, seed=5)[0].points[-1]
    np.testing.assert_allclose(got[0], want, rtol=2e-3, atol=1e-3)


def test_the_snippet_keeps_a_weight_decay_of_zero():
    """torch's AdamW decays by 0.01 unless told otherwise: from this far it would be seen."""
    settings = OPTIMIZERS["AdamW"].settings({"lr": 0.5, "weight_decay": 0.0})
    run = Run("AdamW", tuple(settings.items()), (20.0, 2.0))
    want = race(RAVINE, (run,), 20)[0].points[-1]
    code = snippet(RAVINE, (run,), 20)
    np.testing.assert_allclose(ends(code)[0][:2], want[:2], atol=0.01)
    told = code.replace(", weight_decay=0.0", "")
    assert told != code and abs(ends(told)[0][0] - want[0]) > 0.1, "the default would have shown"


@pytest.mark.parametrize(
    "text", ["sin(3*w1) + max(w2, 0)*sqrt(2)", "w1**2", "softplus(w1) + e**w2 + pi", "4"]
)
def test_the_snippet_of_a_formula_runs_and_agrees(text):
    surface = Surface(FORMULA, text=text)
    run = Run("SGDMomentum", (("lr", 0.02), ("momentum", 0.5)), (0.7, 0.4))
    got = ends(snippet(surface, (run,), 8))
    np.testing.assert_allclose(got[0], race(surface, (run,), 8)[0].points[-1], rtol=2e-3, atol=1e-3)


@pytest.mark.parametrize(
    ("name", "schedule"), [("steep_optima", "constant"), ("pathological", "cosine")]
)
def test_the_program_of_the_basins_counts_as_the_map_does(name, schedule):
    surface, ranges = Surface(name), SURFACES[name].ranges
    runs = tuple(Run(o, (("lr", 0.2),), (0.0, 0.0), schedule) for o in ("Adam", "Lion", "SGD"))
    minima = [(x, y) for x, y, _ in landmarks(surface, ranges).minima]
    said = printed(basins_snippet(surface, runs, 60, ranges, minima))
    for run, part in zip(runs, said.split("of the starts diverge\n")[1:], strict=True):
        found = basins(surface, run, ranges, 60, STARTS, tuple(minima))
        if minima:
            shares = [float(v) for v in re.findall(r"([\d.]+) % reach \(", part)]
            assert shares == pytest.approx((100 * found.share).tolist(), abs=0.5)
        else:
            middle = float(re.search(r"median ([-\d.e]+)", part)[1])
            assert middle == pytest.approx(float(np.median(found.loss)), rel=0.02)


def test_optimizers_whose_weights_answer_together_have_no_program_of_basins():
    assert basins_snippet(RAVINE, (Run("Muon", (), (0.0, 0.0)),), 5, (0, 1, 0, 1), []) == ""


def test_the_program_of_two_minima_prints_what_they_pay():
    values = [0.3, 1.0, 0.2, -0.4]
    said = printed(minima_program(values))
    for which in ("flat", "sharp"):
        found = price(TwoMinima(*values[:3]), which, values[3])
        line = next(line for line in said.splitlines() if line.startswith(which))
        numbers = [float(v) for v in re.findall(r"-?\d+\.\d+", line)]
        there = [found.weight, found.train, found.test, found.gap, found.predicted]
        assert numbers == pytest.approx(there, rel=1e-3, abs=1e-4)
