"""Large type: letters that are read from the last row of a lecture hall; `type=large` in the link.

Figures make their letters 2 % of the window's height (assets/web/live_chart/live_chart.js), the
page's own grow by the style below.
"""

from __future__ import annotations

import streamlit as st

from initopt_core.registry import Parameter

from . import address, stage, state

NAME = "type"
CHOICE = Parameter(NAME, "Type", "normal", choices=("normal", "large"))
_EPOCH = "_type_epoch"


def is_large() -> bool:
    """Whether this session's page is in large type, which it always is in a hall."""
    return st.session_state.get(NAME) == "large" or stage.is_on()


def show() -> None:
    """The switch, in the head of the window on every page; keeps link and session alike."""
    size = read()
    state.write_link(NAME, size, CHOICE.default)
    with st.container(key="type-large" if size == "large" else "type-size"):  # page.css reads it
        st.button(
            "Usual type" if size == "large" else "Large type",
            icon=":material/format_size:",
            key="_type_switch",
            help="Letters of 2 % of the window's height, for a lecture hall; in the link, too.",
            on_click=_switch,
        )


def read() -> str:
    """The size of type: the session's on every page; a link that names one, and Back, set it."""
    asked = st.query_params.get(NAME)
    if st.session_state.get(_EPOCH) != address.epoch():
        st.session_state[_EPOCH] = address.epoch()
        if asked in CHOICE.choices:
            st.session_state[NAME] = asked
        elif address.by_history():
            st.session_state[NAME] = CHOICE.default
        if asked is not None and asked not in CHOICE.choices:
            state.note_bad_link(NAME, asked, "the usual size")
    return st.session_state.setdefault(NAME, CHOICE.default)


def _switch() -> None:
    st.session_state[NAME] = "normal" if st.session_state.get(NAME) == "large" else "large"
