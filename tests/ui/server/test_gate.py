"""Values that Streamlit cannot read are dropped; those of our own pages come through."""

from __future__ import annotations

import json

import pytest
from streamlit.proto.WidgetStates_pb2 import WidgetState
from streamlit.runtime.state.common import WidgetMetadata
from streamlit.runtime.state.session_state import Serialized, WStates

from initopt_core.ui.server import gate


@pytest.fixture
def states(monkeypatch):
    monkeypatch.setattr(WStates, "__getitem__", WStates.__getitem__)  # put back afterwards
    monkeypatch.setattr(WStates, "get_serialized", WStates.get_serialized)
    gate.close()
    return WStates()


def hold(states: WStates, value_type: str, deserializer=lambda value: value, **sent) -> None:
    states.states["w"] = Serialized(WidgetState(id="w", **sent))
    states.widget_metadata["w"] = WidgetMetadata("w", deserializer, lambda v: v, value_type)


def test_what_can_be_read_comes_through(states):
    hold(states, "json_value", json_value=json.dumps({"value": [1, 2, 3]}))
    assert states["w"] == {"value": [1, 2, 3]} and states["w"] == {"value": [1, 2, 3]}


def test_the_gate_is_closed_once(states):
    before = WStates.__getitem__
    gate.close()
    assert WStates.__getitem__ is before


@pytest.mark.parametrize("text", ["", "x", "[" * 3000, "{" * 100_000, "1" * 5000, "\n" * 500])
def test_no_json_is_no_value(states, text):
    hold(states, "json_value", json_value=text)
    with pytest.raises(KeyError):
        [states[widget] for widget in states]  # while Streamlit goes through all of them


def test_a_value_of_another_kind_or_for_another_reason_is_none(states):
    hold(states, "string_value", int_value=2)
    with pytest.raises(KeyError):
        states["w"]

    def fails(value):
        raise IndexError("list index out of range")

    hold(states, "string_value", fails, string_value="x")
    with pytest.raises(KeyError):
        states["w"]
