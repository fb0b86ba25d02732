"""Private functions are wrapped once, all that belong together or none."""

from __future__ import annotations

import logging
import sys
from types import ModuleType

import pytest

from initopt_core.ui.server.wrapping import wrap


@pytest.fixture
def place(monkeypatch):
    """A module as an upgrade might leave it: a function, and a class with a method."""
    module = ModuleType("some_streamlit")
    module.told = lambda: "told"
    module.States = type("States", (), {"read": lambda self: "read"})
    monkeypatch.setitem(sys.modules, "some_streamlit", module)
    return module


def louder(function):
    return lambda *given: function(*given) + "!"


def test_a_function_and_a_method_are_wrapped_once(place):
    for _ in range(2):
        wrap("some_streamlit", "", {"told": louder}, "quiet")
        wrap("some_streamlit", "States", {"read": louder}, "quiet")
    assert place.told() == "told!" and place.States().read() == "read!"


@pytest.mark.parametrize(
    ("module", "owner", "names"),
    [
        ("no_streamlit", "", ["told"]),
        ("some_streamlit", "Gone", ["read"]),
        ("some_streamlit", "States", ["read", "gone"]),
    ],
)
def test_where_one_has_moved_none_is_wrapped_and_the_log_says_so(
    place, caplog, module, owner, names
):
    with caplog.at_level(logging.WARNING):
        wrap(module, owner, dict.fromkeys(names, louder), "it is quiet")
    assert place.told() == "told" and place.States().read() == "read"
    assert "it is quiet" in caplog.text
