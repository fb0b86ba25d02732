"""Controls drawn from registry entries, bound to the URL so that every view is a link."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from initopt_core.registry import Entry, Parameter, Registry

from .components.number_slider import number_slider
from .state import MAX_TEXT, kept, write_link


def is_number(parameter: Parameter) -> bool:
    """Whether the parameter is drawn as a slider."""
    return not parameter.choices and type(parameter.default) in (int, float)


def parameter_control(
    parameter: Parameter,
    key: str,
    container=st,
    *,
    on_change: Callable[[], None] | None = None,
    **options: Any,
) -> Any:
    """One parameter as the widget that suits it; returns its value.

    The value lives in `st.session_state[key]`, where presets may set it, and in the URL.

    Args:
        parameter: what to ask for.
        key: session key and URL name.
        container: where to draw, for example `st.sidebar`.
        on_change: called after the user has changed the value, before the rerun.
        options: further arguments of the widget, for example `disabled`.
    """
    options = {"label": parameter.label, "help": parameter.help or None, **options}
    default = parameter.default
    if is_number(parameter):
        return number_slider(parameter, key, container, on_change=on_change, **options)
    if parameter.choices and isinstance(default, tuple):
        draw = functools.partial(container.multiselect, options=list(parameter.choices))
    elif parameter.choices:
        draw = functools.partial(container.selectbox, options=list(parameter.choices))
    elif isinstance(default, bool):
        draw = container.toggle
    else:
        draw = functools.partial(container.text_input, max_chars=MAX_TEXT)
    value = kept(parameter, key)
    write_link(key, value, default)
    boxed(draw, key, list(value) if isinstance(value, tuple) else value, on_change, **options)
    return value


def boxed(
    draw: Callable,
    key: str,
    value: Any,
    on_change: Callable[[], None] | None = None,
    **options: Any,
) -> None:
    """A widget of Streamlit's that shows `value` and writes into `st.session_state[key]`.

    The widget has a key of its own: Streamlit forgets a widget's value when it is not drawn, and
    refuses to have it set while it is.
    """
    box = f"_{key}_box"

    def chosen() -> None:
        st.session_state[key] = st.session_state[box]
        if on_change:
            on_change()

    if st.session_state.get(box) != value:
        st.session_state[box] = value
    draw(key=box, on_change=chosen, **options)


def entry_settings(entry: Entry, prefix: str, container=st, **options: Any) -> dict[str, Any]:
    """Controls for all parameters of `entry`; the URL names are `prefix` + parameter name."""
    return {
        p.name: parameter_control(p, prefix + p.name, container, **options)
        for p in entry.parameters
    }


def kept_settings(entry: Entry, prefix: str, read: Callable = kept) -> dict[str, Any]:
    """What the controls of `entry_settings` hold, without drawing them; `read` is `kept` or a
    `Reading`."""
    return {p.name: read(p, prefix + p.name) for p in entry.parameters}


def kept_entry(
    registry: Registry, label: str, key: str, default: str, read: Callable = kept
) -> Entry:
    """What the control of `entry_select` holds, without drawing it."""
    choice = Parameter(key, label, default, choices=tuple(registry))
    return registry[read(choice, key, lambda name: registry[name].label)]


def entry_select(
    registry: Registry,
    label: str,
    key: str,
    default: str,
    container=st,
    *,
    on_change: Callable[[], None] | None = None,
    **options: Any,
) -> Entry:
    """A box to choose one entry of `registry`: people read its label, the link holds its name.

    The name lives in `st.session_state[key]`, where presets may set it.
    """
    entry = kept_entry(registry, label, key, default)
    write_link(key, entry.name, default)
    draw = functools.partial(
        container.selectbox,
        label,
        list(registry),
        format_func=lambda name: registry[name].label,
    )
    boxed(draw, key, entry.name, on_change, **options)
    return entry


def set_values(values: Mapping[str, Any]) -> None:
    """Give controls new values; to be used as a callback (`on_click`), before they are drawn."""
    for key, value in values.items():
        st.session_state[key] = value
