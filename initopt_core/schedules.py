"""How the learning rate changes over a run: each schedule is one factor of the step number.

A schedule is a function `factor(step, total, **settings)` with 0 <= step < total that gives the
number by which the base rate is multiplied for that step. It holds no state, so a resumed or
replayed run needs nothing but the step.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from initopt_core.registry import Entry, Parameter, Registry


def constant(step: int, total: int) -> float:
    """Always 1."""
    return 1.0


def step_decay(step: int, total: int, drops: int = 2, factor: float = 0.1) -> float:
    """Multiply by `factor` at each of `drops` equally spaced moments."""
    return factor ** (step * (drops + 1) // total)


def cosine(step: int, total: int, floor: float = 0.0) -> float:
    """Half a cosine from 1 down to `floor` (Loshchilov & Hutter 2017, eq. 5, one period)."""
    return floor + (1 - floor) * 0.5 * (1 + math.cos(math.pi * step / total))


def warmup(step: int, total: int, share: float = 0.05) -> float:
    """Rise linearly over the first `share` of the run, then stay at 1 (Goyal et al. 2017, 2.2)."""
    return min(1.0, (step + 1) / max(share * total, 1))


def one_cycle(step: int, total: int, share: float = 0.3, start: float = 0.04) -> float:
    """Rise from `start` to 1 over the first `share`, then fall to start / 1e4, both as cosines.

    Smith & Topin 2018, with the defaults and the moments of torch's OneCycleLR: its top lies at
    step share * total - 1, which need not be a whole number, so that runs of a few steps may
    pass over it. (Where it lies at step 0 exactly, torch divides by zero; here that step is 1.)
    """
    top, low = share * total - 1, start / 1e4
    if step > top:  # a run so short that its top lies before its first step only falls
        return _eased(1.0, low, (step - top) / (total - 1 - top))
    return _eased(start, 1.0, step / top if top > 0 else 1.0)


def _eased(first: float, last: float, part: float) -> float:
    """Half a cosine from `first` at part 0 to `last` at part 1."""
    return last + (first - last) * 0.5 * (1 + math.cos(math.pi * part))


@dataclass(frozen=True)
class ScheduleEntry(Entry):
    """One schedule; `call` is its factor (step, total, **settings)."""

    call: Callable[..., float]


SCHEDULES: Registry[ScheduleEntry] = Registry(
    "schedule",
    [
        ScheduleEntry(
            "constant",
            "Constant",
            constant,
            formula=r"\eta_t = \eta",
            help="The same rate from the first step to the last, as in the tutorial.",
        ),
        ScheduleEntry(
            "step",
            "Step",
            step_decay,
            (
                Parameter("drops", "Number of drops", 2, 1, 10),
                Parameter("factor", "Factor at each drop", 0.1, 0.01, 1.0, "log"),
            ),
            formula=r"\eta_t = \eta\, \gamma^{\lfloor (d+1) t/T \rfloor}",
            help="Drops sharply at equal intervals; the classic of image classification.",
        ),
        ScheduleEntry(
            "cosine",
            "Cosine",
            cosine,
            (Parameter("floor", "Final factor", 0.0, 0.0, 1.0),),
            formula=r"\eta_t = \eta\, \tfrac12 (1 + \cos(\pi t / T))",
            source="Loshchilov & Hutter, ICLR 2017",
            help="Falls smoothly to nearly nothing: large steps first, fine ones last.",
        ),
        ScheduleEntry(
            "warmup",
            "Linear warm-up",
            warmup,
            (Parameter("share", "Share of the run", 0.05, 0.0, 1.0),),
            formula=r"\eta_t = \eta\, \min(1, t / T_w)",
            source="Goyal et al., 2017",
            help="Starts small, while the first gradients are the largest.",
        ),
        ScheduleEntry(
            "one_cycle",
            "One cycle",
            one_cycle,
            (
                Parameter("share", "Share of the run that rises", 0.3, 0.01, 0.9),
                Parameter("start", "First factor", 0.04, 1e-4, 1.0, "log"),
            ),
            formula=r"\eta_t:\ \eta/25 \nearrow \eta \searrow \eta/250000",
            source="Smith & Topin, 2018",
            help="Up, then down past where it began; allows a higher peak rate.",
        ),
    ],
)
