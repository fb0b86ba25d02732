"""How the house writes numbers, for every page, figure and report: written here and nowhere else.

Three significant digits without trailing zeros, a comma between thousands, a real minus sign. From
0.001 to below a million a number is written out (0.00392, 12,300), beyond that with a power of ten
(1.2·10⁻⁷, and 10⁻⁴ rather than 1·10⁻⁴). Halves are rounded away from zero.

`assets/web/shared/numbers.js` is the twin in the browser, `figures.theme` has the label expression
of axes; `tests/core/test_wording.py` and `tests/browser/test_wording.py` hold both to this file.
What a program reads back (CSV, links, generated code, what is typed into a box) is not written for
people: `plain` is for that.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import SupportsFloat

DIGITS = 3
SMALLEST, LARGEST = 1e-3, 1e6
"""Sizes from SMALLEST to below LARGEST are written out, all others with a power of ten."""
UNKNOWN = "–"
"""Stands for what has no value: None and not-a-number."""

_SUPERSCRIPTS = str.maketrans("-−0123456789", "⁻⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def number(value: SupportsFloat | None, digits: int = DIGITS) -> str:
    """A number for people: 0.00392, −2.5, 12,300, 1.2·10⁻⁷, ∞, or – for none.

    Args:
        value: any real number, NaN and infinities included, or None.
        digits: significant digits, at least 1.
    """
    special, short = _rounded(value, digits)
    if special:
        return special
    sign = "−" if short < 0 else ""
    if is_written_out(float(short)):
        return f"{sign}{_trimmed(f'{abs(short):,f}')}"
    mantissa, exponent = _scientific(short)
    times_ten = power(exponent) if mantissa == "1" else f"{mantissa}·{power(exponent)}"
    return f"{sign}{times_ten}"


def latex(value: SupportsFloat | None, digits: int = DIGITS) -> str:
    r"""`number` inside a formula: 12{,}300, 1.2 \cdot 10^{-7}."""
    special, short = _rounded(value, digits)
    if special:
        return special.replace("∞", r"\infty").replace("−", "-").replace(UNKNOWN, r"\text{?}")
    if is_written_out(float(short)):
        return number(value, digits).replace(",", "{,}").replace("−", "-")
    mantissa, exponent = _scientific(short)
    factor = "" if mantissa == "1" else rf"{mantissa} \cdot "
    return f"{'-' if short < 0 else ''}{factor}10^{{{exponent}}}"


def plain(value: float, digits: int = 6) -> str:
    """A number for a box in which it is edited: digits and a point, 1e-7 where those get long."""
    short = Decimal(repr(float(f"{value:.{digits}g}")))
    if short == 0:
        return "0"
    if 1e-6 <= abs(short) < 1e21:
        return _trimmed(f"{short:f}")
    mantissa, exponent = f"{short:e}".split("e")
    return f"{_trimmed(mantissa)}e{int(exponent):+d}"


def times(factor: float) -> str:
    """By how much something is larger, with the sign: 3.31×, 12,300×, 10¹²×."""
    return f"{number(factor)}×"


def percent(share: float | None, decimals: int | None = None) -> str:
    """A share of 1 as per cent: 8.25 %, 100 %; "> 99.9 %" where only rounding would make it 100.

    Args:
        decimals: exactly so many digits behind the point (results that are compared: 88.82 %)
            instead of three significant digits.
    """
    if share is None or share != share:
        return UNKNOWN
    if decimals is not None:
        return f"{_fixed(100 * share, decimals)} %"
    text = number(100 * share)
    return "> 99.9 %" if text == "100" and share < 1 else f"{text} %"


def points(share: float, decimals: int = 2) -> str:
    """A difference of two shares of 1, in percentage points: 0.31."""
    return _fixed(100 * share, decimals)


def as_text(text: str) -> str:
    """`text` as Markdown that shows it as it is: what a visitor has written is no link, no
    picture and no formula."""
    return re.sub(r"([\\`*_{}\[\]()<>#+!|~$:.&^=-])", r"\\\1", " ".join(text.split()))


def in_mid_sentence(label: str) -> str:
    """A label as it is written behind other words: its first letter small."""
    return label[:1].lower() + label[1:]


def capital(text: str) -> str:
    """A text as it begins a line: its first letter large, all others as they are."""
    return text[:1].upper() + text[1:]


def first_few(sentences: Sequence[str], most: int, rest: str = "") -> list[str]:
    """So many of them, and one more that says how many are left; `rest` is its end."""
    more = len(sentences) - most
    return [*sentences[:most], *([f"So it is with {more} more{rest}."] if more > 0 else [])]


def count(whole: int) -> str:
    """How many, exactly: 60,000."""
    return f"{whole:,}".replace("-", "−")


def many(whole: int, what: str) -> str:
    """How many of what, with its plural: 1 epoch, 40 epochs, 0 steps.

    Args:
        what: a noun in the singular whose plural ends with s.
    """
    return f"{count(whole)} {what}{'' if whole == 1 else 's'}"


def megabytes(size: float) -> str:
    """Bytes as people know them from downloads, 10^6 to the MB: 30.9 MB, 63 KB below 0.1 MB."""
    return f"{number(size / 1e6)} MB" if size >= 1e5 else f"{number(size / 1e3)} KB"


def duration(seconds: float | None) -> str:
    """Seconds in the unit that a person would use: 12 s, 23 min, 1.5 h; … where not known."""
    if seconds is None:
        return "…"
    if seconds < 90:
        return f"{_fixed(seconds, 0)} s"
    if seconds < 5400:
        return f"{_fixed(seconds / 60, 0)} min"
    return f"{_fixed(seconds / 3600, 1)} h"


def superscript(whole: int) -> str:
    """⁻¹²"""
    return str(whole).translate(_SUPERSCRIPTS)


def power(exponent: int) -> str:
    """A power of ten: 10⁻³."""
    return f"10{superscript(exponent)}"


def is_written_out(rounded: float) -> bool:
    """Whether a number, already rounded, is written with digits alone."""
    return rounded == 0 or SMALLEST <= abs(rounded) < LARGEST


def _rounded(value: SupportsFloat | None, digits: int) -> tuple[str, Decimal]:
    """(text, 0) of what has no digits, else ("", the value to `digits` significant digits)."""
    value = math.nan if value is None else float(value)
    if value != value:
        return UNKNOWN, Decimal(0)
    if math.isinf(value):
        return ("∞" if value > 0 else "−∞"), Decimal(0)
    return "", Context(prec=digits, rounding=ROUND_HALF_UP).create_decimal(Decimal(value))


def _scientific(short: Decimal) -> tuple[str, int]:
    """Mantissa without its sign, and exponent."""
    mantissa, exponent = f"{abs(short):e}".split("e")
    return _trimmed(mantissa), int(exponent)


def _trimmed(text: str) -> str:
    """Without zeros that say nothing behind the point."""
    return text.rstrip("0").rstrip(".") if "." in text else text


def _fixed(value: float, decimals: int) -> str:
    """Exactly so many digits behind the point, halves away from zero, never −0."""
    step = Decimal(1).scaleb(-decimals)
    short = Decimal(value).quantize(step, rounding=ROUND_HALF_UP)
    return f"{abs(short) if short == 0 else short:,f}".replace("-", "−")
