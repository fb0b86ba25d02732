"""The one machine behind every laboratory, with a laboratory of two controls."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from initopt_core.ui import page as machine
from initopt_core.ui import undo
from tests.support.session import hold


def page():
    import streamlit as st

    from initopt_core.registry import Parameter
    from initopt_core.ui import address
    from initopt_core.ui.layout import experiments
    from initopt_core.ui.page import Laboratory, part

    def read(take):
        size = take(Parameter("size", "Size", 1.0, 0.0, 9.0), group="side")
        kind = take(Parameter("kind", "Kind", "a", choices=("a", "b")), group="side")
        return size, kind, take(Parameter("part", "Part", ""), undo=False)

    lab = Laboratory("toy", "A toy", read, words=lambda held: (f"kind {held[1]}",), stays=("part",))

    @lab.fragment("picture")
    def picture(held, prefix):
        st.write(f"{prefix} {held}")

    def draw(held):
        st.session_state["whole"] = st.session_state.get("whole", 0) + 1
        lab.head(lambda: experiments("toy", "Try these.", [
            ("large", "Large", None, lambda: lab.set({"size": 9.0})),
        ]), help="As at first.")  # fmt: skip
        lab.notes()
        picture("shows")
        lab.draw("side")
        if st.session_state.get("cut"):
            st.stop()  # as a change that comes in the midst of a run
        if part("Closed", "tune", "_closed"):
            st.write("open")

    lab.show(draw)
    st.session_state["title"] = address.told()


@pytest.fixture
def clock(monkeypatch):
    now = [1000.0]
    monkeypatch.setattr(undo.time, "monotonic", lambda: now[0])
    return now


def opened(**link: str) -> AppTest:
    test = AppTest.from_function(page)
    for name, value in link.items():
        test.query_params[name] = value
    test.run()
    assert not test.exception, test.exception
    return test


def shown(test: AppTest) -> str:
    assert not test.exception, test.exception
    return test.markdown[0].value


def press(test: AppTest, label: str) -> AppTest:
    next(b for b in test.button if b.label == label).click().run()
    return test


def test_the_picture_shows_what_was_read_and_the_tab_says_it():
    test = opened(size="2.5", kind="b")
    assert shown(test) == "shows (2.5, 'b', '')"
    assert test.session_state["title"] == "kind b · A toy · Initopt"
    assert [b.label for b in test.button if b.disabled] == ["Undo"]


def test_reset_brings_the_defaults_back_but_for_what_stays():
    test = press(opened(size="2.5", kind="b", part="Code"), "Reset")
    assert shown(test) == "shows (1.0, 'a', 'Code')"
    assert set(dict(test.query_params)) == {"part"}


def test_undo_takes_back_one_change_and_not_what_is_only_looked_at(clock):
    test = opened()
    for name, value in (("size", 3.0), ("part", "Code"), ("kind", "b")):
        hold(test, **{name: value})
        clock[0] += 10
        test.run()
    assert shown(press(test, "Undo")) == "shows (3.0, 'a', 'Code')"
    assert shown(press(test, "Undo")) == "shows (1.0, 'a', 'Code')"
    assert set(dict(test.query_params)) == {"part"}


def test_a_box_answers_and_the_link_follows():
    test = opened()
    test.selectbox[0].set_value("b").run()
    assert shown(test) == "shows (1.0, 'b', '')" and "b" in test.query_params["kind"]


def test_what_was_due_and_is_gone_since_does_not_cost_the_whole_page():
    """A part that a change asked for, and that another change has taken off the page."""
    test = opened()
    test.selectbox[0].set_value("b").run()
    whole = test.session_state["whole"]
    test.session_state["_page_due"] = {"gone": None}
    test.selectbox[0].set_value("a").run()
    assert shown(test) == "shows (1.0, 'a', '')"
    assert test.session_state["whole"] == whole


def test_closed_menus_and_parts_draw_nothing():
    test = opened()
    assert "Large" not in [b.label for b in test.button]
    assert "open" not in [m.value for m in test.markdown]
    test.session_state["_toy_experiments"] = test.session_state["_closed"] = True
    test.run()
    assert "open" in [m.value for m in test.markdown]
    assert shown(press(test, "Large")) == "shows (9.0, 'a', '')"
    assert "Large" not in [b.label for b in test.button]  # chosen, the menu is closed


@pytest.mark.parametrize("link", [{"kind": "zz"}, {"foo": "1"}])
def test_what_a_link_could_not_say_goes_with_the_first_change(link):
    test = opened(**link)
    assert "in the link" in test.caption[0].value
    test.selectbox[0].set_value("b").run()
    assert shown(test) == "shows (1.0, 'b', '')" and not test.caption
    test.selectbox[0].set_value("a").run()
    assert not test.caption


def test_a_box_tells_the_browser_its_value_again_after_a_run_that_was_cut_short(monkeypatch):
    """Without it a browser that the value did not reach takes the box for empty, and says so."""
    test = AppTest.from_function(page)
    test.query_params["kind"], test.session_state["cut"] = "b", True
    told = []
    for cut in (True, True, False, False):
        test.session_state["cut"] = cut
        test.run()
        told.append((test.selectbox[0].proto.set_value, test.selectbox[0].proto.raw_value))
        monkeypatch.setattr(machine, "UNSENT_SECONDS", 60.0)
    assert told == [(True, "b")] * 4  # the last: the run before is only just over
    monkeypatch.setattr(machine, "UNSENT_SECONDS", 0.0)
    test.run()
    assert not test.selectbox[0].proto.set_value
    assert shown(test) == "shows (1.0, 'b', '')"


def test_a_cut_run_keeps_what_was_chosen_in_it():
    test = opened(kind="b")
    test.session_state["cut"] = True
    test.selectbox[0].set_value("a").run()
    test.session_state["cut"] = False
    test.run()
    assert shown(test) == "shows (1.0, 'a', '')" and test.selectbox[0].value == "a"
