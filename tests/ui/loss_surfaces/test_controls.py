"""The sidebar of the loss-surface page: adding, removing, and switching a convention."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest

from initopt_core.optimizers import OPTIMIZERS
from initopt_core.ui.loss_surfaces.plan import MAX_RUNS


def page():
    import streamlit as st

    from initopt_core.ui.loss_surfaces import controls
    from initopt_core.ui.loss_surfaces import plan as plans
    from initopt_core.ui.page import Laboratory

    lab = Laboratory("loss_surfaces", "Loss surfaces", plans.read)

    def draw(held):
        st.session_state["plan"] = held.plan
        with st.sidebar:
            controls.sidebar(lab, held)

    lab.show(draw)


def opened(**link: str) -> AppTest:
    test = AppTest.from_function(page, default_timeout=30)
    for name, value in link.items():
        test.query_params[name] = value
    test.run()
    assert not test.exception
    return test


def names(test: AppTest) -> list[str]:
    return [run.optimizer for run in test.session_state["plan"].runs]


def test_an_optimizer_is_added_and_the_last_removed_with_its_settings():
    test = opened(run2="Adam", run2_Adam_lr="0.5")
    test.button(key="_run_add").click().run()
    assert len(names(test)) == 4
    for _ in range(2):
        test.button(key="_run_remove").click().run()
    assert len(names(test)) == 2 and "run2_Adam_lr" not in test.query_params
    test.button(key="_run_add").click().run()
    assert dict(test.session_state["plan"].runs[2].settings)["lr"] != 0.5


def test_one_optimizer_stays_and_eight_are_enough():
    assert opened(runs="1").button(key="_run_remove").disabled
    assert opened(runs=str(MAX_RUNS)).button(key="_run_add").disabled


def test_the_other_convention_takes_the_same_numbers():
    test = opened(run0="SGDMomentum", run0_SGDMomentum_lr="0.25", run0_SGDMomentum_momentum="0.5")
    test.session_state["_run0_more"] = True
    test.run()
    test.button(key="_run0_switch").click().run()
    assert names(test)[0] == OPTIMIZERS["SGDMomentum"].convention.other
    settings = dict(test.session_state["plan"].runs[0].settings)
    assert (settings["lr"], settings["momentum"]) == (0.25, 0.5)


def test_the_part_on_minima_has_controls_of_its_own():
    test = opened(view="Sharp and flat")
    assert not test.get("button") and not test.selectbox
