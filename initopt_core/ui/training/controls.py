"""The sidebar of the training page: controls in, a checked configuration out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from initopt_core.figures.training import AXES
from initopt_core.initializers import INITIALIZERS
from initopt_core.networks import ACTIVATIONS, HIDDEN_SIZES, parse_sizes
from initopt_core.optimizers import OPTIMIZERS
from initopt_core.registry import Parameter, Registry, SettingError
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
from initopt_core.ui.link_names import settings_named
from initopt_core.ui.page import CONTROLS, Laboratory, part
from initopt_core.ui.server.dataset import get_dataset
from initopt_core.ui.server.training import COMPARED, RUN
from initopt_core.ui.state import Reading, kept, link_text, values

TUTORIAL = ("SGD", "SGDMomentum", "Adam")
# The sliders cover what is usual; their boxes and the link take all that can be trained.
EPOCHS = replace(NUMBERS["epochs"], track=(1, 100), help="Passes over the training images.")
BATCH = replace(NUMBERS["batch_size"], track=(1, 4096))
CLIP = replace(NUMBERS["clip_norm"], track=(0.0, 20.0))
BUDGET = replace(NUMBERS["search_epochs"], default=1, low=1, track=(1, 10))
SIZES = Parameter(
    "hidden",
    "Hidden layers",
    ", ".join(map(str, HIDDEN_SIZES)),
    help="512, 256, 128, or depth x width as in 4 x 256; nothing for a linear classifier.",
)
SEEDS = Parameter(
    "seeds", "Seeds", "42", help="Several seeds give a mean and a band: the order of one is chance."
)
RACERS = Parameter("race", "Optimizers", TUTORIAL, choices=tuple(OPTIMIZERS))
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


AXIS = Parameter("axis", "Across", "epochs", choices=tuple(AXES))
LOG = Parameter("log", "log loss", True)
SMOOTH = Parameter("smooth", "smoothed", True)
TAB = Parameter(
    "tab", "More", "", choices=("", "Layers", "Distributions", "Results", "Rate search", "Code")
)
FAIR = Parameter("fair", "Find each optimizer's best rate first", False)
DATA = Parameter("data", "Data", "full", choices=("full", "sample"))
START = "start"
"""The fragment of the button that starts what the controls say."""


@dataclass(frozen=True)
class Held:
    """What the controls hold.

    Attributes:
        config: to be trained; None where something cannot be used.
        problem: what that is.
        names: the chosen optimizers.
        axis, log, smooth: how curves are drawn.
        fair: whether rates are searched first.
    """

    config: TrainConfig | None
    problem: str
    names: tuple[str, ...]
    axis: str
    log: bool
    smooth: bool
    fair: bool


def read(take: Reading) -> Held:
    """What the controls hold, and where each of them is drawn."""
    own: dict[str, Any] = {"answers": (START,)}
    whole: dict[str, Any] = {"answers": (START, CONTROLS)}
    # A link may name more than can race; the box would refuse them all.
    values[RACERS.name] = kept(RACERS, RACERS.name)[:MAX_RACERS]
    names = take(
        RACERS, "", lambda n: OPTIMIZERS[n].label if isinstance(n, str) else link_text(n),
        group="race", max_selections=MAX_RACERS, placeholder="Choose one or more", **whole,
    )  # fmt: skip
    rates = {n: take(learning_rate(n), f"{n}_lr", group="rates", **own) for n in names}
    racers = [(n, {"lr": rates[n], **_rest(take, n, own)}) for n in names]
    settings: dict[str, Any] = {"epochs": take(EPOCHS, "epochs", group="rates", **own)}
    sizes = take(SIZES, group="network", **own)
    for key, registry, label, name, default, prefix, group in _ENTRIES:
        entry = take.entry(registry, label, name, default, group=group, **whole)
        chosen = take.settings(entry, f"{prefix}_{entry.name}_", group=group, **own)
        settings |= {key: entry.name, f"{key}_settings": pack(chosen)}
    sample = get_dataset().source == "sample"
    settings["data"] = "sample" if sample else take(DATA, group="data", **own)
    settings["batch_size"] = take(BATCH, "batch", group="batches", **own)
    settings["clip_norm"] = take(CLIP, "clip", group="batches", **own)
    seeds = take(SEEDS, group="batches", **own)
    fair = take(FAIR, group="fair", **whole)
    if fair:
        settings["search_epochs"] = take(BUDGET, "budget", group="fair", **own)
        settings["search_initializers"] = take(
            SEARCHED, "", lambda n: INITIALIZERS[n].label if isinstance(n, str) else link_text(n),
            group="fair", placeholder="none", **own,
        )  # fmt: skip
    axis, log, smooth = (take(p, undo=False) for p in (AXIS, LOG, SMOOTH))
    take(TAB, undo=False)
    try:
        config = TrainConfig(
            racers=tuple(Racer(n, pack(s)) for n, s in racers),
            hidden_sizes=parse_sizes(sizes),
            seeds=parse_numbers(seeds, "Seeds"),
            **settings,
        )
    except SettingError as problem:
        return Held(None, str(problem), names, axis, log, smooth, fair)
    return Held(config, "", names, axis, log, smooth, fair)


_ENTRIES: tuple[tuple[str, Registry[Any], str, str, str, str, str], ...] = (
    ("activation", ACTIVATIONS, "Activation", "act", "relu", "act", "network"),
    ("initializer", INITIALIZERS, "Initialization", "init", "kaiming", "init", "network"),
    ("schedule", SCHEDULES, "Learning rate schedule", "schedule", "constant", "sch", "batches"),
)
"""Field of the configuration, registry, label, name, default, prefix of its settings, place."""


OTHERS = "|".join(
    [
        *settings_named(OPTIMIZERS, "{}_"),
        *(one for _, registry, *_, prefix, _ in _ENTRIES
          for one in settings_named(registry, f"{prefix}_{{}}_")),
        SEARCHED.name,
    ]
)  # fmt: skip
"""Pattern of the names that other optimizers and entries have in a link."""


def _rest(take: Reading, name: str, options: dict[str, Any]) -> dict[str, Any]:
    """An optimizer's settings other than its rate."""
    others = [p for p in OPTIMIZERS[name].parameters if p.name != "lr"]
    who = OPTIMIZERS[name].label
    return {
        p.name: take(p, f"{name}_{p.name}", group=name, spoken=f"{who}: {p.label}", **options)
        for p in others
    }


