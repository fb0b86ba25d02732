"""What a component holds reads as Streamlit's own dictionary does."""

from __future__ import annotations

import inspect

import pytest
from streamlit.components.v2 import presentation
from streamlit.components.v2.bidi_component import main
from streamlit.runtime.state.common import WidgetMetadata
from streamlit.runtime.state.session_state import SessionState

from initopt_core.ui.server import component_values

TRIGGERS = "triggers-of-a-component"


@pytest.fixture
def both(monkeypatch):
    """Streamlit's presenter of one component, and the plain one in its place."""
    usual = presentation.make_bidi_component_presenter
    monkeypatch.setattr(main, "make_bidi_component_presenter", usual)
    component_values.begin()
    component_values.begin()  # once more wraps nothing twice
    assert inspect.unwrap(main.make_bidi_component_presenter) is usual
    return [
        make(TRIGGERS, "component", {"value"})
        for make in (usual, main.make_bidi_component_presenter)
    ]


@pytest.fixture
def state() -> SessionState:
    state = SessionState()
    state._new_widget_state.widget_metadata[TRIGGERS] = WidgetMetadata(
        id=TRIGGERS,
        deserializer=lambda value: value,
        serializer=lambda value: value,
        value_type="json_trigger_value",
    )
    return state


@pytest.mark.parametrize("held", [{}, {"value": [1.0, 2]}, None, 3, "text"])
def test_it_is_told_as_streamlit_tells_it(both, state, held):
    usual, plain = (present(held, state) for present in both)
    assert plain == usual
    assert type(plain) is type(held)


def test_triggers_are_told_with_it(both, state):
    said = [{"event": "clicked", "value": 7}]
    state._new_widget_state.set_from_value(TRIGGERS, said)
    usual, plain = (present({"value": 1}, state) for present in both)
    assert plain == usual == {"clicked": 7, "value": 1}


def test_what_is_read_is_not_what_is_held(both, state):
    held = {"value": 1}
    both[1](held, state)["value"] = 2
    assert held == {"value": 1}
