"""The sidebar of the initialization laboratory.

`read` is the table: it says what the controls hold and where each is drawn. `draw_top` draws those
that decide which others there are, each a part of its own, since they differ in what answers them;
`draw_parts` draws these others, `draw_rest` what is always there.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from typing import Any

import streamlit as st

from initopt_core.data import CLASSES
from initopt_core.figures.initialization import GRID_LAYERS, ROWS, Display
from initopt_core.initialization import theory
from initopt_core.initialization.settings import (
    MAX_BATCH,
    MAX_SEED,
    Settings,
    control_key,
    describe_hidden,
    parse_hidden,
    refuse_heavy,
)
from initopt_core.initializers import INITIALIZERS
from initopt_core.networks import ACTIVATIONS, MAX_LAYERS, MAX_UNITS
from initopt_core.registry import Entry, Parameter, SettingError
from initopt_core.settings import server_settings
from initopt_core.ui import address
from initopt_core.ui.controls import set_values
from initopt_core.ui.page import CONTROLS, PICTURE, Laboratory, part
from initopt_core.ui.server import identity
from initopt_core.ui.state import Reading, kept, values
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
    "seed", "Seed", Settings().seed, 0, MAX_SEED, help="Of the weights' random draw.",
    track=(0, MAX_SHOWN_SEED),
)  # fmt: skip
MATCH = Parameter(
    "match", "Gain of the activation", False,
    help="Take the gain made for the activation (torch.nn.init.calculate_gain, or computed where "
    "that has none).",
)  # fmt: skip
DEPTH = Parameter("depth", "Depth", 4, 1, MAX_LAYERS, unit="hidden layers")
WIDTH = Parameter("width", "Width", 256, 1, MAX_UNITS, "log", unit="units")
SWITCHES = (
    Parameter("shared", "Same axis", False, help="All layers of a row on one axis."),
    Parameter("stretch", "Stretch each layer", False, help="To its own largest value."),
    Parameter("log", "Logarithmic counts", False, help="Shows the tails."),
    Parameter("robust", "Leave out outliers", False, help="Drops the outermost 0.2 %."),
    Parameter("curve", "Density curve", True, help="A kernel density estimate over the bars."),
    Parameter("outputs", "Row behind the non-linearity", False, help="φ(z) as well as z."),
)
BIASES = ("bias", "bias_std")
PARTS = ("", "Numbers", "Phase map", "Compare", "Seeds", "Tutorial", "Explain", "Code")
PART = Parameter("part", "More", "", choices=PARTS)
QUANTITIES = {
    "activations": "Activations z",
    "weights": "Weights",
    "gradients": "Gradients",
    "outputs": "After φ",
}
QUANTITY = Parameter("quantity", "Quantity", "activations", choices=tuple(QUANTITIES))
EXPLAINED = Parameter("explain_layer", "Layer", 1, 0, MAX_LAYERS)
STRIP = Parameter("strip", "Layer whose histograms are shown", 0, 0, MAX_LAYERS)
ENLARGED = Parameter(
    "enlarged", "Enlarged histogram", "",
    choices=("", *(f"{row} {2 * i}" for row in ROWS for i in range(GRID_LAYERS))),
)  # fmt: skip
TOP, SCHEME, BIAS, ACTIVATION, SIZE, DRAW, HISTOGRAMS = (
    "top", "scheme", "biases", "activation", "size", "draw", "histograms",
)  # fmt: skip
"""Places of the sidebar."""
BESIDE = "beside"
"""The place beside the figure, and the fragment of what stands there."""
AXES = ("shared", "stretch")
"""Switches that are drawn there."""
GAIN = "gain"
"""The fragment of the switch that names the activation's gain."""
REST = "rest"
"""The fragment of what does not depend on scheme and activation."""
_GOOD = "_initialization_good"


@dataclass(frozen=True)
class Held:
    """What the controls hold.

    Attributes:
        scheme, activation: the chosen entries.
        settings: to be shown; the last good ones where there is a problem.
        display: how the histograms are to be drawn.
        problems: why a value cannot be used.
        part, quantity, explained, strip, enlarged: what is looked at more closely.
    """

    scheme: Entry
    activation: Entry
    settings: Settings
    display: Display
    problems: tuple[str, ...]
    part: str = ""
    quantity: str = QUANTITY.default
    explained: int = EXPLAINED.default
    strip: int = STRIP.default
    enlarged: str = ENLARGED.default


