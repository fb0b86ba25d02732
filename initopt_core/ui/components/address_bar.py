"""The browser's half of `ui.address`: it guards the history, copies and shows the link, leads into
lecture mode and out of it, and tells style sheets the size of type."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from initopt_core.ui import address, stage, type_size

from . import answers, assets
from .stage_bar import stage_bar

KEY = "address-bar"


@st.fragment(key="address")
def address_bar(
    title: str,
    scene: Mapping[str, Any],
    asked: Mapping[str, Callable[[], None]],
    add: Callable[[], None] | None,
    said: Callable[[], tuple[str, str, bool] | None],
    hear: Callable[[], None] = answers.nothing,
    heard: Callable[[], str] = str,
) -> None:
    """Mount it, once on every page; in a hall with the line at its top, so that no other element's
    place depends on it.

    Args:
        title: of the page.
        scene: what that line says of the present scene.
        asked: callbacks of what that line asks for; see `stage_bar`.
        add: callback, when the view is to become a scene; None on a page that can be none.
        said: what came of the last press; see said.js.
        hear: callback, when a window that was closed has left something typed; see draft.js.
        heard: id of the last of these that was heard, empty for none.
    """
    mount = assets.component(
        "address_bar", ("address_bar/address_bar.js",), css="address_bar/address_bar.css"
    )
    ready = address.await_bar()
    mount(
        key=KEY,
        data={
            "ready": ready,
            "large": type_size.is_large(),
            "lecture": stage.now().lecture,
            "figure": stage.now().figure,
            "adds": add is not None,
            "said": said(),
            "heard": heard(),
        },
        on_ready_change=address.bar_is_ready,
        on_lecture_change=_lecture,
        on_scene_change=add or answers.nothing,
        on_draft_change=hear,
    )
    if stage.is_on():
        stage_bar(title, scene, asked, add)


def _lecture() -> None:
    """Callback: lecture mode is wanted, or no more; the whole page is another."""
    stage.switch()
    st.rerun()
