"""The tutorial's experiments, with the numbers that it printed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from .settings import Settings

TUTORIAL_SEED = 42
"""The seed that the tutorial sets."""


@dataclass(frozen=True)
class Preset:
    """One experiment of the tutorial.

    Attributes:
        name: stable; label: what a person reads.
        make: gives its settings.
        lesson: what to look at.
        activations, gradients: printed variances of the Linear layers' outputs and of the
            weights' gradients, input side first; empty where it printed none.
        exact: nothing is drawn, so the numbers agree to five digits; the others are one draw.
    """

    name: str
    label: str
    make: Callable[[], Settings]
    lesson: str
    activations: tuple[float, ...] = ()
    gradients: tuple[float, ...] = ()
    exact: bool = False

    @property
    def settings(self) -> Settings:
        return self.make()


def _preset(name, label, lesson, *, exact=False, activations=(), gradients=(), **settings):
    return Preset(
        name,
        label,
        partial(Settings.make, seed=TUTORIAL_SEED, **settings),
        lesson,
        activations,
        gradients,
        exact,
    )


PRESETS = {
    p.name: p
    for p in (
        _preset(
            "constant",
            "Constant 0.005",
            "Every weight of the middle layers gets one and the same gradient: the units can "
            "never become different.",
            scheme="constant",
            scheme_settings={"fill": 0.005},
            activation="identity",
            activations=(
                2.0582756996154785,
                13.489118576049805,
                22.100566864013672,
                36.209571838378906,
                14.831439018249512,
            ),
            exact=True,
        ),
        _preset(
            "small-variance",
            "Constant variance, σ = 0.01",
            "The variance falls nearly twentyfold from layer 0 to 2 and from 2 to 4; after that, "
            "most of it is the biases' own, 10⁻⁴, which no depth takes away.",
            scheme="constant_variance",
            scheme_settings={"std": 0.01},
            activation="identity",
            activations=(
                0.07831248641014099,
                0.004064005799591541,
                0.00022317888215184212,
                0.00011556116805877537,
                8.162161248037592e-05,
            ),
        ),
        _preset(
            "large-variance",
            "Constant variance, σ = 0.1",
            "Ten times the spread, and the signal grows instead.",
            scheme="constant_variance",
            scheme_settings={"std": 0.1},
            activation="identity",
            activations=(
                8.082208633422852,
                37.87363815307617,
                96.36101531982422,
                237.2630615234375,
                303.44244384765625,
            ),
        ),
        _preset(
            "equal-variance",
            "1 / fan-in",
            "Variance 1 / fan-in keeps a linear network's signal as it is.",
            scheme="equal_variance",
            activation="identity",
            activations=(
                1.0088235139846802,
                1.0696827173233032,
                1.125657081604004,
                1.1308791637420654,
                1.0503977537155151,
            ),
        ),
        _preset(
            "xavier-identity",
            "Xavier, linear network",
            "A compromise between forward and backward; the last layer stands out because it "
            "has only ten units.",
            scheme="xavier",
            activation="identity",
            activations=(
                1.2209526300430298,
                1.5839706659317017,
                1.5429933071136475,
                2.021383047103882,
                2.6867828369140625,
            ),
            gradients=(
                0.0003991015546489507,
                0.0007022571517154574,
                0.0009397325338795781,
                0.0014803955564275384,
                0.012549502775073051,
            ),
        ),
        _preset(
            "xavier-tanh",
            "Xavier, tanh",
            "Tanh pulls large values in: the variance settles near a quarter.",
            scheme="xavier",
            activation="tanh",
            activations=(
                1.2046984434127808,
                0.5917537212371826,
                0.2959783673286438,
                0.24997730553150177,
                0.2727622389793396,
            ),
            gradients=(
                2.1826384909218177e-05,
                3.5952674807049334e-05,
                4.872870340477675e-05,
                6.269156438065693e-05,
                0.0004620618128683418,
            ),
        ),
        _preset(
            "kaiming-relu",
            "Kaiming, ReLU",
            "Twice the variance makes up for the half that ReLU removes.",
            scheme="kaiming",
            activation="relu",
            activations=(
                1.0256913900375366,
                1.0101124048233032,
                1.0158814191818237,
                1.1398581266403198,
                0.46903371810913086,
            ),
            gradients=(
                3.414905950194225e-05,
                3.843478407361545e-05,
                4.713246744358912e-05,
                0.00010930334246950224,
                0.0017839515348896384,
            ),
        ),
    )
}
