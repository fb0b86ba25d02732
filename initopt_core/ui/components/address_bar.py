"""The browser's half of `ui.address`: it guards the history, copies and shows the link, leads into
lecture mode and out of it, and tells style sheets the size of type."""

from __future__ import annotations

import streamlit as st

from initopt_core.ui import address, stage, type_size

from . import assets
from .stage_bar import stage_bar


@st.fragment(key="address")
def address_bar(title: str) -> None:
    """Mount it, once on every page, which has this title; in a hall with the line at its top, so
    that no other element's place depends on it."""
    mount = assets.component(
        "address_bar", ("address_bar/address_bar.js",), css="address_bar/address_bar.css"
    )
    ready = address.await_bar()
    mount(
        key="address-bar",
        data={
            "ready": ready,
            "large": type_size.is_large(),
            "lecture": stage.now().lecture,
            "figure": stage.now().figure,
        },
        on_ready_change=address.bar_is_ready,
        on_lecture_change=_lecture,
    )
    if stage.is_on():
        stage_bar(title)


def _lecture() -> None:
    """Callback: lecture mode is wanted, or no more; the whole page is another."""
    stage.switch()
    st.rerun()
