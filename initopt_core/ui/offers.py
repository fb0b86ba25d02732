"""What the page on the screen has to export: its "Export" menus, for the zip of all of them."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from initopt_core.registry import Parameter

_HELD = "_export_offers"


@dataclass(frozen=True)
class Told:
    """What files say of the figures in a part of a page.

    Attributes:
        caption: the settings in words.
        settings: as they leave in a file, as far as a figure does not hold them itself.
        title: in place of the page's.
        place: what the page's link says where it shows them; an empty value is not said.
    """

    caption: str = ""
    settings: Mapping[str, Any] = field(default_factory=dict)
    title: str = ""
    place: Mapping[str, str] = field(default_factory=dict)


NOTHING = Told()
_TOLD: ContextVar[Told] = ContextVar("what is told of figures", default=NOTHING)
_PART: ContextVar[str] = ContextVar("part of the page that is being drawn", default="")


def offers() -> dict[str, Any]:
    """A menu's key -> what it offers; always the same object: a menu that is drawn before others
    knows theirs, too, when its button is pressed."""
    return st.session_state.setdefault(_HELD, {})


def begin(prefix: str = "") -> None:
    """Forget what the page has offered: all of it, or what a part that is drawn anew has, whose
    keys begin so."""
    held = offers()
    for key in [key for key in held if key.startswith(prefix)]:
        del held[key]


@contextlib.contextmanager
def drawn_in(part: str) -> Iterator[None]:
    """Menus within belong to the part of the page that has this key."""
    before = _PART.set(part)
    try:
        yield
    finally:
        _PART.reset(before)


def present_part() -> str:
    """The key of the part that is being drawn; empty outside of parts. A change may leave it as it
    was drawn for an earlier setting, so it is drawn anew when a menu in it is opened."""
    return _PART.get()


@contextlib.contextmanager
def telling(
    caption: str, settings: Mapping[str, Any], title: str = "", place: Mapping[str, str] = {}
) -> Iterator[None]:
    """Files of figures within say so."""
    before = _TOLD.set(Told(caption, settings, title, place))
    try:
        yield
    finally:
        _TOLD.reset(before)


def told() -> Told:
    """What files say of the figures that are being drawn."""
    return _TOLD.get()


def inside(choice: Parameter, part: str) -> dict[str, str]:
    """Where the page's link shows what stands in this part of it, for `Told.place`."""
    return {choice.name: choice.check(part)}
