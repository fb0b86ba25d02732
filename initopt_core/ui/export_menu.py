"""The "Export" menu of a figure: nothing is made, nor sent, before somebody opens it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

import streamlit as st

from initopt_core.figures import export
from initopt_core.figures.figure import Figure


def export_buttons(
    figure: Figure | Callable[[], Figure],
    *,
    key: str,
    label: str = "Export",
    extra: Mapping[str, Callable[[], str | bytes]] | None = None,
) -> None:
    """A small popover with the figure as PNG, SVG, PDF, CSV and Vega-Lite.

    Closed it costs one element and no computation. A download does not rerun the page: the file
    is made when its button is pressed, from the figure as it was drawn.

    Args:
        figure: the figure beside it, or what makes it when the menu is opened.
        key: unique on the page.
        label: what the closed menu says.
        extra: more downloads, file name -> maker, for example a runnable snippet.
    """
    menu = st.popover(label, icon=":material/download:", key=f"{key}-export", on_change="rerun")
    if not menu.open:
        return
    made = figure if isinstance(figure, Figure) else figure()
    for name, form in export.FORMATS.items():
        menu.download_button(
            form.label,
            data=partial(form.make, made),
            file_name=f"{made.name}{form.suffix}",
            mime=form.mime,
            key=f"{key}-export-{name}",
            on_click="ignore",
            type="tertiary",
        )
    for name, make in (extra or {}).items():
        menu.download_button(
            name,
            data=make,
            file_name=name,
            key=f"{key}-export-{name}",
            on_click="ignore",
            type="tertiary",
        )
