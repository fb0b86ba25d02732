"""Links: what a pin says in a few characters, and which values follow the link."""

from urllib.parse import urlencode

import pytest
import streamlit as st
from streamlit.runtime.state import QueryParamsProxy
from streamlit.testing.v1 import AppTest

from initopt_core.initialization import Settings
from initopt_core.initializers import INITIALIZERS
from initopt_core.networks import ACTIVATIONS
from initopt_core.registry import SettingError
from tests.support.session import hold


def other(parameter):
    """A value that is not the parameter's default."""
    if parameter.choices:
        return next(c for c in parameter.choices if c != parameter.default)
    if isinstance(parameter.default, bool):
        return not parameter.default
    between = parameter.low + (parameter.high - parameter.low) / 3
    return type(parameter.default)(between)


def changed(entry):
    return {p.name: other(p) for p in entry.parameters}


@pytest.mark.parametrize("scheme", INITIALIZERS)
@pytest.mark.parametrize("values", [{}, None], ids=["defaults", "all changed"])
def test_a_pin_of_every_scheme_is_read_back_exactly(scheme, values):
    settings = Settings.make(scheme, changed(INITIALIZERS[scheme]) if values is None else values)
    assert Settings.from_text(settings.to_text()) == settings


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_a_pin_of_every_activation_is_read_back_exactly(activation):
    settings = Settings.make("kaiming", {}, activation, changed(ACTIVATIONS[activation]))
    assert Settings.from_text(settings.to_text()) == settings


@pytest.mark.parametrize(
    "changes",
    [
        {"hidden": "12 x 256"},
        {"hidden": "512, 64"},
        {"hidden": ""},
        {"hidden": "64"},
        {"batch": 64, "seed": 0, "classes": [3, 7]},
        {"match_gain": True},
    ],
    ids=str,
)
def test_sizes_and_batch_of_a_pin_are_read_back(changes):
    settings = Settings.make(**changes)
    assert Settings.from_text(settings.to_text()) == settings


def test_three_pins_are_short_and_need_no_escapes():
    pins = [Settings.make(), Settings.make("xavier"), Settings.make(hidden="30 x 256")]
    link = urlencode({"pin": [p.to_text() for p in pins]}, doseq=True)
    assert link == "pin=kaiming~relu&pin=xavier~relu&pin=kaiming~relu~layers-30x256"


def test_links_of_the_long_form_are_still_read():
    settings = Settings.make("kaiming", {"gain": 2.5}, "tanh", {}, "8 x 64", 64, [1], 7)
    assert Settings.from_text(settings.to_json()) == settings


@pytest.mark.parametrize("text", ["", "~", "kaiming~relu~depth-3", "kaiming~relu~seed", "x~relu"])
def test_a_pin_that_cannot_be_read_says_so(text):
    with pytest.raises(SettingError):
        Settings.from_text(text)


def page():
    import streamlit as st

    from initopt_core.registry import Parameter
    from initopt_core.ui import address
    from initopt_core.ui.state import Reading

    # What Streamlit tells after Back: the run was caused by the browser's history.
    address.by_history = lambda: bool(st.session_state.pop("back", False))
    address.arrive("numbers")
    read = Reading()
    kind = read(Parameter("kind", "Kind", "a", choices=("a", "b")), "kind")
    value = read(Parameter("size", "Size", 1.0, 0.0, 9.0), f"{kind}_size")
    st.session_state["foreign"] = st.session_state.get("foreign", 0) + 1
    read.write_links("numbers")
    st.write(f"{kind} {value} {st.session_state['foreign']}")


def test_values_follow_the_link_only_where_the_history_has_changed_it():
    test = AppTest.from_function(page)
    test.query_params["a_size"] = "2.0"
    test.run(timeout=30)
    hold(test, "numbers", kind="b", b_size=5.0)
    test.run()
    assert test.markdown[0].value == "b 5.0 2"
    assert set(dict(test.query_params)) == {"kind", "b_size"}
    for name in ("kind", "b_size"):
        del test.query_params[name]
    test.query_params["a_size"] = "3.0"
    test.session_state["back"] = True
    test.run()
    assert test.markdown[0].value == "a 3.0 3"  # what is no part of the link stays
    hold(test, "numbers", kind="b")
    test.run()
    assert test.markdown[0].value == "b 1.0 4"  # and no value of the left entry lingers


def written():
    import streamlit as st

    from initopt_core.ui import address

    address.arrive("numbers")
    if link := st.session_state.pop("go", None):
        address.go(link)
    for key, text in st.session_state.pop("write", {}).items():
        address.write(key, text)
    if st.session_state.pop("reset", False):
        address.forget(lambda name: name != "stays")


def test_a_link_that_was_written_while_the_browser_asked_is_not_lost():
    test = AppTest.from_function(written)
    test.query_params["a"] = "1"
    test.session_state["write"] = {"b": "2", "a": None}
    test.run(timeout=30)
    assert set(dict(test.query_params)) == {"b"}
    test.query_params["a"] = "1"  # the browser asked again before that had reached it
    del test.query_params["b"]
    test.session_state["write"] = {"c": "3"}
    test.run()
    assert set(dict(test.query_params)) == {"b", "c"}


def test_a_link_that_is_on_its_way_is_taken_back_where_the_one_before_is_wanted_again(monkeypatch):
    """Reset right after a preset: its run knows the link of before the preset, and wants that."""
    test = AppTest.from_function(written)
    test.session_state["write"] = {"a": "1"}
    test.run(timeout=30)
    sent, send = [], QueryParamsProxy.from_dict

    def told(self, link):
        sent.append(dict(link))
        send(self, link)

    monkeypatch.setattr(QueryParamsProxy, "from_dict", told)
    test.query_params.clear()
    test.session_state["write"] = {"a": None}
    test.run()
    assert sent == [{}]
    test.run()
    assert sent == [{}]  # told once


def test_what_is_forgotten_is_taken_out_of_a_link_that_is_on_its_way():
    test = AppTest.from_function(written)
    test.session_state["write"] = {"a": "1", "stays": "2"}
    test.run(timeout=30)
    test.query_params.clear()  # the browser asks before that has reached it
    test.session_state["reset"] = True
    test.run()
    assert set(dict(test.query_params)) == {"stays"}


def test_another_link_of_the_page_brings_nothing_of_the_one_before():
    test = AppTest.from_function(written)
    test.session_state["write"] = {"a": "1", "both": "old"}
    test.run(timeout=30)
    test.session_state["go"] = {"both": "new"}
    test.run()
    test.session_state["write"] = {"c": "3"}
    test.run()
    assert set(dict(test.query_params)) == {"both", "c"}
    assert test.query_params["both"] in ("new", ["new"])


def turned():
    from initopt_core.ui import address

    address.arrive("numbers")
    address.held().pending["scene"] = "1"  # the browser's half is not there yet
    address.turn_to("letters", {"scene": "2"})
    address.bar_is_ready()


def test_what_waited_for_the_link_before_is_not_written_into_that_of_another_page(monkeypatch):
    def switch(path, query_params):
        assert path == "pages/letters.py"
        st.query_params.from_dict(query_params)

    monkeypatch.setattr(st, "switch_page", switch)
    test = AppTest.from_function(turned).run(timeout=30)
    assert not test.exception and dict(test.query_params)["scene"] in ("2", ["2"])
