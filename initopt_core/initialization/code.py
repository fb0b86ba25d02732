"""An initialization as a short PyTorch program that runs by itself and prints the same numbers."""

from __future__ import annotations

import textwrap

from initopt_core.initializers import INITIALIZERS
from initopt_core.networks import ACTIVATIONS
from initopt_core.programs import call_text, filled, from_torch, literal, sources

from .settings import Settings


def program(settings: Settings) -> str:
    """Python source; needs torch, torchvision and the Fashion-MNIST files (downloaded into
    `data/`, or found under the folder in FASHION_MNIST)."""
    entry, activation = INITIALIZERS[settings.scheme], ACTIVATIONS[settings.activation]
    made = call_text(activation.call, dict(settings.activation_settings))
    own = "" if from_torch(activation.call) else sources(activation.call) + "\n\n"
    values = "".join(f", {k}={literal(v)}" for k, v in settings.scheme_values.items())
    images = ", images=images" if entry.needs_images else ""
    pick = (
        "index = [i for i in train_set.indices if int(data.targets[i]) in "
        f"{set(settings.classes)}][:{settings.batch}]"
        if settings.classes
        else f"index = train_set.indices[:{settings.batch}]"
    )
    return filled(
        "initialization",
        scheme=entry.label,
        activation_label=activation.label,
        own=f"{own}{sources(entry.call)}".removesuffix("\n"),
        pick=pick,
        hidden=list(settings.hidden),
        activation=made,
        seed=settings.seed,
        initializer=entry.call.__name__,
        values=values,
        images=images,
    )


_BODY = "sizes = [784"
"""Where a program begins to make its network."""


def seeds_program(settings: Settings, count: int) -> str:
    """The same under `count` seeds from the setting's on, and the range of 95 % of them."""
    head, _, body = program(settings).partition(_BODY)
    body = f"{_BODY}{body}".replace(f"manual_seed({settings.seed})", "manual_seed(seed)")
    variances = "[t.detach().double().var(correction=0).item() for t in {}]"
    lines = [
        "drawn = []",
        f"for seed in range({settings.seed}, {settings.seed + count}):",
        '    print(f"seed {seed}")',
        textwrap.indent(body.rstrip(), "    "),
        "    drawn.append([",
        f"        {variances.format('outputs')},",
        f"        {variances.format('(linear.weight.grad for linear in linears)')},",
        "    ])",
        "ends = torch.tensor([0.025, 0.975], dtype=torch.float64)",
        "low, high = torch.tensor(drawn, dtype=torch.float64).quantile(ends, dim=0)",
        'print(f"95 % of {len(drawn)} seeds (variances)")',
        'for what, a, b in zip(("activations", "gradients"), low, high):',
        "    for i, ends in enumerate(zip(a.tolist(), b.tolist())):",
        '        print(f"Layer {2 * i:<3}", what, *(f"{v:<12.6g}" for v in ends))',
    ]
    return head + "\n".join(lines) + "\n"


LAYERS = 400
"""Of the phase map's program: most variances have settled by then, but not on the critical line."""


def phase_program(settings: Settings, bias: float) -> str:
    """The phase map of the setting's activation, by steps from layer to layer; needs torch.

    Args:
        bias: mean of all biases.
    """
    activation = ACTIVATIONS[settings.activation]
    return filled(
        "phase_map",
        activation_label=activation.label,
        own="" if from_torch(activation.call) else sources(activation.call).rstrip("\n"),
        activation=call_text(activation.call, dict(settings.activation_settings)),
        bias=bias,
        layers=LAYERS,
    )
