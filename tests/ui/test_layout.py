"""What all pages share: a word to a crowd, and the guard against tracebacks."""

from __future__ import annotations

import re

import pytest
from streamlit.testing.v1 import AppTest

from initopt_core.data import DataError
from initopt_core.registry import SettingError
from initopt_core.ui.server import logs, operation


def notice():
    from initopt_core.ui.layout import tell_of_crowd

    tell_of_crowd()


@pytest.mark.parametrize(("sessions", "usual", "told"), [(300, 2.0, 1), (300, 0.1, 0), (1, 9.0, 0)])
def test_the_page_says_quietly_that_many_are_here(monkeypatch, sessions, usual, told):
    load = operation.Load()
    load.begin(1)
    load.usual = usual
    monkeypatch.setattr(operation, "LOAD", load)
    monkeypatch.setattr(operation, "sessions", lambda: sessions)
    page = AppTest.from_function(notice).run()
    assert len(page.toast) == told
    assert len(page.run().toast) == 0  # once, not at every change


def with_a_part():
    import streamlit as st

    from initopt_core.ui import layout

    with layout.guard("A page"):

        @st.fragment
        def part():
            raise ValueError("secret detail")

        part()


def test_a_parts_error_is_told_once_by_who_met_it_first(monkeypatch):
    counted = []
    monkeypatch.setattr(logs, "unforeseen", lambda what: counted.append(what) or "0")
    test = AppTest.from_function(with_a_part).run()
    assert not counted and not test.error
    assert len(test.exception) == 1  # here by Streamlit; a server's `logs.script_error` tells it


def guarded():
    import streamlit as st

    from initopt_core.ui.layout import guard, page_header

    page_header("A page", "What it shows.")
    with guard("A page"):
        if st.session_state.get("error"):
            raise st.session_state["error"]
        st.write("whole")


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (None, ""),
        (SettingError("Choose a smaller depth."), "Choose a smaller depth."),
        (DataError("The file is damaged."), "The file is damaged."),
        (ValueError("secret detail"), "A page could not be shown"),
    ],
)
def test_an_error_is_a_sentence_below_the_head(error, told):
    test = AppTest.from_function(guarded)
    test.session_state["error"] = error
    test.run()
    assert not test.exception and test.title[0].value == "A page"
    said = " ".join(one.value for one in (*test.warning, *test.error))
    assert said.startswith(told) and bool(said) == bool(told) and "secret" not in said
    assert ("whole" in [m.value for m in test.markdown]) is (error is None)
    if type(error) is ValueError:
        assert re.search(r"error [0-9a-f]{8}", said)


def headed():
    from initopt_core.ui import address
    from initopt_core.ui.layout import page_header

    address.arrive("course")
    page_header("Course figures", "Every figure.")


def test_a_page_without_controls_says_what_of_its_link_means_nothing():
    test = AppTest.from_function(headed)
    test.query_params["foo"] = "1"
    test.run()
    assert "“foo” in the link means nothing on this page" in test.caption[0].value
    assert "foo" not in test.query_params