def read(take: Reading) -> Held:
    """What the controls hold, and where each of them is drawn."""
    both: dict[str, Any] = {"answers": (PICTURE, CONTROLS)}
    top: dict[str, Any] = {"group": TOP, "alone": True}
    scheme = take.entry(INITIALIZERS, "Scheme", "scheme", "kaiming", **top, **both)
    activation = take.entry(
        ACTIVATIONS, "Activation", "activation", "relu", **top, answers=_of_the_activation
    )
    last = shown_settings()
    problems = []
    text = take(HIDDEN, answers=(PICTURE, BESIDE, CONTROLS, REST), **top)
    try:
        hidden = parse_hidden(text)
    except SettingError as problem:
        problems.append(str(problem))
        hidden = last.hidden
    match = has_gain(scheme) and take(MATCH, group=SCHEME, **both)
    scheme_values = _scheme_settings(take, scheme, match)
    follow = {"answers": (PICTURE, *_gain(scheme))}
    activation_values = take.settings(
        activation, _prefix("activation", activation), group=ACTIVATION, **follow
    )
    _sizes(take, hidden)
    seed = take(SEED, group=DRAW)
    images = take(BATCH, group=DRAW, **both)  # it may be refused there
    classes = take(CHOSEN, group=DRAW, placeholder="all ten")
    try:
        settings = Settings.make(
            scheme.name,
            scheme_values,
            activation.name,
            activation_values,
            hidden,
            images,
            [CLASSES.index(c) for c in classes],
            seed,
            match,
        )
        refuse(settings)
    except SettingError as problem:
        problems.append(str(problem))
        settings = last
    if not address.is_tried():
        st.session_state[_GOOD] = settings
    display = _display(take, settings)
    looked = [take(p, undo=False) for p in (PART, QUANTITY, EXPLAINED, STRIP, ENLARGED)]
    return Held(scheme, activation, settings, display, tuple(problems), *looked)


def refuse(settings: Settings) -> None:
    """Raise SettingError where this visitor asks for more than a shared server measures."""
    if not identity.me().full:
        refuse_heavy(settings, server_settings().visitor_weights)


def _scheme_settings(take: Reading, scheme: Entry, match: bool) -> dict[str, Any]:
    prefix = _prefix("scheme", scheme)
    out = {}
    for p in scheme.parameters:
        place = BIAS if p.name in BIASES else SCHEME
        options: dict[str, Any] = {"disabled": True} if match and p.name == "gain" else {}
        out[p.name] = take(p, prefix + p.name, group=place, **options)
    return out


def _sizes(take: Reading, hidden: tuple[int, ...]) -> None:
    """Depth and width say what the sizes say, where all layers are equally wide."""
    values.update(_slider_values(hidden))
    options = {
        "before": _sizes_moved,
        "answers": (PICTURE, BESIDE, CONTROLS, REST, HIDDEN.name),
        "undo": False,
    }
    take(DEPTH, group=SIZE, linked=False, **options)
    take(WIDTH, group=SIZE, linked=False, **options)


def _display(take: Reading, settings: Settings) -> Display:
    place = {name: BESIDE for name in AXES}
    both = (PICTURE, BESIDE)
    switches = {
        s.name: take(s, group=place.get(s.name, HISTOGRAMS), answers=both)
        for s in _switches(settings)
    }
    if "stretch" in switches:  # strips: one axis for all layers unless each fills the height
        switches["shared"] = not switches.pop("stretch")
    return Display(**switches)


def _switches(settings: Settings) -> tuple[Parameter, ...]:
    """The switches that this network's figure has."""
    deep = len(settings.hidden) >= GRID_LAYERS
    idle = ("shared", "log", "curve") if deep else ("stretch",)
    return tuple(s for s in SWITCHES if s.name not in idle)


def _prefix(kind: str, entry: Entry) -> str:
    return control_key(kind, entry.name, "")


def has_gain(scheme: Entry) -> bool:
    """Whether the scheme's gain can be the one that is made for the activation."""
    return any(p.name == "gain" for p in scheme.parameters)


def _gain(scheme: Entry) -> tuple[str, ...]:
    return (GAIN,) if has_gain(scheme) else ()


