"""Controls drawn from registry entries, bound to the URL so that every view is a link."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

import streamlit as st

from initopt_core.registry import Entry, Parameter, Registry, SettingError

_NOTES = "_link_notes"
_SEEN = "_link_seen"


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
    low, high = parameter.low, parameter.high
    if low is None or high is None:
        return container.number_input(value=default, **options)
    if parameter.scale == "log":
        steps = log_steps(max(low, 1e-12), high)
        extra = {default, _current(parameter, key, default)} | ({0.0} if low == 0 else set())
        steps = sorted(set(steps) | extra)
        return container.select_slider(options=steps, value=default, format_func=short, **options)
    kind = type(default)
    step = kind(1) if kind is int else _nice_step(low, high)
    digits = max(0, -math.floor(math.log10(step)))
    return container.slider(
        min_value=kind(low),
        max_value=kind(high),
        value=default,
        step=step,
        format="%d" if kind is int else f"%.{digits}f",
        **options,
    )


def entry_settings(entry: Entry, prefix: str, container=st, **options: Any) -> dict[str, Any]:
    """Controls for all parameters of `entry`; the URL names are `prefix` + parameter name."""
    return {
        p.name: parameter_control(p, prefix + p.name, container, **options)
        for p in entry.parameters
    }


def entry_select(
    registry: Registry, label: str, key: str, default: str, container=st, **options: Any
) -> Entry:
    """A box to choose one entry of `registry` by its label; the URL holds its name."""
    raw = st.query_params.get(key)
    if _first_time(key) and raw is not None and raw not in registry:
        _note(label, raw, default)
    name = container.selectbox(
        label,
        list(registry),
        index=list(registry).index(default),
        format_func=str,
        key=key,
        bind="query-params",
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
    """One quiet line for each value of the opened link that could not be used, shown once."""
    notes: Iterable[str] = st.session_state.pop(_NOTES, ())
    if notes:
        container.caption(":material/link_off: " + " ".join(notes))


def log_steps(low: float, high: float) -> list[float]:
    """Ten round numbers a decade from `low` to `high`, both within."""
    mantissas = (1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8)
    first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
    steps = [float(f"{m}e{e}") for e in range(first, last + 1) for m in mantissas]
    return [s for s in steps if low <= s <= high]


def short(number: float) -> str:
    """A number as a person writes it: 0.001, 2.5, 1e-08."""
    return f"{number:.6g}"


def _nice_step(low: float, high: float) -> float:
    """About two hundred steps over a range, each 1, 2 or 5 times a power of ten."""
    raw = (high - low) / 200
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(m * power for m in (1, 2, 5, 10) if m * power >= raw * 0.999)
    return float(f"{step:.1g}")


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
    notes.append(f"The link's {label.lower()} “{raw[:40]}” cannot be used; it is {default} now.")


def _current(parameter: Parameter, key: str, default: Any) -> Any:
    """The value set by a preset or a link, which need not be one of the round steps."""
    value = st.session_state.get(key, st.query_params.get(key, default))
    try:
        return parameter.check(value)
    except SettingError:
        return default
