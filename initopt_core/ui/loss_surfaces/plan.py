"""What the controls of the loss-surface page hold, read without drawing them.

`read` is the table of the page's controls and gives one hashable `Plan`.
Longer than other files: every control of the page is told here once, in the order of the page.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import streamlit as st

from initopt_core.descent import MAX_UPDATES, Run, first_rate, surface_optimizers
from initopt_core.loss_surfaces import flatness
from initopt_core.loss_surfaces.presets import RACES, Race
from initopt_core.optimizers import OPTIMIZERS
from initopt_core.registry import Entry, Parameter, Registry, SettingError
from initopt_core.schedules import SCHEDULES
from initopt_core.surfaces import FORMULA, SURFACES, Surface, SurfaceEntry
from initopt_core.surfaces.notation import FUNCTIONS, PAIRS
from initopt_core.ui import address
from initopt_core.ui.link_names import settings_named
from initopt_core.ui.page import CONTROLS, PICTURE
from initopt_core.ui.state import Reading, values
from initopt_core.wording import in_mid_sentence

from . import look

MAX_RUNS = 8
FIRST = RACES["ravine"]
PATHS, BASINS, FLAT = PARTS = ("Paths", "Basins", "Sharp and flat")
PART = Parameter("view", "Part of the page", PATHS, choices=PARTS)
SLIDES = flatness.SLIDES
"""Controls of the part on sharp and flat minima."""
DEFAULT_FORMULA = "sin(3*w1) + w1**2/4 + w2**2"
CHOICES: Registry[SurfaceEntry] = Registry(
    "surface",
    [
        *SURFACES.values(),
        SurfaceEntry(
            FORMULA,
            "Your own formula",
            lambda w1, w2: w1,
            help="Type any function of w1 and w2; gradients come from autograd.",
            ranges=(-4.0, 4.0, -4.0, 4.0),
            start=(3.0, 3.0),
        ),
    ],
)
TYPED = Parameter(
    "formula",
    "Loss of w1 and w2",
    DEFAULT_FORMULA,
    help="A function of w1 and w2 (or x and y), for example `2w1² + |w2|` or `2*w1**2 + abs(w2)`. "
    f"Signs: `+ - * / ** ( )`. Numbers also `pi` and `e`. Functions: {', '.join(FUNCTIONS)}, "
    f"and of two: {', '.join(PAIRS)}.",
)
COUNT = Parameter("runs", "Number of optimizers", len(FIRST.runs), 1, MAX_RUNS)
NOISE = Parameter(
    "noise", "Gradient noise σ", 0.0, 0.0, 5.0,
    help="Normal noise on each partial derivative, the same for all optimizers.",
)  # fmt: skip
SEED = Parameter("noise_seed", "Seed of the noise", 0, 0, 2**31 - 1, track=(0, 999))
ALL = "all"
"""Schedule of a run that takes the one all share."""

# Names of this page's controls that depend on the surface, and of all that a race sets.
_OF_SURFACE = r"surface_\w+|start_w[12]|updates|(from|to)[12]|color|own\d+(_w[12])?|run\d+_\w+_lr"
_OF_RACE = _OF_SURFACE + r"|surface|runs|run\d+(_\w+)?|anneal(_\w+)?|noise|noise_seed"

OTHERS = "|".join(
    [
        *settings_named(SURFACES, "surface_"),
        *settings_named(OPTIMIZERS, r"run\d+_{}_"),
        *settings_named(SCHEDULES, r"(run\d+_)?anneal_"),
        r"run\d+(_anneal)?|own\d+(_w[12])?",
    ]
)
"""Pattern of the names that other surfaces, optimizers and numbers of them have in a link."""


@dataclass(frozen=True)
class Plan:
    """All that the page shows, as the controls say; hashable, so that results are shared."""

    surface: Surface
    runs: tuple[Run, ...]
    own_start: tuple[bool, ...]
    ranges: tuple[float, float, float, float]
    color: str
    updates: int
    noise: float
    seed: int
    race: str = ""

    @property
    def name(self) -> str:
        """What tells this surface from others."""
        return f"{self.surface.name} {self.surface.text}".strip()

    @property
    def title(self) -> str:
        """A few words for a tab: the preset's name, or surface and optimizers."""
        if self.race:
            return RACES[self.race].label
        racers = dict.fromkeys(OPTIMIZERS[run.optimizer].label for run in self.runs)
        return f"{self.surface.label}: {', '.join(racers)}"


