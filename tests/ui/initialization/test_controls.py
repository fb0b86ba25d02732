"""The sidebar of the initialization laboratory."""

from __future__ import annotations

import re

import pytest
from streamlit.testing.v1 import AppTest

from initopt_core.initialization import Settings
from initopt_core.initialization.presets import PRESETS
from initopt_core.ui.initialization import controls
from initopt_core.visitors import Visitor
from tests.support.session import held, hold

ANN, LECTURER = Visitor("ann"), Visitor("", full=True)


def settings():
    """What the initialization page would measure, and why not something else."""
    import streamlit as st

    from initopt_core.ui.initialization import controls, pins
    from initopt_core.ui.page import Laboratory

    lab = Laboratory("initialization", "Initialization", controls.read, links=("pin",))
    lab.show(lambda held: st.session_state.update(_held=held, _pins=pins.pins()))


@pytest.mark.parametrize(
    ("link", "said"),
    [
        ({"layers": "64 x 2048"}, "266,000,000|2.66·10⁸"),
        ({"layers": "12 x 1024", "images": "4096"}, "Batch size: .* up to 2,"),
        ({"layers": "64 x 512", "images": "1024"}, ""),
    ],
)
@pytest.mark.parametrize("who", [ANN, LECTURER])
def test_a_visitors_network_is_bounded_and_the_lecturers_is_not(service, who, link, said):
    service.who = who
    test = AppTest.from_function(settings, default_timeout=30)
    for name, value in {**link, "pin": f"kaiming~relu~layers-{link['layers']}"}.items():
        test.query_params[name] = value.replace(" ", "") if name == "pin" else value
    test.run()
    assert not test.exception, test.exception
    held = test.session_state["_held"]
    refused = bool(said) and who == ANN
    assert (held.settings.hidden == Settings().hidden) == refused
    if refused:
        assert re.search(said, " ".join(held.problems))
    heavy = link["layers"] == "64 x 2048" and who == ANN
    assert len(test.session_state["_pins"]) == (0 if heavy else 1)


def given():
    """The page's controls, set to what the session holds under "wanted"."""
    import streamlit as st

    from initopt_core.ui.initialization import controls
    from initopt_core.ui.page import Laboratory
    from initopt_core.ui.state import values

    lab = Laboratory("initialization", "Initialization", controls.read)
    if wanted := st.session_state.pop("wanted", None):
        values.update(controls.control_values(wanted))
    lab.show(lambda held: st.session_state.update(_held=held))


@pytest.mark.parametrize("name", PRESETS)
def test_controls_that_are_set_to_settings_hold_them(name):
    test = AppTest.from_function(given, default_timeout=30)
    test.session_state["wanted"] = PRESETS[name].settings
    test.run()
    assert not test.exception
    assert test.session_state["_held"].settings == PRESETS[name].settings


def test_depth_and_width_say_what_equal_sizes_say():
    test = AppTest.from_function(given, default_timeout=30)
    test.session_state["wanted"] = Settings.make(hidden="12 x 64")
    test.run()
    assert (held(test).values[""]["depth"], held(test).values[""]["width"]) == (12, 64)


def test_the_last_good_sizes_stay_while_others_are_mended():
    test = AppTest.from_function(given, default_timeout=30)
    hold(test, layers="64, 32")
    test.run()
    hold(test, layers="64, x")
    held = test.run().session_state["_held"]
    assert held.settings.hidden == (64, 32) and "Hidden layers" in held.problems[0]


@pytest.mark.parametrize(
    ("now", "parts"),
    [
        ("tanh", ("picture", "gain")),
        ("leaky_relu", ("picture", "controls")),
        ("../../etc", ("picture", "controls")),
    ],
)
def test_what_answers_an_activation_whatever_a_socket_sends(monkeypatch, now, parts):
    monkeypatch.setattr(controls, "values", {"activation": now})
    monkeypatch.setattr(controls, "shown_settings", Settings.make)
    assert controls._of_the_activation() == parts
