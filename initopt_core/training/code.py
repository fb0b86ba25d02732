"""A race as a PyTorch program that runs by itself and prints the same numbers.

Initializer, activation and schedule are the sources of the registry's own functions; optimizers
are torch's, where it has them, with rates in torch's convention, and otherwise sources, too.
"""

from __future__ import annotations

from initopt_core.initializers import INITIALIZERS
from initopt_core.networks import ACTIVATIONS
from initopt_core.optimizers import OPTIMIZERS
from initopt_core.programs import filled, sources
from initopt_core.schedules import SCHEDULES

from .batches import PROBE_IMAGES
from .config import Racer, TrainConfig

NOT_NEEDED = ("state_dict", "load_state_dict")
"""Methods of our optimizers that a program has no use for."""


def program(config: TrainConfig) -> str:
    """Python source; needs torch, torchvision and the Fashion-MNIST files (downloaded into
    `data/`, or found under the folder in FASHION_MNIST)."""
    initializer, activation = INITIALIZERS[config.initializer], ACTIVATIONS[config.activation]
    schedule = SCHEDULES[config.schedule]
    from_torch = activation.call.__module__.startswith("torch.")
    name = activation.call.__name__
    act = f"{'nn.' * from_torch}{name}({_arguments(dict(config.activation_settings))})"
    parts = [] if from_torch else [sources(activation.call)]
    parts.append(sources(initializer.call))
    if config.schedule != "constant":
        parts.append(sources(schedule.call))
    own_optimizers = [_own(r) for r in config.racers if not _in_torch(r)]
    if own_optimizers:
        parts.append(sources(*own_optimizers, without=NOT_NEEDED))
    values = _arguments(dict(config.initializer_settings), lead=True)
    images = f", images=normalize(data.data[train[:{PROBE_IMAGES}]])"
    images = images if initializer.needs_images else ""
    racers = "\n".join(
        f"{label!r}: lambda params: {_optimizer(racer)},"
        for label, racer in zip(config.labels(), config.racers, strict=True)
    )
    settings = _arguments(dict(config.schedule_settings), lead=True)
    factor = f"{schedule.call.__name__}(step, total{settings})"
    rate = (
        f"for group in getattr(optimizer, 'param_groups', []):\n"
        f"    group['lr'] = lr * {factor}\n"
        f"optimizer.lr = lr * {factor}"
    )
    clip = f"nn.utils.clip_grad_norm_(model.parameters(), {config.clip_norm})"
    return filled(
        "training",
        title=", ".join(config.labels()),
        own="\n\n".join(part.strip() + "\n" for part in parts).rstrip(),
        count=f"[:{config.train_images}]" if config.train_images else "",
        batch=config.batch_size,
        epochs=config.epochs,
        racers=racers,
        seeds=config.seeds,
        hidden=list(config.hidden_sizes),
        activation=act,
        initializer=initializer.call.__name__,
        values=values,
        images=images,
        rate=rate if config.schedule != "constant" else "",
        clip=clip if config.clip_norm else "",
    )


def _in_torch(racer: Racer) -> str:
    return OPTIMIZERS[racer.optimizer].in_torch(dict(racer.settings))


def _optimizer(racer: Racer) -> str:
    own = f"{_own(racer).__name__}(params, {_arguments(dict(racer.settings))})"
    return _in_torch(racer) or own


def _own(racer: Racer) -> type:
    """The class whose source the program holds."""
    entry = OPTIMIZERS[racer.optimizer]
    return entry.torch_parts or entry.call


def _arguments(values: dict, lead: bool = False) -> str:
    text = ", ".join(f"{k}={v!r}" for k, v in values.items())
    return f", {text}" if lead and text else text
