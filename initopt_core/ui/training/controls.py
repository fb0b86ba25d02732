"""The sidebar of the training page: controls in, a checked configuration out."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import streamlit as st

from initopt_core.initializers import INITIALIZERS
from initopt_core.networks import ACTIVATIONS, HIDDEN_SIZES, parse_sizes
from initopt_core.optimizers import OPTIMIZERS
from initopt_core.registry import Parameter, SettingError
from initopt_core.schedules import SCHEDULES
from initopt_core.training.config import (
    MAX_RACERS,
    NUMBERS,
    Racer,
    TrainConfig,
    pack,
    parse_numbers,
)
from initopt_core.ui import address
from initopt_core.ui.controls import entry_select, entry_settings, parameter_control
from initopt_core.ui.server.dataset import get_dataset
from initopt_core.ui.state import kept

TUTORIAL = ("SGD", "SGDMomentum", "Adam")
# The sliders cover what is usual; their boxes and the link take all that can be trained.
EPOCHS = replace(NUMBERS["epochs"], track=(1, 100), help="Passes over the training images.")
BATCH = replace(NUMBERS["batch_size"], track=(1, 4096))
CLIP = replace(NUMBERS["clip_norm"], track=(0.0, 20.0))
BUDGET = replace(NUMBERS["search_epochs"], default=1, low=1, track=(1, 10))
SIZES = Parameter(
    "hidden",
    "Hidden sizes",
    ", ".join(map(str, HIDDEN_SIZES)),
    help="512, 256, 128, or depth x width as in 4 x 256; nothing for a linear classifier.",
)
SEEDS = Parameter(
    "seeds", "Seeds", "42", help="Several seeds give a mean and a band: the order of one is chance."
)
OPTIMIZER_LIST = Parameter("race", "Optimizers", TUTORIAL, choices=tuple(OPTIMIZERS))
SEARCHED = Parameter(
    "search_inits",
    "Measure the rate curve for these initializations too",
    (),
    choices=tuple(INITIALIZERS),
)


def learning_rate(name: str) -> Parameter:
    """The rate's control for training; its slider covers the range in which something happens."""
    entry = OPTIMIZERS[name]
    lr = next(p for p in entry.parameters if p.name == "lr")
    return replace(lr, label=f"{entry.label}: learning rate η", track=(1e-6, 100.0))


PRESETS: dict[str, dict[str, Any]] = {
    "The tutorial's race, 40 epochs": {"epochs": 40},
    "A quick look: sample, 5 epochs": {"data": "sample", "epochs": 5},
    "Bad start: constant weights": {"init": "constant", "epochs": 5},
    "Weights far too small": {"init": "constant_variance", "epochs": 5},
    "One rate for all is unfair": {"SGD_lr": 0.001, "SGDMomentum_lr": 0.001, "epochs": 5},
    "Rates far too high": {"SGD_lr": 3.0, "SGDMomentum_lr": 30.0, "Adam_lr": 0.1, "epochs": 5},
    "Fair race, each at its best rate": {"fair": True, "epochs": 10},
    "Five seeds: is the order real?": {"seeds": "1, 2, 3, 4, 5", "epochs": 5},
}


def apply_preset() -> None:
    """Callback: the tutorial's settings with the chosen preset's changes."""
    name = st.session_state.get("_preset")
    st.session_state["_preset"] = None
    reset()
    for key, value in PRESETS.get(name, {}).items():
        st.session_state[key] = value


def reset() -> None:
    """Callback: every control of this page back to the tutorial's race of ten epochs."""
    names = {OPTIMIZER_LIST.name, SIZES.name, SEEDS.name, SEARCHED.name, "epochs", "act", "init"}
    names |= {"data", "batch", "schedule", "clip", "fair", "budget"}
    prefixes = (
        *(f"{n}_" for n in OPTIMIZERS),
        *(f"act_{n}_" for n in ACTIVATIONS),
        *(f"init_{n}_" for n in INITIALIZERS),
        *(f"sch_{n}_" for n in SCHEDULES),
    )
    address.forget(lambda key: key in names or key.startswith(prefixes))


