"""What a component of ours says back, checked: anybody can send anything over the socket.

One reader for each kind of answer; what is not as our scripts send it counts as no answer.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import streamlit as st

LARGEST = 1e9
"""Coordinates beyond it come from no finger."""


def answer(key: str, name: str) -> Any:
    """The value that the component under `key` holds by this name; None when it is none."""
    held = st.session_state.get(key)
    return held.get(name) if isinstance(held, Mapping) else None


def nothing() -> None:
    """Callback: what a component asks for is not offered here."""


def finite(value: Any) -> float | None:
    """`value` when it is a finite number of a usable size; `true` and text are none."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    # Compared before it is converted: a whole number may have 400 digits.
    return float(value) if -LARGEST <= value <= LARGEST else None


def numbers(value: Any, *names: str) -> dict[str, float] | None:
    """These fields of an object, when all are finite numbers."""
    if not isinstance(value, Mapping):
        return None
    read = ((name, finite(value.get(name))) for name in names)
    found = {name: number for name, number in read if number is not None}
    return found if len(found) == len(names) else None


def number_move(value: Any) -> tuple[Any, float, Any] | None:
    """A slider's [what was chosen, number of the move, page it is meant for]; the parameter checks
    the first itself."""
    if not isinstance(value, (list, tuple)) or len(value) != 3:
        return None
    chosen, move, meant_for = value[0], finite(value[1]), value[2]
    if move is None or not isinstance(chosen, (int, float, str)):
        return None
    return chosen, move, meant_for


def start_move(value: Any, runs: Collection[int]) -> dict[str, Any] | None:
    """A start that was dragged: {"run": one of `runs`, "x", "y", "n", "done"}."""
    found = numbers(value, "run", "x", "y", "n")
    if found is None or found["run"] not in runs:
        return None
    whole = {name: int(found[name]) for name in ("run", "n")}
    return {**found, **whole, "done": value.get("done") is True}


def zoom_move(value: Any) -> dict[str, Any] | None:
    """Other ranges shown: {"surface", "home", "zoom"}; both are four edges in their order."""
    if not isinstance(value, Mapping) or not isinstance(value.get("surface"), str):
        return None
    home, zoom = edges(value.get("home")), edges(value.get("zoom"))
    if home is None or zoom is None:
        return None
    return {"surface": value["surface"], "home": home, "zoom": zoom}


def look(value: Any, steps: int, runs: int) -> dict[str, Any] | None:
    """How a race is shown: {"speed", "selected", "arrows", "solid"} and, where they are there,
    "step" of at most `steps` and "eye", the camera's three coordinates."""
    found = numbers(value, "speed", "selected")
    if found is None or not (0.25 <= found["speed"] <= 4 and 0 <= found["selected"] < runs):
        return None
    told: dict[str, Any] = {"speed": found["speed"], "selected": int(found["selected"])}
    told |= {name: value.get(name) is True for name in ("arrows", "solid")}
    step, eye = finite(value.get("step")), value.get("eye")
    if step is not None and 0 <= step <= steps:
        told["step"] = int(step)
    if isinstance(eye, (list, tuple)) and len(eye) == 3:
        places = [finite(one) for one in eye]
        told |= {} if None in places else {"eye": places}
    return told


def edges(value: Any) -> tuple[float, float, float, float] | None:
    """(w1 low, w1 high, w2 low, w2 high), each low below its high."""
    if not isinstance(value, (list, tuple)) or len(value) != 4:
        return None
    found = [number for number in map(finite, value) if number is not None]
    if len(found) != 4:
        return None
    left, right, bottom, top = found
    return (left, right, bottom, top) if left < right and bottom < top else None


def click(value: Any) -> dict[str, Any] | None:
    """A click into a chart: {"datum": row or None, "x", "y": numbers or None, "view": name}."""
    if not isinstance(value, Mapping):
        return None
    datum, name = value.get("datum"), value.get("view")
    return {
        "datum": datum if isinstance(datum, Mapping) else None,
        "x": finite(value.get("x")),
        "y": finite(value.get("y")),
        "view": name if isinstance(name, str) else None,
    }
