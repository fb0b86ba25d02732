"""The parts of the page Course figures."""

from __future__ import annotations

import html
import time

import streamlit as st

from initopt_core.figures import export, images
from initopt_core.figures.tutorial import Item
from initopt_core.ui.layout import page_header
from initopt_core.ui.server.compute import compute, is_ready
from initopt_core.ui.server.dataset import get_dataset

from . import parts

COLUMNS = 3
SLICE_SECONDS = 1.0
"""How long one run of the gallery makes pictures, before it lets others have a turn."""


def show() -> None:
    """The whole page."""
    page_header(
        "Course figures",
        "Every figure of the tutorial, in its order and recomputed here: open one in its "
        "laboratory, or take it along for a slide.",
    )
    dataset = get_dataset()
    if dataset.source == "sample":
        st.caption(
            "Only the bundled sample of Fashion-MNIST is here: mean and standard deviation of the "
            "pixels are those of the sample, and need not agree with the printed ones."
        )
    found = list(parts.items(dataset).values())
    theme = "dark" if st.context.theme.type == "dark" else "light"
    missing = not all(is_ready(parts.picture, one.name, theme, dataset) for one in found)
    st.fragment(_gallery, run_every=1.0 if missing else None)(found, theme)
    st.header("The printed numbers, and ours", anchor=False)
    _numbers(found)
    st.header("All of them in one file", anchor=False)
    _together(found)


def _gallery(found: list[Item], theme: str) -> None:
    """Cards with empty frames first; the pictures follow, a few in each run."""
    dataset = get_dataset()
    frames = []
    for start in range(0, len(found), COLUMNS):
        columns = st.columns(COLUMNS, gap="medium")
        for column, item in zip(columns, found[start : start + COLUMNS], strict=False):
            with column.container(border=True, key=f"course-{item.name}"):
                frames.append(st.empty())
                if not is_ready(parts.picture, item.name, theme, dataset):
                    frames[-1].html(_frame(item, None))  # nothing moves when the picture comes
                _card(item)
    ready = [is_ready(parts.picture, item.name, theme, dataset) for item in found]
    end = time.monotonic() + SLICE_SECONDS
    for item, frame, there in zip(found, frames, ready, strict=True):
        made = there or time.monotonic() < end
        if made:
            frame.html(_frame(item, compute(parts.picture, item.name, theme, dataset)))


def _frame(item: Item, png: bytes | None) -> str:
    """A frame of the same size with and without its picture."""
    inside = ""
    if png is not None:
        inside = f'<img src="{images.data_url(png)}" alt="{html.escape(item.title, quote=True)}">'
    return f'<div class="course-frame">{inside}</div>'


def _card(item: Item) -> None:
    st.markdown(f"**{item.title}**")
    st.caption(item.caption)
    with st.container(horizontal=True):
        if item.page:
            st.page_link(
                f"pages/{item.page}.py",
                label="Open in the laboratory",
                icon=":material/open_in_new:",
                query_params=dict(item.query),
            )
        _take(item)


def _take(item: Item) -> None:
    """The formats of one figure; each file is made when its button is pressed."""
    menu = st.popover(
        "Export", icon=":material/download:", key=f"course-{item.name}-export", on_change="rerun"
    )
    if not menu.open:
        return
    for kind, form in export.FORMATS.items():
        menu.download_button(
            form.label,
            data=lambda kind=kind: export.export(
                _made(item.name), kind, export.dressed(item, export.ExportOptions())
            ),
            file_name=f"{item.name}{form.suffix}",
            mime=form.mime,
            key=f"course-{item.name}-{kind}",
            on_click="ignore",
            type="tertiary",
        )
    menu.download_button(
        "Interactive, HTML",
        data=lambda: parts.interactive(item, _made(item.name)),
        file_name=f"{item.name}.html",
        mime="text/html",
        key=f"course-{item.name}-html",
        on_click="ignore",
        type="tertiary",
    )


def _made(name: str):
    return compute(parts.figure, name, get_dataset())


@st.fragment
def _numbers(found: list[Item]) -> None:
    """The table, once somebody asks: the spread over seeds takes some seconds."""
    dataset = get_dataset()
    if not all(is_ready(parts.numbers, item.name, dataset) for item in found):
        st.caption("Random numbers are drawn with five seeds to tell how far draws lie apart.")
        if not st.button("Compare the numbers", icon=":material/compare_arrows:"):
            return
    bar = st.progress(0.0)
    rows = []
    for place, item in enumerate(found):
        bar.progress(place / len(found), item.title)
        rows += [parts.row(one) for one in compute(parts.numbers, item.name, dataset)]
    bar.empty()
    st.dataframe(rows, hide_index=True, width="stretch")


@st.fragment
def _together(found: list[Item]) -> None:
    """One zip and one PDF, made when asked for."""
    kinds = {
        "Make the bundle (zip)": (export.bundle, "initopt-figures.zip", "application/zip"),
        "Make the handout (PDF)": (export.handout, "initopt-handout.pdf", "application/pdf"),
    }
    with st.container(horizontal=True):
        asked = [label for label in kinds if st.button(label, icon=":material/folder_zip:")]
    for label in asked:
        make, name, mime = kinds[label]
        bar, done = st.progress(0.0), iter(range(len(found)))

        def progress(item: str, bar=bar, done=done) -> None:
            bar.progress(next(done) / len(found), item)

        data = make([parts.kept(item, _made) for item in found], progress=progress)
        bar.empty()
        st.download_button(f"Download {name}", data, name, mime, on_click="ignore")
