"""Whether a scene's settings fit the page that it shows, tried by that page's own reading."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import Any

from initopt_core.lecture.scenes import Lecture, Scene
from initopt_core.reading import shown
from initopt_core.ui import address
from initopt_core.ui.link_names import meaningless
from initopt_core.ui.page import Laboratory
from initopt_core.ui.state import Reading

MOST = 10
"""Scenes of a file whose settings are told one by one."""


def misfits(scene: Scene) -> list[str]:
    """A sentence on each setting of the scene that its page would not take, and why."""
    lab, link = _laboratory(scene.page), dict(scene.settings)
    with address.trying(lab.name, link) as tried:
        reading = Reading()
        held = lab.read(reading)
    told = [
        f"“{name}={raw[:40]}” cannot be used. {why} {taken or 'Nothing'} is shown instead."
        for name, raw, taken, why in tried.refused
    ]
    unknown = meaningless(link, (*reading.table, *lab.links), lab.others)
    told += [f"{shown(name)} means nothing on its page." for name in unknown]
    return told + [problem.partition("\n")[0] for problem in _problems(held)]


def of_lecture(lecture: Lecture, numbers: Sequence[int] = ()) -> list[str]:
    """The same of all scenes: a line each, with its number and title.

    Args:
        numbers: of the scenes, as the file counts them from which some were left out.
    """
    counted = numbers or range(1, len(lecture.scenes) + 1)
    found = [
        f"Scene {number} (“{scene.title[:60]}”) is kept, but not all of its link fits: "
        f"{' '.join(told)}"
        for number, scene in zip(counted, lecture.scenes, strict=True)
        if (told := misfits(scene))
    ]
    more = len(found) - MOST
    return found[:MOST] + ([f"So it is with {more} more; each says it below."] * (more > 0))


def _laboratory(page: str) -> Laboratory:
    return import_module(f"initopt_core.ui.{page}.page").LAB  # with figures, when asked for


def _problems(held: Any) -> Sequence[str]:
    """Why values that can be read cannot be used together."""
    told = [*getattr(held, "problems", ()), getattr(held, "problem", "")]
    if getattr(held, "unusable_ranges", False):
        told.append("The ranges end before they begin: the usual ones are shown.")
    return [one for one in told if one]
