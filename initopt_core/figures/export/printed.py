"""The tutorial's printed numbers beside ours, as rows of a table under a figure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from initopt_core.wording import capital

if TYPE_CHECKING:
    from initopt_core.figures.tutorial import Number

SEEDS = 5
"""Draws from which the spread of a random number is told."""
Row = tuple[str, ...]
SEEDS = 5
"""Draws from which the spread of a random number is told."""
SPREAD = "± "
"""Begins what is told of a random number: how far ours lie apart over seeds."""


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
        spread = "± over seeds" if all(text.startswith(SPREAD) for text in between) else ""
        out.append(("", spread, *(text.removeprefix(SPREAD) for text in between)))
    return tuple(out)
