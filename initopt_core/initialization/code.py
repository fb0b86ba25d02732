"""An initialization as a short PyTorch program that runs by itself and prints the same numbers."""

from __future__ import annotations

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
