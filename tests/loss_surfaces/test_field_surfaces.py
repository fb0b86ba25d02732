"""What people really bring to the surfaces: inputs by kind, each with its right value."""

import contextlib
import io
import math
import re

import numpy as np
import pytest
import torch

from initopt_core.descent import Run, first_rate, race, surface_optimizers, twins
from initopt_core.loss_surfaces.code import snippet
from initopt_core.loss_surfaces.findings import Outcome, outcome
from initopt_core.loss_surfaces.presets import RACES
from initopt_core.loss_surfaces.sentence import sentence
from initopt_core.surfaces import FORMULA, SURFACES, Surface, critical_points, unbounded
from initopt_core.surfaces.formula import parse_formula, python_of
from initopt_core.surfaces.notation import CONSTANTS, FUNCTIONS, MAX_LENGTH, PAIRS, FormulaError
from initopt_core.wording import number

# -- formulas as they are written ------------------------------------------------------------
SPELLED = [  # text, the same in Python
    ("w1 − w2", "w1 - w2"),  # the minus sign that the page itself prints
    ("w1 – w2", "w1 - w2"),
    ("2w1", "2*w1"),
    ("2 w1 w2", "2*w1*w2"),
    ("w1w2", "w1*w2"),
    ("w1²", "w1**2"),
    ("w1³ − w2²", "w1**3 - w2**2"),
    ("w1¹⁰", "w1**10"),
    ("w1⁻²", "w1**-2"),
    ("-w1²", "-w1**2"),
    ("3·w1", "3*w1"),
    ("3 × w1 ÷ w2", "3*w1/w2"),
    ("w1∗w2⋅2", "w1*w2*2"),
    ("w1^2 + 10w2^2", "w1**2 + 10*w2**2"),
    ("w1^-2", "w1**-2"),
    ("2^w1^2", "2**w1**2"),
    ("|w1|", "abs(w1)"),
    ("|w1 − |w2||", "abs(w1 - abs(w2))"),
    ("2|w1||w2|", "2*abs(w1)*abs(w2)"),
    ("|w1|²", "abs(w1)**2"),
    ("ln(w1)", "log(w1)"),
    ("log10(w1) + log2(w2)", "log(w1)/log(10) + log(w2)/log(2)"),
    ("arctan(w1)", "atan(w1)"),
    ("pow(w1, 2)", "w1**2"),
    ("sin²(w1)", "sin(w1)**2"),
    ("sin^2(w1)", "sin(w1)**2"),
    ("Sin(W1)", "sin(w1)"),
    ("np.sin(w1) + torch.exp(w2) + math.pi", "sin(w1) + exp(w2) + pi"),
    ("√w1", "sqrt(w1)"),
    ("√(w1² + w2²)", "sqrt(w1**2 + w2**2)"),
    ("½w1²", "0.5*w1**2"),
    ("2π w1", "2*pi*w1"),
    ("πw1", "pi*w1"),
    ("2e^w1", "2*e**w1"),
    ("2e3w1", "2000*w1"),
    ("e^(-w1²)", "e**(-w1**2)"),
    ("x² + y²", "w1**2 + w2**2"),
    ("3xy", "3*w1*w2"),
    ("w₁² + w₂²", "w1**2 + w2**2"),
    ("w_1 + w_2", "w1 + w2"),
    ("x1 + x2", "w1 + w2"),
    ("2(w1+w2)", "2*(w1+w2)"),
    ("(w1+1)(w2-1)", "(w1+1)*(w2-1)"),
    ("w1(w2+1)", "w1*(w2+1)"),
    ("[w1 + w2]·{w1 + 1}", "(w1 + w2)*(w1 + 1)"),
    ("2sin(w1)cos(w2)", "2*sin(w1)*cos(w2)"),
    ("（１−w1）²", "(1 - w1)**2"),
    ("\u200bw1\u00a0+\u2009w2\n", "w1 + w2"),
    ("007w1", "7*w1"),
    ("(1−x)² + 100(y−x²)²", "(1 - w1)**2 + 100*(w2 - w1**2)**2"),
]
NAMES = {name: getattr(math, name) for name in ("sin", "cos", "atan", "exp", "log", "sqrt")}
PLACES = [(0.3, 0.7), (1.7, 0.4), (2.5, 3.1)]


@pytest.mark.parametrize(("text", "plain"), SPELLED)
def test_a_formula_means_what_it_says(text, plain):
    curve = parse_formula(text)
    program = compile(python_of(text), "formula", "eval")
    torch_names = {**FUNCTIONS, **PAIRS, **CONSTANTS}
    for w1, w2 in PLACES:
        known = {**NAMES, **CONSTANTS, "abs": abs, "w1": w1, "w2": w2}
        want = eval(plain, {"__builtins__": {}}, known)  # our own table
        a, b = (torch.tensor(w, dtype=torch.float64) for w in (w1, w2))
        assert float(curve(a, b)) == pytest.approx(want, rel=1e-12)
        ours = eval(program, {"__builtins__": {}}, {**torch_names, "w1": a, "w2": b})
        assert float(ours) == pytest.approx(want, rel=1e-6)


