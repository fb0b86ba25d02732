"""The sidebar of the initialization laboratory.

`read` says what the controls hold, `lay_out` gives them their places, and they are drawn after the
figures: these are on the screen before a single control is drawn again. Sliders belong to the
picture's fragment, so that one that moves runs the picture and the sliders, not the page.
"""

from __future__ import annotations

import contextlib
import random
from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from initopt_core.data import CLASSES
from initopt_core.figures.initialization import GRID_LAYERS, Display
from initopt_core.initialization import theory
from initopt_core.initialization.settings import (
    MAX_BATCH,
    MAX_SEED,
    Settings,
    control_key,
    describe_hidden,
    parse_hidden,
)
from initopt_core.initializers import INITIALIZERS
from initopt_core.networks import ACTIVATIONS, MAX_LAYERS, MAX_UNITS
from initopt_core.registry import Entry, Parameter, SettingError
from initopt_core.ui.controls import (
    entry_select,
    is_number,
    kept_entry,
    kept_settings,
    parameter_control,
    set_values,
)
from initopt_core.ui.state import Reading, kept
from initopt_core.ui.undo import Undo
from initopt_core.wording import count, number

MAX_SHOWN_SEED = 9999
HIDDEN = Parameter(
    "layers",
    "Hidden layers",
    describe_hidden(Settings().hidden),
    help="Units of each hidden layer, such as 512, 256, 128, or depth x width, such as 12 x 256. "
    f"Up to {MAX_LAYERS} layers and {count(MAX_UNITS)} units; empty is a linear classifier.",
)
BATCH = Parameter(
    "images", "Batch size", 1024, 1, MAX_BATCH, "log", help="Training images sent through.",
    unit="images", track=(16, MAX_BATCH),
)  # fmt: skip
CHOSEN = Parameter(
    "classes", "Classes", (), choices=CLASSES,
    help="Only images of these classes; none chosen means all.",
)  # fmt: skip
SEED = Parameter(
    "seed", "Seed", 42, 0, MAX_SEED, help="Of the weights' random draw.", track=(0, MAX_SHOWN_SEED)
)  # fmt: skip
MATCH = Parameter(
    "match", "Gain of the activation", False,
    help="Take the gain made for the activation (torch.nn.init.calculate_gain, or computed where "
    "that has none).",
)  # fmt: skip
DEPTH = Parameter("depth", "Depth", 4, 1, MAX_LAYERS, unit="hidden layers")
WIDTH = Parameter("width", "Width", 256, 1, MAX_UNITS, "log", unit="units")
SWITCHES = (
    Parameter("shared", "Same axis for all layers", False, help="Compare sizes across a row."),
    Parameter("stretch", "Stretch each layer", False, help="To its own largest value."),
    Parameter("log", "Logarithmic counts", False, help="Shows the tails."),
    Parameter("robust", "Leave out outliers", False, help="Drops the outermost 0.2 %."),
    Parameter("curve", "Density curve", True, help="A kernel density estimate over the bars."),
    Parameter("outputs", "Row behind the non-linearity", False, help="φ(z) as well as z."),
)
BIASES = ("bias", "bias_std")
PICTURE = "init-picture"
"""The fragment that answers the controls."""
HISTORY = Undo("init")


@dataclass(frozen=True)
class Held:
    """What the controls hold.

    Attributes:
        scheme, activation: the chosen entries.
        settings: to be shown; the last good ones where there is a problem.
        display: how the histograms are to be drawn.
        problems: why a value cannot be used.
        reading: what the link must say.
    """

    scheme: Entry
    activation: Entry
    settings: Settings
    display: Display
    problems: tuple[str, ...]
    reading: Reading


