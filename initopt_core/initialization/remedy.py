"""What would have to change in a setting, in words: never what is already so."""

from __future__ import annotations

from initopt_core.initializers import INITIALIZERS
from initopt_core.wording import number

from .settings import Settings

SHAPES = ("distribution", "cut")
"""Parameters of a draw's shape: the variance, and so the signal, does not depend on them."""


def kept_shape(settings: Settings, scheme: str) -> dict[str, object]:
    """The parameters of `settings` that say nothing of sizes and that `scheme` has, too."""
    known = INITIALIZERS[scheme].settings()
    return {k: v for k, v in settings.scheme_settings if k in SHAPES and k in known}


def change(settings: Settings, best: Settings) -> str:
    """What turns `settings` into `best`, Markdown; empty where nothing does. A constant bias is
    named as the cause that it is: it moves all pre-activations to one side."""
    now, then = settings.scheme_values, best.scheme_values
    bias = _bias(now, then)
    if settings.scheme != best.scheme:
        label = INITIALIZERS[best.scheme].label
        gain = f" with gain {number(then['gain'])}" if best.match_gain else ""
        return f"**{label}{gain}**" + (f", and {bias}" if bias else "")
    parts = [bias] if bias else []
    for parameter in INITIALIZERS[best.scheme].parameters:
        old, new = now[parameter.name], then[parameter.name]
        if old != new and parameter.name not in ("bias", "bias_std"):
            parts.append(f"**{parameter.label.lower()} {_text(new)}** instead of {_text(old)}")
    return " and ".join(parts)


def _bias(now: dict, then: dict) -> str:
    """The biases that `now` has and `then` has not."""
    parts = []
    if now.get("bias", 0.0) != then.get("bias", 0.0):
        parts.append(
            f"**bias 0** instead of {_text(now['bias'])}, which pushes every unit the same way"
        )
    if now.get("bias_std", 0.0) != then.get("bias_std", 0.0):
        parts.append(
            f"**bias spread 0** instead of {_text(now['bias_std'])}, which all images share"
        )
    return " and ".join(parts)


def _text(value: object) -> str:
    return number(value) if isinstance(value, float) else str(value)