REFUSED = [  # text, what the message names
    ("sin w1", r"in parentheses: sin\(w1\)"),
    ("1/2w1", r"two ways; write 1/\(2\*w1\)"),
    ("0,5*w1", "point: 0.5"),
    ("w1 = 2", "without an equals sign"),
    ("L = w1²", "without an equals sign"),
    ("f(w1, w2) = w1", "without an equals sign"),
    (r"\frac{w1}{2}", "LaTeX"),
    ("$w1^2$", "LaTeX"),
    ("w[0]", "w1 and w2, without brackets"),
    ("w3", "no 'w3'"),
    ("w12", "no 'w12'"),
    ("a*w1", "no 'a'"),
    ("w1!", "factorial"),
    ("∛w1", "as a power"),
    ("sin⁻¹(w1)", "asin"),
    ("sin^-1(w1)", "asin"),
    ("√w1²", "under the root in parentheses"),
    ("w1 % 2", "Only"),
    ("w1 2", "missing"),
    ("1_000*w1", "without signs between"),
    ("|w1", "bar is opened and not closed"),
    ("(w1]", r"should be a '\)'"),
    ("w1 + 2i", "real numbers"),
    ("w1 ≤ 2", "Only numbers"),
    ("min(w1, 0,5)", "decimals with a point"),
    ("(-8)^(1/3)", "not a finite real"),
    ("9" * 150 + "w1", "too large"),
    ("9" * 400, "shorten it"),
    ("1e400", "too large"),
    ("(" * 3000, "shorten it"),
    ("(" * 99 + "w1" + ")" * 99, "nested too deeply"),
    ("|" * MAX_LENGTH, "nested too deeply"),
    ("√" * MAX_LENGTH, "nested too deeply"),
    ("-" * 199 + "1", "nested too deeply"),
    ("w1^" * 60 + "w1", "nested too deeply"),
    ("w1²²²²²²²", "power is too large"),
    ("\ud800", "one line"),
    ("🙂", "Only numbers"),
]


@pytest.mark.parametrize(("text", "named"), REFUSED)
def test_what_is_not_understood_is_told_with_its_cure(text, named):
    with pytest.raises(FormulaError, match=named):
        parse_formula(text)


def test_no_text_ends_in_another_error():
    """Random strings of what the grammar knows: understood, or refused as a `FormulaError`."""
    signs = [*"w12xye().,+-*/^|√²₁π½ 9[]{}=_", "sin", "min", "**", "1e", "w1", "pow(", "1e9"]
    generator = torch.Generator().manual_seed(0)
    understood = 0
    for _ in range(3000):
        length = int(torch.randint(1, 30, (), generator=generator))
        picks = torch.randint(len(signs), (length,), generator=generator).tolist()
        text = "".join(signs[k] for k in picks)
        try:
            compile(python_of(text), "formula", "eval")
            understood += 1
        except FormulaError:
            pass
    assert understood > 20


# -- what became of a path --------------------------------------------------------------------
VIEW = (-4.0, 4.0, -4.0, 4.0)


def told(text, optimizer, lr, start, updates=100):
    surface, run = Surface(FORMULA, text=text), Run(optimizer, (("lr", lr),), start)
    trace, twin = race(surface, (run,), updates)[0], twins(surface, (run,), updates)[0]
    return trace, outcome(trace, critical_points(surface, VIEW)[0], VIEW, surface, twin)


FAILED = [  # formula, start, rate, kind, words
    ("log(w1)", (0.5, 1.0), 0.1, "off the domain", "left the domain at step 2"),
    ("log(w1)", (-1.0, 0.0), 0.1, "off the domain", "starts where the loss is not defined"),
    ("sqrt(w1)", (1.0, 0.0), 0.1, "off the domain", "left the domain at step 15"),
    ("w1**0.5 + w2", (1.0, 0.0), 0.1, "off the domain", "left the domain"),
    ("asin(w1)", (0.5, 0.0), 0.1, "off the domain", "left the domain"),
    ("w1/w1", (0.0, 1.0), 0.1, "off the domain", "not defined, (0, 1)"),
    ("log(w1)", (0.0, 0.0), 0.1, "pole", "infinite, (0, 0)"),
    ("1/w1", (0.0, 1.0), 0.1, "pole", "infinite, (0, 1)"),
    ("1/(w1 - w2)", (1.0, 1.0), 0.1, "pole", "infinite, (1, 1)"),
    ("sqrt(w1**2 + w2**2)", (0.0, 0.0), 0.1, "no slope", "undefined slope at (0, 0), step 0"),
    ("sqrt(abs(w1))", (0.0, 1.0), 0.1, "no slope", "undefined slope at (0, 1)"),
    ("sqrt(w1)", (0.0, 0.0), 0.1, "no slope", "infinite slope at (0, 0)"),
    ("w1**4 + w2**4", (3.0, 3.0), 0.1, "diverged", "diverged at step"),
    ("exp(w1)", (100.0, 0.0), 0.1, "diverged", "diverged at step 0"),
    ("exp(exp(w1))", (10.0, 0.0), 0.1, "diverged", "diverged"),
]


