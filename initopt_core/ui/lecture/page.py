"""The page Scenes: the built-in story, and the lecture that this visitor writes."""

from __future__ import annotations

import html
from dataclasses import replace
from functools import partial
from typing import Any

import streamlit as st

from initopt_core.lecture import files
from initopt_core.lecture.scenes import (
    MAX_NOTES,
    MAX_QUESTION,
    MAX_TITLE,
    Lecture,
    Scene,
    followed,
)
from initopt_core.lecture.tutorial import TUTORIAL
from initopt_core.reading import SettingError
from initopt_core.ui import stage
from initopt_core.ui.layout import enter, page_header, tell_of_link
from initopt_core.wording import as_text, first_few, many

from . import agenda, desk, draft, fitting, present

_CHOSEN, _START, _TOLD, _UPLOAD, _UNFIT, _TITLED = (
    f"_lecture_{n}" for n in ("chosen", "start", "told", "upload", "unfit", "titled")
)
_TITLE = draft.TITLE
PAUSE = "1s"
"""Of typing, after which a field is kept though it is not left; assets/web/address_bar/pause.js
does the same for the notes."""
MOST = 5
"""Scenes and fields of a file that are told one by one to be left out."""
FIELDS = {
    "title": "Title",
    "question": "Question",
    "notes": "Notes for the speaker",
    "hides": "Cover the figure until Enter reveals it",
    "link": "Link of the view",
}
"""Of a scene, with their labels."""


def show() -> None:
    """The whole page."""
    if start := st.session_state.pop(_START, None):
        present.open_scene(*start)
    if stage.is_on():
        enter()
        tell_of_link()
        agenda.show()
        with st.container(key="stage-more"):
            _desk()
    else:
        _desk()


def _desk() -> None:
    """What is below the list on a stage, and brought by a key there."""
    page_header(
        "Scenes",
        "Views of all pages in an order, each with a question and notes for you. On stage: arrow "
        "keys, Space, Page Up and Page Down or a swipe lead on and back, Enter reveals what is "
        "covered, C brings the controls, Escape tucks them away, B makes the screen black.",
        told=stage.is_on(),
    )
    left, right = st.columns(2, gap="large")
    with left:
        _built_in()
    with right:
        _own()


def _start(lecture: Lecture, number: int = 1) -> None:
    """Callback: onto the stage, in the run that follows."""
    st.session_state[_START] = (lecture, number)


def _built_in() -> None:
    st.header("The tutorial's story", anchor=False)
    with st.container(horizontal=True):
        st.button(
            "Start", icon=":material/play_arrow:", type="primary", key="lecture-start",
            on_click=_start, args=(TUTORIAL,),
        )  # fmt: skip
        st.button(
            "Copy it to edit", icon=":material/content_copy:", key="lecture-copy", on_click=_copy
        )
    st.html(_listed(TUTORIAL))


def _listed(lecture: Lecture) -> str:
    rows = (
        f"<li><b>{html.escape(s.title)}</b><br>{html.escape(s.question)}"
        f"{' <em>(covered until revealed)</em>' if s.hides else ''}</li>"
        for s in lecture.scenes
    )
    return f'<ol class="scenes">{"".join(rows)}</ol>'


def _copy() -> None:
    """Callback: the built-in scenes as an own lecture, whose title says what it is."""
    title = f"Copy of {TUTORIAL.title}"[:MAX_TITLE]
    desk.open_new(replace(desk.FIRST, title=title, scenes=TUTORIAL.scenes))
    st.session_state[_CHOSEN] = 1


