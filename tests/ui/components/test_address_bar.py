"""The browser's half of a page's address: what it is told, and when the hall's line is there."""

import json

from streamlit.testing.v1 import AppTest

from tests.support.pages import mounted


def page():
    import streamlit as st

    from initopt_core.ui import address, stage
    from initopt_core.ui.components.address_bar import address_bar

    if st.session_state.get("answered"):
        address.bar_is_ready()
    if hall := st.session_state.get("hall"):
        stage.write(stage.Stage(*hall))
    add = None if st.session_state.get("no scene") else lambda: None
    address_bar("Training", {"question": "Why?"}, {}, add, lambda: st.session_state.get("said"))


def told(test: AppTest, name: str) -> dict:
    (one,) = mounted(test, name)
    return json.loads(one.json)


def test_it_is_told_the_size_of_type_the_stage_and_whether_it_was_heard():
    test = AppTest.from_function(page).run()
    usual = {"ready": False, "large": False, "lecture": "", "figure": ""}
    usual |= {"adds": True, "said": None, "heard": ""}
    assert told(test, "address_bar") == usual and not mounted(test, "stage")
    test.session_state["answered"], test.session_state["type"] = True, "large"
    assert told(test.run(), "address_bar") == usual | {"ready": True, "large": True}


def test_a_page_that_can_be_no_scene_offers_none():
    test = AppTest.from_function(page)
    test.session_state["no scene"] = True
    assert not told(test.run(), "address_bar")["adds"]


def test_what_came_of_a_press_is_told_by_every_run():
    """A run that follows at once must not take it away."""
    test = AppTest.from_function(page)
    test.session_state["said"] = said = ("1", "Scene 1", False)
    assert (
        told(test.run(), "address_bar")["said"]
        == list(said)
        == told(test.run(), "address_bar")["said"]
    )


def test_in_a_hall_the_line_has_the_page_and_its_scene():
    test = AppTest.from_function(page)
    test.session_state["hall"] = ("tutorial", 3, "depth")
    test.run()
    bar = told(test, "address_bar")
    assert (bar["lecture"], bar["figure"]) == ("tutorial", "depth")
    shown = {"shows": "depth", "adds": True}
    assert told(test, "stage") == {"title": "Training", "question": "Why?", **shown}
