"""How long a phase still takes, from how fast it went of late."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

MEMORY_EPOCHS, MEMORY_S = 0.25, 3.0
"""How far back steps count, as the constant of an exponential average: the longer of the two."""


@dataclass(frozen=True)
class Pace:
    """What is known after some steps of a phase; each method gives what is known after more.

    A race becomes faster when others leave the machine or one of its racers stops, so that its
    mean since the start tells little of what is to come.

    Attributes:
        steps: of an epoch, 1 or more.
        epochs: of the phase.
        step: steps done.
        clock: seconds of training then, without pauses.
        seconds, counted: time of the steps that count, and their number, the older the less.
        scored: epochs that were validated.
        scoring: seconds which that took the last time; 0 before the first.
    """

    steps: int
    epochs: int
    step: int = 0
    clock: float = 0.0
    seconds: float = 0.0
    counted: float = 0.0
    scored: int = 0
    scoring: float = 0.0

    def after(self, step: int, clock: float) -> Pace:
        """With all up to `step` done at `clock`."""
        new, took = step - self.step, max(clock - self.clock, 0.0)
        if new <= 0 or step == 1:  # the first step also sets everything up
            return replace(self, step=step, clock=clock)
        keep = math.exp(-min(new / (MEMORY_EPOCHS * self.steps), took / MEMORY_S))
        return replace(
            self, step=step, clock=clock,
            seconds=keep * self.seconds + took, counted=keep * self.counted + new,
        )  # fmt: skip

    def validated(self, clock: float) -> Pace:
        """With an epoch scored at `clock`."""
        took = max(clock - self.clock, 0.0)
        return replace(self, clock=clock, scored=self.scored + 1, scoring=took)

    def left(self) -> float | None:
        """Seconds until the phase's end; None before there is a pace."""
        if not self.counted:
            return None
        steps = max(self.steps * self.epochs - self.step, 0)
        epochs = max(self.epochs - self.scored, 0)
        return steps * self.seconds / self.counted + epochs * self.scoring