@dataclass(frozen=True)
class Held:
    """What the controls hold.

    Attributes:
        plan: to be shown.
        entry: the chosen surface; has the usual ranges, start and length.
        shared_start: of the runs without one of their own.
        problem: what is wrong with the typed formula, a line with a pointer below; else empty.
        unusable_ranges: whether those chosen cannot be used and the usual ones are shown.
        part: which part of the page.
        flat: what `SLIDES` hold.
        look: how the race is shown; see `look`.
    """

    plan: Plan
    entry: SurfaceEntry
    shared_start: tuple[float, float]
    problem: str
    unusable_ranges: bool
    part: str
    flat: tuple[float, ...]
    look: dict[str, Any]


# -- the controls' parameters: the same at each change, so made once ---------------------------
@cache
def optimizer_choice(i: int) -> Parameter:
    """Which optimizer run `i` is."""
    default = FIRST.runs[i][0] if i < len(FIRST.runs) else "Adam"
    return Parameter(f"run{i}", f"Optimizer {i + 1}", default, choices=tuple(surface_optimizers()))


def default_rate(surface: str, optimizer: str) -> float:
    """The rate a run starts with on this surface."""
    if surface == FORMULA:
        surface = "ackley"  # gradients of about one, as most formulas that people type
    return first_rate(surface, optimizer)


@cache
def optimizer_parameters(surface: str, name: str) -> tuple[Parameter, ...]:
    """An optimizer's parameters as controls: the rate in a range where something happens."""
    out = []
    for p in OPTIMIZERS[name].parameters:
        if p.name == "lr":
            p = replace(
                p, default=default_rate(surface, name), low=1e-6, high=1e3, label="Learning rate η"
            )
        out.append(p)
    return tuple(out)


@cache
def own_start(i: int) -> Parameter:
    """Whether run `i` has a start of its own."""
    return Parameter(f"own{i}", "A start of its own", False, help="Drag its own ring.")


@cache
def schedule_choice(i: int | None = None) -> Parameter:
    """How the rate changes: of all runs, or of run `i`, which may take that of all."""
    if i is None:
        return Parameter(
            "anneal", "Learning rate over the run", "constant", choices=tuple(SCHEDULES)
        )
    return Parameter(f"run{i}_anneal", "Learning rate over the run", ALL, choices=(ALL, *SCHEDULES))


def schedule_label(name: str) -> str:
    """What people read for a schedule."""
    return "As for all" if name == ALL else SCHEDULES[name].label


@cache
def updates(entry: SurfaceEntry) -> Parameter:
    """How many steps all runs take."""
    return Parameter("updates", "Updates", entry.updates, 1, MAX_UPDATES)


def start(
    entry: SurfaceEntry, i: int = -1, shared: tuple[float, float] | None = None
) -> list[Parameter]:
    """Both coordinates of the shared start, or of run `i`'s own, which is `shared` at first."""
    x0, x1, y0, y1 = entry.ranges
    w, h = x1 - x0, y1 - y0
    prefix = "start" if i < 0 else f"own{i}"
    a, b = shared or entry.start
    return [
        Parameter(f"{prefix}_w1", "w₁", a, x0 - w, x1 + w),
        Parameter(f"{prefix}_w2", "w₂", b, y0 - h, y1 + h),
    ]


@cache
def edges(entry: SurfaceEntry) -> tuple[Parameter, ...]:
    """The four edges of what is shown."""
    labels = (("from1", "w₁ from"), ("to1", "w₁ to"), ("from2", "w₂ from"), ("to2", "w₂ to"))
    return tuple(
        Parameter(name, label, value, -100.0, 100.0)
        for (name, label), value in zip(labels, entry.ranges, strict=True)
    )


@cache
def colouring(entry: SurfaceEntry) -> Parameter:
    """Linear or log colours."""
    return Parameter("color", "Colours of the loss", entry.color, choices=("linear", "log"))


