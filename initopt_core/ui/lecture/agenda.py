"""The page Scenes on a stage: the lecture's scenes, each a way to it."""

from __future__ import annotations

import html
import math
from urllib.parse import urlencode

import streamlit as st

from initopt_core.lecture.scenes import Lecture
from initopt_core.lecture.tutorial import TUTORIAL
from initopt_core.ui import stage

from . import desk

MOST = 30
"""Scenes that fit on a projector, in letters that the last row reads."""
IN_A_COLUMN = 10
_LEFT = "_agenda_left"
MARKED = " aria-current=true"


def lecture() -> Lecture:
    """The one that is named, else the own, else the tutorial's story."""
    now = stage.now()
    named = desk.find(now.lecture) if now.lecture != stage.ON else None
    if named is not None and named.scenes:
        return named
    return own if (own := desk.own()).scenes else TUTORIAL


def show() -> None:
    """The list; its title stands in the line at the top, which also leads to a scene."""
    shown = lecture()
    came = st.session_state.get(_LEFT, {}).get(shown.name, 0)
    st.html(listed(shown, came))


def left(shown: Lecture, number: int) -> None:
    """Mark this scene in the list, for who comes from it."""
    st.session_state[_LEFT] = {shown.name: number}


def listed(shown: Lecture, current: int = 0) -> str:
    """Markup of the numbered titles, in columns; one may be marked, 0 for none. Escape leads to it
    (assets/web/stage/stage_bar.js)."""
    scenes = shown.scenes[:MOST]
    columns = 1 if len(scenes) <= 6 else 2 if len(scenes) <= 2 * IN_A_COLUMN else 3
    more = len(shown.scenes) - len(scenes)
    lines = [
        f'<li><a href="?{html.escape(urlencode({"lecture": shown.name, "scene": number}))}" '
        f'target="_self" data-scene="{int(number)}"{MARKED if number == current else ""}>'
        f"<i>{int(number)}</i>"
        f"<span>{html.escape(scene.title)}</span></a></li>"
        for number, scene in enumerate(scenes, 1)
    ]
    rows = math.ceil(len(lines) / columns)
    rest = f"<p>and {more} more</p>" if more else ""
    return (
        '<div class="agenda initopt-still">'
        f'<ol style="--rows:{int(rows)};--columns:{int(columns)}">'
        f"{''.join(lines)}</ol>{rest}</div>"
    )
