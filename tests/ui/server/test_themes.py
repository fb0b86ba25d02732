"""The theme's message is Streamlit's own, made once."""

from __future__ import annotations

import inspect

import pytest
from streamlit import config
from streamlit.proto.NewSession_pb2 import CustomThemeConfig
from streamlit.runtime import app_session

from initopt_core.ui.server import themes

SECTIONS = ("theme", "theme.light", "theme.dark", "theme.dark.sidebar")


@pytest.fixture
def asked(monkeypatch):
    """The sections whose options were looked through."""
    usual = inspect.unwrap(app_session._populate_theme_msg)
    monkeypatch.setattr(app_session, "_populate_theme_msg", usual)
    seen, look = [], config.get_options_for_section

    def looked(section: str):
        seen.append(section)
        return look(section)

    monkeypatch.setattr(config, "get_options_for_section", looked)
    return seen


def told(section: str) -> CustomThemeConfig:
    message = CustomThemeConfig()
    app_session._populate_theme_msg(message, section)
    return message


def test_every_section_is_looked_up_once_and_told_as_streamlit_tells_it(asked):
    usual = {section: told(section) for section in SECTIONS}
    assert any(message.ByteSize() for message in usual.values()), "the project's theme is not read"
    asked.clear()
    themes.keep()
    themes.keep()  # once more wraps nothing twice
    for _ in range(3):
        assert {section: told(section) for section in SECTIONS} == usual
    assert sorted(asked) == sorted(SECTIONS)


def test_a_kept_message_is_not_the_one_that_is_sent(asked):
    themes.keep()
    one = told("theme.light")
    one.primary_color = "pink"
    assert told("theme.light").primary_color != "pink"
