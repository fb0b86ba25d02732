"""The browser's half of `ui.address`: it guards the history, and copies the link."""

from __future__ import annotations

import streamlit as st

from initopt_core.ui import address

from . import assets


@st.fragment(key="address")
def address_bar() -> None:
    """Mount it, once on every page."""
    mount = assets.component(
        "address_bar", ("address_bar/address_bar.js",), css="address_bar/address_bar.css"
    )
    ready = address.await_bar()
    mount(key="address-bar", data={"ready": ready}, on_ready_change=address.bar_is_ready)
