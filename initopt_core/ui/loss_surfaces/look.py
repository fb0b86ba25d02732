"""How the race is shown, beside what it shows: step, speed, chosen optimizer, camera, zoom.

The browser's half keeps it while it moves and tells it at rest; the session and the link hold it,
so that a link, Back and a reload bring the same picture. Undo passes it over.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import streamlit as st

from initopt_core.descent import MAX_UPDATES
from initopt_core.reading import SettingError, number, shown
from initopt_core.registry import Parameter
from initopt_core.ui.components import answers
from initopt_core.ui.state import Reading, values
from initopt_core.wording import count

END = -1
"""Step of a playback that stands at its end."""
SPEEDS = (0.25, 0.5, 1.0, 2.0, 4.0)
BETWEEN = "_"  # a link would write a comma as %2C


@dataclass(frozen=True)
class Several(Parameter):
    """A fixed count of numbers as one text, such as 2.6_2.35_3.15; empty for the usual ones."""

    count: int = 3

    def check(self, value: Any) -> str:
        """`value` as it is kept.

        Raises:
            SettingError: for anything but `count` numbers of a usable size, or nothing.
        """
        if value == "":
            return ""
        parts = value.split(BETWEEN) if isinstance(value, str) else []
        found = [answers.finite(number(part, self.label)) for part in parts]
        if len(found) != self.count or None in found:
            raise SettingError(
                f"{self.label}: {shown(value)} is not {self.count} numbers with “{BETWEEN}” "
                "between them."
            )
        return value


STEP = Parameter("step", "Step of the playback", END, END, MAX_UPDATES)
SPEED = Parameter("speed", "Speed of the playback", 1.0, SPEEDS[0], SPEEDS[-1])
CHOSEN = Parameter("chosen", "Chosen optimizer", 1, 1, 64)
ARROWS = Parameter("arrows", "Arrows", True)
SOLID = Parameter("solid", "Three dimensions", False)
EYE = Several("eye", "Camera", "", count=3)
ZOOM = Several("zoom", "Zoom", "", count=4)
_ZOOM_OF = "zoom_of"
"""Name of the surface and usual ranges that the zoom belongs to."""
_SEEN, _WISH, _TOLD = (f"_surface_look_{part}" for part in ("seen", "wish", "told"))


def read(take: Reading, surface: str, home: tuple[float, ...]) -> dict[str, Any]:
    """The look that session or link hold, as the canvas takes it; see protocol.js.

    Args:
        surface: names what is shown; another one, or other usual ranges, ends a zoom.
        home: the usual ranges.
    """
    place = f"{surface} {home}"
    if values.setdefault(_ZOOM_OF, place) != place:
        values.update({_ZOOM_OF: place, ZOOM.name: ""})
    end = {STEP.name: lambda step: "the end" if step == END else count(step)}
    held = {
        p.name: take(p, say=end.get(p.name), undo=False)
        for p in (STEP, SPEED, CHOSEN, ARROWS, SOLID, EYE, ZOOM)
    }
    speed = min(SPEEDS, key=lambda known: abs(known - held["speed"]))
    look = {"speed": speed, "selected": held["chosen"] - 1}
    look |= {"arrows": held["arrows"], "solid": held["solid"]}
    if held["step"] != END:
        look["step"] = held["step"]
    if held["eye"]:
        look["eye"] = _numbers(held["eye"])
    if answers.edges(zoom := _numbers(held["zoom"])):
        look["zoom"] = zoom
    return look


def wish(look: Mapping[str, Any]) -> int:
    """How often the server has wanted another look than the browser's: the canvas takes each over
    once, and what it has told itself never."""
    state = st.session_state
    own = state.pop(_TOLD, False)
    if not own and state.get(_SEEN) != look:
        state[_WISH] = state.get(_WISH, 0) + 1
    state[_SEEN] = look
    return state.get(_WISH, 1)


def told(look: Mapping[str, Any]) -> None:
    """Callback: the browser shows this look, as `answers.look` read it."""
    eye = look.get("eye")
    values.update(
        {
            STEP.name: look.get("step", END),
            SPEED.name: look["speed"],
            CHOSEN.name: look["selected"] + 1,
            ARROWS.name: look["arrows"],
            SOLID.name: look["solid"],
            EYE.name: _text(eye) if eye and look["solid"] else "",
        }
    )
    st.session_state[_TOLD] = True


def zoomed(move: Mapping[str, Any]) -> None:
    """Callback: other ranges are shown, as `answers.zoom_move` read it."""
    at_home = tuple(move["zoom"]) == tuple(move["home"])
    values[_ZOOM_OF] = f"{move['surface']} {tuple(move['home'])}"
    values[ZOOM.name] = "" if at_home else _text(move["zoom"])
    st.session_state[_TOLD] = True


def _numbers(text: str) -> list[float]:
    return [float(number(part)) for part in text.split(BETWEEN) if part]


def _text(found: Any) -> str:
    return BETWEEN.join(f"{value:.6g}" for value in found)
