"""The shape of every registry: one entry holds all that the rest of the project needs.

A scheme, activation, optimizer, schedule or surface is ONE `Entry` of its own type, which names
what only that registry knows. Controls, permalinks, exports, explanations, the command line and
the parametrized tests are driven by it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from initopt_core.reading import SettingError, did_you_mean, number, shown, whole

__all__ = ["Entry", "Parameter", "Registry", "SettingError"]

YES, NO = ("1", "true", "yes", "on"), ("0", "false", "no", "off")


@dataclass(frozen=True)
class Parameter:
    """One adjustable number, switch or choice of an entry.

    Args:
        name: keyword under which the callable takes it.
        label: what the control says.
        default: value used when nothing is chosen; its type is the parameter's type. A tuple
            means any number of the choices, in their order.
        low, high: inclusive range of a number; None where unbounded.
        track: (low, high) of the slider, where what is usual is less than what is allowed.
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
    track: tuple[float, float] | None = None

    def check(self, value: Any) -> Any:
        """`value` in this parameter's own type; text is read as people write numbers.

        Raises:
            SettingError: for a wrong type, NaN, a value out of range or not among the choices.
        """
        if self.choices and isinstance(self.default, tuple):
            chosen = self._several(value)
            for one in chosen:
                self._choice(one)
            return tuple(c for c in self.choices if c in chosen)
        if self.choices:
            return self._choice(value)
        if isinstance(self.default, bool):
            return self._switch(value)
        if isinstance(self.default, str):
            if not isinstance(value, str):
                raise SettingError(f"{self.label}: {shown(value)} is not text.")
            return value
        return self._number(value)

    def usable(self, value: Any) -> tuple[Any, list[str]]:
        """As much of `value` as can be used, and what cannot: of several choices the known ones.

        Raises:
            SettingError: when nothing of it can be used.
        """
        if not (self.choices and isinstance(self.default, tuple)):
            return self.check(value), []
        chosen = self._several(value)
        known = [one for one in chosen if one in self.choices]
        if chosen and not known:
            return self.check(value), []
        return self.check(known), [str(one) for one in chosen if one not in self.choices]

    @property
    def _ends(self) -> tuple[float, float]:
        low = -float("inf") if self.low is None else self.low
        return low, float("inf") if self.high is None else self.high

    def nearest(self, value: float) -> float:
        """The number in range that is nearest to `value`: a hand may drag further."""
        low, high = self._ends
        return min(max(float(value), low), high)

    def _number(self, value: Any) -> float | int:
        read = whole if isinstance(self.default, int) else number
        found = read(value, self.label)
        low, high = self._ends
        if not low <= found <= high:
            limits = [f"{limit:.15g}" for limit in (self.low, self.high) if limit is not None]
            raise SettingError(
                f"{self.label}: {shown(value)} is outside the range; its limit is {limits[0]}."
                if len(limits) == 1
                else f"{self.label}: {shown(value)} is outside {' to '.join(limits)}."
            )
        try:
            return type(self.default)(found)
        except OverflowError:
            raise SettingError(f"{self.label}: {shown(value)} is too large.") from None

    def _switch(self, value: Any) -> bool:
        word = str(value).strip().lower()
        if word not in YES + NO or isinstance(value, float):
            raise SettingError(f"{self.label}: {shown(value)} is neither true nor false.")
        return word in YES

    def _several(self, value: Any) -> list[Any]:
        if isinstance(value, str):
            return [g.strip() for g in value.split(",") if g.strip()]
        if not isinstance(value, (list, tuple, set, frozenset)):
            raise SettingError(f"{self.label}: {shown(value)} is not a list.")
        return list(value)

    def _choice(self, value: Any) -> Any:
        if isinstance(value, bool) or value not in self.choices:
            known = ", ".join(str(choice) for choice in self.choices if choice != "")
            near = did_you_mean(value, map(str, self.choices))
            raise SettingError(
                f"{self.label}: there is no {shown(value)}{near}; choose from {known}."
            )
        return value


@dataclass(frozen=True)
class Entry:
    """One thing of a registry. Each registry has a type of its own, which adds to these fields.

    Args:
        name: stable identifier, used in links, files and on the command line.
        label: what a person reads.
        call: the callable; its signature is the registry's contract.
        parameters: adjustable keywords of `call`.
        formula: LaTeX of the defining equation, without dollar signs.
        source: paper or page, as a citation.
        help: when to use it, in a sentence or two.
    """

    name: str
    label: str
    call: Callable
    parameters: tuple[Parameter, ...] = ()
    formula: str = ""
    source: str = ""
    help: str = ""

    def settings(self, given: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """All parameters with their values: those in `given`, checked, else the defaults.

        Raises:
            SettingError: for an unknown name or a value that `Parameter.check` refuses.
        """
        given = dict(given or {})
        values = {p.name: p.check(given.pop(p.name, p.default)) for p in self.parameters}
        if given:
            known = [p.name for p in self.parameters]
            wrong = sorted(given, key=str)[0]
            raise SettingError(
                f"{self.label} has no setting {shown(wrong)}{did_you_mean(wrong, known)} "
                f"(it has: {', '.join(known) or 'none'})."
            )
        return values


E = TypeVar("E", bound=Entry)


class Registry(Mapping[str, E], Generic[E]):
    """Entries of one type by name, in the order in which they are to be shown."""

    def __init__(self, what: str, entries: Sequence[E] = ()) -> None:
        self.what = what
        self._entries: dict[str, E] = {}
        for entry in entries:
            self.add(entry)

    def add(self, entry: E) -> E:
        """Append `entry`; a name already taken is a programming error."""
        if entry.name in self._entries:
            raise ValueError(f"{self.what} {entry.name!r} is registered twice")
        self._entries[entry.name] = entry
        return entry

    def __getitem__(self, name: str) -> E:
        try:
            return self._entries[name]
        except (KeyError, TypeError):  # a name from a file may be a list
            raise SettingError(
                f"There is no {self.what} {shown(name)}{did_you_mean(name, self._entries)}; "
                f"choose one of {', '.join(self._entries)}."
            ) from None

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and name in self._entries

    def get(self, name: str, default: Any = None) -> Any:
        return self._entries.get(name, default)

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)
