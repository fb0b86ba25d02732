"""From the pieces of a formula to what it computes.

Longer than other files: one grammar, whose rules call each other.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from .notation import (
    _ALIASES,
    _CLOSING,
    _ONLY,
    _RAISED,
    _RUN_TOGETHER,
    _SPOKEN,
    CONSTANTS,
    FUNCTIONS,
    MAX_DEPTH,
    MAX_EXPONENT,
    MAX_LENGTH,
    PAIRS,
    WEIGHTS,
    FormulaError,
    Part,
    Token,
    tokens,
)


# -- grammar ----------------------------------------------------------------------------------
@dataclass(frozen=True)
class Piece:
    """A part of a formula: compiled, as Python text, and where it begins."""

    part: Part
    code: str
    at: int


class _Parser:
    """Recursive descent; powers bind tightest, then signs, products, sums, as in Python."""

    def __init__(self, text: str) -> None:
        self.text = text
        if len(text) > MAX_LENGTH:
            reason = f"The formula has {len(text)} characters; shorten it to {MAX_LENGTH}."
            raise FormulaError(reason, text, MAX_LENGTH)
        if not text.strip():
            raise FormulaError("Type a formula, for example w1**2 + 10*w2**2.", text)
        self.tokens, self.i, self.depth = tokens(text), 0, 0
        self.open: list[Token] = []

    def error(self, reason: str, at: int) -> FormulaError:
        return FormulaError(reason, self.text, at)

    @property
    def now(self) -> Token:
        return self.tokens[self.i]

    def take(self) -> Token:
        self.i += 1
        return self.tokens[self.i - 1]

    def all(self) -> Piece:
        """The whole formula."""
        piece = self.sum()
        if self.now.kind != "end":
            raise self.unexpected()
        return piece

    def unexpected(self) -> FormulaError:
        """What to say of a sign that cannot stand where it does."""
        token = self.now
        if token.kind == "end":
            if self.open:
                what = "bar" if self.open[-1].kind == "|" else "parenthesis"
                return self.error(f"A {what} is opened and not closed.", self.open[-1].at)
            reason = "The formula ends too early; something is missing at its end."
            return self.error(reason, token.at)
        if token.kind in ")]}":
            return self.error("A parenthesis is closed that was not opened.", token.at)
        if token.kind == "//":
            return self.error(_SPOKEN["%"], token.at)
        if token.kind in _SPOKEN:
            return self.error(_SPOKEN[token.kind], token.at)
        known = token.kind in ("number", "name", "raised", "**", "^", *"+-*/|([{")
        reason = "The formula cannot be read at this place; is an operator or a number missing?"
        return self.error(reason if known else _ONLY, token.at)

    def sum(self) -> Piece:
        left = self.product()
        while self.now.kind in ("+", "-"):
            sign = self.take().kind
            left = self.binary(left, sign, self.product())
        return left

    def product(self) -> Piece:
        left, divided = self.signed(), False
        while True:
            if self.now.kind in ("*", "/"):
                divided = self.now.kind == "/"
                left = self.binary(left, self.take().kind, self.signed())
            elif self.factor_follows():
                if divided:
                    reason = (
                        "This can be read in two ways; write 1/(2*w1) or 1/2*w1, with a * for "
                        "the product."
                    )
                    raise self.error(reason, self.now.at)
                left = self.binary(left, "*", self.power())
            else:
                return left

    def factor_follows(self) -> bool:
        """Whether what comes next multiplies without a sign: 2w1, 3(w1+w2), w1 w2."""
        kind = self.now.kind
        if kind == "|":
            return not (self.open and self.open[-1].kind == "|")
        return kind in ("name", "√", *"([{") or _fraction(self.now) is not None

    def signed(self) -> Piece:
        if self.now.kind not in ("+", "-"):
            return self.power()
        sign = self.take()
        with _Deeper(self, sign.at):
            inner = self.signed()
        if sign.kind == "+":
            return inner
        part = self.folded(sign.at, lambda a: -a, inner.part)
        return Piece(part, f"-{inner.code}", sign.at)

    def power(self) -> Piece:
        base = self.atom()
        if self.now.kind == "raised":
            base = self.raised(base, self.take())
        if self.now.kind in ("**", "^"):
            at = self.take().at
            with _Deeper(self, at):
                base = self.binary(base, "**", self.signed())
        return base

    def raised(self, base: Piece, token: Token) -> Piece:
        """`base` with the raised digits of `token` as its power."""
        digits = "".join(_RAISED[c] for c in token.text)
        if not re.fullmatch(r"[+-]?\d+", digits):
            raise self.error(
                "This power cannot be read; write it as **, for example w1**2.", token.at
            )
        out = self.binary(base, "**", Piece(float(digits), str(int(digits)), token.at))
        return Piece(out.part, f"({out.code})", out.at)

    def atom(self) -> Piece:
        token = self.now
        if token.kind == "number":
            return self.number(self.take())
        if token.kind == "name":
            return self.name(self.take())
        if token.kind in ("(", "[", "{"):
            inner = self.inside()
            return Piece(inner.part, f"({inner.code})", token.at)
        if token.kind == "|":
            return self.apply("abs", token.at, [self.inside()])
        if token.kind == "√":
            return self.root(self.take())
        fraction = _fraction(token)
        if fraction is not None:
            self.take()
            return Piece(fraction, f"({fraction!r})", token.at)
        raise self.unexpected()

    def inside(self) -> Piece:
        """What stands between a bracket or bar, which comes next, and its other half."""
        first = self.take()
        self.open.append(first)
        with _Deeper(self, first.at):
            inner = self.sum()
        self.close(first)
        return inner

    def close(self, first: Token) -> None:
        if self.now.kind != _CLOSING[first.kind]:
            if self.now.kind in ")]}":
                raise self.error(f"This should be a {_CLOSING[first.kind]!r}.", self.now.at)
            raise self.unexpected()
        self.take()
        self.open.pop()

    def number(self, token: Token) -> Piece:
        value = float(token.text)
        if not abs(value) <= 1e30:
            raise self.error("This number is too large; stay below 1e30.", token.at)
        if self.now.kind == "number":
            raise self.unexpected()
        if self.now.kind == "name" and self.now.text.lower() in ("i", "j"):
            raise self.error("Only real numbers can be used here.", token.at)
        if self.now.kind == "name" and self.now.text.startswith("_"):
            raise self.error("Write a number without signs between its digits.", self.now.at)
        whole = token.text.isdigit()
        return Piece(value, str(int(token.text)) if whole else repr(value), token.at)

    def name(self, token: Token) -> Piece:
        name = self.known(token)
        if name in WEIGHTS:
            first = name == "w1"
            return Piece((lambda w1, w2: w1) if first else (lambda w1, w2: w2), name, token.at)
        if name in CONSTANTS:
            return Piece(CONSTANTS[name], name, token.at)
        return self.call(name, token)

    def known(self, token: Token) -> str:
        """The name that `token` means; names run together are parted, the first is given."""
        for name in (token.text, token.text.lower()):
            name = _ALIASES.get(name, name)
            if name in (*WEIGHTS, *CONSTANTS, *FUNCTIONS, *PAIRS, "pow"):
                return name
            if _RUN_TOGETHER.fullmatch(name):
                parts = re.findall(r"[wx]_?[12]|pi|π|[xye]", name)
                ends = [token.at + sum(map(len, parts[:k])) for k in range(len(parts))]
                # The first is taken already; the rest are names still to come.
                rest = [Token("name", p, a) for p, a in zip(parts, ends, strict=True)]
                self.tokens[self.i - 1 : self.i] = rest
                first: str = parts[0]
                return _ALIASES.get(first, first)
        raise self.unknown(token)

    def unknown(self, token: Token) -> FormulaError:
        if self.now.kind == "=" or (self.now.kind == "(" and self.names_a_result()):
            return self.error(_SPOKEN["="], token.at)
        if token.text in ("if", "else", "and", "or", "not", "for", "in", "lambda", "is"):
            return self.error(_ONLY, token.at)
        if self.now.kind == "(":
            known = ", ".join([*FUNCTIONS, *PAIRS])
            reason = f"This is not a known function; there are: {known}."
        elif token.text.lower() in ("w", "x") and self.now.kind in ("[", "{"):
            reason = "Write the weights as w1 and w2, without brackets."
        else:
            reason = f"There is no {token.text!r} here; the two weights are w1 and w2."
        return self.error(reason, token.at)

    def names_a_result(self) -> bool:
        """Whether an equals sign follows the name's bracket: f(w1, w2) = …"""
        kinds = [t.kind for t in self.tokens[self.i :]]
        return ")" in kinds and kinds[kinds.index(")") + 1] == "="

    # -- functions ----------------------------------------------------------------------------
    def call(self, name: str, token: Token) -> Piece:
        """A function with its argument; a power may stand between the two: sin²(w1)."""
        shown = f"{name} needs its argument in parentheses: {name}(w1)."
        power = None
        if self.now.kind == "raised":
            power = self.take()
        elif self.now.kind in ("**", "^") and self.tokens[self.i + 1].kind in ("number", "-"):
            self.take()
            power = self.take()
        if power is not None and ("⁻" in power.text or power.kind == "-"):
            reason = f"Write 1/{name}(w1), or asin, acos, atan for the inverse function."
            raise self.error(reason, power.at)
        if self.now.kind != "(":
            raise self.error(shown, token.at)
        made = self.apply(name, token.at, self.arguments())
        if power is None:
            return made
        if power.kind == "number":
            out = self.binary(made, "**", Piece(float(power.text), power.text, power.at))
            return Piece(out.part, f"({out.code})", token.at)
        return self.raised(made, power)

    def arguments(self) -> list[Piece]:
        first = self.take()
        self.open.append(first)
        found: list[Piece] = []
        with _Deeper(self, first.at):
            while self.now.kind != ")":
                found.append(self.sum())
                if self.now.kind != ",":
                    break
                self.take()
        self.close(first)
        return found

    def root(self, token: Token) -> Piece:
        with _Deeper(self, token.at):
            inner = self.atom()
        if self.now.kind in ("raised", "**", "^"):
            raise self.error("Write what is under the root in parentheses: √(w1**2).", token.at)
        return self.apply("sqrt", token.at, [inner])

    def apply(self, name: str, at: int, given: list[Piece]) -> Piece:
        wanted = 1 if name in FUNCTIONS else 2
        if len(given) != wanted:
            many = "one argument" if wanted == 1 else "two arguments"
            hint = "; write decimals with a point" if len(given) > wanted else ""
            raise self.error(f"{name} takes {many}{hint}.", at)
        if name == "pow":
            base, exponent = (Piece(g.part, f"({g.code})", g.at) for g in given)
            out = self.binary(base, "**", exponent)
            return Piece(out.part, f"({out.code})", at)
        function = FUNCTIONS.get(name) or PAIRS[name]
        part = self.folded(at, _over_tensors(function), *(g.part for g in given))
        return Piece(part, f"{name}({', '.join(g.code for g in given)})", at)

    def binary(self, left: Piece, sign: str, right: Piece) -> Piece:
        too_large = isinstance(right.part, float) and abs(right.part) > MAX_EXPONENT
        if sign == "**" and too_large:
            reason = f"This power is too large; stay between -{MAX_EXPONENT} and {MAX_EXPONENT}."
            raise self.error(reason, right.at)
        part = self.folded(left.at, _OPERATORS[sign], left.part, right.part)
        space = "" if sign == "**" else " "
        return Piece(part, f"{left.code}{space}{sign}{space}{right.code}", left.at)

    def folded(self, at: int, operator: Callable, *parts: Part) -> Part:
        """`operator` over `parts`; worked out at once when all of them are constants."""
        if all(isinstance(p, float) for p in parts):
            try:
                number = operator(*parts)
                if isinstance(number, complex) or not math.isfinite(number):
                    raise ValueError
            except (ArithmeticError, ValueError):
                reason = "This part is not a finite real number; change it."
                raise self.error(reason, at) from None
            return number
        ready = [p if callable(p) else (lambda w1, w2, number=p: number) for p in parts]
        return lambda w1, w2: operator(*(p(w1, w2) for p in ready))


class _Deeper:
    """One level of nesting, of which there are not more than `MAX_DEPTH`."""

    def __init__(self, parser: _Parser, at: int) -> None:
        self.parser, self.at = parser, at

    def __enter__(self) -> None:
        self.parser.depth += 1
        if self.parser.depth > MAX_DEPTH:
            raise self.parser.error("The formula is nested too deeply; make it simpler.", self.at)

    def __exit__(self, *_: object) -> None:
        self.parser.depth -= 1


_OPERATORS: dict[str, Callable] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b,
    "**": lambda a, b: a**b,
}


def _fraction(token: Token) -> float | None:
    """The value of a sign such as ½."""
    if len(token.kind) == 1 and unicodedata.category(token.kind) == "No":
        return unicodedata.numeric(token.kind)
    return None


def _over_tensors(function: Callable) -> Callable:
    """`function` for tensors and plain numbers alike."""

    def apply(*values: Tensor | float) -> Tensor | float:
        like = next((v for v in values if isinstance(v, Tensor)), None)
        dtype = torch.float64 if like is None else like.dtype
        tensors = [v if isinstance(v, Tensor) else torch.tensor(v, dtype=dtype) for v in values]
        result = function(*tensors)
        return result if like is not None else float(result)

    return apply
