"""Taking figures along: one in every format, all of them in one file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import streamlit as st

from initopt_core.data import FashionMNIST
from initopt_core.figures import clips, export, gallery, tutorial
from initopt_core.figures.export.page import chart_page
from initopt_core.figures.figure import Figure
from initopt_core.figures.tutorial import Item
from initopt_core.ui.server.compute import compute
from initopt_core.ui.server.dataset import get_dataset

FILES = {
    "bundle": ("Make the bundle (zip)", "initopt-figures.zip", "application/zip"),
    "handout": ("Make the handout (PDF)", "initopt-handout.pdf", "application/pdf"),
}
ICONS = {"bundle": ":material/folder_zip:", "handout": ":material/picture_as_pdf:"}


@st.fragment
def menu(item: Item, base: str) -> None:
    """The formats of one figure, drawn when they are asked for, without the page around them; a
    file is made when its button is pressed."""
    key = f"course-{item.name}"
    box = st.popover("Export", icon=":material/download:", key=f"{key}-export", on_change="rerun")
    if not box.open:
        return
    look = export.dressed(item, export.ExportOptions(), base)
    downloads: list[tuple[str, str, str, Callable[[], bytes | str]]] = [
        (form.label, form.suffix, form.mime, partial(_still, item.name, kind, look))
        for kind, form in export.FORMATS.items()
    ]
    page = partial(_page, item.name, look)
    downloads.append(("Interactive page, HTML", ".html", "text/html", page))
    if item.program():
        downloads.append(("Program, Python", ".py", "text/x-python", item.program))
    for clip in item.clips:
        label = f"Clip, MP4{f': {clip}' if len(item.clips) > 1 else ''}"
        stem = "" if len(item.clips) == 1 else f"-{clip}"
        downloads.append((label, f"{stem}.mp4", "video/mp4", partial(_clip, clip)))
    for label, suffix, mime, make in downloads:
        box.download_button(
            label,
            data=make,
            file_name=f"{item.name}{suffix}",
            mime=mime,
            key=f"{key}{suffix}",
            on_click="ignore",
            type="tertiary",
        )


def _figure(name: str) -> Figure:
    return compute(gallery.figure, name, get_dataset())


def _still(name: str, kind: str, look: export.ExportOptions) -> bytes:
    return export.export(_figure(name), kind, look)


def _page(name: str, look: export.ExportOptions) -> bytes:
    return chart_page(_figure(name), look)


def _clip(name: str) -> bytes:
    return clips.clip_bytes(tutorial.clips(get_dataset())[name]())


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
