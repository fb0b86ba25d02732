"""A lecture as one small JSON file, written and read strictly: a scene that does not fit is told,
and all others are kept. A field that is not known, such as a later version writes, is told and left
out; its scene is kept.

    {"lecture": "My lecture", "version": 1, "scenes": [
      {"title": "Constant weights", "link": "/initialization?scheme=constant",
       "question": "…", "notes": "…", "hides": true}]}
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from initopt_core.reading import SettingError, did_you_mean, fields_once, shown

from .scenes import MAX_SCENES, MAX_TITLE, Lecture, Scene, name_of

VERSION = 1
MAX_MEGABYTES = 1
"""Of a file: 200 scenes with all that may be said of them. A megabyte is 2^20 bytes here, as it is
for what the page's field says."""
MAX_BYTES = MAX_MEGABYTES << 20
MAX_FIELD = 40
"""Letters of an unknown field's name that are repeated."""
_FORM = '{"lecture": "A title", "version": 1, "scenes": [{"title": …, "link": …}]}'
_KINDS = {list: "list", str: "text", int: "number", float: "number", bool: "truth value"}
_WHOLE = ("lecture", "version", "scenes")
_FIELDS = ("title", "link", "question", "notes", "hides")


def text_of(lecture: Lecture) -> str:
    """The file's text."""
    scenes = []
    for scene in lecture.scenes:
        told: dict[str, Any] = {"title": scene.title, "link": scene.link}
        told |= {n: getattr(scene, n) for n in ("question", "notes") if getattr(scene, n)}
        scenes.append(told | ({"hides": True} if scene.hides else {}))
    whole = {"lecture": lecture.title, "version": VERSION, "scenes": scenes}
    return json.dumps(whole, ensure_ascii=False, indent=2) + "\n"


class Opened(NamedTuple):
    """What a file holds.

    Attributes:
        lecture: its scenes that fit.
        problems: a sentence on each scene that does not fit and was left out.
        numbers: of the scenes that fit, as they are counted in the file, from 1.
        unknown: a sentence on each field that is not known and was left out.
    """

    lecture: Lecture
    problems: list[str]
    numbers: tuple[int, ...]
    unknown: list[str]


def read(data: bytes | str) -> tuple[Lecture, list[str]]:
    """The lecture of a file, and a sentence on each scene that does not fit and was left out.

    Raises:
        SettingError: where there is no lecture at all in it.
    """
    found = opened(data)
    return found.lecture, found.problems


def opened(data: bytes | str) -> Opened:
    """The same, and which scenes of the file they are.

    Raises:
        SettingError: where there is no lecture at all in it.
    """
    if len(data) > MAX_BYTES:
        raise SettingError(f"This file is larger than {MAX_MEGABYTES} MB: no lecture is.")
    whole = _parsed(data)
    given, title = whole.get("scenes"), whole.get("lecture")
    if not isinstance(given, list) or not isinstance(title, str):
        raise SettingError(
            f"This is no lecture: it needs a “lecture”, its title, and “scenes”, a list: {_FORM}."
        )
    version = whole.get("version")
    if version != VERSION or isinstance(version, bool):
        raise SettingError(
            f"This lecture has version {shown(version)}; this program reads version {VERSION}."
        )
    scenes, problems, numbers = [], [], []
    fields: dict[str, list[str]] = {}
    for number, one in enumerate(given, 1):
        if len(scenes) >= MAX_SCENES:
            more = number < len(given)
            which = f"Scenes {number} to {len(given)} were" if more else f"Scene {number} was"
            problems.append(f"{which} left out: a lecture has at most {MAX_SCENES} scenes.")
            break
        try:
            scenes.append(_scene(one))
            numbers.append(number)
            for name in (n for n in one if n not in _FIELDS):
                fields.setdefault(name, []).append(_called(number, one))
        except SettingError as problem:
            problems.append(f"{_called(number, one)} was left out: {problem}")
    title = title.strip()[:MAX_TITLE] or "Lecture"
    unknown = [_unknown(name, _WHOLE, ["The lecture"]) for name in whole if name not in _WHOLE]
    unknown += [_unknown(name, _FIELDS, which) for name, which in fields.items()]
    lecture = Lecture(name_of(title), title, tuple(scenes))
    return Opened(lecture, problems, tuple(numbers), unknown)


def _called(number: int, one: Any) -> str:
    """A scene by its number and title."""
    title = one.get("title") if isinstance(one, Mapping) else None
    return f"Scene {number}" + (f" (“{title[:60]}”)" if isinstance(title, str) and title else "")


def _unknown(name: str, known: Sequence[str], which: Sequence[str]) -> str:
    """What is said of a field that `which` have."""
    near = did_you_mean(name, known)
    where = which[0] if len(which) == 1 else f"{len(which)} scenes, first {which[0]}"
    short = name if len(name) <= MAX_FIELD else f"{name[: MAX_FIELD - 1]}…"
    said = f"{where}: “{short}” is not known to this version and was left out"
    return f"{said}{near}?" if near else f"{said}."


def _parsed(data: bytes | str) -> Mapping[str, Any]:
    try:
        text = data.decode("utf-8-sig") if isinstance(data, bytes) else data
    except UnicodeDecodeError:
        raise SettingError("This file is no text in UTF-8.") from None
    if not text.strip():
        raise SettingError("The file is empty.")
    try:
        whole = json.loads(text, object_pairs_hook=fields_once)
    except RecursionError:
        raise SettingError("This is no lecture: it is nested too deeply.") from None
    except ValueError as problem:
        raise SettingError(f"This file is not JSON that can be read: {problem}.") from None
    if not isinstance(whole, Mapping):
        raise SettingError(
            f"This is no lecture: a {_KINDS.get(type(whole), 'value')} stands where an object is "
            f"expected, {_FORM}."
        )
    return whole


def _scene(one: Any) -> Scene:
    if not isinstance(one, Mapping):
        raise SettingError(f"{shown(one)} is no scene.")
    for name in ("title", "link"):
        if name not in one:
            raise SettingError(f"it has no {name}.")
    for name in _FIELDS[:-1]:
        if not isinstance(one.get(name, ""), str):
            raise SettingError(f"its {name} is no text: {shown(one[name])}.")
    if not isinstance(hides := one.get("hides", False), bool):
        raise SettingError(f"its “hides” is neither true nor false: {shown(hides)}.")
    words = {name: one.get(name, "") for name in ("question", "notes")}
    return Scene.at(one["link"], one["title"], **words, hides=hides)
