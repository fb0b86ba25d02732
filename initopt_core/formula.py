"""Typed formulas in w1 and w2: parsed, checked against a whitelist, never evaluated as Python.

The text becomes a syntax tree (`ast.parse` runs nothing); each allowed node becomes a closure
over torch functions, every other node an error that points at its place.
"""

from __future__ import annotations

import ast
import math
import warnings
from collections.abc import Callable

import torch
from torch import Tensor

from .registry import SettingError

MAX_LENGTH = 200
MAX_DEPTH = 40
MAX_EXPONENT = 64

FUNCTIONS: dict[str, Callable] = {
    "sin": torch.sin,
    "cos": torch.cos,
    "tan": torch.tan,
    "tanh": torch.tanh,
    "sinh": torch.sinh,
    "cosh": torch.cosh,
    "atan": torch.atan,
    "exp": torch.exp,
    "log": torch.log,
    "sqrt": torch.sqrt,
    "abs": torch.abs,
    "sigmoid": torch.sigmoid,
    "relu": torch.relu,
    "softplus": torch.nn.functional.softplus,
}
PAIRS: dict[str, Callable] = {"min": torch.minimum, "max": torch.maximum}
CONSTANTS = {"pi": math.pi, "e": math.e}
Part = float | Callable[[Tensor, Tensor], Tensor]
"""A compiled piece: a number, or a function of the two weights."""

_OPERATORS: dict[type, Callable] = {
    ast.Add: lambda a, b: a + b,
    ast.Sub: lambda a, b: a - b,
    ast.Mult: lambda a, b: a * b,
    ast.Div: lambda a, b: a / b,
    ast.Pow: lambda a, b: a**b,
}


class FormulaError(SettingError):
    """A formula that cannot be used.

    Attributes:
        reason: what is wrong and what to do, one sentence.
        text: the formula.
        position: 0-based character of `text` that the reason is about.
    """

    def __init__(self, reason: str, text: str, position: int = 0) -> None:
        self.reason, self.text = reason, text
        self.position = max(0, min(position, len(text)))
        # Long or many-lined text is shown as a window around the place.
        left = max(0, self.position - 60)
        shown = "".join(c if c.isprintable() else " " for c in text[left : left + 120])
        self.pointer = f"{shown}\n{' ' * (self.position - left)}^"
        super().__init__(f"{reason}\n{self.pointer}")


def parse_formula(text: str) -> Callable[[Tensor, Tensor], Tensor]:
    """The function that `text` describes.

    Args:
        text: an expression in `w1` and `w2` with numbers, + - * / ** and parentheses, the
            constants pi and e, and the functions of `FUNCTIONS` (one argument) and `PAIRS` (two);
            at most `MAX_LENGTH` characters.

    Returns:
        A callable of two tensors of one shape, giving that shape, differentiable by autograd.

    Raises:
        FormulaError: saying what is wrong and where.
    """
    if len(text) > MAX_LENGTH:
        raise FormulaError(
            f"The formula has {len(text)} characters; shorten it to {MAX_LENGTH}.", text, MAX_LENGTH
        )
    body = text.strip()
    offset = len(text) - len(text.lstrip())
    if not body:
        raise FormulaError("Type a formula, for example w1**2 + 10*w2**2.", text)
    for i, c in enumerate(text):
        if not c.isprintable():
            raise FormulaError("Write the formula on one line, without control signs.", text, i)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # "1(2)": Python guesses at a missing comma
            tree = ast.parse(body, mode="eval").body
    except SyntaxError as error:
        at = (error.offset or 1) - 1
        if body[-1] in "+-*/," and body.count("(") <= body.count(")"):
            at = len(body)
        raise FormulaError(_plain(body, at), text, offset + at) from None
    except (ValueError, RecursionError, MemoryError):
        raise FormulaError("The formula cannot be read; make it simpler.", text) from None
    part = _Compiler(text, body, offset).compile(tree, 0)

    def curve(w1: Tensor, w2: Tensor) -> Tensor:
        # A formula may leave both weights out; the result has their shape anyway.
        return torch.full_like(w1, part) if isinstance(part, float) else part(w1, w2)

    return curve


def _plain(body: str, at: int) -> str:
    """Why Python's parser stopped, for someone who does not know Python."""
    if body.count("(") > body.count(")"):
        return "A parenthesis is opened and not closed."
    if body.count(")") > body.count("("):
        return "A parenthesis is closed that was not opened."
    if at >= len(body):
        return "The formula ends too early; something is missing at its end."
    return "The formula cannot be read at this place; is an operator or a number missing?"


