"""A number control: its steps, and what the browser is told of the parameter."""

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from initopt_core.ui.components.number_slider import nice_step
from tests.support.pages import mounted


@given(st.floats(-1e6, 1e6), st.floats(1e-6, 1e9))
def test_steps_are_about_two_hundred_round_numbers(low, width):
    step = nice_step(low, low + width)
    mantissa = step / 10 ** math.floor(math.log10(step) + 1e-9)
    assert min(abs(mantissa - m) for m in (1, 2, 5)) < 1e-6
    assert 75 <= ((low + width) - low) / step <= 205


NAMES = ("number_slider", "slider_news")


def page():
    from initopt_core.registry import Parameter
    from initopt_core.ui.components.number_slider import number_slider

    rate = Parameter("lr", "Rate", 0.1, 1e-6, 100.0, "log", help="A step.", track=(1e-4, 1.0))
    number_slider(rate, "SGD_lr", spoken="SGD: rate")
    number_slider(Parameter("n", "Layers", 4, 1, 64, unit="layers"), "n", link=False)


@pytest.mark.parametrize("asked", ["0.5", "many"])
def test_the_browser_is_told_range_track_and_value(asked):
    test = AppTest.from_function(page)
    test.query_params["SGD_lr"] = test.query_params["n"] = asked
    test.run()
    assert not test.exception
    rate, layers = (json.loads(m.json) for m in mounted(test, "number_slider"))
    assert (rate["low"], rate["high"], rate["from"], rate["to"]) == (1e-6, 100, 1e-4, 1)
    assert (rate["label"], rate["name"], rate["help"], rate["log"]) == (
        "Rate", "SGD: rate", "A step.", True,
    )  # fmt: skip
    assert rate["value"] == (0.5 if asked == "0.5" else 0.1)
    assert (layers["value"], layers["step"], layers["integer"], layers["unit"]) == (
        4, 1, True, "layers",
    )  # fmt: skip


def told():
    import streamlit as st

    from initopt_core.registry import Parameter
    from initopt_core.ui.components.number_slider import number_slider, slider_news
    from initopt_core.ui.state import values

    n = Parameter("n", "Layers", 4, 1, 64, unit="layers")
    number_slider(n, "n")
    if st.session_state.get("other"):
        values["n"] = 9
    slider_news({"n": n})


def test_news_say_what_a_slider_holds_by_now_and_are_the_last_word():
    test = AppTest.from_function(told)
    test.session_state["other"] = True
    test.run()
    assert not test.exception
    drawn, news = (json.loads(mounted(test, name)[0].json) for name in NAMES)
    (heard,) = news["sliders"]
    assert (drawn["value"], heard["value"]) == (4, 9)
    assert {k: v for k, v in heard.items() if k not in ("value", "said")}.items() <= drawn.items()
    assert heard["said"][0] == drawn["said"][0] and heard["said"][1] > drawn["said"][1]
