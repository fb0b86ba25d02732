"""What is to be trained: one frozen, checked, JSON-safe description of a race."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from initopt_core.initializers import INITIALIZERS
from initopt_core.networks import ACTIVATIONS, HIDDEN_SIZES, check_sizes
from initopt_core.optimizers import OPTIMIZERS
from initopt_core.reading import did_you_mean, fields_once, shown, unbracketed, whole_numbers
from initopt_core.registry import Parameter, SettingError
from initopt_core.schedules import SCHEDULES
from initopt_core.wording import number

Settings = tuple[tuple[str, Any], ...]
MAX_RACERS, MAX_SEEDS = 8, 10
NUMBERS = {
    "batch_size": Parameter("batch_size", "Batch size", 256, 1, 8192, "log", unit="images"),
    "epochs": Parameter("epochs", "Epochs", 10, 1, 500),
    "clip_norm": Parameter(
        "clip_norm",
        "Gradient clipping",
        0.0,
        0.0,
        1000.0,
        help="Largest length of the whole gradient; longer ones are shortened. 0 is off.",
    ),
    "search_epochs": Parameter(
        "search_epochs",
        "Epochs for each rate",
        0,
        0,
        50,
        help="Budget of the search for each optimizer's best learning rate. 0 is off.",
    ),
    "train_images": Parameter(
        "train_images",
        "Training images",
        0,
        0,
        50_000,
        help="The first so many images of the training split; 0 takes all.",
        unit="images",
    ),
}


def pack(settings: Mapping[str, Any] | Settings | None) -> Settings:
    """Settings as sorted pairs, so that configurations are hashable and compare by value."""
    return tuple(sorted(dict(settings or {}).items()))


@dataclass(frozen=True)
class Racer:
    """One optimizer in a race.

    Attributes:
        optimizer: name in OPTIMIZERS.
        settings: its parameters; those left out take their defaults.
    """

    optimizer: str
    settings: Settings = ()

    def __post_init__(self) -> None:
        checked = OPTIMIZERS[self.optimizer].settings(dict(self.settings))
        object.__setattr__(self, "settings", pack(checked))

    @property
    def lr(self) -> float:
        return dict(self.settings)["lr"]

    def with_lr(self, lr: float) -> Racer:
        return Racer(self.optimizer, pack({**dict(self.settings), "lr": lr}))


@dataclass(frozen=True)
class TrainConfig:
    """Optimizers that race from the same weights over the same batches.

    Attributes:
        racers: 1 to 8 optimizers with their settings.
        hidden_sizes, activation, activation_settings: the network.
        initializer, initializer_settings: the weights that all racers of a seed start from.
        batch_size: images in a step; the last incomplete batch of an epoch is left out.
        epochs: passes over the training images.
        seeds: each seed is a whole race of its own (weights and order of batches).
        schedule, schedule_settings: factor on every racer's learning rate.
        clip_norm: largest norm of the whole gradient; 0 for no clipping.
        search_epochs: > 0 makes the race fair: every optimizer first tries each rate of its
            declared grid for so many epochs, and races at the rate with the best validation
            accuracy.
        search_initializers: further initializers whose rate curve is measured in the search.
        data: "full" or "sample".
        train_images: use only the first so many images of the training split; 0 for all.

    Raises:
        SettingError: for anything that cannot be trained, saying what to change.
    """

    racers: tuple[Racer, ...] = (
        Racer("SGD", (("lr", 0.1),)),
        Racer("SGDMomentum", (("lr", 0.1), ("momentum", 0.9))),
        Racer("Adam", (("lr", 1e-3),)),
    )
    hidden_sizes: tuple[int, ...] = HIDDEN_SIZES
    activation: str = "relu"
    activation_settings: Settings = ()
    initializer: str = "kaiming"
    initializer_settings: Settings = ()
    batch_size: int = 256
    epochs: int = 10
    seeds: tuple[int, ...] = (42,)
    schedule: str = "constant"
    schedule_settings: Settings = ()
    clip_norm: float = 0.0
    search_epochs: int = 0
    search_initializers: tuple[str, ...] = ()
    data: str = "full"
    train_images: int = 0

    def __post_init__(self) -> None:
        def put(name: str, value: Any) -> None:
            object.__setattr__(self, name, value)

        put("racers", _racers(self.racers))
        put("hidden_sizes", check_sizes(self.hidden_sizes))
        for registry, name in (
            (ACTIVATIONS, "activation"),
            (INITIALIZERS, "initializer"),
            (SCHEDULES, "schedule"),
        ):
            entry = registry[getattr(self, name)]
            given = dict(getattr(self, f"{name}_settings"))
            put(f"{name}_settings", pack(entry.settings(given)))
        for name, parameter in NUMBERS.items():
            put(name, parameter.check(getattr(self, name)))
        put("seeds", _seeds(self.seeds))
        put("search_initializers", _initializers(self.search_initializers))
        if self.data not in ("full", "sample"):
            raise SettingError("Data: choose the full set or the sample.")

    def labels(self) -> list[str]:
        """A short name for each racer, unique in this race: "Adam", "Adam lr 0.01", ..."""
        names = [r.optimizer for r in self.racers]
        labels = []
        for racer, name in zip(self.racers, names, strict=True):
            label = OPTIMIZERS[name].label
            if names.count(name) > 1:
                label += f" lr {number(racer.lr, 6)}"
            while label in labels:
                label += "′"
            labels.append(label)
        return labels

    def trial_names(self) -> list[str]:
        """Stem of each racer-and-seed's checkpoint files, in the order seeds x racers."""
        names = [r.optimizer for r in self.racers]
        counted = [
            name if names.count(name) == 1 else f"{name}_{names[: i + 1].count(name)}"
            for i, name in enumerate(names)
        ]
        if len(self.seeds) == 1:
            return counted
        return [f"{name}_seed{seed}" for seed in self.seeds for name in counted]

    def as_dict(self) -> dict[str, Any]:
        """JSON-safe form; `from_dict` is its inverse."""
        plain = asdict(self)
        for name in plain:
            if name.endswith("settings"):
                plain[name] = dict(plain[name])
        plain["racers"] = [
            {"optimizer": r.optimizer, "settings": dict(r.settings)} for r in self.racers
        ]
        return plain

    @classmethod
    def from_dict(cls, plain: Mapping[str, Any]) -> TrainConfig:
        """A configuration from `as_dict`'s form; fields left out take their defaults.

        Raises:
            SettingError: for anything unknown or unusable.
        """
        if not isinstance(plain, Mapping):
            raise SettingError("The training configuration is not a JSON object.")
        known = [f.name for f in fields(cls)]
        if unknown := sorted(set(plain) - set(known), key=str):
            raise SettingError(
                f"The training configuration has an unknown field {shown(unknown[0])}"
                f"{did_you_mean(unknown[0], known)}."
            )
        values = dict(plain)
        try:
            if "racers" in values:
                values["racers"] = tuple(map(_racer, _listed(values["racers"])))
            for name in values:
                if name.endswith("settings"):
                    values[name] = pack(_object(values[name], name))
                elif isinstance(values[name], list):
                    values[name] = tuple(values[name])
            return cls(**values)
        except SettingError:
            raise
        except (TypeError, KeyError, AttributeError, ValueError) as problem:
            raise SettingError(f"The training configuration cannot be read: {problem}.") from None

    @classmethod
    def from_json(cls, text: str | bytes) -> TrainConfig:
        """A configuration from JSON, as text or as the bytes of a file (UTF-8 or UTF-16, with or
        without a byte order mark); a stored run's config.json is understood, too.

        Raises:
            SettingError: for text that is not JSON, or a configuration that cannot be used.
        """
        try:
            plain = json.loads(
                text.removeprefix("\ufeff") if isinstance(text, str) else text,
                object_pairs_hook=fields_once,
            )
        except (ValueError, RecursionError) as problem:
            raise SettingError(f"The training configuration is not JSON: {problem}.") from None
        if isinstance(plain, dict) and {"config", "fingerprint"} <= set(plain):
            plain = plain["config"]
        return cls.from_dict(plain)

    @classmethod
    def race(cls, optimizers: Iterable[str], *, epochs: int = 10, seed: int = 42) -> TrainConfig:
        """A race of the named optimizers at their default rates on the tutorial's network.

        Raises:
            SettingError: for an unknown name or an unusable number.
        """
        return cls(racers=tuple(Racer(n) for n in optimizers), epochs=epochs, seeds=(seed,))

    def fingerprint(self) -> str:
        """Equal for equal trainings: the same numbers would come out."""
        text = json.dumps(self.as_dict(), sort_keys=True)
        return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()

    def at_rates(self, rates: list[float]) -> TrainConfig:
        """The race itself, every racer at the rate that the search found."""
        racers = tuple(r.with_lr(lr) for r, lr in zip(self.racers, rates, strict=True))
        return replace(self, racers=racers, search_epochs=0, search_initializers=())


