"""What people really bring to the surfaces: inputs by kind, each with its right value."""

import math

import pytest
import torch

from initopt_core.formula import (
    CONSTANTS,
    FUNCTIONS,
    MAX_LENGTH,
    PAIRS,
    FormulaError,
    parse_formula,
    python_of,
)

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
