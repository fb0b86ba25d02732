"""The line at the top of a page in a hall: what it is told, and the way out."""

import json

from streamlit.testing.v1 import AppTest

from tests.support.pages import mounted


def page():
    import streamlit as st

    from initopt_core.ui import stage
    from initopt_core.ui.components import stage_bar

    if not st.session_state.get("begun"):
        st.session_state["begun"] = True
        stage.write(stage.Stage("tutorial", 2, "depth"))
    if st.session_state.pop("leave", False):
        stage_bar._leave()
    if stage.is_on():
        stage_bar.stage_bar("Training", {"title": "A scene", "number": 2}, {})


def test_a_scenes_title_stands_before_the_pages():
    (told,) = mounted(AppTest.from_function(page).run(), "stage")
    shown = {"shows": "depth", "adds": False}
    assert json.loads(told.json) == {"title": "A scene", "number": 2, **shown}


def test_the_way_out_takes_the_hall_out_of_session_and_link():
    test = AppTest.from_function(page).run()
    assert {"lecture", "scene", "figure"} == set(dict(test.query_params))
    test.session_state["leave"] = True
    test.run()
    assert not dict(test.query_params) and not mounted(test, "stage")