# -- the own lecture ------------------------------------------------------------------------------
def _own() -> None:
    lecture = desk.own()
    st.header("Your lecture", anchor=False)
    _which(lecture)
    with st.container(horizontal=True):
        st.button(
            "Start", icon=":material/play_arrow:", type="primary", key="lecture-start-own",
            on_click=_start, args=(lecture,), disabled=not lecture.scenes,
        )  # fmt: skip
        st.button(
            "Undo", icon=":material/undo:", key="lecture-undo", on_click=_undo,
            disabled=not desk.can_undo(), help="Takes back the last change of this lecture.",
        )  # fmt: skip
        st.download_button(
            "Download", files.text_of(lecture), file_name=f"{lecture.name or 'lecture'}.json",
            mime="application/json", icon=":material/download:", on_click="ignore",
            disabled=not lecture.scenes, key="lecture-download",
        )  # fmt: skip
    if told := desk.problem():
        st.warning(as_text(told), icon=":material/error:")
    if lines := st.session_state.get(_TOLD, ("", ()))[1]:
        mark = "- " * (len(lines) > 1)
        st.warning("\n".join(f"{mark}{as_text(line)}" for line in lines), icon=":material/error:")
    if not lecture.scenes:
        st.info(
            "It has no scenes yet. Open a laboratory, set what you want to show, and press "
            "**Share**, **Add as a scene**; or copy the tutorial's story, or open a file.",
            icon=":material/slideshow:",
        )
    else:
        _scenes(lecture)
    _upload()


def _which(lecture: Lecture) -> None:
    """Name of the lecture, and the way to others of this visitor."""
    shown = st.session_state.get(_TITLE, "").strip()
    emptied = not shown and st.session_state.get(_TITLED) == lecture.name  # to be typed anew
    if shown != lecture.title and not emptied:
        st.session_state[_TITLE] = lecture.title
    st.session_state[_TITLED] = lecture.name
    st.text_input(
        "Title of the lecture", max_chars=MAX_TITLE, key=_TITLE, live=PAUSE, on_change=_titled
    )
    others = [one for one in desk.mine() if one.name != lecture.name]
    if not (others or lecture.scenes):
        return
    with st.popover("Other lectures", icon=":material/folder_open:"):
        for one in others:
            st.button(
                as_text(_told_apart(one)),
                key=f"lecture-{one.name}",
                on_click=desk.take, args=(one,), width="stretch",
            )  # fmt: skip
        st.button(
            "Begin a new one", icon=":material/add:", on_click=desk.take, args=(desk.FIRST,),
            width="stretch",
        )  # fmt: skip


def _titled() -> None:
    """Callback: the lecture's title was typed."""
    title, lecture = st.session_state.get(_TITLE, "").strip(), desk.own()
    if title and title != lecture.title:
        desk.change(replace(lecture, title=title), "title")


def _told_apart(lecture: Lecture) -> str:
    """A lecture's title with what tells it from others of the same name."""
    first = f", first “{lecture.scenes[0].title}”" if lecture.scenes else ""
    return f"{lecture.title} ({many(len(lecture.scenes), 'scene')}{first})"


def _scenes(lecture: Lecture) -> None:
    """The list, and the chosen scene's words, place and link."""
    count = len(lecture.scenes)
    chosen = st.session_state.get(_CHOSEN)  # a socket may send anything
    st.session_state[_CHOSEN] = min(chosen, count) if isinstance(chosen, int) and chosen else 1
    number = st.radio(
        "Scenes",
        range(1, count + 1),
        format_func=lambda n: f"{n}. {as_text(lecture.scenes[n - 1].title)}",
        key=_CHOSEN,
    )
    number = number or 1
    with st.container(horizontal=True):
        for label, icon, act, off in (
            ("Up", "arrow_upward", partial(_move, number, -1), number == 1),
            ("Down", "arrow_downward", partial(_move, number, 1), number == count),
            ("Delete", "delete", partial(_delete, number), False),
            ("Show", "play_arrow", partial(_start, lecture, number), False),
        ):
            st.button(
                label, icon=f":material/{icon}:", key=f"scene-{label}", on_click=act, disabled=off
            )
    _words(lecture, number)


def _move(number: int, by: int) -> None:
    """Callback."""
    desk.change(desk.own().moved(number, by))
    st.session_state[_CHOSEN] = number + by


def _delete(number: int) -> None:
    """Callback: Undo brings it back."""
    desk.change(desk.own().without(number))
    st.session_state[_CHOSEN] = max(1, min(number, len(desk.own().scenes)))


