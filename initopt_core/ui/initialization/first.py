"""The untouched page's figures as an earlier start drew them, shown while PyTorch loads.

They stand where the page's own will stand and have their names, so that these take them over in
place. Needs neither PyTorch nor Altair.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import streamlit as st

from initopt_core.ui import first_pictures
from initopt_core.ui.components import assets, chart_mount
from initopt_core.ui.components.chart_mount import Compiled
from initopt_core.ui.server import startup

PAGE = "initialization"
LOADING = (
    ":material/hourglass_top: Loading PyTorch and the images, once a start. Meanwhile, below: the "
    "tutorial's network, drawn beforehand."
)
Charts = list[tuple[str, Compiled, bytes]]


def value(charts: Sequence[tuple[str, Compiled, bytes]], said: str) -> dict[str, Any]:
    """As it is kept: key, definition and message of each chart, and the line over them."""
    parts = [
        [key, [c.text, c.digest, c.width, c.height], message.decode()] for key, c, message in charts
    ]
    return {"charts": parts, "said": said}


def keep(charts: Sequence[tuple[str, Compiled, bytes]], said: str, folder: str) -> None:
    """For the next start; `folder`: where the images lie."""
    first_pictures.keep(PAGE, value(charts, said), folder)


def ready() -> bool:
    """Put in place the files of the picture; whether an earlier start drew it, so that its charts
    need not be compiled.

    Called before PyTorch is loaded, so that the first visitor's script finds it done.
    """
    chart_mount.component()
    return bool(_charts()[0] and first_pictures.kept(PAGE))


def _charts() -> tuple[Charts, str]:
    charts, said = _kept()
    served = assets.may_serve() and all(chart_mount.serve(compiled) for _, compiled, _ in charts)
    return (charts, said) if served else ([], "")


def _kept() -> tuple[Charts, str]:
    held = first_pictures.known(PAGE)
    try:
        charts = [(key, Compiled(*made), text.encode()) for key, made, text in held["charts"]]
        return charts, str(held["said"])
    except (LookupError, TypeError, ValueError, AttributeError):
        return [], ""


def meanwhile(title: str) -> None:
    """Until PyTorch is there: the page's frame and figures, where they are kept and asked for."""
    startup.wait(title, partial(_show, title))


def _show(title: str) -> bool:
    """Whether there was something to show."""
    charts, said = ([], "") if st.query_params else _charts()
    if not charts:
        return False
    head, _ = st.container(), st.container()
    with st.container(key="init-figure"):
        line, figure = st.container(), st.container()
    line = line.container(key="init-beside", horizontal=True, vertical_alignment="center")
    line.html(said, width="stretch")
    with figure:
        say = st.container(key="init-say", horizontal=True, vertical_alignment="center")
        for key, _, message in charts:
            chart_mount.mount(key, message)
    with say:
        st.markdown(LOADING, width="stretch")
    line = head.container().container(horizontal=True, vertical_alignment="center", key="page-head")
    line.title(title, anchor=False, width="stretch")
    return True