class _Compiler:
    def __init__(self, text: str, body: str, offset: int) -> None:
        self.text, self.encoded, self.offset = text, body.encode(), offset

    def error(self, reason: str, node: ast.AST) -> FormulaError:
        # ast counts bytes, people count characters.
        at = len(self.encoded[: node.col_offset].decode(errors="ignore"))
        return FormulaError(reason, self.text, self.offset + at)

    def compile(self, node: ast.expr, depth: int) -> Part:
        if depth > MAX_DEPTH:
            raise self.error("The formula is nested too deeply; make it simpler.", node)
        if isinstance(node, ast.Constant):
            return self.number(node)
        if isinstance(node, ast.Name):
            return self.name(node)
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.UAdd):
            inner = self.compile(node.operand, depth + 1)
            if isinstance(node.op, ast.UAdd):
                return inner
            return self.folded(node, lambda a: -a, inner)
        if isinstance(node, ast.BinOp):
            return self.binary(node, depth)
        if isinstance(node, ast.Call):
            return self.call(node, depth)
        raise self.error(
            "Only numbers, w1, w2, + - * / **, parentheses and functions such as sin(w1) "
            "can be used.",
            node,
        )

    def number(self, node: ast.Constant) -> float:
        if isinstance(node.value, bool) or not isinstance(node.value, int | float):
            raise self.error("Only real numbers can be used here.", node)
        try:
            number = float(node.value)
        except OverflowError:
            number = math.inf
        if not math.isfinite(number) or abs(number) > 1e30:
            raise self.error("This number is too large; stay below 1e30.", node)
        return number

    def name(self, node: ast.Name) -> Part:
        if node.id == "w1":
            return lambda w1, w2: w1
        if node.id == "w2":
            return lambda w1, w2: w2
        if node.id in CONSTANTS:
            return CONSTANTS[node.id]
        if node.id in FUNCTIONS or node.id in PAIRS:
            raise self.error(f"{node.id} needs its argument in parentheses: {node.id}(w1).", node)
        raise self.error(f"There is no {node.id!r} here; the two weights are w1 and w2.", node)

    def binary(self, node: ast.BinOp, depth: int) -> Part:
        if isinstance(node.op, ast.BitXor):
            end = self.encoded.find(b"^", node.left.end_col_offset)
            place = ast.Constant(0, col_offset=max(end, 0), lineno=1)
            raise self.error("Write powers with **, for example w1**2.", place)
        operator = _OPERATORS.get(type(node.op))
        if operator is None:
            raise self.error("Only + - * / and ** can be used between two terms.", node.right)
        left = self.compile(node.left, depth + 1)
        right = self.compile(node.right, depth + 1)
        too_large = isinstance(right, float) and abs(right) > MAX_EXPONENT
        if isinstance(node.op, ast.Pow) and too_large:
            reason = f"This power is too large; stay between -{MAX_EXPONENT} and {MAX_EXPONENT}."
            raise self.error(reason, node.right)
        return self.folded(node, operator, left, right)

    def call(self, node: ast.Call, depth: int) -> Part:
        name = node.func.id if isinstance(node.func, ast.Name) else None
        wanted = 1 if name in FUNCTIONS else 2 if name in PAIRS else 0
        if not wanted:
            known = ", ".join([*FUNCTIONS, *PAIRS])
            raise self.error(f"This is not a known function; there are: {known}.", node)
        if len(node.args) != wanted or node.keywords:
            many = "one argument" if wanted == 1 else "two arguments"
            raise self.error(f"{name} takes {many}.", node)
        parts = [self.compile(a, depth + 1) for a in node.args]
        function = FUNCTIONS.get(name) or PAIRS[name]

        def apply(*values):
            like = next((v for v in values if isinstance(v, Tensor)), None)
            dtype = torch.float64 if like is None else like.dtype
            tensors = [v if isinstance(v, Tensor) else torch.tensor(v, dtype=dtype) for v in values]
            result = function(*tensors)
            return result if like is not None else float(result)

        return self.folded(node, apply, *parts)

    def folded(self, node: ast.expr, operator: Callable, *parts: Part) -> Part:
        """`operator` over `parts`; worked out at once when all of them are constants."""
        if all(isinstance(p, float) for p in parts):
            try:
                number = operator(*parts)
                if isinstance(number, complex) or not math.isfinite(number):
                    raise ValueError
            except (ArithmeticError, ValueError):
                raise self.error(
                    "This part is not a finite real number; change it.", node
                ) from None
            return number
        ready = [p if callable(p) else (lambda w1, w2, number=p: number) for p in parts]
        return lambda w1, w2: operator(*(p(w1, w2) for p in ready))
