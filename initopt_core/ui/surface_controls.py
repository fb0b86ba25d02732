"""The sidebar of the loss-surface page: controls in, one hashable description out."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

import streamlit as st

from initopt_core.descent import Run, first_rate, surface_optimizers
from initopt_core.optimizers import OPTIMIZERS
from initopt_core.races import RACES, Race
from initopt_core.registry import Entry, Parameter, Registry, SettingError
from initopt_core.schedules import SCHEDULES
from initopt_core.surfaces import FORMULA, SURFACES, Surface
from initopt_core.ui.controls import entry_select, entry_settings, parameter_control
from initopt_core.ui.number_slider import write_link

MAX_RUNS = 8
FIRST = RACES["ravine"]
DEFAULT_FORMULA = "sin(3*w1) + w1**2/4 + w2**2"
FORMULA_FACTS = {
    "ranges": (-4.0, 4.0, -4.0, 4.0),
    "start": (3.0, 3.0),
    "color": "linear",
    "updates": 100,
}
CHOICES = Registry(
    "surface",
    [
        *SURFACES.values(),
        Entry(
            FORMULA,
            "Your own formula",
            lambda w1, w2: w1,
            help="Type any function of w1 and w2; gradients come from autograd.",
            extra=FORMULA_FACTS,
        ),
    ],
)
# Session and link names of this page's controls. Other pages keep theirs in the same place, so
# everything that is dropped here is named exactly.
_OF_SURFACE = r"surface_\w+|start_w[12]|updates|(from|to)[12]|color|own\d+(_w[12])?|run\d+_\w+_lr"
_OF_RACE = _OF_SURFACE + r"|surface|runs|run\d+(_\w+)?|anneal(_\w+)?|noise|noise_seed"


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


def forget(pattern: str) -> None:
    """Drop the values, in session and link, whose whole name matches: defaults return."""
    for store in (st.session_state, st.query_params):
        for key in [k for k in store if isinstance(k, str) and re.fullmatch(pattern, k)]:
            del store[key]


def surface_changed() -> None:
    """Another surface: its own view, start, length and rates, and the same optimizers."""
    forget(_OF_SURFACE)
    st.session_state["experiment"] = ""


def apply_race(race: Race) -> None:
    """Set every control to this preset; to be used as a callback."""
    forget(_OF_RACE)
    state: dict[str, Any] = {
        "experiment": race.name,
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
    st.session_state.update(state)


def reset() -> None:
    """Everything as when the page was opened first."""
    apply_race(FIRST)


def _text(parameter: Parameter, container, **options: Any) -> str:
    """A line of text that survives a change of pages and is part of the link."""
    box = f"_{parameter.name}_text"
    key = parameter.name
    value = st.session_state.get(key, st.query_params.get(key, parameter.default))
    st.session_state[key] = st.session_state[box] = str(value)[:400]

    def changed() -> None:
        st.session_state[key] = st.session_state[box]

    text = container.text_input(parameter.label, key=box, on_change=changed, **options)
    write_link(key, text, parameter.default)
    return text


def _control(parameter: Parameter, key: str, container) -> Any:
    """One parameter's value, and its control where there is a container to draw it in.

    Without one the value is the session's, else the link's, else the default: what a closed
    menu holds costs no elements, and a page that answers keys in 100 ms has none to spare.
    """
    number = not parameter.choices and not isinstance(parameter.default, bool)
    if number and container is not None:
        return parameter_control(parameter, key, container)
    value = parameter.default
    for raw in (st.session_state.get(key), st.query_params.get(key)):
        if raw is not None:
            with suppress(SettingError):
                value = parameter.check(raw)
                break
    st.session_state[key] = value
    write_link(key, value, parameter.default)
    if container is None:
        return value
    box = f"_{key}_box"
    st.session_state[box] = value

    def changed() -> None:
        st.session_state[key] = st.session_state[box]

    options = {"key": box, "help": parameter.help or None, "on_change": changed}
    if parameter.choices:
        return container.selectbox(parameter.label, parameter.choices, **options)
    return container.toggle(parameter.label, **options)


def _number(name: str, label: str, default: float, low: float, high: float, container, **more):
    return _control(Parameter(name, label, default, low, high, **more), name, container)


def _opened(menu) -> Any:
    """The menu where it is open, else None."""
    return menu if menu.open else None


def _surface(container) -> tuple[Surface, str, Entry]:
    """The chosen surface, and what is wrong with its formula, if anything."""
    entry = entry_select(
        CHOICES, "Surface", "surface", FIRST.surface, container, on_change=surface_changed
    )
    if entry.name != FORMULA:
        settings = entry_settings(entry, "surface_", container)
        return Surface(entry.name, tuple(sorted(settings.items()))), "", entry
    text = _text(
        Parameter("formula", "Loss of w1 and w2", DEFAULT_FORMULA),
        container,
        max_chars=200,
        help="+ − * / ** and sin, cos, tan, tanh, exp, log, sqrt, abs, sigmoid, relu, min, max",
    )
    try:
        surface = Surface(FORMULA, text=text)
    except SettingError as error:
        # The last formula that could be used stays on the screen while this one is mended.
        good = st.session_state.get("_formula_good", DEFAULT_FORMULA)
        return Surface(FORMULA, text=good), str(error), entry
    st.session_state["_formula_good"] = text
    return surface, "", entry


def default_rate(surface: str, optimizer: str) -> float:
    """The rate a run starts with on this surface."""
    if surface == FORMULA:
        surface = "ackley"  # gradients of about one, as most formulas that people type
    return first_rate(surface, optimizer)


def _parameters(surface: str, name: str) -> list[Parameter]:
    """An optimizer's parameters as controls: the rate in a range where something happens."""
    out = []
    for p in OPTIMIZERS[name].parameters:
        if p.name == "lr":
            p = replace(
                p, default=default_rate(surface, name), low=1e-6, high=1e3, label="Learning rate η"
            )
        out.append(p)
    return out


