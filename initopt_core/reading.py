"""Numbers and lists as people and files bring them, read strictly.

A value from a program or a file must be what it says: text is no list, a fraction no whole
number, `true` no number. Text from a link or a box is read as people write numbers.
"""

from __future__ import annotations

import difflib
import math
import numbers
import re
from collections.abc import Iterable, Sequence
from typing import Any


class SettingError(ValueError):
    """A setting that cannot be used; its text tells the user what to do."""


_BLANKS = re.compile(r"[\s_'’\u00a0\u2009\u202f]")
_POWER = r"(?:e|[*·×x]10(?:\^|\*\*)?)([+-]?[0-9]{1,3})"
_BARE_POWER = re.compile(r"([+-]?)10(?:\^|\*\*)([+-]?[0-9]{1,3})")
_GROUPED = re.compile(r"(?<![0-9.,])[1-9][0-9]{0,2}(?:[\s_'’\u00a0\u2009\u202f][0-9]{3})+(?![0-9])")
_NUMBER = re.compile(rf"([+-]?)([0-9][0-9.,]*|[.,][0-9]+)(?:{_POWER})?", re.IGNORECASE)
_COMMAS = re.compile(r"[1-9][0-9]{0,2}(,[0-9]{3})+(\.[0-9]*)?")
_POINTS = re.compile(r"[1-9][0-9]{0,2}((\.[0-9]{3})+,[0-9]*|(\.[0-9]{3}){2,})")
_RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻", "0123456789+-")


def number_text(text: str) -> float | int | None:
    """The number that a person's `text` means; None when it is none, or not a finite one.

    A comma between groups of three digits separates thousands, as this program prints them:
    "1,000" is 1000; any other single comma is a decimal comma: "0,5", "0,001". "1.000" is 1, and
    "1.000,5", with both signs, is 1000.5. Blanks, "_" and "'" may separate thousands, too.
    Powers of ten: "1e-3", "10^-3", "10⁻³", "1·10⁻³". Whole numbers are exact.

    `readNumber` in assets/web/number_slider/number_slider.js is its twin.
    """
    text = text.strip().replace("−", "-").replace("–", "-")
    text = re.sub(r"10([⁺⁻]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+)", lambda m: "10^" + m[1].translate(_RAISED), text)
    text = _GROUPED.sub(lambda m: _BLANKS.sub("", m[0]), text)
    text = re.sub(r"\s*([*·×xX^])\s*", r"\1", text)
    if bare := _BARE_POWER.fullmatch(text):
        sign, digits, power = bare[1], "1", bare[2]
    elif match := _NUMBER.fullmatch(text):
        sign, digits, power = match.groups()
    else:
        return None
    plain = _plain_digits(digits)
    if plain is None or len(plain) > 400:
        return None
    if power is None and plain.isdigit():
        return int(sign + plain)
    value = float(f"{sign}{plain}e{power or 0}")
    return value if math.isfinite(value) else None


def _plain_digits(digits: str) -> str | None:
    """Digits with a point for the fraction and nothing between thousands."""
    if _COMMAS.fullmatch(digits):
        return digits.replace(",", "")
    if _POINTS.fullmatch(digits):
        return digits.replace(".", "").replace(",", ".")
    if digits.count(",") + digits.count(".") > 1:
        return None
    return digits.replace(",", ".")


def number(value: Any, label: str = "") -> float | int:
    """`value` as a finite number; whole numbers of a program stay exact.

    Raises:
        SettingError: for anything else, beginning with `label`.
    """
    found: Any = None
    if isinstance(value, str):
        found = number_text(value)
    elif isinstance(value, numbers.Integral) and not isinstance(value, bool):
        found = int(value)
    elif isinstance(value, numbers.Real) and not isinstance(value, bool):
        found = float(value)
    if found is None or (isinstance(found, float) and not math.isfinite(found)):
        raise SettingError(f"{_begin(label)}{shown(value)} is not a number.")
    return found


def whole(value: Any, label: str = "") -> int:
    """`value` as an exact whole number; 2.0 is one, 2.5 and `true` are not.

    Raises:
        SettingError: for anything else, beginning with `label`.
    """
    try:
        found = number(value, label)
    except SettingError:
        found = 0.5
    if found != int(found):
        raise SettingError(f"{_begin(label)}{shown(value)} is not a whole number.")
    return int(found)


def whole_numbers(values: Any, label: str, example: str) -> tuple[int, ...]:
    """A list of whole numbers that are numbers already; text is no list and no number.

    Raises:
        SettingError: naming the first thing that is wrong and giving `example`.
    """
    asked = f"give a list of whole numbers, for example {example}"
    if not isinstance(values, Sequence) or isinstance(values, (str, bytes)):
        values = _listed(values)
    if values is None:
        raise SettingError(f"{label}: {asked}.")
    for value in values:
        if isinstance(value, str):
            raise SettingError(f"{label}: {shown(value)} is text; {asked}.")
    try:
        return tuple(whole(value) for value in values)
    except SettingError as problem:
        raise SettingError(f"{label}: {problem} Give whole numbers, as in {example}.") from None


def _listed(values: Any) -> list | None:
    """The values of an array or a range, which are lists in all but name."""
    given = getattr(values, "tolist", None)
    listed = given() if callable(given) else None
    return listed if isinstance(listed, list) else None


def fields_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """`json.loads(..., object_pairs_hook=fields_once)`: of two fields with one name, which counts
    is anybody's guess.

    Raises:
        ValueError: naming the field.
    """
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"the field {shown(twice)} stands there twice")
    return found


def unbracketed(text: str) -> str:
    """`text` without the brackets of a Python or JSON list around it."""
    text = text.strip()
    if len(text) > 1 and text[0] + text[-1] in ("[]", "()"):
        return text[1:-1].strip()
    return text


def nearest(name: str, known: Iterable[str]) -> str:
    """The one of `known` that `name` may be meant to be: much alike, or the first of whose words it
    is made; empty where none is near."""
    names = list(known)
    alike = difflib.get_close_matches(name[:80].casefold(), names, n=1, cutoff=0.6)
    words = re.findall(r"[^\W_]+", name.casefold())
    made = [k for k in names if words and all(word in k.casefold() for word in words)]
    return next(iter([*alike, *made]), "")


def did_you_mean(name: object, known: Iterable[str]) -> str:
    """ "; did you mean 'SGD'" for the nearest of `known`, or nothing where none is near."""
    plain = {k.casefold(): k for k in known}
    wanted = str(name)[:80].casefold()
    near = difflib.get_close_matches(wanted, plain, n=3, cutoff=0.6)
    swapped = [k for k in near if sorted(k) == sorted(wanted)]  # "adma" is Adam, not Adamax
    return f"; did you mean {plain[(swapped or near)[0]]!r}" if near else ""


def shown(value: Any) -> str:
    """`value` as it is repeated in a message: short, on one line."""
    text = repr(value)
    return text if len(text) <= 40 else f"{text[:39]}…"


def _begin(label: str) -> str:
    return f"{label}: " if label else ""