def _undo() -> None:
    """Callback: the chosen scene stays chosen, wherever it stands then."""
    before, number = desk.own(), st.session_state.get(_CHOSEN)
    desk.undo()
    st.session_state.pop(_UNFIT, None)
    if isinstance(number, int):
        st.session_state[_CHOSEN] = followed(before, desk.own(), number)


def _words(lecture: Lecture, number: int) -> None:
    """The scene's fields. What is typed is kept at a pause and when it is left, so that nothing of
    it is lost when another scene is chosen or the page is loaded anew; Undo leads back."""
    scene = lecture.scenes[number - 1]
    keys = {name: draft.field(lecture, number, name) for name in FIELDS}
    unfit = st.session_state.get(_UNFIT)
    if unfit is None or unfit[0] != (lecture.name, number):
        st.session_state.pop(_UNFIT, None)
        unfit = None
        if not _says(keys, scene):  # else the field is left as it is, as somebody may be typing on
            for name, key in keys.items():
                st.session_state[key] = getattr(scene, name)
    field = {
        name: {"label": FIELDS[name], "key": key, "on_change": _kept, "args": (number, keys)}
        for name, key in keys.items()
    }
    with st.container(border=True, key="scene-words"):
        st.text_input(**field["title"], max_chars=MAX_TITLE, live=PAUSE)
        st.text_input(**field["question"], max_chars=MAX_QUESTION, live=PAUSE)
        st.text_area(**field["notes"], max_chars=MAX_NOTES, height=110)
        st.toggle(**field["hides"])
        st.text_input(
            **field["link"], live=PAUSE, help="Paste the address of a page that shows it."
        )
        if unfit is not None:
            st.error(as_text(f"Scene {number}: {unfit[1]}"), icon=":material/error:")
        elif told := fitting.misfits(scene):
            st.warning(as_text(" ".join(told)), icon=":material/link_off:")


def _given(keys: dict[str, str]) -> Scene | None:
    """The scene that the fields say; None where a socket has named fields that are gone.

    Raises:
        SettingError: for what does not fit.
    """
    if not all(key in st.session_state for key in keys.values()):
        return None
    given: dict[str, Any] = {name: st.session_state[key] for name, key in keys.items()}
    return Scene.at(given.pop("link"), given.pop("title"), **given)


def _says(keys: dict[str, str], scene: Scene) -> bool:
    """Whether the fields say this scene."""
    try:
        return _given(keys) == scene
    except SettingError:
        return False


def _kept(number: int, keys: dict[str, str]) -> None:
    """Callback: a field was changed; what does not fit is told and stays to be mended."""
    lecture = desk.own()
    try:
        scene = _given(keys)
    except SettingError as problem:
        st.session_state[_UNFIT] = ((lecture.name, number), str(problem))
        return
    st.session_state.pop(_UNFIT, None)
    before = lecture.scene(number)
    if scene is not None and before not in (None, scene):
        changed = tuple(name for name in FIELDS if getattr(before, name) != getattr(scene, name))
        desk.change(lecture.changed(number, scene), (number, changed))


def _upload() -> None:
    """A file's lecture becomes an own one; what does not fit is told."""
    file = st.file_uploader(
        "Open a lecture's file", type="json", key=_UPLOAD, max_upload_size=files.MAX_MEGABYTES
    )
    if file is None:
        st.session_state.pop(_TOLD, None)
        return
    told = st.session_state.get(_TOLD)
    if told is None or told[0] != file.file_id:
        st.session_state[_TOLD] = (file.file_id, _opened(file.getvalue()))
        st.rerun()  # it is told above the scenes


def _opened(data: bytes) -> list[str]:
    """Make it the own lecture, unless there is no scene in it; what is wrong with it."""
    stays = "Your lecture stays as it is."
    try:
        lecture, problems, numbers, unknown = files.opened(data)
    except SettingError as problem:
        return [f"{problem} {stays}"]
    told = first_few(problems, MOST)
    if not lecture.scenes:
        none = (
            f"None of its {many(len(problems), 'scene')} fits."
            if problems
            else ("This lecture has no scenes.")
        )
        return [f"{none} {stays}", *told]
    desk.open_new(lecture)
    return told + first_few(unknown, MOST) + fitting.of_lecture(lecture, numbers)
