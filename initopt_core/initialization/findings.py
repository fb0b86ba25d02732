"""What a view shows, said in a sentence, and what would mend it.

The words are those of `criteria`; every sentence is held to the numbers beside it by
`tests/initialization/test_sentences.py`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from initopt_core.initializers import INITIALIZERS
from initopt_core.networks import ACTIVATIONS
from initopt_core.probes import LayerStats
from initopt_core.wording import count, number, percent, times

from .criteria import MANY, MOST, Course
from .observation import Observation
from .remedy import change, kept_shape
from .settings import Settings


@dataclass(frozen=True)
class Finding:
    """One sentence on the state, one on the remedy.

    Attributes:
        kind: "good", "drifting", "vanishing", "exploding", "equal", "broken", "dead", "saturated"
            or "shallow".
        text, remedy: Markdown; the remedy is empty where nothing is wrong.
        fix: settings that would mend it, None where there is nothing to mend or no way to.
    """

    kind: str
    text: str
    remedy: str = ""
    fix: Settings | None = None


def recommended(settings: Settings) -> Settings:
    """The scheme made for these settings' activation, everything else as it is."""
    use = ACTIVATIONS[settings.activation].scheme
    published = use == "kaiming" and settings.activation == "relu"
    return settings.replace(
        scheme=use,
        scheme_settings=kept_shape(settings, use),
        match_gain=use == "kaiming" and not published,
    )


def finding(seen: Observation) -> Finding:
    """The most important thing that `seen` shows, and what would mend it."""
    found = _state(seen)
    if found.kind in ("good", "shallow"):
        return found
    best = recommended(seen.settings)
    what = change(seen.settings, best)
    if not what:
        return replace(found, remedy=_no_fix(seen.settings, found.kind))
    made_for = ACTIVATIONS[best.activation].label
    return replace(found, remedy=f"Made for {made_for}: {what}.", fix=best)


def _no_fix(settings: Settings, kind: str) -> str:
    """Advice where the recommended scheme is already chosen."""
    label = ACTIVATIONS[settings.activation].label
    if kind == "vanishing":
        return (
            f"The scheme made for {label} is already chosen. Try a larger gain, fewer layers, "
            "layers of more equal width, or another activation."
        )
    if kind == "dead":
        return "Try fewer layers, or an activation without a flat side, such as leaky ReLU."
    return "" if kind == "drifting" else "Try a smaller gain or fewer layers."


def _state(seen: Observation) -> Finding:
    probe = seen.probe
    if probe.broken_at is not None:
        return _broken(seen, probe.broken_at)
    if not INITIALIZERS[seen.settings.scheme].random:
        return _equal(seen)
    if len(seen.settings.hidden) < 2:
        return Finding("shallow", _shallow(seen))
    if unmoved := [s for s in probe.gradients if s.low == s.high == 0]:
        return Finding(
            "vanishing",
            f"**No gradient reaches {_layers(unmoved)}:** each is exactly 0 there, so no step of "
            "any size moves these weights." + "".join(f" {words}" for _, words in _flat(seen)),
        )
    return _courses(seen)


# --- size over depth ------------------------------------------------------------------------------

KINDS = {"level": "good", "vanish": "vanishing", "explode": "exploding"}
"""Kind of a course's word; "drifting" for all others."""
MILD = ("drifting", "good")


def _courses(seen: Observation) -> Finding:
    """What gradients and activations do over depth, and units that are dead or saturated, what is
    worst first."""
    gradients, activations = seen.probe.gradients[:-1][::-1], seen.probe.activations[:-1]
    kind, text = _told("Activations", activations)
    told = [_told("Gradients", gradients), (kind, text + _biases(seen))]
    told.sort(key=lambda t: MILD.index(t[0]) if t[0] in MILD else -1)  # stable
    kind, texts = told[0][0], [text for _, text in told]
    for other, words in _flat(seen):
        worst = kind in MILD
        kind = other if worst else kind
        texts.insert(0 if worst else len(texts), words)
    headline, stop, more = texts[0].partition(". ")
    return Finding(
        kind, " ".join([f"**{headline}{stop.strip()}**", *filter(None, [more, *texts[1:]])])
    )


def _told(what: str, stats: Sequence[LayerStats]) -> tuple[str, str]:
    """(kind, sentence) of one quantity, its layers in the order in which they are passed."""
    if still := [s for s in stats if s.variance == 0]:
        return "vanishing", f"{what} are one constant in {_layers(still)}."
    course = Course(what.lower(), tuple(s.variance for s in stats))
    first, last = (number(v) for v in (course.variances[0], course.variances[-1]))
    way = " on their way back" if what == "Gradients" else ""
    ends = f"variance {first} → {last}{way}"
    if course.word == "level":
        within = times(course.range)
        size = "alike to three digits" if within == "1×" else f"within {within}"
        return "good", f"{what} stay level over the hidden layers: {ends}, {size}."
    kind = KINDS.get(course.word, "drifting")
    if course.word == "vary":
        low, high = (f(stats, key=lambda s: s.variance) for f in (min, max))
        return kind, (
            f"{what} vary, up and down over the layers: variance {number(low.variance)} in "
            f"{low.name.lower()}, {times(course.range)} as much, {number(high.variance)}, in "
            f"{high.name.lower()}."
        )
    a_layer = f", {times(course.a_layer)} a layer" if course.a_layer and len(stats) > 2 else ""
    less = "less" if course.ratio < 1 else "more"
    return kind, f"{what} {course.word}: {ends}, {times(course.change)} {less}{a_layer}."


