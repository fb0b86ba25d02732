"""Scenes on the stage: which one is shown, and the way to the next.

A scene of the same page only sets its controls, as Back does; another page is switched to with the
scene's link. The link names lecture and scene, so that a reload shows the same.
"""

from __future__ import annotations

import hashlib
import html
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import streamlit as st

from initopt_core.lecture.scenes import HOME, MAX_NAME, PAGES, SCENES, Lecture, Scene
from initopt_core.reading import SettingError
from initopt_core.ui import address, stage, state
from initopt_core.ui.components import answers
from initopt_core.ui.components.address_bar import address_bar
from initopt_core.ui.components.stage_bar import KEY

from . import agenda, ahead, desk, draft


def bar(title: str) -> None:
    """What stands in the head of every page, whose title this is; in a hall with its scene."""
    _arrive()
    add = desk.add_scene if _page() in PAGES else None
    scene = _told() if stage.is_on() else {}
    if stage.is_on():
        _keep_covered(scene)
        _follow()
    address_bar(
        title, scene, asked=ASKED, add=add, said=desk.said, hear=draft.hear, heard=draft.heard
    )


def _page() -> str:
    """The page on the screen, as scenes name it."""
    return address.page() or HOME


def _keep_covered(scene: Mapping[str, Any]) -> None:
    """A plain rule that comes with the page: nothing of a scene that hides is seen before the line
    at the top, whose script may come late or never, has met this scene. It is always sent, so that
    no scene keeps that of the one before it."""
    mark = html.escape(scene.get("mark", ""))
    unseen = f"html:not([data-met='{mark}']) {{ --before-cover: 0; }}"
    st.html(
        "<style>" + (unseen if scene.get("hides") else "html { --before-cover: 1; }") + "</style>"
    )


def _follow() -> None:
    """The list of scenes marks this one; while it is shown, the server computes what those after it
    show."""
    lecture, number = _shown(), stage.now().scene
    if lecture is None:
        return
    if lecture.scene(number):
        agenda.left(lecture, number)
    ahead.READY.wish(lecture.scenes[number : number + ahead.SCENES])


def open_scene(lecture: Lecture, number: int) -> None:
    """Show this scene, in lecture mode; the script ends here."""
    scene = lecture.scene(number)
    if scene is None:
        return
    presented = {"lecture": lecture.name, "scene": str(number)}
    if scene.figure:
        presented["figure"] = scene.figure
    link: dict[str, Any] = {}
    for name, value in scene.settings:
        link.setdefault(name, []).append(value)
    link |= presented
    if scene.page != _page():
        address.turn_to(scene.page, link)
    address.go(link)
    st.rerun()


def _arrive() -> None:
    """A link may name a lecture alone, a scene without its settings, or what is not here."""
    now, by_link = stage.now(), stage.by_link()
    if now.lecture in ("", stage.ON):
        return
    lecture = desk.find(now.lecture)
    if lecture is None or not lecture.scenes:
        # A scene's view is in the link, and fit for a hall; a lecture's name alone shows nothing,
        # nor does the list of its scenes.
        shows = now.scene > 0 and _page() != SCENES
        state.note_bad_link("lecture", now.lecture, "lecture mode without scenes" if shows else "")
        stage.write(stage.Stage(stage.ON, figure=now.figure) if shows else stage.Stage())
    elif now.scene == 0:
        if _page() != SCENES:  # which shows all of it
            open_scene(lecture, 1)
    elif lecture.scene(now.scene) is None:
        state.note_bad_link("scene", str(now.scene), str(len(lecture.scenes)))
        open_scene(lecture, len(lecture.scenes))
    elif by_link and _names_alone(lecture, now):
        open_scene(lecture, now.scene)


def _names_alone(lecture: Lecture, now: stage.Stage) -> bool:
    """Whether the link names the scene and nothing of what it shows, as one that is typed does; a
    copied link holds the view, which the lecturer may have changed."""
    scene = lecture.scene(now.scene)
    if scene is None or scene.page != _page():
        return scene is not None
    bare = not address.settings_of(st.query_params)
    return bare and bool(scene.settings or (scene.figure and not now.figure))


def _told() -> dict[str, Any]:
    """What the line at the top says of the present scene; nothing where there is none."""
    lecture, number = _shown(), stage.now().scene
    if lecture is None:
        return {}
    if _page() == SCENES and not number:  # the first scene is the next
        return {
            "lecture": lecture.name,
            "title": lecture.title,
            "number": 0,
            "count": len(lecture.scenes),
        }
    scene = lecture.scene(number)
    if scene is None:
        return {}
    following = lecture.scene(number + 1)
    return {
        "lecture": lecture.name,
        "title": scene.title,
        "page": scene.page,
        "figure": scene.figure,
        "question": scene.question,
        "notes": scene.notes,
        "hides": scene.covers,
        "number": number,
        "count": len(lecture.scenes),
        "next": following.title if following else "",
        "ahead": _ahead(scene, following),
        "mark": _mark(lecture, number),
    }


def _ahead(scene: Scene, following: Scene | None) -> str:
    """What the page may make ready for the next scene: "solid", a landscape; empty for nothing."""
    if following is None or following.page != scene.page:
        return ""
    return "solid" if ("solid", "true") in following.settings else ""


def _shown() -> Lecture | None:
    """The lecture whose scenes the keys lead through."""
    now = stage.now()
    if _page() == SCENES and now.on and not now.scene:
        return agenda.lecture()
    return desk.find(now.lecture) if now.lecture != stage.ON else None


def _mark(lecture: Lecture, number: int) -> str:
    """What tells this scene from others, in letters that a style sheet may hold."""
    told = f"{lecture.name} {number} {lecture.scenes[number - 1]!r}"
    return hashlib.blake2s(told.encode(), digest_size=8).hexdigest()


def _go() -> None:
    """Callback: the browser asks for another scene."""
    lecture, wanted = _shown(), answers.finite(answers.answer(KEY, "go"))
    if lecture is not None and wanted is not None:
        open_scene(lecture, int(wanted))


def _agenda() -> None:
    """Callback: all scenes of the lecture are wanted."""
    if (lecture := _shown()) is not None and lecture.scenes:
        address.turn_to(SCENES, {"lecture": lecture.name})


def _figure() -> None:
    """Callback: one of the page's figures is wanted."""
    name = answers.answer(KEY, "figure")
    if isinstance(name, str) and stage.is_on():
        with suppress(SettingError):  # it is none of the page's
            stage.show_figure(name[:MAX_NAME])
            st.rerun()


def _open_page() -> None:
    """Callback: another page is wanted, as it is on a stage."""
    page = answers.answer(KEY, "page")
    if page in PAGES and stage.is_on():
        address.turn_to(page)


ASKED = {"go": _go, "agenda": _agenda, "figure": _figure, "page": _open_page}
"""What the line at the top asks for -> what is done then."""
