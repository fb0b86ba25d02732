"""The list of runs, for visitors of a shared server: what each sees and may do."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from initopt_core.registry import SettingError
from initopt_core.training.runs.desk import Desk
from initopt_core.visitors import Visitor
from tests.support.training import tiny

ANN, BOB = Visitor("ann"), Visitor("bob")


def upload():
    """A visitor's models, opened once."""
    import streamlit as st

    from initopt_core.networks import BaseNetwork, make_activation
    from initopt_core.ui.training import runs

    model = BaseNetwork(make_activation("relu"), hidden_sizes=(4,))
    if not st.session_state.get("_done"):
        st.session_state["_done"] = True
        runs._take(lambda: {"SGD": (model, None)}, uploaded=True)


def test_uploads_are_their_visitors_and_the_disk_is_looked_after(service, monkeypatch):
    asked = []
    monkeypatch.setattr(service, "tidy", lambda: asked.append(service.who))
    test = AppTest.from_function(upload, default_timeout=30).run()
    assert not test.exception and not test.error
    (run,) = service.runs()
    assert (run.owner, run.name, asked) == ("ann", "Uploaded: SGD", [ANN])
    with pytest.raises(SettingError, match="another browser"):
        Desk(service, BOB).delete(run.id)


def page():
    import streamlit as st

    from initopt_core.ui.training import runs

    st.session_state["compared"] = runs.compared(st.session_state["shown"])
    runs.runs_panel(st.session_state["shown"])


def opened(shown, **link) -> AppTest:
    test = AppTest.from_function(page, default_timeout=30)
    test.session_state["shown"] = shown
    for name, value in link.items():
        test.query_params[name] = value
    test.run()
    assert not test.exception, test.exception
    return test


def test_runs_to_compare_with_are_the_links_as_far_as_they_are_there(service):
    desk = Desk(service, ANN)
    one, other = desk.submit(tiny(seeds=(1,))), desk.submit(tiny(seeds=(2,)))
    test = opened(one, compare=f"{other},{one},nowhere")
    assert test.session_state["compared"] == (other,)
    assert test.query_params["compare"] in (other, [other])
    assert list(test.multiselect[0].value) == [other]


def test_a_run_is_shown_by_its_box_and_gone_when_deleted(service):
    desk = Desk(service, ANN)
    one, other = desk.submit(tiny(seeds=(1,))), desk.submit(tiny(seeds=(2,)))
    test = opened(one)
    assert test.expander[0].label.startswith("Runs (2)")
    test.selectbox[0].set_value(other).run()
    assert other in test.query_params["run"]
    service.stop(one)
    test.run()
    next(b for b in test.button if b.key == "delete_run").click().run()
    assert [run.id for run in service.runs()] == [other] and not test.exception


def test_a_run_that_cannot_be_read_is_listed_as_that(service):
    run = Desk(service, ANN).submit(tiny())
    (service.store.path(run) / "config.json").write_text("{")
    test = opened(None)
    assert (
        run in test.warning[0].value.replace("\\", "")
        and "1 that cannot be read" in test.expander[0].label
    )
