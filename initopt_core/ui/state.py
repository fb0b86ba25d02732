"""What controls hold: kept in the session and in the link, whether they are drawn or not.

A page reads all of its values first, draws its figures, and its controls last: the figure is what
the user waits for. A control in a closed menu costs nothing and still has its value. What a page
reads is also the table of its controls: `Reading` keeps every parameter with its name, its value
and the place where it is to be drawn.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

import streamlit as st

from initopt_core.registry import Entry, Parameter, Registry, SettingError
from initopt_core.wording import as_text, count, first_few, number

from . import address
from .link_names import meaningless, meant

E = TypeVar("E", bound=Entry)

MAX_TEXT = 400
CUT = "_page_cut"
"""Session key: whether the page's last whole run did not come to its end, or has only just, so that
the browser may not have what it sent."""
_NOTES, _ASKED, _SEEN = "_link_notes", "_link_asked", "_link_notes_seen"
_NOTE_SECONDS = 20
MOST_NOTES = 5


class Values(MutableMapping[str, Any]):
    """What the controls of the page on the screen hold, by name."""

    def __getitem__(self, name: str) -> Any:
        return address.values()[name]

    def __setitem__(self, name: str, value: Any) -> None:
        address.values()[name] = value

    def __delitem__(self, name: str) -> None:
        del address.values()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(address.values())

    def __len__(self) -> int:
        return len(address.values())


values = Values()


def kept(
    parameter: Parameter,
    name: str,
    say: Callable[[Any], str] | None = None,
    held: dict[str, Any] | None = None,
) -> Any:
    """The value of `name` on this page: the session's, at first the link's, else the default.

    A value of the link that cannot be used is noted for `notice_bad_links`; `say` turns the
    default into what people read there. `held` is the page's values where they are at hand.
    """
    held = address.values() if held is None else held
    if name in held:
        try:
            value = parameter.check(held[name])
        except SettingError:
            value = parameter.default
    else:
        value = _linked(parameter, name, say or said)
    held[name] = value
    return value


def _linked(parameter: Parameter, name: str, told: Callable[[Any], str]) -> Any:
    raw = address.link().get(name)
    if raw is None:
        return parameter.default
    try:
        value, unknown = parameter.usable(raw[:MAX_TEXT])
    except SettingError:
        value, unknown = parameter.default, [raw]
    for one in unknown:
        if address.is_tried():
            why = _why(parameter, one[:MAX_TEXT])
            address.held().refused.append(address.Refused(name, one, told(value), why))
        else:
            note_bad_link(name, one, told(value), control=name, held=value)
    return value


def _why(parameter: Parameter, raw: str) -> str:
    try:
        parameter.check(raw)
    except SettingError as problem:
        return str(problem)
    return ""


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
        implied: whether another name of the link says this value already, as a preset's does.
    """

    parameter: Parameter
    name: str
    value: Any
    group: str = ""
    undo: bool = True
    linked: bool = True
    options: Mapping[str, Any] = field(default_factory=dict)
    implied: bool = False


class Reading:
    """One reading of a page's controls; afterwards the link can be made to say the same.

    Names that an earlier reading had put into the link and this one does not know, such as another
    scheme's settings, leave the link.
    """

    def __init__(self) -> None:
        self.table: dict[str, Control] = {}
        self._held = address.values()

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
        value = kept(parameter, name, say, self._held)
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

    def imply(self, names: Iterable[str]) -> None:
        """Leave the values of these controls out of the link, which another name of it says."""
        for name in names:
            if name in self.table:
                self.table[name] = replace(self.table[name], implied=True)

    @property
    def values(self) -> dict[str, Any]:
        """What was read and can be taken back, by name."""
        return {name: c.value for name, c in self.table.items() if c.undo}

    def write_links(self, page: str) -> None:
        """Let the link of `page` hold what was read; after the figures, which people wait for."""
        linked = {name: c for name, c in self.table.items() if c.linked}
        known = address.held().linked
        left = [name for name in known.get(page, ()) if name not in linked]
        known[page] = tuple(linked)
        texts = {
            n: None if c.implied else link_of(c.value, c.parameter.default)
            for n, c in linked.items()
        }
        address.write_all(dict.fromkeys(left) | texts)


