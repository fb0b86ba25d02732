"""Nothing that makes a change lighter is left out, and each is what Streamlit would else do."""

from __future__ import annotations

import importlib
import logging

import pytest

from initopt_core.ui.server import lighter

PLACES = (
    ("streamlit.runtime.app_session", "_populate_theme_msg"),
    ("streamlit.runtime.app_session", "AppSession._create_new_session_message"),
    ("streamlit.runtime.app_session", "AppSession._call_soon_on_event_loop"),
    ("streamlit.runtime.fragment", "deepcopy"),
    ("streamlit.components.v2.bidi_component.main", "make_bidi_component_presenter"),
)


@pytest.mark.parametrize(("module", "name"), PLACES)
def test_all_of_it_is_in_place(caplog, module, name):
    with caplog.at_level(logging.WARNING, logger="initopt.wrapping"):
        lighter.begin()
    function = importlib.import_module(module)
    for part in name.split("."):
        function = getattr(function, part)
    assert function.__wrapped__ and not caplog.records
