"""The training page without a browser: controls make the configuration, and say what is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from initopt_core.optimizers import OPTIMIZERS
from initopt_core.training import TrainConfig, tutorial_comparison
from initopt_core.training.config import MAX_RACERS
from initopt_core.ui.training import controls
from tests.support.session import hold

ROOT = Path(__file__).resolve().parents[2]


def sidebar():
    """The page's controls alone; what they make is kept in the session."""
    import streamlit as st

    from initopt_core.ui.page import Laboratory
    from initopt_core.ui.training import controls

    lab = Laboratory("training", "Training", controls.read, stays=controls.STAYS)

    def draw(held):
        config = held.config
        st.session_state["made"] = (config.as_dict() if config else None, held.problem)
        controls.sidebar(lab, held)
        lab.head()
        for name in controls.PRESETS:
            st.button(name, on_click=controls.apply_preset, args=(lab, name))

    lab.show(draw)


@pytest.fixture
def page(monkeypatch):
    monkeypatch.chdir(ROOT)

    def run(link: dict | None = None) -> AppTest:
        test = AppTest.from_function(sidebar, default_timeout=60)
        for key, value in (link or {}).items():
            test.query_params[key] = value
        test.run()
        assert not test.exception
        return test

    return run


def made(test: AppTest) -> TrainConfig:
    plain, problem = test.session_state["made"]
    assert not problem
    return TrainConfig.from_dict(plain)


def test_defaults_are_the_tutorials_race_of_ten_epochs(page):
    config = made(page())
    expected = tutorial_comparison(epochs=10, data=config.data)
    assert config == expected


def test_a_link_sets_the_controls(page):
    test = page(
        {
            "race": "Adam,Lion",
            "Adam_lr": "0.01",
            "hidden": "64,32",
            "init": "xavier",
            "act": "tanh",
            "epochs": "3",
            "seeds": "7 8",
            "batch": "128",
        }
    )
    config = made(test)
    assert [r.optimizer for r in config.racers] == ["Adam", "Lion"]
    assert config.racers[0].lr == 0.01
    assert (config.hidden_sizes, config.seeds) == ((64, 32), (7, 8))
    assert (config.initializer, config.activation) == ("xavier", "tanh")
    assert (config.epochs, config.batch_size) == (3, 128)


@pytest.mark.parametrize(
    "link, said",
    [
        ({"hidden": "12,x"}, "Hidden layers: “x” is not a number"),
        ({"hidden": "99999"}, "Hidden layers"),
        ({"seeds": ""}, "Seeds"),
        ({"race": ""}, "Choose 1 to 8 optimizers"),
    ],
)
def test_unusable_settings_are_said(page, link, said):
    config, problem = page(link).session_state["made"]
    assert config is None and said in problem


def test_a_link_with_too_many_or_unknown_optimizers(page):
    many = made(page({"race": ",".join(OPTIMIZERS)}))
    assert [r.optimizer for r in many.racers] == list(OPTIMIZERS)[:MAX_RACERS]
    some = made(page({"race": "Adam,Nothing"}))
    assert [r.optimizer for r in some.racers] == ["Adam"]
    assert made(page({"race": "Nothing"})) == made(page())


@pytest.mark.parametrize(
    "link, field, value",
    [
        ({"epochs": "200"}, "epochs", 200),
        ({"batch": "8192"}, "batch_size", 8192),
        ({"batch": "1,024"}, "batch_size", 1024),
        ({"clip": "500"}, "clip_norm", 500.0),
        ({"fair": "true", "budget": "40"}, "search_epochs", 40),
        ({"hidden": "4 x 256"}, "hidden_sizes", (256,) * 4),
        ({"hidden": "[512, 256]"}, "hidden_sizes", (512, 256)),
        ({"seeds": "[1, 2]"}, "seeds", (1, 2)),
    ],
)
def test_a_link_may_say_all_that_can_be_trained(page, link, field, value):
    assert getattr(made(page(link)), field) == value


def test_the_rates_range_is_the_cores(page):
    assert made(page({"race": "SGD", "SGD_lr": "2000"})).racers[0].lr == 2000.0


@pytest.mark.parametrize("name", controls.PRESETS)
def test_every_ready_made_race_and_reset(page, name):
    test = page({"race": "Muon", "Muon_lr": "0.5", "hidden": "8", "clip": "2"})
    next(b for b in test.button if b.label == name).click().run()
    assert not test.exception
    config = made(test)
    assert config.hidden_sizes == tutorial_comparison().hidden_sizes and not config.clip_norm
    wanted = controls.PRESETS[name]
    if "epochs" in wanted:
        assert config.epochs == wanted["epochs"]
    assert config.search_epochs == (1 if wanted.get("fair") else 0)
    assert len(config.seeds) == (5 if "seeds" in wanted else 1)
    if "init" in wanted:
        assert config.initializer == wanted["init"]
    if "SGD_lr" in wanted:
        assert config.racers[0].lr == wanted["SGD_lr"]
    if "data" in wanted:
        assert config.data == wanted["data"]
    next(b for b in test.button if b.label == "Reset").click().run()
    assert made(test) == tutorial_comparison(epochs=10, data=made(test).data)


def test_a_link_forgets_the_settings_of_what_is_no_longer_chosen(page):
    test = page({"race": "SGD,Adam", "Adam_beta1": "0.5", "act": "leaky_relu", "epochs": "3"})
    assert {"race", "Adam_beta1", "act", "epochs"} <= set(dict(test.query_params))
    hold(test, race=("SGD",), act="tanh")
    test.run()
    assert "Adam_beta1" not in test.query_params
    assert {"race", "act", "epochs"} <= set(dict(test.query_params))


def test_undo_takes_back_a_change_of_the_race(page):
    test = page()
    hold(test, SGD_lr=0.5)
    test.run()
    assert made(test).racers[0].lr == 0.5
    next(b for b in test.button if b.label == "Undo").click().run()
    assert made(test) == made(page())
    assert not dict(test.query_params)
