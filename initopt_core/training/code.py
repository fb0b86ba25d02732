"""A race as a PyTorch program that runs by itself and prints the same numbers.

Initializer, activation and schedule are the sources of the registry's own functions; optimizers
are torch's, where it has them, with rates in torch's convention, and otherwise sources, too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace

from initopt_core.initializers import INITIALIZERS
from initopt_core.networks import ACTIVATIONS
from initopt_core.optimizers import OPTIMIZERS
from initopt_core.programs import filled, sources
from initopt_core.schedules import SCHEDULES

from .batches import PROBE_IMAGES
from .config import Racer, TrainConfig
from .measure import BINS, MISTAKES
from .phase import PROBE_EVERY
from .trial import rate_grid

NOT_NEEDED = ("state_dict", "load_state_dict")
"""Methods of our optimizers that a program has no use for."""


@dataclass(frozen=True)
class Shows:
    """What a program prints beside losses and accuracies: lines that stand in its loop.

    Attributes:
        before_step, after_step: around every update.
        after_epoch: behind the validation.
        after_test: behind the test, which is of the best epoch's weights.
    """

    before_step: str = ""
    after_step: str = ""
    after_epoch: str = ""
    after_test: str = ""


_LAYERS = Shows(
    before_step=f"""
measured = at % {PROBE_EVERY} == 0 or at == steps - 1
layers = [layer for layer in model if isinstance(layer, nn.Linear)] if measured else []
before = [layer.weight.detach().clone() for layer in layers]
""",
    after_step="""
for i, (layer, old) in enumerate(zip(layers, before)):
    moved = (layer.weight.detach() - old).norm() / old.norm()
    print(f"{name}, seed {seed}, step {step}, layer {2 * i}: "
          f"gradient {layer.weight.grad.norm():.5g}, update / weights {moved:.5g}")
""",
)
_DISTRIBUTIONS = Shows(
    after_epoch=f"""
x = normalize(data.data[train[:{PROBE_IMAGES}]])
with torch.no_grad():
    for i, layer in enumerate(model):
        if isinstance(layer, nn.Linear):
            weights = layer.weight.flatten()
        x = layer(x)
        if isinstance(layer, nn.Linear) and i + 1 < len(model):
            continue  # activations are looked at behind the non-linearity
        for what, v in (("weights", weights), ("activations", x.flatten())):
            low, high = v.min().item(), v.max().item()
            counts = torch.histc(v, {BINS}, low, high).int().tolist()
            print(f"  layer {{i - i % 2}}, {{what}}: {{low:.5g}} to {{high:.5g}}, "
                  f"mean {{v.mean():.5g}}, standard deviation {{v.std(correction=0):.5g}}, "
                  f"in {BINS} bins {{counts}}")
""",
)
_RESULTS = Shows(
    after_test=f"""
with torch.no_grad():
    sure, said = kept(normalize(test.data)).softmax(-1).max(-1)
confusion = torch.zeros(10, 10, dtype=torch.int64)
confusion.index_put_((test.targets, said), torch.ones_like(said), accumulate=True)
for i, row in enumerate(confusion):
    print(f"  {{test.classes[i]}}: {{100 * row[i] / row.sum():.1f}} % right, "
          f"taken for {{row.tolist()}}")
wrong = (said != test.targets).nonzero().flatten()
for i in wrong[sure[wrong].argsort(descending=True)][:{MISTAKES}].tolist():
    print(f"  test image {{i}}: said {{test.classes[said[i]]}} ({{100 * sure[i]:.0f}} %), "
          f"is {{test.classes[test.targets[i]]}}")
""",
)
SHOWS: dict[str, Shows] = {
    "curves": Shows(),
    "layers": _LAYERS,
    "distributions": _DISTRIBUTIONS,
    "results": _RESULTS,
}
"""What a figure shows -> what its program prints."""


def program(config: TrainConfig, shows: str = "curves") -> str:
    """Python source; needs torch, torchvision and the Fashion-MNIST files (downloaded into
    `data/`, or found under the folder in FASHION_MNIST).

    Args:
        shows: of `SHOWS`; all print losses and accuracies.
    """
    return _written(config, list(zip(config.labels(), config.racers, strict=True)), SHOWS[shows])


def search_program(config: TrainConfig, initializer: str) -> str:
    """The same of the search for rates: each optimizer at each of its rates."""
    named = [
        (f"{label} at {rate!r}", racer.with_lr(rate))
        for label, racer in zip(config.labels(), config.racers, strict=True)
        for rate in rate_grid(racer)
    ]
    own = config.initializer_settings if initializer == config.initializer else ()
    one = replace(
        config, epochs=config.search_epochs, seeds=config.seeds[:1], initializer=initializer,
        initializer_settings=own, search_epochs=0, search_initializers=(),
    )  # fmt: skip
    return _written(one, named, Shows())


def _written(config: TrainConfig, named: Sequence[tuple[str, Racer]], shows: Shows) -> str:
    initializer, activation = INITIALIZERS[config.initializer], ACTIVATIONS[config.activation]
    schedule = SCHEDULES[config.schedule]
    from_torch = activation.call.__module__.startswith("torch.")
    name = activation.call.__name__
    act = f"{'nn.' * from_torch}{name}({_arguments(dict(config.activation_settings))})"
    parts = [] if from_torch else [sources(activation.call)]
    parts.append(sources(initializer.call))
    if config.schedule != "constant":
        parts.append(sources(schedule.call))
    own_optimizers = [_own(r) for _, r in named if not _in_torch(r)]
    if own_optimizers:
        parts.append(sources(*own_optimizers, without=NOT_NEEDED))
    values = _arguments(dict(config.initializer_settings), lead=True)
    images = f", images=normalize(data.data[train[:{PROBE_IMAGES}]])"
    images = images if initializer.needs_images else ""
    racers = "\n".join(f"{label!r}: lambda params: {_optimizer(racer)}," for label, racer in named)
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
        **{place: lines.strip("\n") for place, lines in asdict(shows).items()},
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
