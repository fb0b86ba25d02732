"""The page Course figures: a gallery to look at, to open in a laboratory, and to take along."""

from __future__ import annotations

from functools import partial

import streamlit as st

from initopt_core.figures import gallery
from initopt_core.figures.tutorial import HOME, Item
from initopt_core.ui import stage
from initopt_core.ui.layout import page_header
from initopt_core.ui.server import gallery as served
from initopt_core.ui.server.compute import compute, is_ready
from initopt_core.ui.server.dataset import get_dataset

from . import parts, slide, take


def show() -> None:
    """The whole page; nothing on it waits for a picture or a number."""
    dataset = get_dataset()
    found = gallery.items(dataset)
    theme = "dark" if st.context.theme.type == "dark" else "light"
    if stage.fills():
        slide.show(found, theme)
        return
    page_header(
        "Course figures",
        "Every figure of the tutorial, in its order and recomputed here: open it in its "
        "laboratory at this very setting, or take it along for a slide, a page or a handout.",
    )
    if dataset.source == "sample":
        st.caption(
            "Only the bundled sample of Fashion-MNIST is here: mean and standard deviation of the "
            "pixels are the sample's and need not agree with the printed ones."
        )
    base = parts.app_address(st.context.url)
    for page, items in parts.sections(found.values()).items():
        st.header(parts.SECTIONS[page], anchor=False)
        with st.container(key=f"course-part-{page}"):
            for item in items:
                _card(item, theme, base)
            if page == HOME:  # in the room beside its only card
                with st.container(border=True, key="course-all"):
                    take.together(base)
    st.header("The printed numbers beside ours", anchor=False)
    _numbers(list(found.values()))


def _card(item: Item, theme: str, base: str) -> None:
    with st.container(border=True, height="stretch", key=f"course-card-{item.name}"):
        st.html(parts.card(item, theme))
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.page_link(
                f"pages/{item.page}.py",
                label="Open on Home" if item.page == HOME else "Open in the laboratory",
                icon=":material/open_in_new:",
                query_params=dict(item.query),
            )
            take.menu(item, base)


def _numbers(found: list[Item]) -> None:
    """The table; at the server's first visit, how far it is."""
    dataset = get_dataset()
    if all(is_ready(gallery.numbers, item.name, dataset) for item in found):
        told = [one for item in found for one in compute(gallery.numbers, item.name, dataset)]
        st.markdown(parts.above_table(told))
        st.html(parts.table(told))
        return
    st.fragment(partial(_counting, found), run_every=1.0)()


def _counting(found: list[Item]) -> None:
    """How many figures' numbers are there; when all are, the page is drawn without this timer."""
    dataset = get_dataset()
    ready = [is_ready(gallery.numbers, item.name, dataset) for item in found]
    if all(ready):
        st.rerun()
    for item, there in zip(found, ready, strict=True):
        if not there:  # also what was dropped in a crowd
            served.begin(gallery.numbers, item.name, dataset)
    st.progress(sum(ready) / len(found), "Computing the numbers, once for all who come …")
