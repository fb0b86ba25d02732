"""What the laboratory's words mean: sentences are made of these, and tests hold them to it.

Every factor is one of *variances*, as the figures print them; in typical size (standard deviation)
it is the root of that. "Over the layers" means the hidden ones, since the last has ten units only;
activations are followed from the input to the output, gradients on their way back.

- *level*: the largest variance is at most `LEVEL` times the smallest: 4 for activations (a factor 2
  in size) and 9 for gradients (a factor 3: one draw's gradients all hang on ten logits, and the
  narrowing of the tutorial's network alone makes 4).
- *vanish*, *explode*: from one end to the other the variance falls or rises by `FAR` or more, or by
  `FAST` or more in all while it is `FAST_A_LAYER` or more a layer.
- *shrink*, *grow*: more than level and less than that, and the ends make up most of the range.
- *vary*: everything else; up and down, in no one direction.
- *a layer*: said only where every single step lies within `EVEN` of the mean one.
- *the biases' own*: more than the share `MOST` of a layer's variance is its biases'.
- *ordered, critical, chaotic*: chi, by which one layer multiplies the mean squared error on its way
  back when it is as wide as the next, is below 1, 1 or above 1. It counts as 1 while a gradient
  crosses `DEEPEST` layers, the most that the laboratory draws, before that changes it by e.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass

LEVEL = {"activations": 4.0, "gradients": 9.0}
FAR = 100.0
FAST, FAST_A_LAYER = 30.0, 2.0
EVEN = 1.25
ENDS = 0.8
"""Share of the range (of logarithms) that the ends make up where there is one direction."""
MOST = 0.5
MANY = 0.2
"""Share of dead units, or of values on both flat ends, from which on it is worth a word."""
DEEPEST = 64


def phase(chi: float) -> str:
    """One of "ordered", "critical" and "chaotic"; "" for NaN."""
    if chi != chi:
        return ""
    if chi > 0 and abs(math.log(chi)) <= 1 / DEEPEST:
        return "critical"
    return "ordered" if chi < 1 else "chaotic"


@dataclass(frozen=True)
class Course:
    """How positive variances run over the layers, in the order in which they are passed.

    Attributes:
        quantity: "activations" or "gradients".
        variances: at least two, each above 0.
    """

    quantity: str
    variances: tuple[float, ...]

    @property
    def range(self) -> float:
        """Largest over smallest."""
        return max(self.variances) / min(self.variances)

    @property
    def ratio(self) -> float:
        """Last over first."""
        return self.variances[-1] / self.variances[0]

    @property
    def change(self) -> float:
        """By what factor the ends differ, at least 1."""
        return max(self.ratio, 1 / self.ratio) if self.ratio > 0 else math.inf

    @property
    def a_layer(self) -> float | None:
        """The same for one step, where all are alike."""
        logs = [math.log(v) for v in self.variances]
        steps = [b - a for a, b in itertools.pairwise(logs)]
        mean = sum(steps) / len(steps)
        even = all(abs(step - mean) <= math.log(EVEN) for step in steps)
        return math.exp(abs(mean)) if even else None

    @property
    def word(self) -> str:
        """One of "level", "vanish", "explode", "shrink", "grow" and "vary"."""
        if self.range <= LEVEL[self.quantity]:
            return "level"
        if math.log(self.change) < ENDS * math.log(self.range):
            return "vary"
        falls = self.ratio < 1
        if self.is_steep:
            return "vanish" if falls else "explode"
        return "shrink" if falls else "grow"

    @property
    def is_steep(self) -> bool:
        """Whether the ends are far apart, or soon so."""
        steps = len(self.variances) - 1
        fast = self.change >= FAST and self.change ** (1 / steps) >= FAST_A_LAYER
        return self.change >= FAR or fast
