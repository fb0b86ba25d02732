"""What controls hold: kept in the session and in the link, whether they are drawn or not.

A page reads all of its values first, draws its figures, and its controls last: the figure is what
the user waits for. A control in a closed menu costs nothing and still has its value. What a page
reads is also the table of its controls: `Reading` keeps every parameter with its name, its value
and the place where it is to be drawn.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

import streamlit as st

from initopt_core.registry import Entry, Parameter, Registry, SettingError

from . import address

E = TypeVar("E", bound=Entry)

MAX_TEXT = 400
CUT = "_page_cut"
"""Session key: whether the page's last whole run did not come to its end, so that the browser may
not have what it sent."""
_NOTES = "_link_notes"
_NOTE_SECONDS = 20


class Values(MutableMapping[str, Any]):
    """What the controls of the page on the screen hold, by name."""

    def __getitem__(self, name: str) -> Any:
        return st.session_state[address.session_key(name)]

    def __setitem__(self, name: str, value: Any) -> None:
        st.session_state[address.session_key(name)] = value

    def __delitem__(self, name: str) -> None:
        del st.session_state[address.session_key(name)]

    def __iter__(self) -> Iterator[str]:
        start = address.session_key("")
        names = [k for k in st.session_state if isinstance(k, str) and k.startswith(start)]
        return (name.removeprefix(start) for name in names)

    def __len__(self) -> int:
        return sum(1 for _ in self)


values = Values()


def kept(parameter: Parameter, name: str, say: Callable[[Any], str] | None = None) -> Any:
    """The value of `name` on this page: the session's, at first the link's, else the default.

    A value of the link that cannot be used is noted for `notice_bad_links`; `say` turns the
    default into what people read there.
    """
    if name in values:
        try:
            value = parameter.check(values[name])
        except SettingError:
            value = parameter.default
    else:
        value = _linked(parameter, name, say or link_text)
    values[name] = value
    return value


def _linked(parameter: Parameter, name: str, told: Callable[[Any], str]) -> Any:
    raw = st.query_params.get(name)
    if raw is None:
        return parameter.default
    try:
        value, unknown = parameter.usable(raw[:MAX_TEXT])
    except SettingError:
        note_bad_link(parameter.label, raw, told(parameter.default))
        return parameter.default
    for one in unknown:
        note_bad_link(parameter.label, one, told(value))
    return value


@dataclass(frozen=True)
class Control:
    """One control of a page as it was read.

    Attributes:
        parameter: its range and default.
        name: session and link name.
        value: what it holds.
        group: where it is drawn; empty for what is drawn otherwise or not at all.
        undo: whether a change of it can be taken back; not what is only looked at otherwise.
        linked: whether the link holds it; not what another control says as well.
        options: of its widget, among them `answers`: what a change draws anew.
    """

    parameter: Parameter
    name: str
    value: Any
    group: str = ""
    undo: bool = True
    linked: bool = True
    options: Mapping[str, Any] = field(default_factory=dict)


class Reading:
    """One reading of a page's controls; afterwards the link can be made to say the same.

    Names that an earlier reading had put into the link and this one does not know, such as another
    scheme's settings, leave the link.
    """

    def __init__(self) -> None:
        self.table: dict[str, Control] = {}

    def __call__(
        self,
        parameter: Parameter,
        name: str = "",
        say: Callable[[Any], str] | None = None,
        *,
        group: str = "",
        undo: bool = True,
        linked: bool = True,
        **options: Any,
    ) -> Any:
        """The value of one control, at present; `say` tells people what a value means."""
        name = name or parameter.name
        value = kept(parameter, name, say)
        if say is not None:
            options["format_func"] = say
        self.table[name] = Control(parameter, name, value, group, undo, linked, options)
        return value

    def entry(
        self, registry: Registry[E], label: str, name: str, default: str, **options: Any
    ) -> E:
        """One entry of a registry: people read its label, the link holds its name."""
        choice = Parameter(name, label, default, choices=tuple(registry))
        return registry[self(choice, name, lambda n: registry[n].label, **options)]

    def settings(self, entry: Entry, prefix: str, **options: Any) -> dict[str, Any]:
        """All parameters of `entry`; their names are `prefix` + parameter name."""
        return {p.name: self(p, prefix + p.name, **options) for p in entry.parameters}

    def group(self, name: str) -> list[Control]:
        """The controls that are drawn in one place."""
        return [control for control in self.table.values() if control.group == name]

    @property
    def values(self) -> dict[str, Any]:
        """What was read and can be taken back, by name."""
        return {name: c.value for name, c in self.table.items() if c.undo}

    def write_links(self, page: str) -> None:
        """Let the link of `page` hold what was read; after the figures, which people wait for."""
        before = st.session_state.get(f"_linked_{page}", ())
        linked = {name: c for name, c in self.table.items() if c.linked}
        for name in before:
            if name not in linked:
                address.write(name, None)
        for name, control in linked.items():
            write_link(name, control.value, control.parameter.default)
        st.session_state[f"_linked_{page}"] = tuple(linked)


def link_text(value: Any) -> str:
    """`value` as the link holds it; `Parameter.check` reads it back."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (tuple, list)):
        return ",".join(map(str, value))
    return value if isinstance(value, str) else repr(value)


def write_link(name: str, value: Any, default: Any) -> None:
    """Put `value` into the URL under `name`, or take it out where it is the default."""
    address.write(name, None if value == default else link_text(value))


def note_bad_link(label: str, raw: str, default: str) -> None:
    """Remember that the link's value for `label` could not be used, and what is taken instead."""
    text = f"The link's {label.lower()} “{raw[:40]}” cannot be used; it is {default or 'none'} now."
    st.session_state.setdefault(_NOTES, []).append((time.monotonic(), text))


def notice_bad_links(container: Any = st) -> None:
    """One quiet line on the values of the opened link that could not be used, for a while."""
    notes: list[tuple[float, str]] = st.session_state.get(_NOTES, [])
    fresh = [text for since, text in notes if time.monotonic() - since < _NOTE_SECONDS]
    if fresh:
        container.caption(":material/link_off: " + " ".join(fresh))
