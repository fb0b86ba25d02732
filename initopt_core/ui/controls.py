"""Controls drawn from registry entries, bound to the URL so that every view is a link."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from initopt_core.registry import Entry, Parameter, Registry

from .address import session_key
from .components.number_slider import number_slider
from .state import CUT, MAX_TEXT, chosen, kept, values, write_link

_GONE = object()


def is_number(parameter: Parameter) -> bool:
    """Whether the parameter is drawn as a slider."""
    return not parameter.choices and type(parameter.default) in (int, float)


def parameter_control(
    parameter: Parameter,
    name: str,
    container: Any = st,
    *,
    on_change: Callable[[], None] | None = None,
    link: bool = True,
    spoken: str = "",
    **options: Any,
) -> Any:
    """One parameter as the widget that suits it; returns its value.

    The value is kept under `name` by the page, where presets may set it, and in the URL.

    Args:
        parameter: what to ask for.
        name: of the value on this page and in the URL.
        container: where to draw, for example `st.sidebar`.
        on_change: called after the user has changed the value, before the rerun.
        link: whether to write the value into the URL here; a `Reading` does it for a whole page.
        spoken: a slider's label with what it belongs to, see `number_slider`.
        options: further arguments of the widget, for example `disabled`.
    """
    options = {"label": parameter.label, "help": parameter.help or None, **options}
    if is_number(parameter):
        return number_slider(
            parameter, name, container, on_change=on_change, link=link, spoken=spoken, **options
        )
    value = kept(parameter, name, options.get("format_func"))
    if link:
        write_link(name, value, parameter.default)
    shown = list(value) if isinstance(value, tuple) else value
    boxed(_widget(parameter, container), name, shown, on_change, **options)
    return value


def _widget(parameter: Parameter, container: Any) -> Callable:
    """Streamlit's widget for what is no number."""
    if parameter.choices:
        several = isinstance(parameter.default, tuple)
        draw = container.multiselect if several else container.selectbox
        return functools.partial(draw, options=list(parameter.choices))
    if isinstance(parameter.default, bool):
        return container.toggle
    return functools.partial(container.text_input, max_chars=MAX_TEXT)


def boxed(
    draw: Callable,
    name: str,
    value: Any,
    on_change: Callable[[], None] | None = None,
    **options: Any,
) -> None:
    """A widget of Streamlit's that shows `value` and writes into `values[name]`.

    The widget has a key of its own: Streamlit forgets a widget's value when it is not drawn, and
    refuses to have it set while it is. It is another widget, with another key, after another has
    set the value (a preset, Undo, Back) or when a run went by without it: a browser that has not
    heard of that still sends with its next event what the box held before, which would pass for a
    choice and undo the preset.
    """
    state, count = st.session_state, f"_{session_key(name)}_boxes"
    turn = state.get(count)
    if turn is None or state.get(f"{count}_{turn}", _GONE) != value:
        turn = state[count] = 0 if turn is None else turn + 1
    box = f"{count}_{turn}"
    # Said again after a run that was cut short: a browser that has not got the value would take the
    # widget for empty, and say so.
    if box not in state or state.get(CUT):
        state[box] = value

    def changed() -> None:
        if turn == state.get(count, 0):  # Streamlit still calls what it drew before
            chosen(name, state[box], on_change)

    draw(key=box, on_change=changed, **options)


def segmented(
    parameter: Parameter,
    container: Any = st,
    *,
    on_change: Callable[[], None] | None = None,
    **options: Any,
) -> None:
    """A choice as a row of buttons. An empty name among the choices means that none is pressed."""
    name = parameter.name

    def changed() -> None:
        values[name] = values[name] or parameter.choices[0]
        if on_change:
            on_change()

    draw = functools.partial(
        container.segmented_control,
        parameter.label,
        [c for c in parameter.choices if c],
        required="" not in parameter.choices,
        label_visibility="collapsed",
    )
    boxed(draw, name, kept(parameter, name) or None, changed, **options)


def entry_select(
    registry: Registry,
    label: str,
    name: str,
    default: str,
    container: Any = st,
    *,
    on_change: Callable[[], None] | None = None,
    **options: Any,
) -> Entry:
    """A box to choose one entry of `registry`: people read its label, the link holds its name."""
    choice = Parameter(name, label, default, choices=tuple(registry))
    chosen = parameter_control(
        choice,
        name,
        container,
        on_change=on_change,
        format_func=lambda entry: registry[entry].label,
        **options,
    )
    return registry[chosen]


def set_values(wanted: Mapping[str, Any]) -> None:
    """Give controls new values; to be used as a callback (`on_click`), before they are drawn."""
    values.update(wanted)
