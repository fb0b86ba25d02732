"""The sidebar of the initialization laboratory: controls in, checked settings out."""

from __future__ import annotations

import random

import streamlit as st

from initopt_core import theory
from initopt_core.data import CLASSES
from initopt_core.figures.initialization import GRID_LAYERS, Display
from initopt_core.initialization.settings import (
    MAX_BATCH,
    Settings,
    control_key,
    describe_hidden,
    parse_hidden,
)
from initopt_core.initializers import INITIALIZERS
from initopt_core.networks import ACTIVATIONS, MAX_LAYERS, MAX_UNITS
from initopt_core.registry import Parameter, SettingError
from initopt_core.ui.controls import (
    entry_select,
    entry_settings,
    parameter_control,
    set_values,
)

MAX_SHOWN_SEED = 9999
BATCH = Parameter(
    "batch", "Batch size", 1024, 16, MAX_BATCH, "log", help="Training images sent through.",
    unit="images",
)  # fmt: skip
SEED = Parameter("seed", "Seed", 42, 0, MAX_SHOWN_SEED, help="Of the weights' random draw.")
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
HIDDEN_HELP = (
    f"Units of each hidden layer, such as 512, 256, 128, or depth x width, such as 12 x 256. "
    f"Up to {MAX_LAYERS} layers and {MAX_UNITS:,} units; empty is a linear classifier."
)


def control_values(settings: Settings) -> dict:
    """What the controls hold when they show `settings`: session key -> value."""
    values = {
        "scheme": settings.scheme,
        "activation": settings.activation,
        "hidden": describe_hidden(settings.hidden),
        "batch": settings.batch,
        "classes": [CLASSES[c] for c in settings.classes],
        "seed": settings.seed,
        "match": settings.match_gain,
    }
    for name, value in settings.scheme_settings:
        values[control_key("scheme", settings.scheme, name)] = value
    for name, value in settings.activation_settings:
        values[control_key("activation", settings.activation, name)] = value
    return values


def show(settings: Settings) -> None:
    """Callback: set every control to `settings`."""
    set_values(control_values(settings))


def reset() -> None:
    """Callback: everything as it was at first, display and comparison too."""
    show(Settings.make())
    set_values({switch.name: switch.default for switch in SWITCHES})
    st.session_state.pop("init_pins", None)


def roll() -> None:
    """Callback: another draw of the weights."""
    st.session_state["seed"] = random.randint(0, MAX_SHOWN_SEED)


def _sliders_moved() -> None:
    depth = st.session_state.get("depth", DEPTH.default)
    width = st.session_state.get("width", WIDTH.default)
    st.session_state["hidden"] = describe_hidden((int(width),) * int(depth))


def sidebar() -> tuple[Settings, Display]:
    """Draw the controls; returns what they say.

    Where a value cannot be used, its control says so and the last good settings are returned, so
    that the picture stays.
    """
    last = st.session_state.get("init_last") or Settings.make()
    with st.sidebar:
        entry = entry_select(INITIALIZERS, "Scheme", "scheme", "kaiming", help=None)
        activation = entry_select(ACTIVATIONS, "Activation", "activation", "relu")
        hidden = st.text_input(
            "Hidden layers",
            value=describe_hidden(Settings().hidden),
            key="hidden",
            bind="query-params",
            help=HIDDEN_HELP,
        )
        try:
            sizes = parse_hidden(hidden)
        except SettingError as problem:
            st.error(str(problem), icon=":material/error:")
            sizes = last.hidden
        scheme_values, match = _scheme_controls(entry, activation)
        activation_values = entry_settings(activation, f"act_{activation.name}_")
        with st.expander("Depth x width", icon=":material/layers:"):
            parameter_control(DEPTH, "depth", on_change=_sliders_moved)
            parameter_control(WIDTH, "width", on_change=_sliders_moved)
        with st.expander("Draw and batch", icon=":material/casino:"):
            seed = parameter_control(SEED, "seed")
            st.button("Random seed", icon=":material/casino:", on_click=roll, width="stretch")
            size = parameter_control(BATCH, "batch")
            classes = st.multiselect(
                "Classes",
                CLASSES,
                key="classes",
                bind="query-params",
                placeholder="all ten",
                help="Only images of these classes; none chosen means all.",
            )
        with st.expander("Histograms", icon=":material/bar_chart:"):
            deep = len(sizes) >= GRID_LAYERS
            switches = {
                s.name: parameter_control(s, s.name)
                for s in SWITCHES
                if s.name not in (("shared", "log", "curve") if deep else ("stretch",))
            }
            if deep:  # strips: one axis for all layers unless each is to fill the height
                switches["shared"] = not switches.pop("stretch")
        try:
            settings = Settings.make(
                entry.name,
                scheme_values,
                activation.name,
                activation_values,
                sizes,
                size,
                [CLASSES.index(c) for c in classes],
                seed,
                match,
            )
        except SettingError as problem:
            st.error(str(problem), icon=":material/error:")
            settings = last
    st.session_state["init_last"] = settings
    return settings, Display(**switches)


def _scheme_controls(entry, activation) -> tuple[dict, bool]:
    """The scheme's own settings; the gain either by hand or matched to the activation."""
    has_gain = any(p.name == "gain" for p in entry.parameters)
    match = False
    if has_gain:
        values = {
            p.name: st.session_state.get(control_key("activation", activation.name, p.name))
            for p in activation.parameters
        }
        gain = theory.gain(activation.name, **{k: v for k, v in values.items() if v is not None})
        match = parameter_control(
            Parameter(
                "match",
                f"Gain of {activation.label}: {gain:.3g}",
                False,
                help="Take the gain made for the activation (torch.nn.init.calculate_gain, or "
                "computed where that has none).",
            ),
            "match",
        )
    result = {}
    for p in entry.parameters:
        if p.name in ("bias", "bias_std"):
            continue
        result[p.name] = parameter_control(
            p,
            control_key("scheme", entry.name, p.name),
            **({"disabled": True} if match and p.name == "gain" else {}),
        )
    biases = [p for p in entry.parameters if p.name in ("bias", "bias_std")]
    if biases:
        with st.expander("Biases", icon=":material/vertical_align_center:"):
            for p in biases:
                result[p.name] = parameter_control(p, control_key("scheme", entry.name, p.name))
    return result, match
