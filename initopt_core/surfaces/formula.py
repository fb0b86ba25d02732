"""A typed formula as a function of two tensors."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from .parser import _Parser


def parse_formula(text: str) -> Callable[[Tensor, Tensor], Tensor]:
    """The function that `text` describes.

    Args:
        text: an expression in `w1` and `w2` (or x and y) with numbers, + - * / ** (or ^ · × ÷ and
            raised digits), products without a sign, parentheses, |bars|, the constants pi and e,
            and the functions of `FUNCTIONS` (one argument) and `PAIRS` (two); at most
            `MAX_LENGTH` characters.

    Returns:
        A callable of two tensors of one shape, giving that shape, differentiable by autograd.

    Raises:
        FormulaError: saying what is wrong and where.
    """
    part = _Parser(text).all().part

    def curve(w1: Tensor, w2: Tensor) -> Tensor:
        # A formula may leave both weights out; the result has their shape anyway.
        return part(w1, w2) if callable(part) else torch.full_like(w1, part)

    return curve


def python_of(text: str) -> str:
    """The formula as Python text over w1, w2, the names of `FUNCTIONS`, `PAIRS`, `CONSTANTS`.

    Raises:
        FormulaError: as `parse_formula`.
    """
    return _Parser(text).all().code
