"""What a view shows, said in a sentence, and what would mend it."""

from __future__ import annotations

import math
from dataclasses import dataclass

from ..initializers import INITIALIZERS
from ..networks import ACTIVATIONS
from ..probes import LayerStats
from .settings import Settings
from .view import View

HEALTHY, A_LAYER = 10.0, 1.5
"""Standard deviations that stay within a factor 10 over the hidden layers, or change by less than
1.5 a layer and 3 in all, count as steady: one learning rate then suits all of them."""
MANY = 0.2
"""Share of dead units, or of values on both flat ends, from which on it is worth a word."""


@dataclass(frozen=True)
class Finding:
    """One sentence on the state, one on the remedy.

    Attributes:
        kind: "good", "vanishing", "exploding", "equal", "broken", "dead", "saturated" or "shallow".
        text, remedy: Markdown; the remedy is empty where nothing is wrong.
        fix: settings that would mend it, None where there is nothing to mend or no way to.
    """

    kind: str
    text: str
    remedy: str = ""
    fix: Settings | None = None


def number(value: float) -> str:
    """Three significant digits, as a person writes them: 0.0123, 95, 1.2e-7."""
    if value != value:
        return "–"
    if math.isinf(value):
        return "∞" if value > 0 else "-∞"
    if value == 0:
        return "0"
    size = abs(value)
    if 1e-3 <= size < 1e5:
        digits = max(0, 2 - math.floor(math.log10(size)))
        text = f"{value:.{digits}f}"
        return text.rstrip("0").rstrip(".") if "." in text else text
    mantissa, exponent = f"{value:.2e}".split("e")
    return f"{mantissa.rstrip('0').rstrip('.')}e{int(exponent)}"


