"""Taking figures along: one in every format, all of them in one file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import streamlit as st

from initopt_core.data import FashionMNIST
from initopt_core.figures import export, gallery, tutorial
from initopt_core.figures.clips.clip import Clip
from initopt_core.figures.tutorial import Item
from initopt_core.ui.export_menu import export_buttons
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
    )


def _said(clip: str) -> str:
    return clip.replace("-", " ").capitalize()


def _clip(name: str) -> Clip:
    return tutorial.clips(get_dataset())[name]()


@st.fragment
def together(names: list[str], base: str) -> None:
    """One zip and one PDF, made when asked for, once for all who come by the same address."""
    st.subheader("All figures at once", anchor=False)
    st.markdown(
        "The bundle holds every figure as PNG and SVG, its data, its settings and the program that "
        "computes it, with a list of what is what. The handout has a page for each figure, with "
        "its numbers beside the printed ones."
    )
    with st.container(horizontal=True):
        asked = [
            kind
            for kind, (label, _, _) in FILES.items()
            if st.button(label, icon=ICONS[kind], key=f"course-make-{kind}")
        ]
    for kind in asked:
        _, file_name, mime = FILES[kind]
        bar = st.progress(0.0, "A moment …")

        def progress(name: str, bar=bar) -> None:
            bar.progress(names.index(name) / len(names), name)

        data = _made(kind, base, get_dataset().source, progress)
        bar.empty()
        st.download_button(
            f"Download {file_name}",
            data,
            file_name,
            mime,
            icon=":material/download:",
            key=f"course-take-{kind}",
            on_click="ignore",
            type="primary",
        )


@st.cache_resource(max_entries=4, show_spinner=False)
def _made(kind: str, base: str, source: str, _progress: Callable[[str], None]) -> bytes:
    """A file of all figures; the newest few are kept."""
    dataset = get_dataset()
    kept = [_kept(item, dataset) for item in gallery.items(dataset).values()]
    make = {"bundle": export.bundle, "handout": export.handout}[kind]
    return make(kept, base=base, progress=_progress)


def _kept(item: Item, dataset: FashionMNIST) -> Item:
    """The item whose figure and numbers come from what the server has computed."""
    return replace(
        item,
        make=partial(compute, gallery.figure, item.name, dataset),
        numbers=partial(compute, gallery.numbers, item.name, dataset),
    )
