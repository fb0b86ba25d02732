"""Whether a scene's settings fit the page that it shows, tried by that page's own reading."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from importlib import import_module
from typing import Any

from initopt_core.lecture.scenes import COURSE, LABORATORIES, Lecture, Scene
from initopt_core.reading import nearest, shown
from initopt_core.ui import address
from initopt_core.ui.link_names import meaningless
from initopt_core.ui.page import Laboratory
from initopt_core.ui.state import Reading
from initopt_core.wording import first_few

MOST = 10
"""Scenes of a file whose settings are told one by one."""


def misfits(scene: Scene) -> list[str]:
    """A sentence on each setting of the scene that its page would not take, and why."""
    link = dict(scene.settings)
    if scene.page not in LABORATORIES:
        return _of_page(scene, link)
    lab = laboratory(scene.page)
    with address.trying(lab.name, link) as tried:
        reading = Reading()
        held = lab.read(reading)
    told = [
        f"“{name}={raw[:40]}” cannot be used. {why} {taken or 'Nothing'} is shown instead."
        for name, raw, taken, why in tried.refused
    ]
    told += _unknown(link, (*reading.table, *lab.links), lab.others)
    return told + [problem.partition("\n")[0] for problem in _problems(held)]


def _unknown(link: Iterable[str], known: Collection[str] = (), others: str = "") -> list[str]:
    unknown = meaningless(link, known, others)
    return [f"{shown(name)} means nothing on its page." for name in unknown]


def _of_page(scene: Scene, link: Iterable[str]) -> list[str]:
    """Of a page that has no settings."""
    told = _unknown(link)
    if scene.page == COURSE and scene.figure:
        from initopt_core.figures import gallery  # with PyTorch: not before it is asked for
        from initopt_core.ui.server.dataset import get_dataset

        if scene.figure not in (names := gallery.items(get_dataset())):
            near = nearest(scene.figure, names)
            meant = f"; did you mean {shown(near)}? Now all" if near else "; all"
            told.append(f"There is no figure {shown(scene.figure)}{meant} are shown instead.")
    if scene.hides and not scene.covers:
        what = "All figures together have" if scene.page == COURSE else "Home has"
        told.append(f"{what} no answer to cover: nothing is hidden.")
    return told


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
    return first_few(found, MOST, "; each says it below")


def laboratory(page: str) -> Laboratory:
    """That of a page."""
    return import_module(f"initopt_core.ui.{page}.page").LAB  # with figures, when asked for


def _problems(held: Any) -> Sequence[str]:
    """Why values that can be read cannot be used together."""
    told = [*getattr(held, "problems", ()), getattr(held, "problem", "")]
    if getattr(held, "unusable_ranges", False):
        told.append("The ranges end before they begin: the usual ones are shown.")
    return [one for one in told if one]