def sidebar() -> tuple[TrainConfig | None, str, Any]:
    """Draw the controls.

    Returns:
        The configuration, or None and what is wrong; and the place at the top for the button.
    """
    side = st.sidebar
    start = side.container()  # the button comes first, and is drawn last
    side.selectbox(
        "Try",
        list(PRESETS),
        index=None,
        key="_preset",
        placeholder="Try: a ready-made race",
        on_change=apply_preset,
        label_visibility="collapsed",
    )
    # A link may name more than can race; the box would refuse them all.
    st.session_state[OPTIMIZER_LIST.name] = kept(OPTIMIZER_LIST, OPTIMIZER_LIST.name)[:MAX_RACERS]
    names = parameter_control(
        OPTIMIZER_LIST,
        OPTIMIZER_LIST.name,
        side,
        format_func=lambda n: OPTIMIZERS[n].label,
        max_selections=MAX_RACERS,
        placeholder="Choose one or more",
    )
    rates = {n: parameter_control(learning_rate(n), f"{n}_lr", side) for n in names}
    values: dict[str, Any] = {"epochs": parameter_control(EPOCHS, "epochs", side)}

    part = side.expander("Optimizer settings", icon=":material/tune:")
    racers = []
    for name in names:
        entry = OPTIMIZERS[name]
        part.markdown(f"**{entry.label}** — {entry.help}")
        rest = {
            p.name: parameter_control(p, f"{name}_{p.name}", part)
            for p in entry.parameters
            if p.name != "lr"
        }
        racers.append((name, {"lr": rates[name], **rest}))

    part = side.expander("Network and initial weights", icon=":material/account_tree:")
    sizes = parameter_control(SIZES, SIZES.name, part)
    activation = entry_select(ACTIVATIONS, "Activation", "act", "relu", part)
    values["activation"] = activation.name
    values["activation_settings"] = pack(
        entry_settings(activation, f"act_{activation.name}_", part)
    )
    initializer = entry_select(INITIALIZERS, "Initialization", "init", "kaiming", part)
    values["initializer"] = initializer.name
    values["initializer_settings"] = pack(
        entry_settings(initializer, f"init_{initializer.name}_", part)
    )

    part = side.expander("Batches, schedule, seeds", icon=":material/view_module:")
    values["data"] = _data_choice(part)
    values["batch_size"] = parameter_control(BATCH, "batch", part)
    schedule = entry_select(SCHEDULES, "Learning rate schedule", "schedule", "constant", part)
    values["schedule"] = schedule.name
    values["schedule_settings"] = pack(entry_settings(schedule, f"sch_{schedule.name}_", part))
    values["clip_norm"] = parameter_control(CLIP, "clip", part)
    seeds = parameter_control(SEEDS, SEEDS.name, part)

    part = side.expander("Fair race", icon=":material/balance:")
    part.caption(
        "Each optimizer first tries seven rates of its own grid, all with the same budget, and "
        "races at its best one. This also draws the learning-rate sensitivity curve."
    )
    fair = Parameter("fair", "Find each optimizer's best rate first", False)
    if parameter_control(fair, "fair", part):
        values["search_epochs"] = parameter_control(BUDGET, "budget", part)
        values["search_initializers"] = parameter_control(
            SEARCHED,
            SEARCHED.name,
            part,
            format_func=lambda n: INITIALIZERS[n].label,
            placeholder="none",
        )

    side.button("Reset", icon=":material/restart_alt:", on_click=reset, type="tertiary")
    try:
        config = TrainConfig(
            racers=tuple(Racer(n, pack(s)) for n, s in racers),
            hidden_sizes=parse_sizes(sizes),
            seeds=parse_numbers(seeds, "Seeds"),
            **values,
        )
    except SettingError as problem:
        return None, str(problem), start
    return config, "", start


def _data_choice(container) -> str:
    if get_dataset().source == "sample":
        container.caption("Data: the bundled sample. The home page can get the full set.")
        return "sample"
    choice = Parameter("data", "Data", "full", choices=("full", "sample"))
    return parameter_control(choice, "data", container)
