"""Pinned settings: from the link, in the session, up to three."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from initopt_core.initialization import Settings
from tests.support.pages import charts, html_of


def page():
    import streamlit as st

    from initopt_core.data import load_sample
    from initopt_core.figures.initialization import Display
    from initopt_core.initialization import Settings, observe
    from initopt_core.ui.initialization import pins

    if wanted := st.session_state.pop("pin", None):
        pins.pin(wanted)
    st.session_state["held"] = pins.pins()
    pins.link_pins()
    if st.session_state.get("drawn"):
        now = Settings.make("xavier", hidden="6", batch=32)
        both = (observe(one, load_sample()) for one in (*pins.pins(), now))
        *pinned, seen = both
        pins.compare(seen, Display(), tuple(pinned))


def test_a_links_pins_are_kept_but_no_more_than_three_and_none_that_is_wrong():
    test = AppTest.from_function(page)
    texts = [Settings.make(seed=i).to_text() for i in range(4)]
    test.query_params["pin"] = [texts[0], "nonsense", *texts[1:]]
    test.run()
    assert not test.exception
    held = test.session_state["held"]
    assert held == [Settings.make(seed=0), Settings.make(seed=1)]  # of the first three
    assert test.query_params["pin"] == [s.to_text() for s in held]


def test_a_setting_is_pinned_once_and_a_fourth_is_not():
    test = AppTest.from_function(page).run()
    for seed in (1, 1, 2, 3, 4):
        test.session_state["pin"] = Settings.make(seed=seed)
        test.run()
    assert [s.seed for s in test.session_state["held"]] == [1, 2, 3]


def test_pins_are_compared_with_what_is_shown_now_and_taken_off(quick_charts):
    test = AppTest.from_function(page, default_timeout=30)
    test.session_state["drawn"] = True
    test.run()
    assert "Nothing is pinned yet" in test.info[0].value
    test.session_state["pin"] = Settings.make(hidden="6", batch=32)
    test.run()
    assert not test.exception and len(charts(test)) == 1
    assert "now: " in html_of(test) and "<table" in html_of(test)
    next(b for b in test.button if b.label == "Unpin").click().run()
    assert test.session_state["held"] == [] and "pin" not in test.query_params


@pytest.mark.parametrize("words", ["64x2048"])
def test_a_pin_that_is_too_heavy_for_a_visitor_is_left_out(service, words):
    test = AppTest.from_function(page)
    test.query_params["pin"] = f"kaiming~relu~layers-{words}"
    assert test.run().session_state["held"] == []
