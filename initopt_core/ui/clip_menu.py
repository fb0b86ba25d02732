"""What moves, in the "Export" menu: a clip's form, how far it is, and its file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import streamlit as st

from initopt_core.figures.clips.clip import Clip
from initopt_core.figures.clips.encode import clip_bytes
from initopt_core.figures.clips.options import CLIP_FORMATS, ClipOptions
from initopt_core.reading import SettingError
from initopt_core.wording import as_text

from . import waiting
from .server import making

Clips = Mapping[str, Callable[[], Clip]]
SIZES = {
    "1280 x 720": (1280, 720),
    "1920 x 1080": (1920, 1080),
    "1024 x 768": (1024, 768),
    "640 x 360": (640, 360),
    "640 x 480": (640, 480),
}
FORMATS = {"mp4": "MP4", "gif": "GIF", "webp": "WebP"}
SECONDS, HOLDS = (2, 3, 5, 10, 20, 40), (0, 1, 2, 5)
RATES = (10, 15, 20, 30, 60)
LETTERS = {"slide": "For a slide", "page": "As here"}
LOOPS = {True: "For ever", False: "Once"}


def clip_menu(made: Clips, *, key: str, name: str, look: Callable[[], dict[str, Any]]) -> None:
    """The form, and below it the clip that this session has asked for here.

    Args:
        made: label -> maker, of one figure.
        key: unique on the page.
        name: of the file, without its ending.
        look: theme, title, caption and source of `ClipOptions`.
    """
    st.markdown("**As a clip**")
    which, options = _form(made, key)
    held = f"_clip-{key}"
    job: making.Job | None = st.session_state.get(held)
    if st.button("Make the clip", icon=":material/movie:", key=f"{key}-clip-make"):
        if job is not None:
            job.cancel()
        try:
            wanted = ClipOptions(**options, **look())
        except SettingError as problem:
            st.warning(as_text(str(problem)), icon=":material/tune:")
            return
        job = making.Job(f"{name}{wanted.suffix}", wanted.mime, "Frame")
        st.session_state[held] = making.clips.begin(partial(_made, made[which], wanted), job)
    if job is not None:
        waiting.file_of(job, making.clips, f"{key}-clip")


def _made(make: Callable[[], Clip], options: ClipOptions, job: making.Job) -> bytes:
    clip = make()
    if clip.name not in job.file:  # a menu may have several
        job.file = job.file.replace(".", f"-{clip.name}.")
    return clip_bytes(clip, options, job.step)


def _form(made: Clips, key: str) -> tuple[str, dict[str, Any]]:
    """Which clip, and what is chosen of `ClipOptions`."""
    which = next(iter(made))
    if len(made) > 1:
        which = st.selectbox("What moves", list(made), key=f"{key}-clip-which")
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        kind = st.selectbox(
            "Film",
            list(CLIP_FORMATS),
            format_func=lambda k: FORMATS[k],
            key=f"{key}-clip-kind",
            width=95,
        )
        usual = ClipOptions.usual(kind)
        at = list(SIZES.values()).index((usual.width, usual.height))
        size = st.selectbox("Pixels", SIZES, at, key=f"{key}-clip-size-{kind}", width=140)
        fps = st.selectbox(
            "Frames / s", RATES, RATES.index(usual.fps), key=f"{key}-clip-fps-{kind}", width=95
        )
        seconds = st.selectbox("Seconds", SECONDS, 2, key=f"{key}-clip-seconds", width=95)
        hold = st.selectbox("Hold, s", HOLDS, 1, key=f"{key}-clip-hold", width=90)
        text = st.selectbox(
            "Letters", LETTERS, format_func=lambda k: LETTERS[k], key=f"{key}-clip-text", width=125
        )
        loop = True
        if kind != "mp4":  # which is played as its player is told to
            loop = st.selectbox(
                "Shown", LOOPS, format_func=lambda k: LOOPS[k], key=f"{key}-clip-loop", width=110
            )
    width, height = SIZES[size]
    return which, {
        "format": kind, "width": width, "height": height, "fps": fps, "seconds": seconds,
        "hold": hold, "loop": bool(loop), "text": text,
    }  # fmt: skip