def times(value: float) -> str:
    """A factor for people: 3.1, 95, 12,000, 10¹²."""
    if value >= 1e6:
        power = str(round(math.log10(min(value, 1e300))))
        return "10" + power.translate(str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹"))
    return f"{value:,.0f}" if value >= 20 else f"{value:.1f}"


def recommended(settings: Settings) -> Settings:
    """The scheme made for these settings' activation, everything else as it is."""
    use = ACTIVATIONS[settings.activation].extra.get("scheme", "kaiming")
    published = use == "kaiming" and settings.activation == "relu"
    return settings.replace(
        scheme=use, scheme_settings={}, match_gain=use == "kaiming" and not published
    )


def finding(view: View) -> Finding:
    """The most important thing that `view` shows."""
    settings, probe = view.settings, view.probe
    best = recommended(settings)
    label = INITIALIZERS[best.scheme].label
    gain = best.scheme_values.get("gain")
    remedy = f"{label} with gain {number(gain)}" if best.match_gain else label
    remedy_text = f"What would fix it: **{remedy}**."
    fix = best if best != settings else None
    if fix is None:
        remedy_text = ""

    if (broken := probe.broken_at) is not None:
        where = _which(view, broken)
        count = broken.size - broken.finite
        what = "infinite" if broken.infinities >= broken.nans else "not a number"
        return Finding(
            "broken",
            f"**Numbers overflow.** {where} {broken.name} on, values are {what} "
            f"({count:,} of {broken.size:,} there), so no layer gets a usable gradient.",
            remedy_text or "Make the weights smaller.",
            fix,
        )
    if not INITIALIZERS[settings.scheme].extra.get("random", True):
        return _equal(view, remedy_text, fix)
    if len(settings.hidden) < 2:
        return Finding("shallow", _shallow(view))
    gradients = [s.std for s in probe.gradients[:-1]]
    signals = [s.std for s in probe.activations[:-1]]
    steps = len(gradients) - 1
    text, kind = [], "good"
    if min(gradients) == 0:
        first = next(s.name for s in probe.gradients if s.std == 0)
        return Finding(
            "vanishing", f"**No gradient reaches {first}:** it will never learn.", remedy_text, fix
        )
    ratio = gradients[-1] / gradients[0]
    first, last = probe.gradients[0].name.lower(), probe.gradients[-2].name.lower()
    if _steep(ratio, steps):
        kind = "vanishing"
        text.append(
            f"Gradients shrink {ratio ** (1 / steps):.2g}× a layer on their way back: "
            f"{first} learns {times(ratio)}× slower than {last}."
        )
    elif _steep(1 / ratio, steps):
        kind = "exploding"
        text.append(
            f"Gradients grow {ratio ** (-1 / steps):.2g}× a layer on their way back: "
            f"{first} is pushed {times(1 / ratio)}× harder than {last}."
        )
    else:
        text.append(
            f"Gradients stay level: over the {len(gradients)} hidden layers they differ by "
            f"{max(gradients) / min(gradients):.2g}×, so one learning rate suits all."
        )
    signal = signals[-1] / signals[0] if signals[0] > 0 else math.nan
    variances = f"variance {number(signals[0] ** 2)} → {number(signals[-1] ** 2)}"
    if signal > 0 and _steep(1 / signal, steps):
        words = f"Activations fade {signal ** (-1 / steps):.3g}× a layer ({variances})."
        text.insert(1 if kind != "good" else 0, words)
        kind = "vanishing" if kind == "good" else kind
    elif _steep(signal, steps):
        words = f"Activations swell {signal ** (1 / steps):.3g}× a layer ({variances})."
        text.insert(1 if kind != "good" else 0, words)
        kind = "exploding" if kind == "good" else kind
    else:
        text.append(f"Activations keep their size ({variances}).")
    hidden = probe.activations[:-1]
    dead = max(hidden, key=lambda s: s.dead if s.dead == s.dead else 0)
    if dead.dead > MANY:
        kind = "dead" if kind == "good" else kind
        text.append(f"{dead.dead:.0%} of {dead.name.lower()}'s units are dead for every image.")
    flat = max(hidden, key=lambda s: s.saturated if s.saturated == s.saturated else 0)
    if flat.saturated > MANY and _saturates(settings):
        kind = "saturated" if kind == "good" else kind
        text.append(f"{flat.saturated:.0%} of {flat.name.lower()}'s values are saturated.")
    text[0] = f"**{text[0]}**"
    if kind == "good":
        return Finding("good", " ".join(text))
    if fix is None:
        remedy_text = _no_fix(settings, kind)
    return Finding(kind, " ".join(text), remedy_text, fix)


def _equal(view: View, remedy: str, fix: Settings | None) -> Finding:
    gradients = view.probe.gradients
    if all(s.low == s.high == 0 for s in gradients):
        return Finding(
            "equal",
            "**Nothing moves:** every weight's gradient is zero, so no step of any size changes "
            "the weights.",
            remedy,
            fix,
        )
    same = [s.name.lower() for s in gradients if s.constant or _same(s)]
    where = f" In {', '.join(same)} a single number is the gradient of all weights." if same else ""
    return Finding(
        "equal",
        "**All units of a layer are copies of each other:** equal weights get equal gradients and "
        f"stay equal, as if each layer had one unit.{where}",
        remedy,
        fix,
    )


def _same(stats: LayerStats) -> bool:
    """Equal up to rounding."""
    return stats.std <= 1e-5 * max(abs(stats.mean), 1e-300)


def _shallow(view: View) -> str:
    count = len(view.settings.hidden)
    layers = "no hidden layer" if count == 0 else "one hidden layer"
    signal = view.probe.activations[-1].variance
    return (
        f"**With {layers} there is no depth for a signal to get lost in.** "
        f"The logits have variance {number(signal)}, the loss is {number(view.probe.loss)}."
    )


def _no_fix(settings: Settings, kind: str) -> str:
    label = ACTIVATIONS[settings.activation].label
    if kind == "vanishing":
        return (
            f"The scheme made for {label} is already chosen; what remains is the activation's "
            "own doing. Try a larger gain, fewer layers, or another activation."
        )
    return "Try a smaller gain or fewer layers."


def _saturates(settings: Settings) -> bool:
    from ..networks import active_range, make_activation

    low, high = active_range(
        make_activation(settings.activation, **dict(settings.activation_settings))
    )
    return math.isfinite(low) and math.isfinite(high)


def _steep(ratio: float, steps: int) -> bool:
    return ratio > HEALTHY or (ratio > 3 and ratio ** (1 / steps) > A_LAYER)


def _which(view: View, broken: LayerStats) -> str:
    return "On the way back from" if any(broken is s for s in view.probe.gradients) else "From"
