"""Large type: letters that are read from the last row of a lecture hall; `type=large` in the link.

Figures make their letters 2 % of the window's height (assets/web/live_chart/live_chart.js), the
page's own grow by the style below.
"""

from __future__ import annotations

import streamlit as st

from initopt_core.registry import Parameter

from . import state

NAME = "type"
CHOICE = Parameter(NAME, "Type", "normal", choices=("normal", "large"))


def is_large() -> bool:
    """Whether this session's page is in large type."""
    return st.session_state.get(NAME) == "large"


def show() -> None:
    """The switch, in the head of the window on every page; keeps link and session alike."""
    size = state.kept(CHOICE, NAME)
    state.write_link(NAME, size, CHOICE.default)
    with st.container(key="type-large" if size == "large" else "type-size"):  # page.css reads it
        st.button(
            "Usual type" if size == "large" else "Large type",
            icon=":material/format_size:",
            key="_type_switch",
            help="Letters of 2 % of the window's height, for a lecture hall; in the link, too.",
            on_click=_switch,
        )


def _switch() -> None:
    st.session_state[NAME] = "normal" if is_large() else "large"
