"""One step of every optimizer, line by line, with its numbers: what the step inspector shows.

A line is (symbol, formula, template, result). The template is the right-hand side with names in
braces: `{g}` gradient, `{w}` weight, `{lr}` rate, `{t}` step number from 1, a setting such as
`{beta1}` or `{1-beta1}`, a memory such as `{m}`, or with a minus sign, `{m-}`, that memory before
the step. `result` is the name of the left-hand side's number; `u` is the update, `w+` the new
weight. Templates are written for readers: · × − √ |x| and powers with ^.
"""

from __future__ import annotations

from initopt_core.optimizers import OPTIMIZERS

Line = tuple[str, str, str, str]

_MOVE: Line = ("w", "w + Δw", "{w} + {u}", "w+")
_AVERAGE: Line = ("m", "β m + (1−β) g", "{momentum}·{m-} + {1-momentum}·{g}", "m")
_SUM: Line = ("m", "β m + g", "{momentum}·{m-} + {g}", "m")
_FIRST: Line = ("m", "β₁ m + (1−β₁) g", "{beta1}·{m-} + {1-beta1}·{g}", "m")
_SECOND: Line = ("v", "β₂ v + (1−β₂) g²", "{beta2}·{v-} + {1-beta2}·{g}^2", "v")
_FIRST_HAT: Line = ("m̂", "m / (1−β₁ᵗ)", "{m} / (1 − {beta1}^{t})", "m_hat")
_SECOND_HAT: Line = ("v̂", "v / (1−β₂ᵗ)", "{v} / (1 − {beta2}^{t})", "v_hat")
_ADAM_STEP: Line = ("Δw", "−η m̂ / (√v̂ + ε)", "−{lr}·{m_hat} / (√{v_hat} + {eps})", "u")
_ROOT_STEP: Line = ("Δw", "−η g / (√v + ε)", "−{lr}·{g} / (√{v} + {eps})", "u")

_LINES: dict[str, tuple[Line, ...]] = {
    "SGD": (("Δw", "−η g", "−{lr}·{g}", "u"),),
    "SGDMomentum": (_AVERAGE, ("Δw", "−η m", "−{lr}·{m}", "u")),
    "HeavyBall": (_SUM, ("Δw", "−η m", "−{lr}·{m}", "u")),
    "Nesterov": (_SUM, ("Δw", "−η (g + β m)", "−{lr}·({g} + {momentum}·{m})", "u")),
    "Adagrad": (("v", "v + g²", "{v-} + {g}^2", "v"), _ROOT_STEP),
    "RMSprop": (_SECOND, _ROOT_STEP),
    "Adam": (_FIRST, _SECOND, _FIRST_HAT, _SECOND_HAT, _ADAM_STEP),
    "AdamW": (
        _FIRST,
        _SECOND,
        _FIRST_HAT,
        _SECOND_HAT,
        (
            "Δw",
            "−η (m̂ / (√v̂ + ε) + λ w)",
            "−{lr}·({m_hat} / (√{v_hat} + {eps}) + {weight_decay}·{w})",
            "u",
        ),
    ),
    # Its m̂ mixes two warm-up factors; the registry's formula has them, a line would hide them.
    "NAdam": (_FIRST, _SECOND, ("m̂", "looks one step ahead", "", "m_hat"), _SECOND_HAT, _ADAM_STEP),
    "Adamax": (
        _FIRST,
        ("v", "max(β₂ v, |g| + ε)", "max({beta2}·{v-}, |{g}| + {eps})", "v"),
        _FIRST_HAT,
        ("Δw", "−η m̂ / v", "−{lr}·{m_hat} / {v}", "u"),
    ),
    "Lion": (
        ("Δw", "−η sign(β₁ m + (1−β₁) g)", "−{lr}·sign({beta1}·{m-} + {1-beta1}·{g})", "u"),
        ("m", "β₂ m + (1−β₂) g", "{beta2}·{m-} + {1-beta2}·{g}", "m"),
    ),
}


def step_lines(optimizer: str, settings: dict) -> tuple[Line, ...]:
    """The lines of one step of this optimizer with these settings, the gradient first.

    An optimizer that has no lines here is shown by what it remembers, from its registry entry.
    """
    gradient: Line = ("g", "gradient", "", "g")
    lines = _LINES.get(optimizer)
    if lines is None:
        memory = OPTIMIZERS[optimizer].extra.get("memory", {})
        kept = tuple((name, meaning, "", name) for name, meaning in memory.items())
        return (gradient, *kept, ("Δw", "update", "", "u"), _MOVE)
    if optimizer == "Adam" and not settings.get("bias_correction", True):
        lines = (
            _FIRST,
            _SECOND,
            ("Δw", "−η m / (√v + ε)", "−{lr}·{m} / (√{v} + {eps})", "u"),
        )
    decay = settings.get("weight_decay", 0.0)
    if decay and optimizer != "AdamW":
        if OPTIMIZERS[optimizer].call.decoupled:
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
