"""What the registry knows of an optimizer, and the settings that several optimizers share.

An optimizer's entry stands below its class, with all that is said of it elsewhere: the lines of
the step inspector, the limit of stability, the step in place, the convention of its momentum.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import KW_ONLY, dataclass, field
from typing import Any

from torch import Tensor

from initopt_core.registry import Entry, Parameter

from .template import OptimizerTemplate

Settings = Mapping[str, Any]
Line = tuple[str, str, str, str]
"""(symbol, formula, template, result), see `loss_surfaces.step_formulas`."""


@dataclass(frozen=True)
class Limit:
    """Where a quadratic begins to diverge.

    Args:
        value: (settings, 0-based step) -> the largest stable learning rate x curvature, without
            weight decay.
        factor: settings -> the same as text, as the factor behind a 2; empty for 1.
    """

    value: Callable[[Settings, int], float]
    factor: Callable[[Settings], str]


@dataclass(frozen=True)
class Convention:
    """Of a momentum that exists as an average and as a sum of gradients.

    Args:
        other: registry name of the other one, which takes the same settings.
        switch: what the button says that goes over to it.
        rate: settings -> the rate to compare with.
        says: a sentence about that rate, which stands for the braces in it.
    """

    other: str
    switch: str
    rate: Callable[[Settings], float]
    says: str


@dataclass(frozen=True)
class Look:
    """How an optimizer looks in every figure; alike hues carry different dashes.

    Args:
        color: #RRGGBB, at least 1.6 : 1 against white and 2.4 : 1 against the dark page.
        dash: of its lines: "solid", "long", "dots" or "mixed"; beside one that has the same it gets
            another (`figures.apart`).
        marker: a symbol of Vega's.
    """

    color: str = "#888888"
    dash: str = "mixed"
    marker: str = "circle"


@dataclass(frozen=True)
class OptimizerEntry(Entry):
    """One optimizer. Only the grid of rates has to be given beside what every entry has: pages
    tell what else is missing ("not known"), and do without.

    Args:
        call: the class.
        look: its colour, dash and marker; without one it is grey.
        lr_grid: the fair race's declared rates for training, see `half_decades`.
        surface_lr: a first rate on functions of two weights (the tutorial's, where it has one).
        elementwise: False where a tensor's elements are not updated independently, so that it
            cannot work on two weights.
        normalised: whether the length of a step hardly depends on the gradient's.
        torch_code: the same optimizer from torch, as source text over the settings and `params`.
        torch_parts: where torch has it in parts: the class that puts them together, whose source
            programs hold instead of `call`'s.
        in_place: changes weights and state as one step would, without temporaries, weight decay
            left out: (optimizer, gradient, weights, state).
        state: what is kept for each weight: name -> meaning.
        lines: settings -> the lines of one step, see `loss_surfaces.step_formulas`.
        divisor: (state, settings) -> what each weight's step is divided by.
        limit: of stability; without one `no_limit` says why.
        convention: of its momentum.
        file_names: parts of a file's name, in small letters, that tell this optimizer; its own
            name does so anyway.
    """

    # A class can be called, too; pyright takes the field above for a method.
    call: type[OptimizerTemplate]  # pyright: ignore[reportIncompatibleMethodOverride]
    _: KW_ONLY
    lr_grid: tuple[float, ...]
    look: Look = Look()
    surface_lr: float = 1.0
    elementwise: bool = True
    normalised: bool = False
    torch_code: str = ""
    torch_parts: type | None = None
    in_place: Callable[[Any, Tensor, Tensor, Any], None] | None = None
    state: Mapping[str, str] = field(default_factory=dict)
    lines: Callable[[Settings], tuple[Line, ...]] | None = None
    divisor: Callable[[Mapping[str, Any], Settings], Any] | None = None
    limit: Limit | None = None
    no_limit: str = "not known"
    convention: Convention | None = None
    file_names: tuple[str, ...] = ()

    def in_torch(self, settings: Settings) -> str:
        """torch's own constructor call over `params`, as source text; empty where torch has no such
        optimizer: its Adam always corrects the bias."""
        if not settings.get("bias_correction", True):
            return ""
        return self.torch_code.format(**{name: repr(value) for name, value in settings.items()})


def half_decades(low: float) -> tuple[float, ...]:
    """Seven rates from `low` to 1000 times as much."""
    return tuple(float(f"{low * 10 ** (i / 2):.1e}") for i in range(7))


# -- settings ---------------------------------------------------------------------------------
def rate(default: float) -> Parameter:
    return Parameter("lr", "Learning rate", default, 0.0, 1e4, "log", help="Factor of every step.")


def decay(default: float = 0.0) -> Parameter:
    return Parameter(
        "weight_decay", "Weight decay", default, 0.0, 1.0, help="Pull of every weight towards zero."
    )


MOMENTUM = Parameter(
    "momentum", "Momentum β", 0.9, 0.0, 0.999, help="Share of the past that each step keeps."
)
BETA1 = Parameter("beta1", "β₁", 0.9, 0.0, 0.9999, help="Memory of the average gradient.")
BETA2 = Parameter(
    "beta2", "β₂", 0.999, 0.0, 0.99999, help="Memory of the average squared gradient."
)
EPS = Parameter(
    "eps", "ε", 1e-8, 1e-16, 1.0, "log", help="Keeps the division finite where gradients vanish."
)