def link_text(value: Any) -> str:
    """`value` as the link holds it; `Parameter.check` reads it back."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (tuple, list)):
        return ",".join(map(str, value))
    return value if isinstance(value, str) else repr(value)


def said(value: Any) -> str:
    """`value` as people read it."""
    if isinstance(value, bool):
        return link_text(value)
    if isinstance(value, int):
        return count(value)
    if isinstance(value, float):
        return number(value)
    return ", ".join(map(str, value)) if isinstance(value, (tuple, list)) else str(value)


def write_link(name: str, value: Any, default: Any) -> None:
    """Put `value` into the URL under `name`, or take it out where it is the default."""
    address.write(name, link_of(value, default))


def link_of(value: Any, default: Any) -> str | None:
    """What the link holds of `value`; None where it is the default."""
    return None if value == default else link_text(value)


@dataclass(frozen=True)
class _Note:
    """What of a link could not be used, said from `since` on.

    Attributes:
        control: whose value what is taken instead is, as long as nobody has changed it; empty for
            what is no control's.
    """

    since: float
    text: str
    page: str
    control: str = ""
    held: Any = None

    def holds(self) -> bool:
        """Whether it still tells something of what is on the screen."""
        if time.monotonic() - self.since >= _NOTE_SECONDS:
            return False
        if not self.control:
            return True
        return self.page == address.page() and values.get(self.control) == self.held


def note_bad_link(
    name: str,
    raw: str,
    taken: str = "",
    *,
    control: str = "",
    held: Any = None,
    meant: str = "",
) -> None:
    """Remember that the link's value for `name` could not be used.

    Args:
        taken: what is taken instead; empty where it is nothing.
        control, held: whose value this is instead: the note goes when it has another.
        meant: what it may have been meant to be.
    """
    end = f"{taken} is taken instead" if taken else "it is left out"
    near = f"; did you mean “{as_text(meant)}”? Now" if meant else ";"
    text = f"“{as_text(name)}={as_text(raw[:40])}” in the link cannot be used{near} {end}."
    _note(_Note(time.monotonic(), text, address.page(), control, held))


def note_unknown(known: Mapping[str, str], others: str = "") -> None:
    """Remember, once for every link, which of its names mean nothing on this page, and take them
    out of it: the address says what is shown.

    Args:
        known: names that the page reads, and what people call them.
        others: see `meaningless`.
    """
    asked = address.page(), address.epoch()
    if st.session_state.get(_ASKED) == asked:
        return
    st.session_state[_ASKED] = asked
    for name in meaningless(list(st.query_params), known, others):
        near = meant(name, known)
        end = f"{near}?" if near else "."
        text = f"“{as_text(name[:40])}” in the link means nothing on this page{end}"
        _note(_Note(time.monotonic(), text, address.page()))
        address.write(name, None)


def _note(note: _Note) -> None:
    st.session_state.setdefault(_NOTES, []).append(note)


def chosen(name: str, value: Any, on_change: Callable[[], None] | None = None) -> None:
    """Callback of every control: the visitor has chosen `value` for `name`."""
    values[name] = value
    drop_notes()
    if on_change:
        on_change()


def drop_notes() -> None:
    """Callback: the visitor has changed something; what the link could not say is the past."""
    st.session_state.pop(_NOTES, None)


def notes_are_old() -> bool:
    """Whether the screen has notes that have been dropped."""
    return bool(st.session_state.get(_SEEN)) and _NOTES not in st.session_state


def notes() -> list[str]:
    """What there is to be told of the opened link."""
    held: list[_Note] = st.session_state.get(_NOTES, [])
    return [note.text for note in held if note.holds()]


def notice_bad_links(container: Any = st) -> None:
    """One quiet line on what of the opened link could not be used, for a while: until the first
    change at the latest."""
    fresh = first_few(notes(), MOST_NOTES)
    st.session_state[_SEEN] = bool(fresh)
    if fresh:
        told = container.container(key="link-notes")  # in a hall it has its place below
        told.caption(":material/link_off: " + " ".join(fresh))
