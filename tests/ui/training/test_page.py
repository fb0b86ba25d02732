"""The training page: the recorded race at first, then the run on the screen."""

from __future__ import annotations

import streamlit as st
from streamlit.testing.v1 import AppTest

from initopt_core.training.runs.desk import Desk
from initopt_core.ui.training import page
from initopt_core.visitors import Visitor
from tests.support.pages import charts, html_of
from tests.support.session import held
from tests.support.training import tiny


def shown():
    from initopt_core.ui.training import page

    page.show()


def test_who_has_no_run_sees_the_record_and_who_starts_one_sees_it(service, quick_charts):
    test = AppTest.from_function(shown, default_timeout=60)
    test.query_params["data"] = "sample"
    test.run()
    assert not test.exception, test.exception
    assert [head["key"] for _, head, _ in charts(test)] == ["recorded-loss", "recorded-accuracy"]
    run = Desk(service, Visitor("ann")).submit(tiny())
    service.rename(run, "My race")
    test.query_params["run"] = run
    test.run()
    assert not test.exception and not charts(test)
    assert "My race" in html_of(test) and "Starting" in html_of(test)
    assert held(test).title == "My race · Training · Initopt"


def test_beside_the_record_stands_what_the_side_says_and_does(service, quick_charts):
    test = AppTest.from_function(shown, default_timeout=60)
    test.query_params["data"], test.query_params["run"] = "sample", "recorded"
    test.run()
    assert "40 epochs" in html_of(test)  # the record's settings, as every run has them
    assert "epochs 40 here, 10 there" in " ".join(c.value for c in test.caption)
    assert {"Set the side to this run", "Race the side's settings"} <= {
        b.label for b in test.button
    }
    (said,) = [m.value for m in test.markdown if "Press" in m.value]
    assert "**Start the race**" in said
    run = Desk(service, Visitor("", full=True)).submit(test.session_state["_page_read"].held.config)
    service.store.set_state(run, "done")
    test.query_params["run"] = "recorded"
    test.run()
    (said,) = [m.value for m in test.markdown if "Press" in m.value]
    assert f"**{test.button(key='start').label}**" in said and "finished" in said


def test_a_link_to_a_run_that_is_not_there_says_so(service, quick_charts):
    test = AppTest.from_function(shown, default_timeout=60)
    test.query_params["run"] = "20200101-000000-abcd"
    test.query_params["compare"], test.query_params["optimizers"] = "nope", "Foo"
    test.run()
    assert not test.exception and "recorded race" in test.info[0].value
    said = " ".join(one.value for one in test.caption)
    assert "“compare=nope” in the link cannot be used" in said
    assert "“optimizers” in the link means nothing" in said
    assert "run" not in test.query_params


def test_start_in_the_midst_of_the_first_run_starts_what_the_link_says(
    service, quick_charts, monkeypatch
):
    """The button stands there before the run that the link names is drawn."""
    run = Desk(service, Visitor("", full=True)).submit(tiny(epochs=2))
    service.store.set_state(run, "done")
    with monkeypatch.context() as cut:
        cut.setattr(page.watch, "watch", lambda *_: st.stop())
        test = AppTest.from_function(shown, default_timeout=60)
        link = {"data": "sample", "epochs": "1", "race": "SGD", "hidden": "12", "run": run}
        for name, value in link.items():
            test.query_params[name] = value
        test.run()
    assert not test.exception and not test.selectbox  # no control has been drawn
    said = [w.value for w in (*test.error, *test.info, *test.warning, *test.caption)]
    assert not test.button(key="start").disabled, said
    test.button(key="start").click().run()
    assert not test.exception, test.exception
    (started,) = {r.id for r in service.runs()} - {run}
    config = service.info(started).config
    assert (config.epochs, config.hidden_sizes, len(config.racers)) == (1, (12,), 1)
    assert held(test).values[""]["run"] == started