def sidebar(lab: Laboratory, held: Held) -> None:
    """All controls from top to bottom; those of closed parts are not drawn."""
    lab.draw("race")
    lab.draw("rates")
    if place := part("Optimizer settings", "tune", "_train_tune"):
        for name in held.names:
            entry = OPTIMIZERS[name]
            place.markdown(f"**{entry.label}** — {entry.help}")
            lab.draw(name, place)
    if place := part("Network and initial weights", "account_tree", "_train_network"):
        lab.draw("network", place)
    if place := part("Batches, schedule, seeds", "view_module", "_train_batches"):
        if get_dataset().source == "sample":
            place.caption("Data: the bundled sample. The home page can get the full set.")
        lab.draw("data", place)
        lab.draw("batches", place)
    if place := part("Fair race", "balance", "_train_fair"):
        place.caption(
            "Each optimizer first tries seven rates of its own grid, all with the same budget, and "
            "races at its best one. This also draws the learning-rate sensitivity curve."
        )
        lab.draw("fair", place)


def apply_preset(lab: Laboratory, name: str) -> None:
    """Callback: the tutorial's settings with the preset's changes."""
    address.forget(lambda held: held not in STAYS)
    lab.set(PRESETS[name])


STAYS = (RUN, COMPARED, AXIS.name, LOG.name, SMOOTH.name, TAB.name)
"""What presets and Reset leave as it is: the run that is looked at, and how."""