def _optimizer_box(i: int, container) -> str:
    """Which optimizer run `i` is."""
    names = surface_optimizers()
    default = FIRST.runs[i][0] if i < len(FIRST.runs) else "Adam"
    key, box = f"run{i}", f"_run{i}_box"
    name = st.session_state.get(key, st.query_params.get(key, default))
    name = name if name in names else default
    st.session_state[key] = st.session_state[box] = name

    def changed() -> None:
        st.session_state[key] = st.session_state[box]

    container.selectbox(
        f"Optimizer {i + 1}",
        names,
        key=box,
        format_func=lambda n: OPTIMIZERS[n].label,
        on_change=changed,
        label_visibility="collapsed",
    )
    write_link(key, name, default)
    return name


def _convention(i: int, name: str, values: dict[str, Any], container) -> None:
    """Say what the momentum's convention makes of the rate, and offer the other one."""
    beta, lr = values["momentum"], values["lr"]
    if name == "SGDMomentum":
        other, text = "HeavyBall", f"Average: equals a heavy ball at η = {lr * (1 - beta):.3g}"
    else:
        other, text = "SGDMomentum", f"Sum: effective rate η / (1−β) = {lr / (1 - beta):.3g}"

    def switch() -> None:
        st.session_state[f"run{i}"] = other
        for setting, value in values.items():
            st.session_state[f"run{i}_{other}_{setting}"] = value

    container.caption(text)
    container.button(
        "Use the sum (heavy ball)" if other == "HeavyBall" else "Use the exponential average",
        key=f"_run{i}_switch",
        on_click=switch,
        help="Keeps the same numbers under the other convention, which is ten times the step "
        "at β = 0.9.",
    )


def _run(i: int, surface: str, entry: Entry, side) -> tuple[Run, bool]:
    row = side.container(horizontal=True, vertical_alignment="center", gap="small")
    name = _optimizer_box(i, row)
    more = _opened(
        row.popover(
            "",
            icon=":material/tune:",
            help="More settings of this optimizer",
            key=f"_run{i}_more",
            on_change="rerun",
        )
    )
    values = {}
    for p in _parameters(surface, name):
        place = side if p.name == "lr" else more
        values[p.name] = _control(p, f"run{i}_{name}_{p.name}", place)
    if more is not None and name in ("SGDMomentum", "HeavyBall"):
        _convention(i, name, values, more)
    own = Parameter(f"own{i}", "A start of its own", False, help="Drag its own ring.")
    return Run(name, tuple(sorted(values.items())), (0.0, 0.0)), _control(own, f"own{i}", more)


def _runs(surface: str, entry: Entry, side) -> tuple[list[Run], list[bool]]:
    raw = st.session_state.get("runs", st.query_params.get("runs", len(FIRST.runs)))
    try:
        count = min(max(int(raw), 1), MAX_RUNS)
    except ValueError:
        count = len(FIRST.runs)
    st.session_state["runs"] = count
    write_link("runs", count, len(FIRST.runs))
    runs, own = zip(*(_run(i, surface, entry, side) for i in range(count)), strict=True)

    def add() -> None:
        st.session_state["runs"] = count + 1

    def remove() -> None:
        forget(rf"(run|own){count - 1}(_\w+)?")
        st.session_state["runs"] = count - 1

    row = side.container(horizontal=True)
    row.button(
        "Add",
        icon=":material/add:",
        on_click=add,
        disabled=count >= MAX_RUNS,
        key="_run_add",
        help=f"Up to {MAX_RUNS}, several of one kind if you like.",
    )
    row.button(
        "Remove last",
        icon=":material/remove:",
        on_click=remove,
        disabled=count <= 1,
        key="_run_remove",
    )
    return list(runs), list(own)


