"""What may stand in a formula, and the pieces into which a text is cut."""

from __future__ import annotations

import itertools
import math
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from initopt_core.registry import SettingError

MAX_LENGTH = 200
MAX_DEPTH = 40
MAX_EXPONENT = 64
FUNCTIONS: dict[str, Callable] = {
    "sin": torch.sin,
    "cos": torch.cos,
    "tan": torch.tan,
    "asin": torch.asin,
    "acos": torch.acos,
    "atan": torch.atan,
    "tanh": torch.tanh,
    "sinh": torch.sinh,
    "cosh": torch.cosh,
    "exp": torch.exp,
    "log": torch.log,
    "log2": torch.log2,
    "log10": torch.log10,
    "sqrt": torch.sqrt,
    "abs": torch.abs,
    "sigmoid": torch.sigmoid,
    "relu": torch.relu,
    "softplus": torch.nn.functional.softplus,
}
PAIRS: dict[str, Callable] = {"min": torch.minimum, "max": torch.maximum}
CONSTANTS = {"pi": math.pi, "e": math.e}
WEIGHTS = ("w1", "w2")
Part = float | Callable[[Tensor, Tensor], Tensor]
"""A compiled piece: a number, or a function of the two weights."""
_ALIASES = {
    **{"x": "w1", "x1": "w1", "w_1": "w1", "x_1": "w1", "π": "pi", "σ": "sigmoid"},
    **{"y": "w2", "x2": "w2", "w_2": "w2", "x_2": "w2", "ln": "log", "fabs": "abs"},
    **{"arcsin": "asin", "arccos": "acos", "arctan": "atan"},
    **{"minimum": "min", "maximum": "max"},
}
_PREFIX = re.compile(r"(?:math|numpy|np|torch|F)\.(?=\w)", re.IGNORECASE)
_SIGNS = {
    **dict.fromkeys("−‐‑‒–—﹣－", "-"),
    **dict.fromkeys("×·⋅∙•∗⁎✕✖＊\u2062", "*"),
    **dict.fromkeys("÷∕⁄／", "/"),
    **dict.fromkeys("∣｜", "|"),
    **{"＋": "+", "（": "(", "）": ")", "＾": "^", "ˆ": "^", "，": ","},
}
_RAISED = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺", "0123456789-+", strict=True))
_SUNK = dict(zip("₀₁₂₃₄₅₆₇₈₉", "0123456789", strict=True))
_CLOSING = {"(": ")", "[": "]", "{": "}", "|": "|"}
_NUMBER = re.compile(r"(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")
_RUN_TOGETHER = re.compile(r"(?:[wx]_?[12]|pi|π|[xye])+")
_ONLY = (
    "Only numbers, w1, w2, + - * / **, parentheses and functions such as sin(w1) can be used here."
)
_SPOKEN = {
    "=": "Write only what the loss is, without an equals sign, for example w1**2 + w2**2.",
    "\\": "LaTeX is not understood; write for example sin(w1)**2/2.",
    "$": "LaTeX is not understood; write for example sin(w1)**2/2.",
    ",": "A comma parts the two arguments of min and max only; write decimals with a point: 0.5.",
    "%": "Only + - * / and ** can be used between two terms.",
    "'": "Only real numbers can be used here.",
    '"': "Only real numbers can be used here.",
    "!": "There is no factorial here; write the number.",
    "∛": "Write a cube root as a power: abs(w1)**(1/3).",
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


# -- tokens -----------------------------------------------------------------------------------
@dataclass(frozen=True)
class Token:
    """A sign, "number", "name", "raised" (digits of a power) or "end", and where it stands."""

    kind: str
    text: str
    at: int


def _plain(c: str) -> str:
    """One character in the spelling that the parser knows; of any length, also none."""
    if c in _SIGNS:
        return _SIGNS[c]
    if c in _RAISED or c in _SUNK or unicodedata.category(c) == "No":
        return _SUNK.get(c, c)
    if c == "\t" or unicodedata.category(c) == "Zs":
        return " "
    if unicodedata.category(c) == "Cf":
        return ""  # marks that nobody sees, from a copied page
    return unicodedata.normalize("NFKC", c) if ord(c) > 0x2100 or c in "µ" else c


def tokens(text: str) -> list[Token]:
    """The signs of `text`, each with its place in it; the last one is its end."""
    places, plain = [], ""
    for i, c in enumerate(text):
        spelled = _plain(c)
        if not spelled.isprintable():
            reason = "Write the formula on one line, without control signs."
            if text[i:].strip():
                raise FormulaError(reason, text, i)
            continue
        places += [i] * len(spelled)
        plain += spelled
    out, at = [], 0
    while at < len(plain):
        prefix = _PREFIX.match(plain, at)
        at = prefix.end() if prefix else at
        found = _token(plain, at)
        if found.kind != " ":
            out.append(Token(found.kind, found.text, places[at]))
        at += len(found.text)
    return [*out, Token("end", "", len(text.rstrip()))]


def _letter(c: str) -> bool:
    return c.isalpha() or c == "_"


def _while(holds: Callable[[str], bool], plain: str, at: int) -> str:
    """The longest part of `plain` from `at` on whose every character holds."""
    return "".join(itertools.takewhile(holds, plain[at:]))


def _token(plain: str, at: int) -> Token:
    if found := _NUMBER.match(plain, at):
        return Token("number", found.group(), at)
    if _letter(plain[at]):
        return Token("name", _while(lambda c: _letter(c) or c.isdecimal(), plain, at), at)
    if plain[at] in _RAISED:
        return Token("raised", _while(_RAISED.__contains__, plain, at), at)
    for sign in ("**", "//"):
        if plain.startswith(sign, at):
            return Token(sign, sign, at)
    return Token(plain[at], plain[at], at)
