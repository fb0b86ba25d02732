"""Lecture mode is in the session and in the link, and both agree."""

import pytest
from streamlit.testing.v1 import AppTest


def page():
    import streamlit as st

    from initopt_core.ui import address, stage
    from initopt_core.ui.state import notice_bad_links

    address.arrive(st.session_state.get("on", "initialization"))
    found = stage.read()
    if st.session_state.pop("switch", False):
        stage.switch()
        found = stage.now()
    if name := st.session_state.pop("show", ""):
        stage.show_figure(name)
        found = stage.now()
    notice_bad_links()
    st.write(f"{found.on} {found.lecture or '-'} {found.scene} {found.figure or '-'}")


def opened(**link: str) -> AppTest:
    test = AppTest.from_function(page)
    for name, value in link.items():
        test.query_params[name] = value
    return test.run(timeout=30)


def shown(test: AppTest) -> str:
    return test.markdown[-1].value


def test_a_page_is_as_usual_and_its_link_clean():
    test = opened()
    assert shown(test) == "False - 0 -" and not dict(test.query_params)


@pytest.mark.parametrize(
    ("link", "said"),
    [
        ({"lecture": "on"}, "True on 0 -"),
        ({"lecture": "tutorial", "scene": "3"}, "True tutorial 3 -"),
        ({"lecture": "on", "figure": "depth"}, "True on 0 depth"),
        ({"scene": "3", "figure": "depth"}, "False - 0 -"),  # without a lecture it means nothing
    ],
)
def test_a_link_sets_it(link, said):
    assert shown(opened(**link)) == said


@pytest.mark.parametrize("bad", [{"scene": "many"}, {"scene": "-1"}, {"figure": "nothing"}])
def test_what_a_link_cannot_mean_is_said_and_the_rest_taken(bad):
    test = opened(lecture="on", **bad)
    assert shown(test) == "True on 0 -"
    (value,) = bad.values()
    assert any(value in one.value for one in [*test.warning, *test.info, *test.caption])


def test_a_scene_without_a_lecture_is_told():
    test = opened(scene="3", figure="nothing")
    said = " ".join(one.value for one in test.caption)
    assert "“scene=3”" in said and "“figure=nothing”" in said and not dict(test.query_params)


def test_a_figure_is_its_pages():
    """Another page begins with its own; one of the gallery is no figure of a laboratory."""
    test = opened(lecture="on", figure="depth")
    test.session_state["on"] = "course"
    test.query_params.clear()
    assert shown(test.run()) == "True on 0 -"
    test.session_state["show"] = "20-pathological-paths"
    assert shown(test.run()) == "True on 0 20-pathological-paths"
    test.session_state["on"] = "training"
    test.query_params.clear()
    assert shown(test.run()) == "True on 0 -" and not test.caption


def test_a_frame_may_ask_for_one_figure_of_the_gallery(monkeypatch):
    from initopt_core.ui import stage

    monkeypatch.setattr(stage, "_framed", lambda: True)
    test = AppTest.from_function(page)
    test.session_state["on"] = "course"
    test.query_params["figure"] = "20-pathological-paths"
    assert shown(test.run(timeout=30)) == "False - 0 20-pathological-paths" and not test.caption


def test_the_switch_leads_in_and_out():
    test = opened()
    test.session_state["switch"] = True
    assert shown(test.run()) == "True on 0 -"
    assert dict(test.query_params) == {"lecture": "on"}
    test.session_state["show"] = "depth"
    assert shown(test.run()) == "True on 0 depth"
    test.session_state["switch"] = True
    assert shown(test.run()) == "False - 0 -" and not dict(test.query_params)
