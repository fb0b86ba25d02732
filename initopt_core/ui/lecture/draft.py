"""What was typed in a window that closed before the server had it; assets/web/address_bar/draft.js
remembers it, and the next page of that browser hands it in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import streamlit as st

from initopt_core.lecture.scenes import MAX_NAME, MAX_TITLE, Lecture, Scene
from initopt_core.reading import SettingError
from initopt_core.ui.components import answers
from initopt_core.ui.components.address_bar import KEY

from . import desk

TITLE = "_lecture_title"
"""Key of the field with the lecture's title."""
MOST_KNOWN = 4
_HEARD = "_lecture_draft"
_FIELD = re.compile(r"scene-([a-z0-9-]*)-([0-9]{1,3})-(title|question|notes|link)")


def field(lecture: Lecture, number: int, name: str) -> str:
    """Key of a scene's field."""
    return f"scene-{lecture.name}-{number}-{name}"


def heard() -> str:
    """Id of the last draft that was handed in; empty for none."""
    return st.session_state.get(_HEARD, "")


def hear() -> None:
    """Callback: keep what was left, where the lecture is still as it was when that was typed."""
    left: Any = answers.answer(KEY, "draft")
    if not isinstance(left, Mapping):
        return
    name, key, text, known = (left.get(n) for n in ("id", "field", "text", "known"))
    if not (isinstance(name, str) and isinstance(key, str) and isinstance(text, str)):
        return
    first = name[:MAX_NAME] != heard()
    st.session_state[_HEARD] = name[:MAX_NAME]
    if first and isinstance(known, list) and keep(key, known[:MOST_KNOWN], text):
        st.rerun()


def keep(key: str, known: list[Any], text: str) -> bool:
    """Whether the text has come into the field: into one of this visitor's lectures that holds
    there what it had when the text was typed.

    Args:
        key: of the field.
        known: what it may hold.
        text: what was typed.
    """
    if key == TITLE:
        lecture, title = desk.own(), text.strip()
        fits = title and len(title) <= MAX_TITLE and lecture.title in known
        if not fits or title == lecture.title:
            return False
        desk.change(replace(lecture, title=title), "title")
        return True
    found = _FIELD.fullmatch(key)
    if found is None:
        return False
    number, name = int(found[2]), found[3]
    lecture = next((one for one in (desk.own(), *desk.mine()) if one.name == found[1]), None)
    scene = lecture.scene(number) if lecture else None
    if lecture is None or scene is None or getattr(scene, name) not in known:
        return False
    try:
        made = _with(scene, name, text)
    except SettingError:
        return False
    if made == scene:
        return False
    if lecture.name != desk.own().name:
        desk.take(lecture)
    desk.change(lecture.changed(number, made), (number, (name,)))
    return True


def _with(scene: Scene, name: str, text: str) -> Scene:
    """The scene with another text in this field.

    Raises:
        SettingError: for what does not fit.
    """
    if name != "link":
        return replace(scene, **{name: text})
    words = {n: getattr(scene, n) for n in ("question", "notes", "hides")}
    return Scene.at(text, scene.title, **words)
