"""The shape of every registry: one entry holds all that the rest of the project needs.

A scheme, activation, optimizer, schedule or surface is ONE `Entry`. Controls, permalinks,
exports, explanations, the command line and the parametrized tests are driven by it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any


class SettingError(ValueError):
    """A setting that cannot be used; its text tells the user what to do."""


@dataclass(frozen=True)
class Parameter:
    """One adjustable number, switch or choice of an entry.

    Args:
        name: keyword under which the callable takes it.
        label: what the control says.
        default: value used when nothing is chosen; its type is the parameter's type. A tuple
            means any number of the choices, in their order.
        low, high: inclusive range of a number; None where unbounded.
        scale: "linear" or "log", for sliders and grids.
        choices: the allowed values of a choice; empty for numbers and switches.
        help: one sentence for the user.
        unit: printed after the value, for example "steps".
    """

    name: str
    label: str
    default: Any
    low: float | None = None
    high: float | None = None
    scale: str = "linear"
    choices: tuple = ()
    help: str = ""
    unit: str = ""

    def check(self, value: Any) -> Any:
        """`value` in this parameter's own type.

        Raises:
            SettingError: for a wrong type, NaN, a value out of range or not among the choices.
        """
        if self.choices and isinstance(self.default, tuple):
            given = value.split(",") if isinstance(value, str) else value
            chosen = {g.strip() if isinstance(g, str) else g for g in given} - {""}
            for one in chosen:
                self._choice(one)
            return tuple(c for c in self.choices if c in chosen)
        if self.choices:
            return self._choice(value)
        if isinstance(self.default, bool):
            if isinstance(value, str):
                value = value.strip().lower() in ("1", "true", "yes", "on")
            return bool(value)
        kind = type(self.default)
        if kind is str:
            return str(value)
        try:
            number = float(value)
            if kind is int and number != int(number):
                raise ValueError
        except (TypeError, ValueError, OverflowError):
            wanted = "a whole number" if kind is int else "a number"
            raise SettingError(f"{self.label}: {value!r} is not {wanted}.") from None
        low = -float("inf") if self.low is None else self.low
        high = float("inf") if self.high is None else self.high
        if not low <= number <= high:  # also refuses NaN
            raise SettingError(f"{self.label}: {value} is outside {self.low:g} to {self.high:g}.")
        return kind(number)

    def _choice(self, value: Any) -> Any:
        if value not in self.choices:
            known = ", ".join(map(str, self.choices))
            raise SettingError(f"{self.label}: there is no {value!r}; choose from {known}.")
        return value


@dataclass(frozen=True)
class Entry:
    """One thing of a registry.

    Args:
        name: stable identifier, used in links, files and on the command line.
        label: what a person reads.
        call: the callable; its signature is the registry's contract.
        parameters: adjustable keywords of `call`.
        formula: LaTeX of the defining equation, without dollar signs.
        source: paper or page, as a citation.
        help: when to use it, in a sentence or two.
        extra: whatever only this registry knows (documented there).
    """

    name: str
    label: str
    call: Callable
    parameters: tuple[Parameter, ...] = ()
    formula: str = ""
    source: str = ""
    help: str = ""
    extra: Mapping[str, Any] = field(default_factory=dict)

    def settings(self, given: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """All parameters with their values: those in `given`, checked, else the defaults.

        Raises:
            SettingError: for an unknown name or a value that `Parameter.check` refuses.
        """
        given = dict(given or {})
        values = {p.name: p.check(given.pop(p.name, p.default)) for p in self.parameters}
        if given:
            known = ", ".join(p.name for p in self.parameters) or "none"
            raise SettingError(
                f"{self.label} has no setting {sorted(given)[0]!r} (it has: {known})."
            )
        return values


class Registry(Mapping[str, Entry]):
    """Entries by name, in the order in which they are to be shown."""

    def __init__(self, what: str, entries: tuple[Entry, ...] | list[Entry] = ()) -> None:
        self.what = what
        self._entries: dict[str, Entry] = {}
        for entry in entries:
            self.add(entry)

    def add(self, entry: Entry) -> Entry:
        """Append `entry`; a name already taken is a programming error."""
        if entry.name in self._entries:
            raise ValueError(f"{self.what} {entry.name!r} is registered twice")
        self._entries[entry.name] = entry
        return entry

    def __getitem__(self, name: str) -> Entry:
        try:
            return self._entries[name]
        except KeyError:
            raise SettingError(
                f"There is no {self.what} {name!r}; choose one of {', '.join(self._entries)}."
            ) from None

    def __contains__(self, name: object) -> bool:
        return name in self._entries

    def get(self, name: str, default: Any = None) -> Any:
        return self._entries.get(name, default)

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)
