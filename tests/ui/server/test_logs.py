"""One line an event, and nobody writes lines of his own."""

from __future__ import annotations

import json
import logging
import re

import pytest
from streamlit.errors import FragmentHandledException

from initopt_core.registry import SettingError
from initopt_core.settings import ServerSettings
from initopt_core.ui.server import logs

FORGED = "ok\n2026-01-01T00:00:00Z INFO initopt: \x1b[31mforged"


@pytest.mark.parametrize("formatter", [logs.TextLines(), logs.JsonLines()])
def test_nobody_writes_log_lines_of_his_own(formatter):
    record = logging.LogRecord("initopt", logging.INFO, "", 1, "name %s", (FORGED,), None)
    line = formatter.format(record)
    assert "\n" not in line and "\x1b" not in line
    if isinstance(formatter, logs.JsonLines):
        assert json.loads(line)["message"] == f"name {FORGED}"
    long = logging.LogRecord("initopt", logging.INFO, "", 1, "x" * 10**6, (), None)
    assert len(formatter.format(long)) < 10_000


def test_an_error_is_on_the_page_as_a_number_and_in_the_log_with_its_details(caplog):
    logging.getLogger("initopt").propagate = True
    try:
        raise ValueError("secret detail")
    except ValueError:
        number = logs.unforeseen("Training")
    assert re.fullmatch("[0-9a-f]{8}", number)
    assert number in caplog.text and "secret detail" in caplog.text


def test_a_traceback_is_indented_below_its_line():
    try:
        raise ValueError("first\nsecond")
    except ValueError as error:
        info = type(error), error, error.__traceback__
    record = logging.LogRecord("initopt", logging.ERROR, "", 1, "failed", (), info)
    first, *rest = logs.TextLines().format(record).split("\n")
    assert first.endswith("ERROR initopt: failed")
    assert all(line.startswith("    ") for line in rest)
    assert "second" in json.loads(logs.JsonLines().format(record))["traceback"]


@pytest.mark.parametrize("kind", ["json", "text"])
def test_the_log_has_the_form_that_the_settings_name(kind, monkeypatch):
    names = ("initopt", "initopt_core", "streamlit", "uvicorn")
    loggers = {name: logging.getLogger(name) for name in names}
    for logger in loggers.values():  # put back afterwards
        monkeypatch.setattr(logger, "handlers", list(logger.handlers))
        monkeypatch.setattr(logger, "propagate", logger.propagate)
        monkeypatch.setattr(logger, "level", logger.level)
    logs.begin(ServerSettings(log=kind, log_level="WARNING"))
    (handler,) = loggers["initopt"].handlers
    assert isinstance(handler.formatter, logs.JsonLines if kind == "json" else logs.TextLines)
    assert loggers["initopt"].level == logging.WARNING
    assert (handler in loggers["streamlit"].handlers) is (kind == "json")


def page():
    import streamlit as st

    from initopt_core.ui.server import logs

    logs.script_error(st.session_state["error"])


def test_what_a_part_of_a_page_has_told_is_not_told_again():
    from streamlit.testing.v1 import AppTest

    test = AppTest.from_function(page)
    test.session_state["error"] = FragmentHandledException(ValueError("secret detail"))
    test.run()
    assert not test.error and not test.warning


@pytest.mark.parametrize("error", [SettingError("Choose less."), ValueError("secret detail")])
def test_a_callbacks_error_is_a_sentence(error):
    from streamlit.testing.v1 import AppTest

    test = AppTest.from_function(page)
    test.session_state["error"] = error
    test.run()
    if isinstance(error, SettingError):
        assert test.warning[0].value == "Choose less." and not test.error
    else:
        assert re.search(r"error [0-9a-f]{8}", test.error[0].value)
        assert "secret" not in test.error[0].value
