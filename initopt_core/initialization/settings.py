"""What the laboratory looks at, as one plain value: hashable, readable, writable, linkable."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from initopt_core.data import CLASSES
from initopt_core.initializers import INITIALIZERS
from initopt_core.networks import ACTIVATIONS, HIDDEN_SIZES, check_sizes, layer_sizes, parameters_of
from initopt_core.networks import parse_sizes as parse_hidden
from initopt_core.reading import whole
from initopt_core.registry import Entry, SettingError
from initopt_core.wording import count, number

from . import theory

MAX_BATCH = 4096
USUAL_BATCH = 1024
MAX_SEED = 2**31 - 1
SEED = 18
"""The draw that the page opens on: of the first hundred the one whose activations and gradients
lie nearest to the medians in all layers (the tutorial's 42 has about the smallest gradients)."""

Pairs = tuple[tuple[str, Any], ...]
_OF_ACTIVATION = "act."


@dataclass(frozen=True)
class Settings:
    """One view of the laboratory; made by `make`, which checks everything.

    Attributes:
        scheme: name in INITIALIZERS; scheme_settings: its parameters, all of them, by name.
        activation: name in ACTIVATIONS; activation_settings: likewise.
        hidden: units of the hidden layers.
        batch: images in the batch. classes: labels they are taken from; () means all ten.
        seed: of the weights' draw.
        match_gain: use the activation's usual gain instead of the scheme's own.
    """

    scheme: str = "kaiming"
    scheme_settings: Pairs = ()
    activation: str = "relu"
    activation_settings: Pairs = ()
    hidden: tuple[int, ...] = HIDDEN_SIZES
    batch: int = USUAL_BATCH
    classes: tuple[int, ...] = ()
    seed: int = SEED
    match_gain: bool = False

    @classmethod
    def make(
        cls,
        scheme: str = "kaiming",
        scheme_settings: Mapping[str, Any] | Pairs = (),
        activation: str = "relu",
        activation_settings: Mapping[str, Any] | Pairs = (),
        hidden: Any = HIDDEN_SIZES,
        batch: int = USUAL_BATCH,
        classes: Any = (),
        seed: int = SEED,
        match_gain: bool = False,
    ) -> Settings:
        """Checked settings with every default filled in.

        Args:
            hidden: sizes, or text such as "512, 256" or "12 x 256" (depth x width).

        Raises:
            SettingError: naming the control and what it takes.
        """
        hidden = parse_hidden(hidden) if isinstance(hidden, str) else check_sizes(hidden)
        layer_sizes({"hidden_sizes": hidden})  # refuses what is too large as a whole
        return cls(
            scheme=INITIALIZERS[scheme].name,
            scheme_settings=tuple(INITIALIZERS[scheme].settings(dict(scheme_settings)).items()),
            activation=ACTIVATIONS[activation].name,
            activation_settings=tuple(
                ACTIVATIONS[activation].settings(dict(activation_settings)).items()
            ),
            hidden=hidden,
            batch=_whole("Batch size", batch, 1, MAX_BATCH),
            classes=_classes(classes),
            seed=_whole("Seed", seed, 0, MAX_SEED),
            match_gain=bool(match_gain) and "gain" in dict(INITIALIZERS[scheme].settings()),
        )

    @property
    def scheme_values(self) -> dict[str, Any]:
        """Parameters for the initializer's call, the matched gain put in."""
        values = INITIALIZERS[self.scheme].settings(dict(self.scheme_settings))
        if self.match_gain and "gain" in values:
            values["gain"] = theory.gain(self.activation, **dict(self.activation_settings))
        return values

    @property
    def sizes(self) -> tuple[int, ...]:
        """Inputs, hidden units, outputs."""
        return (784, *self.hidden, 10)

    @property
    def title(self) -> str:
        """A few words for a tab: the label, without the sizes where they are the tutorial's."""
        values = {k: v for k, v in self.scheme_settings if v != _default(self.scheme, k)}
        if self.match_gain:
            values["gain"] = "matched"
        more = ", ".join(f"{k} {_text(v)}" for k, v in values.items())
        words = [
            f"{INITIALIZERS[self.scheme].label}{f' ({more})' if more else ''}",
            ACTIVATIONS[self.activation].label,
        ]
        return ", ".join(words if self.hidden == HIDDEN_SIZES else [*words, self._shape])

    @property
    def label(self) -> str:
        """A few words that tell this view from others."""
        return self.title if self.hidden != HIDDEN_SIZES else f"{self.title}, {self._shape}"

    @property
    def _shape(self) -> str:
        return describe_hidden(self.hidden)

    def replace(self, **changes: Any) -> Settings:
        """A checked copy with other values."""
        return Settings.make(**{**self.to_dict(), **changes})

    def to_dict(self) -> dict[str, Any]:
        """Plain values, as `make` takes them."""
        values = dataclasses.asdict(self)
        values["scheme_settings"] = dict(self.scheme_settings)
        values["activation_settings"] = dict(self.activation_settings)
        return values

    def to_json(self) -> str:
        """One line of JSON; `from_json` reads it."""
        return json.dumps(self.to_dict(), separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> Settings:
        """Settings from JSON.

        Raises:
            SettingError: for anything that is not such a line.
        """
        try:
            values = json.loads(text)
            return cls.make(**values)
        except (TypeError, ValueError) as problem:
            if isinstance(problem, SettingError):
                raise
            raise SettingError(
                "These settings cannot be read; copy them again from the page."
            ) from None

    def to_text(self) -> str:
        """The shortest line that `from_text` reads back: what differs from the defaults, in
        characters that a URL takes as they are, such as "kaiming~relu~gain-2~layers-12x256".
        """
        parts = [self.scheme, self.activation]
        parts += _changes("", self.scheme_settings, INITIALIZERS[self.scheme])
        parts += _changes(_OF_ACTIVATION, self.activation_settings, ACTIVATIONS[self.activation])
        base = Settings()
        if self.hidden != base.hidden:
            parts.append(
                "layers-" + describe_hidden(self.hidden).replace(", ", ".").replace(" ", "")
            )
        parts += [f"images-{self.batch}"] if self.batch != base.batch else []
        parts += [f"classes-{''.join(map(str, self.classes))}"] if self.classes else []
        parts += [f"seed-{self.seed}"] if self.seed != base.seed else []
        return "~".join([*parts, "match"] if self.match_gain else parts)

    @classmethod
    def from_text(cls, text: str) -> Settings:
        """Settings from a line of `to_text`, or of `to_json`, which links once held.

        Raises:
            SettingError: for anything that is not such a line.
        """
        if text.lstrip().startswith("{"):
            return cls.from_json(text)
        scheme, *rest = text.split("~")
        activation, *parts = rest or [cls.activation]
        pairs = (part.partition("-") for part in parts)
        values = {name: value for name, _, value in pairs}
        sizes = values.pop("layers", None)
        known: dict[str, Any] = {
            "hidden": cls.hidden if sizes is None else sizes.replace(".", ", "),
            "batch": values.pop("images", cls.batch),
            "classes": _labels(values.pop("classes", "")),
            "seed": values.pop("seed", cls.seed),
            "match_gain": values.pop("match", None) is not None,
        }
        of_activation = {k: v for k, v in values.items() if k.startswith(_OF_ACTIVATION)}
        return cls.make(
            scheme,
            {k: v for k, v in values.items() if k not in of_activation},
            activation,
            {k.removeprefix(_OF_ACTIVATION): v for k, v in of_activation.items()},
            **known,
        )

    def to_link(self) -> dict[str, str]:
        """URL query that shows this setting on the page; defaults are left out."""
        query = {"scheme": self.scheme, "activation": self.activation}
        for prefix, name, pairs, registry in (
            ("scheme", self.scheme, self.scheme_settings, INITIALIZERS),
            ("activation", self.activation, self.activation_settings, ACTIVATIONS),
        ):
            defaults = registry[name].settings()
            for key, value in pairs:
                if value != defaults[key]:
                    query[control_key(prefix, name, key)] = _text(value)
        base = Settings()
        if self.hidden != base.hidden:
            query["layers"] = describe_hidden(self.hidden)
        if self.batch != base.batch:
            query["images"] = str(self.batch)
        if self.classes:
            query["classes"] = ",".join(CLASSES[c] for c in self.classes)
        if self.seed != base.seed:
            query["seed"] = str(self.seed)
        if self.match_gain:
            query["match"] = "true"
        return query


def refuse_heavy(settings: Settings, most: int) -> None:
    """Raise SettingError when a network has more weights than a shared server measures for one
    visitor, `most`, or when its batch makes as much work as that with `USUAL_BATCH` images."""
    weights = parameters_of(settings.sizes)
    if weights > most:
        raise SettingError(
            f"This network has {number(weights)} weights; a shared server measures up to "
            f"{number(most)} for a visitor: take fewer layers or units. On a computer of your own "
            "everything can be measured."
        )
    if weights * settings.batch > most * USUAL_BATCH:
        raise SettingError(
            f"Batch size: with {number(weights)} weights a shared server measures up to "
            f"{count(most * USUAL_BATCH // weights)} images for a visitor."
        )


def control_key(kind: str, entry: str, parameter: str) -> str:
    """Session key and URL name of an entry's control: each entry keeps its own values."""
    return f"{entry}_{parameter}" if kind == "scheme" else f"act_{entry}_{parameter}"


def describe_hidden(sizes: tuple[int, ...]) -> str:
    """The shortest text that `parse_hidden` reads back: "12 x 256", "512, 256, 256, 128"."""
    if len(sizes) > 2 and len(set(sizes)) == 1:
        return f"{len(sizes)} x {sizes[0]}"
    return ", ".join(map(str, sizes))


def _classes(value: Any) -> tuple[int, ...]:
    if isinstance(value, str):
        raise SettingError("Classes: give a list of labels from 0 to 9, not text.")
    try:
        chosen = tuple(sorted({whole(c) for c in value}))
    except (TypeError, SettingError):
        raise SettingError("Classes: give labels from 0 to 9.") from None
    if any(not 0 <= c <= 9 for c in chosen):
        raise SettingError("Classes: give labels from 0 to 9.")
    return () if len(chosen) == 10 else chosen


def _labels(digits: str) -> list[int]:
    """Labels written one after the other, such as "37"."""
    if digits and not (digits.isascii() and digits.isdigit()):
        raise SettingError("Classes: give labels from 0 to 9.")
    return [int(digit) for digit in digits]


def _whole(label: str, value: Any, low: int, high: int) -> int:
    found = whole(value, label)
    if not low <= found <= high:
        raise SettingError(f"{label}: give {count(low)} to {count(high)}, not {count(found)}.")
    return found


def _changes(prefix: str, pairs: Pairs, entry: Entry) -> list[str]:
    """Parts such as "gain-2", one for every setting that is not the default of `entry`."""
    defaults = entry.settings()
    return [f"{prefix}{k}-{_exact(v)}" for k, v in pairs if v != defaults[k]]


def _exact(value: Any) -> str:
    """Without a loss, unlike `_text`."""
    return repr(value).removesuffix(".0") if isinstance(value, float) else _text(value)


def _default(scheme: str, name: str) -> Any:
    return INITIALIZERS[scheme].settings()[name]


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:.6g}" if isinstance(value, float) else str(value)
