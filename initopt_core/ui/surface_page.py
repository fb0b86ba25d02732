"""The loss-surface page: controls, laboratory, and the chapters below it."""

from __future__ import annotations

import streamlit as st

from initopt_core.ui.controls import notice_bad_links
from initopt_core.ui.layout import page_header
from initopt_core.ui.surface_controls import reset, sidebar
from initopt_core.ui.surface_lab import laboratory


def show() -> None:
    """The whole page."""
    page_header("Loss surfaces")
    notice_bad_links()
    plan, problem = sidebar()
    st.sidebar.button("Reset", icon=":material/restart_alt:", on_click=reset)
    if plan is None:
        reason, _, pointer = problem.partition("\n")
        st.error(f"{reason}\n\n```text\n{pointer}\n```", icon=":material/error:")
        return
    laboratory(plan)
