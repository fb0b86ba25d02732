"""What the page on the screen has to export: its "Export" menus, for the zip of all of them."""

from __future__ import annotations

from typing import Any

import streamlit as st

_HELD = "_export_offers"


def offers() -> dict[str, Any]:
    """A menu's key -> what it offers; always the same object: a menu that is drawn before others
    knows theirs, too, when its button is pressed."""
    return st.session_state.setdefault(_HELD, {})


def begin(prefix: str = "") -> None:
    """Forget what the page has offered: all of it, or what a part that is drawn anew has, whose
    keys begin so."""
    held = offers()
    for key in [key for key in held if key.startswith(prefix)]:
        del held[key]