def _linked_race() -> None:
    """A link may name a preset alone; it is applied once, before any control is drawn."""
    if "experiment" not in st.session_state:
        linked = st.query_params.get("experiment", FIRST.name)
        if linked in RACES and linked != FIRST.name and "surface" not in st.query_params:
            apply_race(RACES[linked])
        st.session_state["experiment"] = linked if linked in RACES else ""
    write_link("experiment", st.session_state["experiment"], FIRST.name)


def _is(race: Race, surface: Surface, runs: tuple[Run, ...], updates: int) -> bool:
    """Whether the controls still say what the preset set."""
    if surface.name != race.surface or updates != race.length or len(runs) != len(race.runs):
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


def _schedule(part) -> tuple[Entry, dict[str, Any]]:
    """How the rate changes over the run."""
    if part is not None:
        schedule = entry_select(SCHEDULES, "Learning rate over the run", "anneal", "constant", part)
    else:
        raw = st.session_state.get("anneal", st.query_params.get("anneal", "constant"))
        schedule = SCHEDULES[raw if raw in SCHEDULES else "constant"]
        st.session_state["anneal"] = schedule.name
        write_link("anneal", schedule.name, "constant")
    return schedule, {p.name: _control(p, f"anneal_{p.name}", part) for p in schedule.parameters}


def _view(entry: Entry, side) -> tuple[tuple[float, float, float, float], str]:
    facts = entry.extra
    part = _opened(
        side.expander("View", icon=":material/crop_free:", key="_view_part", on_change="rerun")
    )
    x0, x1, y0, y1 = facts["ranges"]
    a = _number("from1", "w₁ from", x0, -100.0, 100.0, part)
    b = _number("to1", "w₁ to", x1, -100.0, 100.0, part)
    c = _number("from2", "w₂ from", y0, -100.0, 100.0, part)
    d = _number("to2", "w₂ to", y1, -100.0, 100.0, part)
    if not (a < b and c < d):
        side.warning("Each view goes from a smaller to a larger number; the usual one is shown.")
        a, b, c, d = facts["ranges"]
    color = _control(
        Parameter("color", "Colours of the loss", facts["color"], choices=("linear", "log")),
        "color",
        part,
    )
    return (a, b, c, d), color


def sidebar() -> tuple[Plan, str]:
    """Draw the controls; the plan, and what is wrong with the typed formula, if anything."""
    side = st.sidebar
    _linked_race()
    surface, problem, entry = _surface(side)
    runs, own = _runs(entry.name, entry, side)
    facts = entry.extra
    updates = int(_number("updates", "Updates", facts["updates"], 1, 500, side))

    part = _opened(
        side.expander("Start", icon=":material/my_location:", key="_start_part", on_change="rerun")
    )
    x0, x1, y0, y1 = facts["ranges"]
    w, h = x1 - x0, y1 - y0
    sx = _number("start_w1", "w₁", facts["start"][0], x0 - w, x1 + w, part)
    sy = _number("start_w2", "w₂", facts["start"][1], y0 - h, y1 + h, part)
    starts = []
    for i, (run, is_own) in enumerate(zip(runs, own, strict=True)):
        start = (sx, sy)
        if is_own:
            label = f"{OPTIMIZERS[run.optimizer].label} ({i + 1})"
            start = (
                _number(f"own{i}_w1", f"{label} w₁", sx, x0 - w, x1 + w, part),
                _number(f"own{i}_w2", f"{label} w₂", sy, y0 - h, y1 + h, part),
            )
        starts.append(start)

    part = _opened(
        side.expander(
            "Schedule and noise",
            icon=":material/show_chart:",
            key="_noise_part",
            on_change="rerun",
        )
    )
    schedule, settings = _schedule(part)
    noise = _number(
        "noise",
        "Gradient noise σ",
        0.0,
        0.0,
        5.0,
        part,
        help="Normal noise on each partial derivative, the same for all optimizers.",
    )
    seed = int(_number("noise_seed", "Seed of the noise", 0, 0, 999, part))
    ranges, color = _view(entry, side)
    runs = tuple(
        replace(r, start=s, schedule=schedule.name, schedule_settings=tuple(settings.items()))
        for r, s in zip(runs, starts, strict=True)
    )
    race = st.session_state["experiment"]
    if race and (noise or not _is(RACES[race], surface, runs, updates)):
        race = ""  # its story is about other settings
    return Plan(surface, runs, tuple(own), ranges, color, updates, noise, seed, race), problem
