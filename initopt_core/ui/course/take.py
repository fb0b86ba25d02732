"""Taking figures along: one in every format, all of them in one file."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import streamlit as st

from initopt_core.data import FashionMNIST
from initopt_core.figures import export, gallery, tutorial
from initopt_core.figures.clips.clip import Clip
from initopt_core.figures.export import ExportOptions
from initopt_core.figures.export.page import chart_page
from initopt_core.figures.figure import Figure
from initopt_core.figures.tutorial import Item
from initopt_core.ui import waiting
from initopt_core.ui.export_menu import export_buttons
from initopt_core.ui.server import making
from initopt_core.ui.server.compute import compute
from initopt_core.ui.server.dataset import get_dataset

FILES = {
    "bundle": ("Make the bundle (zip)", "initopt-figures.zip", "application/zip"),
    "handout": ("Make the handout (PDF)", "initopt-handout.pdf", "application/pdf"),
}
ICONS = {"bundle": ":material/folder_zip:", "handout": ":material/picture_as_pdf:"}


def menu(item: Item, base: str) -> None:
    """The formats of one figure, its program and its clips."""
    export_buttons(
        partial(compute, gallery.figure, item.name, get_dataset()),
        key=f"course-{item.name}",
        extra={f"{item.name}.py": item.program} if item.program() else {},
        clips={_said(clip): partial(_clip, clip) for clip in item.clips},
        name=item.name,
        dress=lambda _figure, look: export.dressed(item, look, base),
        together=False,
        page=partial(_page, item),
    )


def _page(item: Item, figure: Figure, options: ExportOptions) -> bytes:
    """The laboratory's own page of a race, else the figure's."""
    return item.playing(options) if item.playing else chart_page(figure, options)


def _said(clip: str) -> str:
    return clip.replace("-", " ").capitalize()


def _clip(name: str) -> Clip:
    return tutorial.clips(get_dataset())[name]()


@st.fragment
def together(base: str) -> None:
    """One zip and one PDF, made when asked for, once for all who come by the same address."""
    st.subheader("All figures at once", anchor=False)
    st.markdown(
        "The bundle holds every figure as PNG and SVG, its data, its settings and the program that "
        "computes it, with a list of what is what. The handout has a page for each figure, with "
        "its numbers beside the printed ones."
    )
    source = get_dataset().source
    with st.container(horizontal=True):
        for kind, (label, _, _) in FILES.items():
            st.button(
                label,
                icon=ICONS[kind],
                key=f"course-make-{kind}",
                on_click=partial(_begin, kind, base, source),
            )
    for kind in FILES:
        job = st.session_state.get(_held(kind))
        if job is not None:
            waiting.file_of(job, making.together, f"course-{kind}")


def _held(kind: str) -> str:
    return f"_course-{kind}"


def _begin(kind: str, base: str, source: str) -> None:
    """Have it made, unless it is being made already."""
    job = st.session_state.get(_held(kind))
    if job is None or not job.running:
        _, file, mime = FILES[kind]
        job = making.Job(file, mime, "Figure")
        make = partial(_made, kind, base)
        making.together.begin(make, job, keep=(kind, base, source))
        for other in FILES:  # that one was cancelled is no news any more
            held = st.session_state.get(_held(other))
            if held is not None and held.problem:
                del st.session_state[_held(other)]
        st.session_state[_held(kind)] = job


def _made(kind: str, base: str, job: making.Job) -> bytes:
    """A file of all figures."""
    dataset = get_dataset()
    kept = [_kept(item, dataset) for item in gallery.items(dataset).values()]
    make = {"bundle": export.bundle, "handout": export.handout}[kind]
    return make(kept, base=base, progress=job.step)


def _kept(item: Item, dataset: FashionMNIST) -> Item:
    """The item whose figure and numbers come from what the server has computed."""
    return replace(
        item,
        make=partial(compute, gallery.figure, item.name, dataset),
        numbers=partial(compute, gallery.numbers, item.name, dataset),
    )
