"""A number control that answers while it is dragged, bound to the URL like Streamlit's own."""

from __future__ import annotations

import contextlib
import math
import secrets
from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from initopt_core.registry import Parameter, SettingError
from initopt_core.ui.address import epoch, session_key
from initopt_core.ui.state import chosen, kept, write_link

from . import answers, assets

_SAID = "_sliders_said"


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
    element = f"_{session_key(key)}_slider"

    def moved() -> None:
        said = answers.number_move(answers.answer(element, "value"))
        if said is None:
            return
        with contextlib.suppress(SettingError):
            number, move, meant_for = said
            if meant_for != epoch() or move == _answered(key):
                return  # of a page that Back has left; or the last move, sent once more after Back
            st.session_state[_answer_key(key)] = move
            chosen(key, parameter.check(number), on_change)

    if link:
        write_link(key, kept(parameter, key), parameter.default)
    with contextlib.nullcontext() if container is st else container:
        data = {
            **_told(parameter, key),
            "label": (spoken if st.context.is_embedded else "") or label or parameter.label,
            "name": spoken,
            "help": help or parameter.help or "",
            "unit": parameter.unit,
            "disabled": disabled,
        }
        _mount()(key=element, data=data, on_value_change=moved)
    return data["value"]


def slider_news(parameters: Mapping[str, Parameter]) -> None:
    """Tell sliders that have been drawn what they hold by now, all of them in one element.

    Drawing each anew would send a part of the page for each of them. Place it where it is drawn by
    what changes them; in a run that draws them, too, it may be empty. A slider that is not on the
    page is passed over. Label, help and unit stay as they were, and so do the numbers it takes.

    Args:
        parameters: by their key, as `number_slider` was given it.
    """
    mount = assets.component(
        "slider_news", ("number_slider/slider_news.js",), css="number_slider/slider_news.css"
    )
    # In a tuple: Streamlit asks of a list in how many ways it might be a table.
    mount(key="slider-news", data={"sliders": sliders_told(parameters)})


def sliders_told(parameters: Mapping[str, Parameter]) -> tuple[dict[str, Any], ...]:
    """What `slider_news` sends, for a component that is drawn anyway and tells them itself."""
    return tuple(_told(parameter, key) for key, parameter in parameters.items())


def _told(parameter: Parameter, key: str) -> dict[str, Any]:
    """What a slider shows, of what is to be told anew when something else has changed it."""
    low, high = parameter.track or (parameter.low, parameter.high)
    kind = type(parameter.default)
    return {
        "key": key,
        "value": kept(parameter, key),
        "low": parameter.low,
        "high": parameter.high,
        "from": low,
        "to": high,
        "step": 1 if kind is int or low is None or high is None else nice_step(low, high),
        "log": parameter.scale == "log",
        "integer": kind is int,
        "ack": _answered(key),
        "epoch": epoch(),
        "said": _said(),
    }


def _answer_key(key: str) -> str:
    return f"_{session_key(key)}_answered"


def _answered(key: str) -> int:
    """The slider's last move that was heard."""
    return st.session_state.get(_answer_key(key), 0)


def _said() -> tuple[str, int]:
    """Session and number of what is being told: a browser draws older elements again, too."""
    session, number = st.session_state.get(_SAID) or (secrets.token_hex(4), 0)
    st.session_state[_SAID] = (session, number + 1)
    return session, number


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