@pytest.mark.parametrize(("text", "start", "lr", "kind", "words"), FAILED)
def test_a_path_that_cannot_go_on_is_told_with_its_cause(text, start, lr, kind, words):
    _, end = told(text, "SGD", lr, start)
    assert end.kind == kind and words in end.text
    assert end.text.startswith(end.short) and "(" not in end.short
    headline = sentence(["SGD"], [end], 100)
    assert ("smaller learning rate" in headline) == (kind == "diverged")
    assert kind == "diverged" or words in headline


@pytest.mark.parametrize(
    ("end", "twin", "chaotic", "told"),
    [
        ((-5.48, -6.731, 1.06), (-4.7, -6.734, 1.05), True,
         ("−5.48 or −4.7", "−6.73", "1.06 or 1.05")),
        ((-5.48, -6.731, 1.06), (-5.46, -6.734, 1.05), False, ("≈ −5.5", "−6.73", "≈ 1.1")),
        ((0.5, 2.0, 3e-8), (0.5, 2.0, 2e-8), False, ("0.5", "2", "≈ 3·10⁻⁸")),
        ((0.5, -0.0, 3e-8), None, False, ("0.5", "0", "3·10⁻⁸")),
    ],
)  # fmt: skip
def test_an_end_says_which_of_its_digits_hold(end, twin, chaotic, told):
    assert Outcome("moving", "", end[2], None, None, end, twin, chaotic).held == told


def test_the_ravines_sgd_is_chaotic_and_only_its_digits_that_hold_are_told():
    ravine, preset = Surface("pathological"), RACES["ravine"]
    runs = tuple(Run(n, tuple(s.items()), preset.begin) for n, s in preset.runs)
    ends = [
        outcome(t, (), SURFACES["pathological"].ranges, ravine, w)
        for t, w in zip(race(ravine, runs), twins(ravine, runs), strict=True)
    ]
    assert [e.chaotic for e in ends] == [True, False, False]
    # Where SGD ends another processor's rounding decides, too: here 0.134, there −4.70.
    assert number(ends[0].twin[0]) in ends[0].held[0] and ends[2].held[2] == "4.66·10⁻⁵"
    whole, brief = (sentence(["SGD", "B", "C"], ends, 100, brief=b) for b in (False, True))
    assert "SGD's path is chaotic" in whole and "float64" in whole
    assert brief.endswith("SGD's path is chaotic, rounding decides where it ends.")
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(compile(snippet(ravine, runs, 100), "race.py", "exec"), {})  # our own program
    first, _, third = out.getvalue().splitlines()[-3:]
    w1 = float(re.search(r"w1 = (\S+),", first)[1])
    assert w1 == pytest.approx(ends[0].twin[0], rel=0.01)
    assert "no digit of float32 holds in w1" in first
    assert "w2 = -" in first and "loss = 4.66" in third and "float32" not in third


def test_starts_a_millionth_apart_part_where_a_path_is_called_chaotic():
    """The other way to tell: independent of float64."""
    ravine = Surface("pathological")
    for name, settings in RACES["ravine"].runs:
        pair = [Run(name, tuple(settings.items()), (5.0 + d, 5.0)) for d in (0.0, 1e-6)]
        a, b = twins(ravine, pair)[:, -1, 0]
        assert (abs(a - b) > 1e-3) == (name == "SGD")


def test_a_ridge_is_no_chaos():
    trace, end = told("w1**2 - w2**2", "SGD", 0.1, (1.0, 0.0))
    assert not end.chaotic and trace.points[-1, 1] == 0


@pytest.mark.parametrize(
    ("text", "endless"),
    [
        ("w1**2 - w2**2", True),
        ("w1 - w2", True),
        ("w1**3", True),
        ("-exp(w1)", True),
        ("w1**2 + w2**2", False),
        ("tanh(w1)", False),
        ("sin(w1)*cos(w2)", False),
        ("3", False),
        ("sqrt(w1)", False),
    ],
)
def test_what_falls_without_end(text, endless):
    assert unbounded(Surface(FORMULA, text=text), VIEW) == endless


