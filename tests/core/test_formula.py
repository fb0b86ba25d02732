"""Typed formulas: right values and gradients, and every bad one refused at its place."""

import contextlib
import math
import time

import pytest
import torch

from initopt_core.surfaces.formula import parse_formula
from initopt_core.surfaces.notation import FUNCTIONS, PAIRS, FormulaError

W1 = torch.tensor([0.3, -1.2, 2.5], dtype=torch.float64)
W2 = torch.tensor([1.1, 0.4, -0.7], dtype=torch.float64)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("w1**2 + 10*w2**2", lambda a, b: a**2 + 10 * b**2),
        ("-w1**2", lambda a, b: -(a**2)),
        ("2**-w1", lambda a, b: 2**-a),
        ("(w1 - w2)/(1 + abs(w1))", lambda a, b: (a - b) / (1 + abs(a))),
        ("sin(3*w1)*exp(-w2) + pi", lambda a, b: math.sin(3 * a) * math.exp(-b) + math.pi),
        (
            "tanh(w1)**2 + 0.01*abs(w1) + sigmoid(w2)",
            lambda a, b: math.tanh(a) ** 2 + 0.01 * abs(a) + 1 / (1 + math.exp(-b)),
        ),
        ("max(w1, w2) + min(w1, 0.5)", lambda a, b: max(a, b) + min(a, 0.5)),
        ("relu(w1) + softplus(w2)", lambda a, b: max(a, 0) + math.log1p(math.exp(b))),
        ("+w1 - -w2", lambda a, b: a + b),
        ("  e ** w1  ", lambda a, b: math.e**a),
        ("1e3*w1 + .5", lambda a, b: 1e3 * a + 0.5),
        ("7", lambda a, b: 7),
        ("sqrt(2)*w2", lambda a, b: math.sqrt(2) * b),
    ],
)
def test_values_equal_python(text, expected):
    got = parse_formula(text)(W1, W2)
    want = [expected(a, b) for a, b in zip(W1.tolist(), W2.tolist(), strict=True)]
    assert got.shape == W1.shape and got.dtype == W1.dtype
    torch.testing.assert_close(got, torch.tensor(want, dtype=torch.float64))


@pytest.mark.parametrize("name", [*FUNCTIONS, *PAIRS])
def test_every_function_is_differentiable(name):
    inside = "w1/2" if name in ("asin", "acos") else "w1 + 2"
    text = f"{name}({inside})" if name in FUNCTIONS else f"{name}(w1, w2)"
    w1, w2 = (torch.tensor([0.4, 0.9], dtype=torch.float64, requires_grad=True) for _ in "ab")
    with torch.no_grad():
        w2 += 0.05
    curve = parse_formula(text)
    curve(w1, w2).sum().backward()
    h = 1e-6
    with torch.no_grad():
        slope = (curve(w1 + h, w2) - curve(w1 - h, w2)) / (2 * h)
    torch.testing.assert_close(w1.grad, slope, rtol=1e-5, atol=1e-7)


MALFORMED = [  # text, part of the reason, position
    ("", "Type a formula", 0),
    ("w1 +", "ends too early", 4),
    ("(w1 + w2", "opened and not closed", 0),
    ("w1 + w2)", "closed that was not opened", 7),
    ("w1 + w3", "no 'w3'", 5),
    ("sin + w1", "argument in parentheses", 0),
    ("2*sin(w1, w2)", "takes one argument", 2),
    ("max(w1)", "takes two arguments", 0),
    ("2 + foo(w1)", "not a known function", 4),
    ("w1**1000", "power is too large", 4),
    ("9**9**9**9", "power is too large", 6),
    ("w1*1e999", "too large", 3),
    ("w1 + 1/0", "not a finite", 5),
    ("w1 + log(-1)", "not a finite", 5),
    ("w1 if w2 else 1", "Only numbers", 3),
    ("w1 < w2", "Only numbers", 3),
    ("ü*w3", "no 'ü'", 0),
    ("äö + w3", "no 'äö'", 0),
    ("w1 + 'a'", "real numbers", 5),
    ("w1 + 2j", "real numbers", 5),
    ("w1\n+ w2", "one line", 2),
    ("w1 \x00", "one line", 3),
    ("-" * 150 + "w1", "nested too deeply", None),
    ("(" * 98 + "w1" + ")" * 98, None, None),
    ("w1+" * 100 + "w2", "shorten it", 200),
]


@pytest.mark.parametrize(("text", "reason", "position"), MALFORMED)
def test_malformed_formulas_say_what_is_wrong_and_where(text, reason, position):
    start = time.perf_counter()
    if reason is None:  # deep but harmless: either answer is right, a crash is not
        with contextlib.suppress(FormulaError):
            parse_formula(text)
        return
    with pytest.raises(FormulaError, match=reason) as caught:
        parse_formula(text)
    if position is not None:
        assert caught.value.position == position
    line, caret = caught.value.pointer.split("\n")
    assert caret.strip() == "^" and len(caret) - 1 <= len(line)
    assert time.perf_counter() - start < 5  # a guard against hanging, not a measurement


ATTACKS = [
    "__import__('os').system('echo got in')",
    "().__class__.__bases__[0].__subclasses__()",
    "w1.__class__",
    "w1.backward()",
    "(lambda: 1)()",
    "[x for x in (1, 2)]",
    "open('/etc/passwd').read()",
    "eval('1+1')",
    "exec('import os')",
    "globals()['w1']",
    "f'{w1}'",
    "(w1 := 3)",
    "torch.load('x')",
    "sin(*[w1])",
    "sin(w1, **{})",
    "getattr(w1, 'data')",
    "sin.__globals__",
    "w1; import os",
    "print(1)",
    "1 if __import__('sys').exit() else 2",
]


@pytest.mark.parametrize("text", ATTACKS)
def test_nothing_is_run(text, monkeypatch):
    import builtins
    import os

    def ran(*args, **kwargs):
        raise AssertionError("typed text was run")

    monkeypatch.setattr(os, "system", ran)
    monkeypatch.setattr(builtins, "eval", ran)
    monkeypatch.setattr(builtins, "exec", ran)
    with pytest.raises(FormulaError):
        parse_formula(text)


def test_a_formula_without_weights_has_a_zero_gradient():
    from initopt_core.surfaces import gradient, hessian

    loss, g1, g2 = gradient(parse_formula("3"), W1, W2)
    assert loss.tolist() == [3, 3, 3] and not g1.any() and not g2.any()
    _, g1, g2 = gradient(parse_formula("2*w1"), W1, W2)
    assert g1.tolist() == [2, 2, 2] and not g2.any()
    assert not any(h.any() for h in hessian(parse_formula("2*w1"), W1, W2))
    assert not any(h.any() for h in hessian(parse_formula("3"), W1, W2))


@pytest.mark.parametrize("text", ["abs(w1) + 2*abs(w2)", "w1*abs(w2)", "relu(w1)", "max(w1, w2)"])
def test_vanishing_second_derivatives_are_ordinary_numbers(text):
    from initopt_core.surfaces import gradient, hessian

    curve = parse_formula(text)
    for values in (*gradient(curve, W1, W2), *hessian(curve, W1, W2)):
        assert values.numpy().shape == (3,)
