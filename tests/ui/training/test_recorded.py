"""The recorded race, beside what the tutorial printed."""

from __future__ import annotations

import json

import pytest
from streamlit.testing.v1 import AppTest

from initopt_core import published
from initopt_core.training.runs.recorded import recorded_race
from initopt_core.ui.training import recorded, results
from tests.support.pages import charts


def page():
    from initopt_core.ui.training import recorded

    recorded.recorded()


def test_the_accuracies_are_the_records_own(quick_charts):
    lines = recorded_race().read_text().splitlines()
    tested = {e["name"]: e["accuracy"] for e in map(json.loads, lines) if e["kind"] == "test"}
    assert tested.keys() == published.ACCURACIES.keys()
    test = AppTest.from_function(page, default_timeout=30).run()
    assert not test.exception
    for name, printed in published.ACCURACIES.items():
        said = test.caption[0].value.replace("\xa0", " ")
        assert f"{100 * tested[name]:.2f} ({100 * printed:.2f})" in said
        assert abs(tested[name] - printed) < 0.02
    assert [head["key"] for _, head, _ in charts(test)] == ["recorded-loss", "recorded-accuracy"]


def test_the_pace_is_that_of_whole_epochs():
    speeds = [
        e["images_per_s"]
        for e in map(json.loads, recorded_race().read_text().splitlines())
        if e["kind"] == "epoch"
    ]
    assert recorded.pace() == pytest.approx(speeds[-1])


def test_its_menus_have_the_program_too(quick_charts, monkeypatch):
    told = []
    monkeypatch.setattr(recorded, "export_buttons", lambda *_, extra, **more: told.append(extra))
    recorded.recorded()
    assert len(told) == 2
    text = told[1]["training.py"]()
    assert "epochs" in text.lower() and compile(text, "training.py", "exec")


def test_a_link_of_the_weights_clip_shows_the_records_histograms(quick_charts):
    test = AppTest.from_function(page, default_timeout=60)
    test.query_params["tab"] = "Distributions"
    test.run()
    assert not test.exception
    keys = [head["key"] for _, head, _ in charts(test)]
    assert keys[2:] == ["training-evolution", "training-histograms"]


def test_what_the_record_has_not_is_said(quick_charts):
    test = AppTest.from_function(page, default_timeout=60)
    test.query_params["tab"] = "Layers"
    test.run()
    assert not test.exception and "no Layers here" in test.caption[-1].value


def test_no_two_menus_have_one_name(quick_charts, monkeypatch):
    names = []

    def menu(*_, label="Export", **more):
        names.append(label)

    for module in (recorded, results):
        monkeypatch.setattr(module, "export_buttons", menu)
    test = AppTest.from_function(page, default_timeout=60)
    test.query_params["tab"] = "Distributions"
    assert not test.run().exception
    assert len(names) == 4 and len(set(names)) == 4
