"""The tutorial's printed numbers beside ours, as rows of a table under a figure."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING

from initopt_core.wording import capital

if TYPE_CHECKING:
    from initopt_core.figures.tutorial import Number

SEEDS = 10
"""Draws from which the spread of a random number is told."""
SPREAD, FACTOR = "± ", "×/÷ "
"""Begins what is told of a random number: how far ours lie apart over seeds, as a difference or as
a factor."""
Row = tuple[str, ...]


def agreement(numbers: Iterable[Number]) -> int | None:
    """Significant digits to which all numbers that are not drawn agree with the printed ones: no
    deviation is more than one in the last of them. None where there are none."""
    exact = [one for one in numbers if one.exact and not one.why]
    if not exact:
        return None
    worst = max(abs(one.deviation) / max(abs(one.printed), 1e-300) for one in exact)
    return MOST_DIGITS if worst < 10.0**-MOST_DIGITS else max(0, math.floor(-math.log10(worst)))


MOST_DIGITS = 15
"""Of a number in double precision."""


def rows(numbers: Iterable[Number]) -> tuple[Row, ...]:
    """The numbers of one figure as rows of equally many cells, the first row their heads; none
    where there are no numbers.

    A quantity that is there at several places, such as layers, has a column for each and rows for
    what is printed, for ours and for the spread of ours over seeds; other numbers a row each.
    """
    found = list(numbers)
    kinds: dict[str, dict[str, Number]] = {}
    for one in found:
        quantity, place = one.parts
        kinds.setdefault(quantity, {})[place] = one
    places = [tuple(kind) for kind in kinds.values()]
    if not found:
        return ()
    if "" in kinds or len(set(places)) > 1:
        return ("", "printed", "ours", ""), *(
            (
                capital(", ".join(filter(None, one.parts))),
                one.write(one.printed),
                one.write(one.ours),
                one.shortest,
            )
            for one in found
        )
    out: list[Row] = [("", "", *places[0])]
    for quantity, kind in kinds.items():
        told = list(kind.values())
        unit = f", {told[0].unit}" if told[0].unit else ""
        name = f"{capital(quantity)}{unit}"
        out.append((name, "printed", *(one.write(one.printed) for one in told)))
        out.append(("", "ours", *(one.write(one.ours) for one in told)))
        between = [one.shortest for one in told]
        if len(set(between)) == 1:  # what is the same for all is said once
            out[-1] = (f"({between[0]})", *out[-1][1:])
            continue
        sign = next((s for s in (SPREAD, FACTOR) if all(t.startswith(s) for t in between)), "")
        spread = f"{sign}over seeds" if sign else ""
        out.append(("", spread, *(text.removeprefix(sign) for text in between)))
    return tuple(out)
