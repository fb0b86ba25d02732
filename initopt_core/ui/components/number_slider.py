"""A number control that answers while it is dragged, bound to the URL like Streamlit's own."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable
from typing import Any

import streamlit as st

from initopt_core.registry import Parameter, SettingError
from initopt_core.ui.address import epoch, session_key
from initopt_core.ui.state import chosen, kept, write_link

from . import answers, assets


def number_slider(
    parameter: Parameter,
    key: str,
    container: Any = st,
    *,
    label: str | None = None,
    spoken: str = "",
    help: str | None = None,
    disabled: bool = False,
    link: bool = True,
    on_change: Callable[[], None] | None = None,
) -> float | int:
    """A slider over the parameter's track, with a box that takes every number of its range.

    The value is kept under `key` by the page, where presets may set it, and in the URL under the
    same name whenever it is not the default.

    Args:
        parameter: a number with `low` and `high`.
        key: the value's name on this page and in the URL.
        container: where to draw.
        spoken: the label with what it belongs to, for who hears it without its surroundings, or
            sees it so, in a frame of another page.
        link: whether to write the value into the URL here.
        on_change: called after the user has changed the value, before the rerun.
    """
    element, answered = (f"_{session_key(key)}_{part}" for part in ("slider", "answered"))

    def moved() -> None:
        said = answers.number_move(answers.answer(element, "value"))
        if said is None:
            return
        with contextlib.suppress(SettingError):
            number, move, meant_for = said
            if meant_for != epoch() or move == st.session_state.get(answered):
                return  # of a page that Back has left; or the last move, sent once more after Back
            st.session_state[answered] = move
            chosen(key, parameter.check(number), on_change)

    value = kept(parameter, key)
    if link:
        write_link(key, value, parameter.default)
    low, high = parameter.track or (parameter.low, parameter.high)
    kind = type(parameter.default)
    with contextlib.nullcontext() if container is st else container:
        _mount()(
            key=element,
            data={
                "key": key,
                "label": (spoken if st.context.is_embedded else "") or label or parameter.label,
                "name": spoken,
                "help": help or parameter.help or "",
                "unit": parameter.unit,
                "value": value,
                "low": parameter.low,
                "high": parameter.high,
                "from": low,
                "to": high,
                "step": 1 if kind is int or low is None or high is None else nice_step(low, high),
                "log": parameter.scale == "log",
                "integer": kind is int,
                "disabled": disabled,
                "ack": st.session_state.get(answered, 0),
                "epoch": epoch(),
            },
            on_value_change=moved,
        )
    return value


def _mount() -> Callable:
    return assets.component(
        "number_slider",
        ("number_slider/number_slider.js",),
        css="number_slider/number_slider.css",
    )


def nice_step(low: float, high: float) -> float:
    """About two hundred steps over a range, each 1, 2 or 5 times a power of ten."""
    raw = (high - low) / 200
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(m * power for m in (1, 2, 5, 10) if m * power >= raw * 0.999)
    return float(f"{step:.1g}")