def _biases(seen: Observation) -> str:
    """Where little of the activations is left but the biases."""
    hidden = seen.probe.activations[:-1]
    mostly = [b > MOST * s.variance for b, s in zip(seen.bias_variance, hidden, strict=False)]
    first = len(mostly)
    while first and mostly[first - 1]:
        first -= 1
    if first == len(mostly):
        return ""
    name = hidden[first].name.lower()
    since = f"From {name} on" if first < len(mostly) - 1 else f"In {name}"
    spreads = set(seen.sigma_b[first : len(mostly)])
    size = f" (Var(b) = {number(spreads.pop() ** 2)})" if len(spreads) == 1 else ""
    return f" {since}, most of the variance is the biases' own{size}."


def _flat(seen: Observation) -> list[tuple[str, str]]:
    """(kind, sentence) on dead units and on saturation, where there is much of it."""
    hidden, found = seen.probe.activations[:-1], []
    dead = max(hidden, key=lambda s: _known(s.dead))
    if dead.dead > MANY:
        words = f"{percent(dead.dead)} of {dead.name.lower()}'s units are dead for every image."
        found.append(("dead", words))
    flat = max(hidden, key=lambda s: _known(s.saturated))
    if flat.saturated > MANY and _saturates(seen.settings):
        words = f"{percent(flat.saturated)} of {flat.name.lower()}'s values are saturated."
        found.append(("saturated", words))
    return found


def _known(share: float) -> float:
    return 0.0 if share != share else share


def _saturates(settings: Settings) -> bool:
    from initopt_core.networks import active_range, make_activation

    low, high = active_range(
        make_activation(settings.activation, **dict(settings.activation_settings))
    )
    return math.isfinite(low) and math.isfinite(high)


# --- what ends the matter before that -------------------------------------------------------------


def _broken(seen: Observation, layer: LayerStats) -> Finding:
    gradients = seen.probe.gradients
    name = layer.name.lower()
    where = f"the gradient of {name}" if any(layer is s for s in gradients) else name
    kinds = ("infinite" * (layer.infinities > 0), "not a number" * (layer.nans > 0))
    what = " or ".join(filter(None, kinds))
    return Finding(
        "broken",
        f"**Numbers overflow.** First in {where}: {count(layer.size - layer.finite)} of "
        f"{count(layer.size)} values are {what}{_lost(gradients)}.",
    )


def _lost(gradients: Sequence[LayerStats]) -> str:
    lost = [s for s in gradients if s.finite < s.size]
    if not lost:
        return ""
    if len(lost) == len(gradients):
        return ", so no layer gets a usable gradient"
    return f", so {_layers(lost)} get{'s' * (len(lost) == 1)} no usable gradient"


def _equal(seen: Observation) -> Finding:
    probe = seen.probe
    unmoved = [s for s in probe.gradients if s.low == s.high == 0]
    if len(unmoved) == len(probe.gradients):
        text = (
            "**Nothing moves:** every weight's gradient is zero, so no step of any size changes "
            "the weights."
        )
    elif not seen.settings.hidden:
        text = (
            "**Equal weights do no harm here:** without a hidden layer, the ten units get "
            "gradients of their own and part at the first step."
        )
        return Finding("shallow", text)
    elif seen.settings.scheme_values.get("bias_std", 0.0) > 0:
        text = (
            "**No image gets through:** with weights of zero each unit says its bias, whatever "
            f"it is shown, and no gradient reaches {_layers(unmoved)}."
        )
    else:
        text = (
            "**All units of a hidden layer are copies of each other:** equal weights get equal "
            "gradients and stay equal, as if each hidden layer had one unit." + _one_number(probe)
        )
    return Finding("equal", text)


def _one_number(probe) -> str:
    same = [s for s in probe.gradients if s.constant or _same(s)]
    return f" In {_layers(same)} a single number is the gradient of all weights." if same else ""


def _same(stats: LayerStats) -> bool:
    """Equal up to rounding."""
    return stats.std <= 1e-5 * max(abs(stats.mean), 1e-300)


def _shallow(seen: Observation) -> str:
    hidden = len(seen.settings.hidden)
    layers = "no hidden layer" if hidden == 0 else "one hidden layer"
    signal = seen.probe.activations[-1].variance
    return (
        f"**With {layers} there is no depth for a signal to get lost in.** "
        f"The logits have variance {number(signal)}, the loss is {number(seen.probe.loss)}."
    )


def _layers(stats: Sequence[LayerStats]) -> str:
    """Their names in a row: layers 0, 2 and 4; a long run as layers 0 to 40."""
    numbers = sorted(int(s.name.split()[1]) for s in stats)
    if len(numbers) == 1:
        return f"layer {numbers[0]}"
    if len(numbers) > 3 and numbers[-1] - numbers[0] == 2 * (len(numbers) - 1):
        return f"layers {numbers[0]} to {numbers[-1]}"
    *most, last = map(str, numbers)
    return f"layers {', '.join(most)} and {last}"