# -- reading ----------------------------------------------------------------------------------
def read(take: Reading) -> Held:
    """What the controls hold, and where each of them is drawn."""
    _linked_race(take)
    entry = take.entry(
        CHOICES, "Surface", "surface", FIRST.surface, group="choice", alone=True,
        answers=of_surface, before=surface_changed,
    )  # fmt: skip
    surface, problem = _surface(entry, take)
    count = take(COUNT)
    runs, own = [], []
    shared = tuple(take(p, group="start") for p in start(entry))
    for_all = _schedule(schedule_choice(), take, "rate")
    for i in range(count):
        name = take(
            optimizer_choice(i), "", lambda n: OPTIMIZERS[n].label, group=f"who{i}",
            answers=WHOLE, label_visibility="collapsed",
        )  # fmt: skip
        settings = _settings(take, entry, i, name)
        own.append(take(own_start(i), group=f"more{i}", answers=WHOLE))
        begin = shared
        if own[-1]:
            who = f"{OPTIMIZERS[name].label} ({i + 1})"
            named = [replace(p, label=f"{who} {p.label}") for p in start(entry, i, shared)]
            begin = tuple(take(p, group="start") for p in named)
        rate, rate_settings = _schedule(schedule_choice(i), take, f"more{i}")
        if rate == ALL:
            rate, rate_settings = for_all
        runs.append(Run(name, tuple(sorted(settings.items())), begin, rate, rate_settings))
    steps = take(updates(entry), group="updates", told=_paths_shown)
    ranged: dict[str, Any] = {"answers": (PICTURE, CONTROLS)}  # a note may come
    ranges = tuple(take(p, group="ranges", **ranged) for p in edges(entry))
    usable = ranges[0] < ranges[1] and ranges[2] < ranges[3]
    noise = take(NOISE, group="noise")
    race = values["experiment"]
    if race and (noise or not _is(RACES[race], surface, runs, steps)):
        race = ""  # its story is about other settings
    if race:
        take.imply(_settings_of(RACES[race]))
    plan = Plan(
        surface,
        tuple(runs),
        tuple(own),
        ranges if usable else entry.ranges,
        take(colouring(entry), group="ranges"),
        steps,
        noise,
        take(SEED, group="noise"),
        race,
    )
    flat = tuple(take(p, f"flat_{p.name}", group="flat") for p in SLIDES)
    shown = look.read(take, plan.name, plan.ranges)
    part = take(PART, undo=False)
    return Held(plan, entry, shared, problem, not usable, part, flat, shown)


WHOLE = (PICTURE, CONTROLS)
"""What a control answers on which other controls depend."""
OF_SURFACE = "of-surface"
"""The fragment of the surface's settings, all in one: there are two at most."""
BOTH = (PICTURE, OF_SURFACE)
UNUSABLE = "_unusable_ranges"
"""Whether the side warns of the ranges."""


def of_surface() -> tuple[str, ...]:
    """What answers another surface: its settings, and the picture, which tells the rates and the
    updates, as long as nothing is open that depends on it, too."""
    menus = (f"_run{i}_more" for i in range(values.get(COUNT.name, COUNT.default)))
    if any(map(st.session_state.get, (UNUSABLE, "_start_part", "_view_part", *menus))):
        return WHOLE
    return BOTH


def _paths_shown() -> bool:
    """Whether the canvas is drawn, which tells `following`."""
    return values.get(PART.name, PATHS) == PATHS


def following(plan: Plan) -> tuple[str, ...]:
    """The sliders that another surface moves: every rate, and the number of updates."""
    return (*(f"run{i}_{run.optimizer}_lr" for i, run in enumerate(plan.runs)), "updates")


def _surface(entry: SurfaceEntry, take: Reading) -> tuple[Surface, str]:
    """The chosen surface, and what is wrong with its formula, if anything."""
    if entry.name != FORMULA:
        settings = take.settings(entry, "surface_", group="surface", alone=False, answers=BOTH)
        return Surface(entry.name, tuple(sorted(settings.items()))), ""
    text = take(TYPED, group="surface", max_chars=200)
    try:
        surface = Surface(FORMULA, text=text)
    except SettingError as error:
        # The last formula that could be used stays on the screen while this one is mended.
        good = None if address.is_tried() else st.session_state.get("_formula_good")
        return Surface(FORMULA, text=good or DEFAULT_FORMULA), str(error)
    if not address.is_tried():
        st.session_state["_formula_good"] = text
    return surface, ""


