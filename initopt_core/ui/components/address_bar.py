"""The browser's half of `ui.address`: it guards the history, copies the link, and tells style
sheets the size of type."""

from __future__ import annotations

import streamlit as st

from initopt_core.ui import address

from . import assets


@st.fragment(key="address")
def address_bar(large: bool) -> None:
    """Mount it, once on every page; `large`: the type is, see `ui.type_size`."""
    mount = assets.component(
        "address_bar", ("address_bar/address_bar.js",), css="address_bar/address_bar.css"
    )
    ready = address.await_bar()
    mount(
        key="address-bar",
        data={"ready": ready, "large": large},
        on_ready_change=address.bar_is_ready,
    )