def read() -> Held:
    """What the controls hold, without drawing them."""
    reading = Reading()
    scheme = kept_entry(INITIALIZERS, "Scheme", "scheme", "kaiming", reading)
    activation = kept_entry(ACTIVATIONS, "Activation", "activation", "relu", reading)
    last = HISTORY.last or Settings.make()
    problems = []
    try:
        hidden = parse_hidden(reading(HIDDEN, HIDDEN.name))
    except SettingError as problem:
        problems.append(str(problem))
        hidden = last.hidden
    scheme_values = kept_settings(scheme, _prefix("scheme", scheme), reading)
    activation_values = kept_settings(activation, _prefix("activation", activation), reading)
    try:
        settings = Settings.make(
            scheme.name,
            scheme_values,
            activation.name,
            activation_values,
            hidden,
            reading(BATCH, BATCH.name),
            [CLASSES.index(c) for c in reading(CHOSEN, CHOSEN.name)],
            reading(SEED, SEED.name),
            _has_gain(scheme) and reading(MATCH, MATCH.name),
        )
    except SettingError as problem:
        problems.append(str(problem))
        settings = last
    HISTORY.remember(settings)
    switches = {s.name: reading(s, s.name) for s in _switches(settings)}
    if "stretch" in switches:  # strips: one axis for all layers unless each fills the height
        switches["shared"] = not switches.pop("stretch")
    return Held(scheme, activation, settings, Display(**switches), tuple(problems), reading)


# --- drawing -------------------------------------------------------------------------------------


@dataclass
class Sidebar:
    """The sidebar laid out.

    Attributes:
        top: place of what stays when numbers change: scheme, activation, sizes.
        places: session key -> parameter, container and widget options of every other control
            that is to be seen; those of closed parts are not.
    """

    top: Any
    places: dict[str, tuple[Parameter, Any, dict[str, Any]]] = field(default_factory=dict)

    def add(self, parameter: Parameter, key: str, part: Any, **options: Any) -> None:
        """A place for one control."""
        self.places[key] = parameter, part.container(), options


def lay_out(held: Held) -> Sidebar:
    """Places of all controls from top to bottom; nothing is drawn in them yet."""
    side = st.sidebar
    sidebar = Sidebar(side.container())
    prefix = _prefix("scheme", held.scheme)
    if _has_gain(held.scheme):
        sidebar.add(MATCH, MATCH.name, side)
    biases = []
    for p in held.scheme.parameters:
        if p.name in BIASES:
            biases.append(p)
        else:
            sidebar.add(p, prefix + p.name, side)
    if biases and (part := _opened("Biases", "vertical_align_center")):
        for p in biases:
            sidebar.add(p, prefix + p.name, part)
    for p in held.activation.parameters:
        sidebar.add(p, _prefix("activation", held.activation) + p.name, side)
    if part := _opened("Depth x width", "layers"):
        sidebar.add(DEPTH, "depth", part, on_change=_sliders_moved)
        sidebar.add(WIDTH, "width", part, on_change=_sliders_moved)
    if part := _opened("Draw and batch", "casino"):
        sidebar.add(SEED, SEED.name, part)
        part.button("Random seed", icon=":material/casino:", on_click=roll, width="stretch")
        sidebar.add(BATCH, BATCH.name, part)
        sidebar.add(CHOSEN, CHOSEN.name, part, placeholder="all ten")
    if part := _opened("Histograms", "bar_chart"):
        for switch in _switches(held.settings):
            sidebar.add(switch, switch.name, part)
    return sidebar


def draw_page_controls(held: Held, sidebar: Sidebar) -> None:
    """The controls that decide which others there are, and all that are not sliders."""
    with sidebar.top:
        entry_select(INITIALIZERS, "Scheme", "scheme", "kaiming")
        entry_select(ACTIVATIONS, "Activation", "activation", "relu")
        parameter_control(HIDDEN, HIDDEN.name, on_change=_sizes_typed)
        for problem in held.problems:
            st.error(problem, icon=":material/error:")
    for key, (parameter, place, options) in sidebar.places.items():
        if key != MATCH.name and not is_number(parameter):
            parameter_control(parameter, key, place, **{"on_change": _answer, **options})


