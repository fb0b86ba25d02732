"""What opens a run is told as Streamlit itself tells it, and looked up once."""

from __future__ import annotations

import inspect
from types import SimpleNamespace

import pytest
from streamlit import config
from streamlit.proto.NewSession_pb2 import CustomThemeConfig
from streamlit.runtime import app_session
from streamlit.runtime.app_session import AppSession, AppSessionState

from initopt_core.paths import ROOT
from initopt_core.ui.server import openings

SECTIONS = ("theme", "theme.light", "theme.dark", "theme.dark.sidebar")


@pytest.fixture
def asked(monkeypatch):
    """The sections whose options were looked through, in the project's own configuration."""
    monkeypatch.chdir(ROOT)  # whatever tests before these have made of it
    config.get_config_options(force_reparse=True)
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
    openings.begin()
    openings.begin()  # once more wraps nothing twice
    for _ in range(3):
        assert {section: told(section) for section in SECTIONS} == usual
    assert sorted(asked) == sorted(SECTIONS)


def test_a_kept_message_is_not_the_one_that_is_sent(asked):
    openings.begin()
    one = told("theme.light")
    one.primary_color = "pink"
    assert told("theme.light").primary_color != "pink"


class Session:
    """As much of Streamlit's as its message needs."""

    id = "a session"
    _run_on_save = False
    _state = AppSessionState.APP_IS_RUNNING
    _script_data = SimpleNamespace(name="app", is_hello=False, main_script_path="app.py")
    _pages_manager = SimpleNamespace(
        main_script_path="app.py",
        main_script_hash="main",
        get_pages=lambda: {"p": {"page_name": "A_page", "icon": "", "url_pathname": "p"}},
    )
    _populate_app_pages = AppSession._populate_app_pages
    _compute_skills_nudge_state = lambda self: (False, "")  # noqa: E731


def run(name: str, *parts: str) -> SimpleNamespace:
    return SimpleNamespace(script_run_id=name, fragment_ids=list(parts))


@pytest.fixture
def opened(monkeypatch):
    """Two functions that make what opens a run: Streamlit's own, and the one in its place. The
    latter's list has the runs of which the former was asked."""
    usual, asked = inspect.unwrap(AppSession._create_new_session_message), []

    def create(session, page, descriptor, *pages):
        asked.append(descriptor.script_run_id)
        return usual(session, page, descriptor, *pages)

    monkeypatch.setattr(AppSession, "_create_new_session_message", create)
    openings.begin()
    openings.begin()
    yield usual, AppSession._create_new_session_message, asked


def test_a_run_of_parts_is_opened_as_streamlit_opens_it_without_looking_up(opened):
    usual, quick, asked = opened
    session = Session()
    steps = [
        ("a", run("1")), ("a", run("2", "slider")), ("a", run("3", "picture", "slider")),
        ("b", run("4", "slider")), ("b", run("5", "slider")), ("b", run("6")),
    ]  # fmt: skip
    for page, descriptor in steps:
        message = quick(session, page, descriptor)
        assert message == usual(session, page, descriptor)
        message.hash = message.new_session.name = "changed on its way"
    assert asked == ["1", "4", "6"]


def test_another_session_is_told_its_own(opened):
    _, quick, asked = opened
    one, other = Session(), Session()
    other.id = "another session"
    quick(one, "a", run("1"))
    message = quick(other, "a", run("2", "slider"))
    assert message.new_session.initialize.session_id == "another session"
    assert asked == ["1", "2"]