def tutorial_comparison(epochs: int = 40, data: str = "full") -> TrainConfig:
    """The tutorial's own race: 784-512-256-256-128-10, ReLU, Kaiming, batch 256."""
    return TrainConfig(epochs=epochs, data=data)


def parse_numbers(text: str, what: str) -> tuple[int, ...]:
    """Whole numbers from a person's line: "42, 43", "42 43", "42;43", "[42, 43]".

    Raises:
        SettingError: naming the piece that is no whole number.
    """
    found = []
    if re.fullmatch(r"[1-9][0-9]{0,2}(,[0-9]{3})+", line := text.strip()):
        raise SettingError(
            f"{what}: “{line[:20]}” may be one number or several. Write {line.replace(',', '')}, "
            "or put a blank behind each comma."
        )
    for piece in re.split(r"[,;\s]+", unbracketed(text)):
        if not re.fullmatch(r"[0-9]{0,18}", piece):
            raise SettingError(f"{what}: “{piece[:20]}” is not a number. Write 42, or 42, 43, 44.")
        found += [int(piece)] if piece else []
    return tuple(found)


def _listed(given: Any) -> list[Any]:
    if not isinstance(given, list | tuple):
        raise SettingError('racers: give a list such as [{"optimizer": "SGD", "settings": {}}].')
    return list(given)


