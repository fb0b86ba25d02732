"""What a training's settings are in words, and in which of them trainings differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

from initopt_core.initializers import INITIALIZERS
from initopt_core.networks import ACTIVATIONS
from initopt_core.optimizers import OPTIMIZERS
from initopt_core.optimizers.words import SYMBOLS, TELLING, in_symbols
from initopt_core.schedules import SCHEDULES
from initopt_core.wording import count, many, number

from .config import Settings, TrainConfig
from .history import History

NOTHING = "none"


def facts(config: TrainConfig) -> dict[str, str]:
    """Every setting by its name, in words, the racers' first."""
    found = {"optimizers": ", ".join(config.labels())}
    for label, racer in zip(config.labels(), config.racers, strict=True):
        for name, value in racer.settings:
            found[f"{label} {SYMBOLS.get(name, name)}"] = _said(value)
    sizes = ", ".join(map(str, config.hidden_sizes))
    return found | {
        "hidden layers": sizes or NOTHING,
        "activation": _entry(ACTIVATIONS, config.activation, config.activation_settings),
        "initialization": _entry(INITIALIZERS, config.initializer, config.initializer_settings),
        "batch size": _said(config.batch_size),
        "epochs": _said(config.epochs),
        "seeds": ", ".join(map(str, config.seeds)),
        "schedule": _entry(SCHEDULES, config.schedule, config.schedule_settings),
        "clipping": _said(config.clip_norm) if config.clip_norm else NOTHING,
        "rate search": f"{many(config.search_epochs, 'epoch')} a rate"
        if config.search_epochs
        else NOTHING,
        "data": {"full": "full set", "sample": "sample"}[config.data],
        "training images": _said(config.train_images) if config.train_images else "all",
    }


def differences(mine: TrainConfig, other: TrainConfig) -> list[tuple[str, str, str]]:
    """(setting, mine, the other's) wherever the two differ; a racer that only one has is said by
    the list of optimizers alone."""
    a, b = facts(mine), facts(other)
    return [(name, a[name], b[name]) for name in a if name in b and a[name] != b[name]]


def summary(
    config: TrainConfig,
    history: History | None = None,
    *,
    reached: bool = False,
    racers: Sequence[int] | None = None,
) -> str:
    """The settings in one line: those that every reader asks for, and what is out of the usual.

    Args:
        history: of its training: rates that a search found or a hand has changed are said, too.
        reached: also how far it has come, where that is not its end.
        racers: places of those that it is about; None for all.
    """
    told, usual = facts(config), facts(TrainConfig())
    chosen = range(len(config.racers)) if racers is None else racers
    rates = [_racer(config, racer, history) for racer in chosen]
    epochs = _epochs(config, history) if history and reached else many(config.epochs, "epoch")
    always = [epochs, f"batch {told['batch size']}", told["data"]]
    network = [f"hidden {told['hidden layers']}", told["activation"], told["initialization"]]
    rare = [
        f"{name} {told[name]}"
        for name in ("schedule", "clipping", "rate search", "training images")
        if told[name] != usual[name]
    ]
    seeds = f"seed{'s' if len(config.seeds) > 1 else ''} {told['seeds']}"
    return " · ".join(["; ".join(rates), *network, *always, seeds, *rare])


def _epochs(config: TrainConfig, history: History) -> str:
    """Its epochs; of a race that is not through, or was stopped, those that were trained."""
    done, whole = history.finished_epochs, many(config.epochs, "epoch")
    if done >= config.epochs or (config.search_epochs and not history.rates):
        return whole
    return f"{done} of {whole}{'' if history.state else ' so far'}"


NAMED = (*TELLING, "beta2")
"""Settings of an optimizer that a training's summary always holds."""


def _racer(config: TrainConfig, racer: int, history: History | None) -> str:
    """A racer's settings: its rate as it was set, or what became of it, then the others."""
    one = config.racers[racer]
    others = {p.name: p.default for p in OPTIMIZERS[one.optimizer].parameters}
    said = in_symbols(one.optimizer, others | dict(one.settings), NAMED)
    rest = [part for part in said if not part.startswith(SYMBOLS["lr"])]
    return ", ".join([_rate(config, racer, history), *rest])


def _rate(config: TrainConfig, racer: int, history: History | None) -> str:
    """A racer's rate: as it was set, or what became of it."""
    found = history.rates[racer] if history and history.rates else None
    lr = config.racers[racer].lr if found is None else found
    text = f"{config.labels()[racer]} η {number(lr, 6)}"
    notes = [] if found is None else ["found by the search"]
    changes = [e for e in history.rate_changes if e["racer"] == racer] if history else []
    if changes:
        times = f"{len(changes)} times, at last" if len(changes) > 1 else ""
        last = f"to {number(changes[-1]['lr'], 6)} at step {count(changes[-1]['step'])}"
        notes.append(" ".join(filter(None, ["changed", times, last])))
    return f"{text} ({', '.join(notes)})" if notes else text