def _settings(take: Reading, entry: Entry, i: int, name: str) -> dict[str, Any]:
    """Those of run `i`: its rate is always seen, the others are in its menu."""
    out = {}
    has_menu = OPTIMIZERS[name].convention is not None and not address.is_tried()
    told = has_menu and st.session_state.get(f"_run{i}_more")
    alike = sum(values.get(f"run{k}") == name for k in range(i))
    who = OPTIMIZERS[name].label + (f" ({alike + 1})" if alike else "")
    for p in optimizer_parameters(entry.name, name):
        place = f"run{i}" if p.name == "lr" else f"menu{i}"
        answers = WHOLE if told and p.name in ("lr", "momentum") else (PICTURE,)
        spoken = f"{who}: {in_mid_sentence(p.label)}"
        hears: dict[str, Any] = {"told": _paths_shown} if p.name == "lr" else {}
        out[p.name] = take(
            p, f"run{i}_{name}_{p.name}", group=place, answers=answers, spoken=spoken, **hears
        )
    return out


def _schedule(
    choice: Parameter, take: Reading, group: str
) -> tuple[str, tuple[tuple[str, Any], ...]]:
    name = take(choice, "", schedule_label, group=group, answers=WHOLE)
    parameters = () if name == ALL else SCHEDULES[name].parameters
    return name, tuple(
        (p.name, take(p, f"{choice.name}_{p.name}", group=group)) for p in parameters
    )


def _linked_race(take: Reading) -> None:
    """A link may name a preset alone; it is applied once, before any control is read."""
    choice = Parameter("experiment", "Experiment", FIRST.name, choices=("", *RACES))
    fresh = "experiment" not in values
    name = take(choice)
    if fresh and name not in ("", FIRST.name) and "surface" not in address.link():
        apply_race(RACES[name])


def _is(race: Race, surface: Surface, runs: list[Run], steps: int) -> bool:
    """Whether the controls still say what the preset set."""
    if surface.name != race.surface or steps != race.length or len(runs) != len(race.runs):
        return False
    entry = SURFACES[race.surface]
    if entry.settings(race.surface_settings) != entry.settings(dict(surface.settings)):
        return False
    return all(
        run.optimizer == name
        and run.values() == OPTIMIZERS[name].settings(settings)
        and run.start == race.begin
        and run.schedule == race.schedule
        for run, (name, settings) in zip(runs, race.runs, strict=True)
    )


# -- setting ----------------------------------------------------------------------------------
def forget(pattern: str) -> None:
    """Drop the values, in session and link, whose whole name matches: defaults return."""
    address.forget(lambda key: re.fullmatch(pattern, key))


def surface_changed() -> None:
    """Another surface: its own view, start, length and rates, and the same optimizers."""
    forget(_OF_SURFACE)
    values["experiment"] = ""


def apply_race(race: Race) -> None:
    """Set every control to this preset; to be used as a callback."""
    forget(_OF_RACE)
    values.update({"experiment": race.name, **_settings_of(race)})


def _settings_of(race: Race) -> dict[str, Any]:
    """What the controls hold under this preset, by name."""
    state: dict[str, Any] = {
        "surface": race.surface,
        "runs": len(race.runs),
        "start_w1": race.begin[0],
        "start_w2": race.begin[1],
        "updates": race.length,
        "anneal": race.schedule,
    }
    for name, value in race.surface_settings.items():
        state[f"surface_{name}"] = value
    for i, (optimizer, settings) in enumerate(race.runs):
        state[f"run{i}"] = optimizer
        for name, value in settings.items():
            state[f"run{i}_{optimizer}_{name}"] = value
    return state


def move_start(entry: SurfaceEntry, run: int, w1: float, w2: float) -> None:
    """Put a start (-1: the shared one) where a hand has put it, within its controls' range."""
    for p, value in zip(start(entry, run), (w1, w2), strict=True):
        values[p.name] = p.nearest(value)