def draw_sliders(held: Held, sidebar: Sidebar) -> None:
    """The controls that belong to the picture's fragment: a slider that moves runs it alone."""
    gain = _prefix("scheme", held.scheme) + "gain"
    matched = _has_gain(held.scheme) and kept(MATCH, MATCH.name)
    for key, (parameter, place, options) in sidebar.places.items():
        if key == MATCH.name:
            values = kept_settings(held.activation, _prefix("activation", held.activation))
            usual = theory.gain(held.activation.name, **values)
            label = f"Gain of {held.activation.label}: {number(usual)}"
            parameter_control(parameter, key, place, label=label)
        elif is_number(parameter):
            parameter_control(parameter, key, place, disabled=matched and key == gain, **options)


def _opened(label: str, icon: str) -> Any:
    """A part of the sidebar where it is open, else None: a closed one's controls cost nothing."""
    part = st.sidebar.expander(
        label, icon=f":material/{icon}:", key=f"_init_{icon}", on_change="rerun"
    )
    return part if part.open else None


def _answer() -> None:
    """Callback of controls outside the picture's fragment that change nothing but the picture."""
    st.rerun(PICTURE)


def _switches(settings: Settings) -> tuple[Parameter, ...]:
    """The switches that this network's figure has."""
    deep = len(settings.hidden) >= GRID_LAYERS
    idle = ("shared", "log", "curve") if deep else ("stretch",)
    return tuple(s for s in SWITCHES if s.name not in idle)


def _prefix(kind: str, entry: Entry) -> str:
    return control_key(kind, entry.name, "")


def _has_gain(scheme: Entry) -> bool:
    return any(p.name == "gain" for p in scheme.parameters)


# --- setting the controls; all of these are callbacks --------------------------------------------


def control_values(settings: Settings) -> dict[str, Any]:
    """What the controls hold when they show `settings`: session key -> value."""
    values = {
        "scheme": settings.scheme,
        "activation": settings.activation,
        HIDDEN.name: describe_hidden(settings.hidden),
        BATCH.name: settings.batch,
        CHOSEN.name: tuple(CLASSES[c] for c in settings.classes),
        SEED.name: settings.seed,
        MATCH.name: settings.match_gain,
    }
    for name, value in settings.scheme_settings:
        values[control_key("scheme", settings.scheme, name)] = value
    for name, value in settings.activation_settings:
        values[control_key("activation", settings.activation, name)] = value
    return {**values, **_slider_values(settings.hidden)}


def show(settings: Settings) -> None:
    """Callback: set every control to `settings`, and draw the whole page anew."""
    set_values(control_values(settings))
    st.rerun()


def reset() -> None:
    """Callback: everything as it was at first, display and comparison too."""
    st.session_state["init_pins"] = []
    set_values({switch.name: switch.default for switch in SWITCHES})
    show(Settings.make())


def roll() -> None:
    """Callback: another draw of the weights."""
    st.session_state[SEED.name] = random.randint(0, MAX_SHOWN_SEED)
    _answer()


def _slider_values(hidden: tuple[int, ...]) -> dict[str, int]:
    """Depth and width of equally wide layers, for their two sliders."""
    return {"depth": len(hidden), "width": hidden[0]} if len(set(hidden)) == 1 else {}


def _sliders_moved() -> None:
    depth, width = kept(DEPTH, "depth"), kept(WIDTH, "width")
    st.session_state[HIDDEN.name] = describe_hidden((width,) * depth)
    st.rerun()  # the whole page: the text changes, and grid and strips have their own switches


def _sizes_typed() -> None:
    with contextlib.suppress(SettingError):  # `read` says what is wrong
        set_values(_slider_values(parse_hidden(st.session_state[HIDDEN.name])))


def undo() -> None:
    """Callback: the setting before the last change."""
    if HISTORY.possible():
        show(HISTORY.back())