def own_name(config: TrainConfig) -> str:
    """A name that says what is out of the usual: of the tutorial's race, what differs from it."""
    told, usual = facts(config), facts(TrainConfig())
    skip = ("optimizers", "epochs", "seeds", "rate search", "data")
    special = [
        _short(name, told[name])
        for name in told
        if name not in skip and told[name] != usual.get(name, _default(config, name))
    ]
    seeds = [many(len(config.seeds), "seed")] if len(config.seeds) > 1 else []
    if len(config.seeds) == 1 and told["seeds"] != usual["seeds"]:
        seeds = [f"seed {told['seeds']}"]
    fair = ["fair"] if config.search_epochs else []
    sample = ["sample"] if config.data == "sample" else []
    return f"{told['optimizers']}: " + ", ".join(
        [many(config.epochs, "epoch"), *seeds, *fair, *special, *sample]
    )


def telling_names(configs: Mapping[str, TrainConfig]) -> dict[str, str]:
    """A short name for each of several trainings: its own side of what they differ in, or its
    place in the order where they differ in nothing."""
    told = {key: facts(config) for key, config in configs.items()}
    everywhere = [n for n in dict.fromkeys(n for t in told.values() for n in t)]
    differing = [n for n in everywhere if len({t.get(n) for t in told.values()}) > 1]
    if "optimizers" in differing:  # that says already who has settings that others lack
        differing = [n for n in differing if all(n in t for t in told.values())]
    names = {
        key: ", ".join(_short(n, t[n]) for n in differing if n in t) for key, t in told.items()
    }
    counts: dict[str, int] = {}
    for key, name in names.items():
        counts[name] = counts.get(name, 0) + 1
        alike = list(names.values()).count(name) > 1
        if alike or not name:
            names[key] = f"{name or 'run'} ({counts[name]})"
    return names


def _default(config: TrainConfig, name: str) -> str | None:
    """What a racer's setting is when nobody has touched it."""
    for label, racer in zip(config.labels(), config.racers, strict=True):
        for p in OPTIMIZERS[racer.optimizer].parameters:
            if name == f"{label} {SYMBOLS.get(p.name, p.name)}":
                return _said(p.default)
    return None


def _short(name: str, value: str) -> str:
    """A setting as a part of a name: values that speak for themselves stand alone."""
    alone = ("optimizers", "activation", "initialization", "data", "schedule")
    if name in alone:
        return value
    if name == "epochs":
        return f"{value} epoch{'' if value == '1' else 's'}"
    return f"{name} {value}"


def _entry(registry, name: str, settings: Settings) -> str:
    """An entry's label, with what is not its default."""
    entry = registry[name]
    usual = {p.name: p for p in entry.parameters}
    changed = [
        f"{usual[key].label.lower()} {_said(value)}"
        for key, value in settings
        if key in usual and value != usual[key].default
    ]
    return entry.label + (f" ({', '.join(changed)})" if changed else "")


def _said(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (int, float)):
        return number(value, 6)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ", ".join(map(str, value))
    return str(value)


def seconds_of(config: TrainConfig, images: int, pace: float, paced: TrainConfig) -> float:
    """About how long `config` will train, from the pace of another training on this machine.

    Args:
        images: training images of an epoch.
        pace: images that all racers of `paced` together took a second.
        paced: the training that was timed; sizes of networks and batches scale the estimate.
    """
    racers = len(config.racers) * len(config.seeds)
    searched = 7 * config.search_epochs * (1 + len(config.search_initializers))
    share = _cost(config) / _cost(paced)
    return images * racers * (config.epochs + searched) * share / pace


def is_comparable(config: TrainConfig, timed: TrainConfig) -> bool:
    """Whether a training's pace says something of another's: networks and batches of about the
    same size, of as many images. The pace of a few small steps is mostly chance."""
    sizes = [(_weights(config), _weights(timed)), (config.batch_size, timed.batch_size)]
    data = [(c.data, c.train_images) for c in (config, timed)]
    return data[0] == data[1] and all(0.5 <= a / b <= 2 for a, b in sizes)


def _cost(config: TrainConfig) -> float:
    """Work for one image, in products of two numbers. In a step of the tutorial's network half of
    the time goes elsewhere: so much is the same for every step, however small the network is."""
    usual = TrainConfig()
    return _weights(config) + _weights(usual) * usual.batch_size / config.batch_size


def _weights(config: TrainConfig) -> int:
    sizes = (784, *config.hidden_sizes, 10)
    return sum(a * b for a, b in pairwise(sizes))
