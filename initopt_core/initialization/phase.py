"""What the phase map says of a network: its hidden layers' places, and their limit in words."""

from __future__ import annotations

import math
from dataclasses import dataclass

from initopt_core.initializers import INITIALIZERS
from initopt_core.networks import ACTIVATIONS, make_activation
from initopt_core.wording import number

from . import theory
from .criteria import phase as phase_name
from .findings import finding
from .observation import Observation

ALIKE = 0.02
"""Spreads that differ by less than this are one place."""
_HEADLINES = {
    "good": "level",
    "drifting": "drifting",
    "dead": "level",
    "saturated": "level",
    "vanishing": "vanishing",
    "exploding": "exploding",
}


@dataclass(frozen=True)
class Place:
    """One hidden layer: its spreads and its mean bias."""

    sigma_w: float
    sigma_b: float
    bias: float = 0.0


def places(seen: Observation) -> list[Place]:
    """Of the layers between hidden layers, of all layers where there are none, and nothing where
    the map of random weights does not apply."""
    if not INITIALIZERS[seen.settings.scheme].random:
        return []
    all_layers = list(map(Place, seen.sigma_w, seen.sigma_b, seen.bias))
    inner = all_layers[1:-1] if len(all_layers) > 2 else all_layers
    return [p for p in inner if math.isfinite(p.sigma_w + p.sigma_b + p.bias)]


def common(layers: list[Place]) -> Place | None:
    """The one place of all of them, None where they differ: a mean of unlike layers is no layer."""
    if not layers:
        return None
    first = layers[0]
    same = all(
        math.isclose(p.sigma_w, first.sigma_w, rel_tol=ALIKE)
        and abs(p.sigma_b - first.sigma_b) < ALIKE
        and p.bias == first.bias
        for p in layers
    )
    return first if same else None


def bias_of(seen: Observation) -> float:
    """The mean bias for which the map is drawn."""
    layers = places(seen)
    return layers[0].bias if layers else 0.0


def limit_at(seen: Observation, place: Place) -> theory.Limit:
    """Where endless layers like this one lead to."""
    settings = seen.settings
    activation = make_activation(settings.activation, **dict(settings.activation_settings))
    return theory.limit(activation, place.sigma_w, place.sigma_b, place.bias)


def about(seen: Observation) -> str:
    """The phase map's text for this network, Markdown."""
    label = ACTIVATIONS[seen.settings.activation].label
    layers = places(seen)
    if not layers:
        return (
            f"**{label}, infinitely wide.** The map is of random weights; this scheme's are all "
            "equal, so it has no place there."
        )
    place = common(layers)
    head = f"**{label}, infinitely wide.** " + _constant(layers[0].bias)
    body = _one(seen, place) if place else _several(seen, layers)
    return f"{head}{body} {_headline(seen)}".strip()


def _constant(bias: float) -> str:
    return f"All biases have the mean {number(bias)}, and so has the map. " if bias else ""


def _one(seen: Observation, place: Place) -> str:
    found = limit_at(seen, place)
    return (
        "The dot is this network's hidden layers: "
        rf"weights' spread $\sigma_w$ = {number(place.sigma_w)}, "
        rf"biases' spread $\sigma_b$ = {number(place.sigma_b)}. "
        f"In endless depth χ₁ = {number(found.chi)}: "
        f"**{phase_name(found.chi)}**. {variance_words(found)} {correlation_words(found)}"
    )


def _several(seen: Observation, layers: list[Place]) -> str:
    weights = [p.sigma_w for p in layers]
    chis = [limit_at(seen, p).chi for p in {p: None for p in layers}]
    sides = {phase_name(c) for c in chis}
    where = f"all of them {sides.pop()}" if len(sides) == 1 else "on different sides of the line"
    return (
        r"Each dot is one hidden layer: $\sigma_w$ from "
        f"{number(min(weights))} to {number(max(weights))}, "
        f"χ₁ from {number(min(chis))} to {number(max(chis))}, {where}. The map tells of endless "
        "layers that are all alike; these differ, so what they do together is not to be read off "
        "one place."
    )


def _headline(seen: Observation) -> str:
    """What the sentence at the top of the page says of the same gradients, which is measured."""
    word = _HEADLINES.get(finding(seen).kind)
    count = len(seen.settings.hidden)
    if word is None or count < 2:
        return ""
    return f"Over this network's own {count} hidden layers the signal is, measured, **{word}**."


def variance_words(found: theory.Limit) -> str:
    """Where the variance leads to, one sentence."""
    slowly = ", slower than any exponential" if found.drifts else ""
    if found.stays:
        return "The pre-activations keep the variance that they start with."
    if found.q == 0:
        return f"The pre-activations die out{slowly}: variance 0 is the limit."
    if math.isinf(found.q):
        return f"The pre-activations grow without end{slowly}: their variance settles nowhere."
    start = " (from a start at 1; another start may end elsewhere)" if found.other else ""
    return f"Pre-activations settle at variance q* = {number(found.q)}{start}."


def correlation_words(found: theory.Limit) -> str:
    """Where two images' correlation leads to, one sentence; a depth scale only where one is."""
    if found.keeps:
        return (
            "The layers act as linear ones in the end, so two images keep a correlation for ever: "
            "it has no depth scale."
        )
    end = number(round(found.correlation, 6))
    if found.slow:
        return (
            f"Two images' correlation creeps towards {end}, slower than any exponential: it has no "
            "depth scale."
        )
    if found.depth < 0.1:
        return f"Two images' correlation is {end} after a single layer."
    return (
        f"Two images' correlation tends to {end}; what is missing shrinks by a factor e every "
        f"{number(found.depth)} layers."
    )
