"""Controls drawn from registry entries, bound to the URL so that every view is a link."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from initopt_core.registry import Entry, Parameter, Registry, SettingError
from initopt_core.ui.number_slider import number_slider, write_link

_NOTES = "_link_notes"
_SEEN = "_link_seen"
_NOTE_SECONDS = 20


def parameter_control(parameter: Parameter, key: str, container=st, **options: Any) -> Any:
    """One parameter as the widget that suits it; returns its value.

    Args:
        parameter: what to ask for.
        key: session key and URL name.
        container: where to draw, for example `st.sidebar`.
        options: further arguments of the widget, for example `on_change`.
    """
    _check_link(parameter, key)
    options = {
        "label": parameter.label,
        "key": key,
        "help": parameter.help or None,
        "bind": "query-params",
        **options,
    }
    default = parameter.default
    if parameter.choices:
        index = parameter.choices.index(default)
        return container.selectbox(options=parameter.choices, index=index, **options)
    if isinstance(default, bool):
        return container.toggle(value=default, **options)
    if isinstance(default, str):
        return container.text_input(value=default, **options)
    return number_slider(
        parameter,
        key,
        container,
        **{k: v for k, v in options.items() if k in {"label", "help", "disabled", "on_change"}},
    )


def entry_settings(entry: Entry, prefix: str, container=st, **options: Any) -> dict[str, Any]:
    """Controls for all parameters of `entry`; the URL names are `prefix` + parameter name."""
    return {
        p.name: parameter_control(p, prefix + p.name, container, **options)
        for p in entry.parameters
    }


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
    names = list(registry)
    box = f"_{key}_box"

    def chosen() -> None:
        st.session_state[key] = st.session_state[box]
        if on_change:
            on_change()

    raw = st.query_params.get(key)
    if _first_time(key) and raw is not None and raw not in registry:
        _note(label, raw, registry[default].label)
    name = next((n for n in (st.session_state.get(key), raw) if n in registry), default)
    st.session_state[key] = st.session_state[box] = name
    write_link(key, name, default)
    container.selectbox(
        label,
        names,
        format_func=lambda n: registry[n].label,
        key=box,
        on_change=chosen,
        **options,
    )
    return registry[name]


def set_values(values: Mapping[str, Any]) -> None:
    """Give controls new values; to be used as a callback (`on_click`), before they are drawn."""
    for key, value in values.items():
        st.session_state[key] = value


def default_values(entry: Entry, prefix: str) -> dict[str, Any]:
    """What `entry_settings` starts with, by URL name; for presets and reset."""
    return {prefix + p.name: p.default for p in entry.parameters}


def notice_bad_links(container=st) -> None:
    """One quiet line on the values of the opened link that could not be used, for a while."""
    notes: list[tuple[float, str]] = st.session_state.get(_NOTES, [])
    fresh = [text for since, text in notes if time.monotonic() - since < _NOTE_SECONDS]
    if fresh:
        container.caption(":material/link_off: " + " ".join(fresh))


def _first_time(key: str) -> bool:
    """Whether `key`'s link value is looked at for the first time in this session."""
    seen = st.session_state.setdefault(_SEEN, set())
    if key in seen:
        return False
    seen.add(key)
    return True


def _check_link(parameter: Parameter, key: str) -> None:
    raw = st.query_params.get(key)
    if not _first_time(key) or raw is None:
        return
    try:
        parameter.check(raw)
    except SettingError:
        _note(parameter.label, raw, parameter.default)


def _note(label: str, raw: str, default: Any) -> None:
    notes = st.session_state.setdefault(_NOTES, [])
    text = f"The link's {label.lower()} “{raw[:40]}” cannot be used; it is {default} now."
    notes.append((time.monotonic(), text))
