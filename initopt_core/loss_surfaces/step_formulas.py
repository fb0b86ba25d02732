"""One step of every optimizer, line by line, with its numbers: what the step inspector shows.

A line is (symbol, formula, template, result). The template is the right-hand side with names in
braces: `{g}` gradient, `{w}` weight, `{lr}` rate, `{t}` step number from 1, a setting such as
`{beta1}` or `{1-beta1}`, a state such as `{m}`, or with a minus sign, `{m-}`, that state before
the step. `result` is the name of the left-hand side's number; `u` is the update, `w+` the new
weight. Templates are written for readers: · × − √ |x| and powers with ^.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from initopt_core.optimizers import OPTIMIZERS
from initopt_core.optimizers.entry import Line

_MOVE: Line = ("w", "w + Δw", "{w} + {u}", "w+")


def step_lines(optimizer: str, settings: Mapping[str, Any]) -> tuple[Line, ...]:
    """The lines of one step of this optimizer with these settings, the gradient first.

    They stand in its registry entry; one that has none there is shown by what it keeps.
    """
    entry = OPTIMIZERS[optimizer]
    gradient: Line = ("g", "gradient", "", "g")
    if entry.lines is None:
        kept = tuple((name, meaning, "", name) for name, meaning in entry.state.items())
        return (gradient, *kept, ("Δw", "update", "", "u"), _MOVE)
    lines = entry.lines(settings)
    told = any("{weight_decay}" in template for _, _, template, _ in lines)
    if settings.get("weight_decay", 0.0) and not told:
        if entry.call.decoupled:
            # The update shown holds the decay; the formula says so and the sum is left out.
            lines = tuple(
                (s, f + " − η λ w", "", r) if r == "u" else (s, f, x, r) for s, f, x, r in lines
            )
        else:
            # Weight decay enters as if it were part of the gradient.
            lines = tuple(
                (s, f, x.replace("{g}", "({g} + {weight_decay}·{w})"), r) for s, f, x, r in lines
            )
            gradient = ("g", "gradient; + λ w below", "", "g")
    return (gradient, *lines, _MOVE)