def _of_the_activation() -> tuple[str, ...]:
    """What answers another activation: all its and the scheme's controls where one of the two has
    settings, else the switch that names its gain."""
    last = shown_settings()
    now = values.get("activation", last.activation)
    if now not in list(ACTIVATIONS):  # from a socket, in place of a browser
        return (PICTURE, CONTROLS)
    if any(ACTIVATIONS[name].parameters for name in (last.activation, now)):
        return (PICTURE, CONTROLS)
    return (PICTURE, *_gain(INITIALIZERS[last.scheme]))


# --- drawing -------------------------------------------------------------------------------------


def draw_top(lab: Laboratory) -> None:
    """The controls that decide which others there are."""
    lab.draw(TOP)


def draw_parts(lab: Laboratory, held: Held) -> None:
    """What these bring with them, and what is wrong."""
    for problem in held.problems:
        st.error(problem, icon=":material/error:")
    for control in lab.reading.group(SCHEME):
        if control.name == MATCH.name:
            gain = lab.fragment(GAIN, answers=control.options["answers"])
            gain(lambda held: _draw_gain(lab, held))()
        else:
            lab.draw_one(control)
    if lab.reading.group(BIAS) and (place := part("Biases", "vertical_align_center", "_init_bias")):
        lab.draw(BIAS, place)
    lab.draw(ACTIVATION)


def _draw_gain(lab: Laboratory, held: Held) -> None:
    control = lab.reading.table[MATCH.name]
    label = _gain_of(lab, held.activation)
    lab.draw_one(replace(control, options={**control.options, "label": label}))


def draw_rest(lab: Laboratory, held: Held) -> None:
    """All others from top to bottom; those of closed parts are not drawn."""
    if place := part("Depth x width", "layers", "_init_layers"):
        lab.draw(SIZE, place)
    if place := part("Draw and batch", "casino", "_init_casino"):
        place.button(
            "Random seed",
            icon=":material/casino:",
            on_click=_roll,
            args=(lab,),
            width="stretch",
        )
        lab.draw(DRAW, place)
    if place := part("Histograms", "bar_chart", "_init_bar_chart"):
        lab.draw(HISTOGRAMS, place)


def _gain_of(lab: Laboratory, activation: Entry) -> str:
    settings = lab.reading.group(ACTIVATION)
    prefix = _prefix("activation", activation)
    usual = theory.gain(activation.name, **{c.name.removeprefix(prefix): c.value for c in settings})
    return f"Gain of {activation.label}: {number(usual)}"


# --- setting the controls; all of these are callbacks --------------------------------------------


def control_values(settings: Settings) -> dict[str, Any]:
    """What the controls hold when they show `settings`, by name."""
    out = {
        "scheme": settings.scheme,
        "activation": settings.activation,
        HIDDEN.name: describe_hidden(settings.hidden),
        BATCH.name: settings.batch,
        CHOSEN.name: tuple(CLASSES[c] for c in settings.classes),
        SEED.name: settings.seed,
        MATCH.name: settings.match_gain,
    }
    for name, value in settings.scheme_settings:
        out[control_key("scheme", settings.scheme, name)] = value
    for name, value in settings.activation_settings:
        out[control_key("activation", settings.activation, name)] = value
    return out


def shown_settings() -> Settings:
    """What was shown last; a link that is only tried was never shown."""
    good = None if address.is_tried() else st.session_state.get(_GOOD)
    return good or Settings.make()


def show(settings: Settings) -> None:
    """Callback: set every control to `settings`, and draw the whole page anew."""
    set_values(control_values(settings))
    st.rerun()


def _roll(lab: Laboratory) -> None:
    """Callback: another draw of the weights."""
    values[SEED.name] = random.randint(0, MAX_SHOWN_SEED)
    lab.answer(PICTURE, SEED.name)


def _slider_values(hidden: tuple[int, ...]) -> dict[str, int]:
    """Depth and width of equally wide layers, for their two sliders."""
    return {"depth": len(hidden), "width": hidden[0]} if len(set(hidden)) == 1 else {}


def _sizes_moved() -> None:
    width, depth = kept(WIDTH, WIDTH.name), kept(DEPTH, DEPTH.name)
    values[HIDDEN.name] = describe_hidden((width,) * depth)
