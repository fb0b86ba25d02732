"""Which run a page shows: the link's, else the session's, else the live one, else the newest."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest

from initopt_core.registry import SettingError
from initopt_core.training.runs.desk import Desk
from initopt_core.ui.server import training as server
from initopt_core.visitors import Visitor
from tests.support.training import tiny

ANN = Visitor("ann")


def page():
    import streamlit as st

    from initopt_core.ui.server import training

    st.session_state["found"] = training.shown_run()
    st.session_state["name"] = training.run_name(st.session_state["found"])
    st.session_state["told"] = training.problem_told()


def found(run: str = "", test: AppTest | None = None) -> AppTest:
    test = test or AppTest.from_function(page)
    if run:
        test.query_params["run"] = run
    test.run()
    assert not test.exception, test.exception
    return test


def test_the_links_run_comes_first_then_the_newest(service):
    desk = Desk(service, ANN)
    old, new = desk.submit(tiny(seeds=(1,)), "old"), desk.submit(tiny(seeds=(2,)), "new")
    assert found().session_state["found"] == new
    test = found(old)
    assert (test.session_state["found"], test.session_state["name"]) == (old, "old")
    del test.query_params["run"]
    assert found(test=test).session_state["found"] == old  # the session keeps it
    assert old in test.query_params["run"]


def test_a_link_to_no_run_says_which_is_shown_instead(service):
    told = found("nope").session_state["told"]
    assert told.endswith("Shown instead: the recorded race.")
    Desk(service, ANN).submit(tiny(), "mine")
    assert found("nope").session_state["told"].endswith("Shown instead: “mine”.")


def test_the_record_is_a_run_of_its_own(service):
    test = found("recorded")
    assert test.session_state["found"] == server.RECORDED
    assert test.session_state["name"] == "The recorded race"


def test_a_run_that_is_gone_is_told_once_and_no_run_leaves_the_link(service):
    test = found("20200101-000000-abcd")
    assert test.session_state["found"] is None and test.session_state["told"]
    assert "run" not in test.query_params
    assert found(test=test).session_state["told"] is None


def test_a_refusal_is_kept_for_the_page(monkeypatch):
    kept = {}
    monkeypatch.setattr(server.st, "session_state", kept)

    def refused():
        raise SettingError("Not now.")

    assert server.try_to(lambda: 3) == 3 and not kept
    assert server.try_to(refused) is None
    assert server.problem_told() == "Not now." and server.problem_told() is None