def _object(given: Any, name: str) -> Any:
    """`given`, which holds settings by their names; none at all is no problem."""
    if given is not None and not isinstance(given, Mapping | list | tuple):
        raise SettingError(f'{name}: give an object of settings, such as {{"lr": 0.1}}.')
    if isinstance(given, list | tuple) and not all(
        isinstance(pair, list | tuple) and len(pair) == 2 for pair in given
    ):
        raise SettingError(f'{name}: give an object of settings, such as {{"lr": 0.1}}.')
    return given


def _racer(plain: Any) -> Racer:
    """One racer of a file; a setting beside "settings" would be lost, so it is refused."""
    if isinstance(plain, Racer):
        return plain
    if not isinstance(plain, Mapping) or "optimizer" not in plain:
        raise SettingError(
            f'racers: {shown(plain)} names no optimizer; give {{"optimizer": "SGD"}}.'
        )
    known = ("optimizer", "settings")
    if unknown := sorted(set(plain) - set(known), key=str):
        raise SettingError(
            f"racers: unknown field {shown(unknown[0])}; an optimizer's settings stand under "
            '"settings".'
        )
    return Racer(plain["optimizer"], pack(_object(plain.get("settings"), "settings")))


def _racers(given: Any) -> tuple[Racer, ...]:
    """A racer for each given one."""
    if not isinstance(given, (list, tuple)) or not all(isinstance(r, Racer) for r in given):
        raise SettingError("Optimizers: give a list of racers, each an optimizer's name and rate.")
    if not 1 <= len(given) <= MAX_RACERS:
        raise SettingError(f"Choose 1 to {MAX_RACERS} optimizers to race.")
    return tuple(given)


def _seeds(given: Any) -> tuple[int, ...]:
    seeds = whole_numbers(given, "Seeds", "[42, 43, 44]")
    if not 1 <= len(set(seeds)) <= MAX_SEEDS or len(set(seeds)) != len(seeds):
        raise SettingError(f"Seeds: give 1 to {MAX_SEEDS} different whole numbers.")
    if not all(0 <= s < 2**31 for s in seeds):
        raise SettingError("Seeds: each must be between 0 and 2147483647.")
    return seeds


def _initializers(given: Any) -> tuple[str, ...]:
    if not isinstance(given, (list, tuple)):
        raise SettingError("Initializers of the search: give a list of names, not text.")
    for name in given:
        INITIALIZERS[name]
    return tuple(dict.fromkeys(given))