@pytest.mark.parametrize("name", SURFACES)
def test_of_the_registry_only_the_saddles_fall_without_end(name):
    surface = Surface(name)
    assert unbounded(surface, SURFACES[name].ranges) == ("saddle" in name)


def test_on_a_saddle_the_first_to_leave_is_named_with_its_step():
    surface, preset = Surface("saddle"), RACES["saddle"]
    runs = tuple(Run(n, tuple(s.items()), preset.begin) for n, s in preset.runs)
    traces = race(surface, runs, preset.length)
    ends = [outcome(t, (), (-3.0, 3.0, -3.0, 3.0), surface) for t in traces]
    labels = [r.optimizer for r in runs]
    steps = {
        label: int(np.flatnonzero(np.abs(t.points[:, :2]).max(axis=1) <= 3)[-1]) + 1
        for label, t in zip(labels, traces, strict=True)
    }
    first = min(steps, key=steps.get)
    text = sentence(labels, ends, preset.length, unbounded=True)
    assert f"**{first}** left the view first, at step {steps[first]}" in text
    assert "lowest" not in text and f"SGD ({steps['SGD']})" in text


def test_the_tutorials_sentence_on_the_steep_optima_is_corrected_where_it_is_read():
    surface, preset = Surface("steep_optima"), RACES["steep"]
    run = Run(preset.runs[0][0], tuple(preset.runs[0][1].items()), preset.begin)
    path = twins(surface, (run,), preset.length)[0]
    thrown = int(np.hypot(*np.diff(path[:, :2], axis=0).T).argmax())
    for k in (thrown, thrown + 1):
        x, y = (f"{v:.2f}".replace("-", "−") for v in path[k, :2])
        assert f"({x}, {y})" in preset.story
    assert "(−0.5, −0.8)" in preset.story and (-0.5, -0.8) in surface.minima


# -- every sentence over a grid ---------------------------------------------------------------
RATES = (0.1, 1.0, 10.0, 100.0)


@pytest.mark.parametrize("optimizer", surface_optimizers())
@pytest.mark.parametrize("name", SURFACES)
def test_every_outcome_is_true_of_the_numbers(name, optimizer):
    surface, facts = Surface(name), SURFACES[name]
    base = first_rate(name, optimizer)
    runs = [Run(optimizer, (("lr", base * f),), facts.start) for f in RATES]
    x0, x1, y0, y1 = facts.ranges
    diagonal = math.hypot(x1 - x0, y1 - y0)
    traces, exact = race(surface, runs, 60), twins(surface, runs, 60)
    ends = []
    for trace, twin in zip(traces, exact, strict=True):
        end = outcome(trace, surface.minima, facts.ranges, surface, twin)
        ends.append(end)
        points = trace.points.astype(float)
        moves = np.diff(points[:, :2], axis=0)
        lengths = np.hypot(*moves.T)
        if end.kind == "diverged":
            assert not np.isfinite(points).all()
            continue
        assert np.isfinite(points).all()
        inside = x0 <= points[-1, 0] <= x1 and y0 <= points[-1, 1] <= y1
        assert (end.left is None) == inside
        if end.kind == "reached":
            goal = surface.minima[end.minimum]
            assert np.hypot(*(points[-5:, :2] - goal).T).max() <= 0.02 * diagonal
        elif end.kind == "thrown":
            assert np.sort(lengths)[-3] > 0.15 * diagonal  # three throws, two of them back
        elif end.kind == "thrown out":
            low = int(points[:, 2].argmin())
            assert lengths[low] > 0.15 * diagonal and points[-1, 2] > points[low, 2]
        elif end.kind == "swings":
            tail = moves[-6:]
            assert any((tail[1:, i] * tail[:-1, i] < 0).any() for i in (0, 1))
        elif end.kind == "stands still":
            assert lengths[-5:].max() < 1e-4 * diagonal
        elif end.kind == "hovers":
            assert np.hypot(*(points[-1, :2] - points[-7, :2])) < 0.15 * lengths[-6:].sum() + (
                lengths[-6:].max()
            )
        elif end.kind == "diverging":
            assert not inside and points[-1, 2] > points[0, 2]
        elif end.kind == "left":
            assert not inside
        else:
            assert end.kind == "moving" and inside and lengths[-6:].max() >= 1e-4 * diagonal
        for digits, a, b in zip(end.held, end.end, end.twin, strict=True):
            if "or" not in digits and "≈" not in digits:
                n = max(k for k in range(4) if k == 0 or f"{a:.{k}g}" == f"{b:.{k}g}")
                assert n >= 1
    labels = [f"rate {f}" for f in RATES]
    text = sentence(labels, ends, 60)
    if "lowest" in text and "rounding" not in text:
        best = text.split("**")[1]
        lowest = min(e.loss for e in ends if math.isfinite(e.loss))
        assert ends[labels.index(best)].loss == lowest
