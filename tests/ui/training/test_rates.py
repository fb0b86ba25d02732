"""The learning rates of a race that runs: shown as they are, changed by a box."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from streamlit.testing.v1 import AppTest

from initopt_core.registry import SettingError
from initopt_core.ui.training import rates
from tests.support.charts import told
from tests.support.training import tiny


@pytest.fixture
def run():
    return SimpleNamespace(id="r1", config=tiny())


def test_a_rate_is_the_last_that_was_set_else_the_trials_else_the_settings(run):
    history = told([[1.0], [1.0]])
    assert rates._now(run, history, 1) == 0.1  # as the events told of this trial
    history.rate_changes += [
        {"racer": 1, "lr": 0.5, "step": 1}, {"racer": 0, "lr": 7.0, "step": 2},
        {"racer": 1, "lr": 0.25, "step": 3},
    ]  # fmt: skip
    assert rates._now(run, history, 1) == 0.25
    assert rates._now(run, SimpleNamespace(rate_changes=[], curves={}), 1) == 0.003


def page():
    import streamlit as st

    from initopt_core.ui.training import rates

    rates.live_rates(st.session_state["run"], st.session_state["history"])


def test_a_box_sets_the_rate_and_what_is_none_is_said(run, monkeypatch):
    asked = []

    def set_rate(run_id, racer, lr):
        if lr > 100:
            raise SettingError("That rate is too high.")
        asked.append((run_id, racer, lr))

    def wished(run_id, racer):
        return next((lr for _, who, lr in reversed(asked) if who == racer), None)

    service = SimpleNamespace(
        set_rate=set_rate, wished_rate=wished, history=lambda run_id: told([[1.0], [1.0]])
    )
    monkeypatch.setattr(rates, "service", lambda: service)
    test = AppTest.from_function(page)
    test.session_state["run"], test.session_state["history"] = run, told([[1.0], [1.0]])
    test.run()
    assert [box.label for box in test.text_input] == ["SGD: η now", "Adam: η now"]
    test.text_input[1].set_value("0.02").run()
    assert asked == [("r1", 1, 0.02)] and not test.error
    test.text_input[1].set_value("0.020").run()  # what holds already
    assert len(asked) == 1 and not test.error
    test.text_input[1].set_value("0.1").run()  # back, before the run has heard of the first
    assert asked.pop() == ("r1", 1, 0.1)
    for wrong in ("fast", "500"):
        test.text_input[0].set_value(wrong).run()
        assert test.error and test.text_input[0].value == "0.1"
    assert len(asked) == 1


def test_who_has_stopped_keeps_its_place_but_takes_no_rate(run, monkeypatch):
    monkeypatch.setattr(rates, "service", lambda: SimpleNamespace())
    history = told([[1.0], [1.0]])
    first = next(iter(history.curves.values()))
    first.divergence = {"step": 1}
    test = AppTest.from_function(page)
    test.session_state["run"], test.session_state["history"] = run, history
    test.run()
    assert [box.label for box in test.text_input] == ["SGD: stopped", "Adam: η now"]
    assert [box.disabled for box in test.text_input] == [True, False]


def test_a_racer_stops_with_its_last_seed():
    history = told([[1.0], [1.0]])
    one, two = history.curves.values()
    two.racer, one.divergence = 0, {"step": 1}
    assert not rates.has_stopped(history, 0)
    two.divergence = {"step": 1}
    assert rates.has_stopped(history, 0)
    assert not rates.has_stopped(history, 1)  # of whom nothing is known


def test_a_box_that_is_gone_changes_nothing(run, monkeypatch):
    monkeypatch.setattr(rates.st, "session_state", {})
    monkeypatch.setattr(rates, "service", lambda: pytest.fail("nothing was changed"))
    rates._change(run, 0, "SGD", "rate_r1_0")
