"""What the Training page shows, said: a run's own settings, where the side's differ, the recorded
race, and how long a race will take."""

from __future__ import annotations

import html

import streamlit as st

from initopt_core.published import ACCURACIES
from initopt_core.registry import SettingError
from initopt_core.training import TrainConfig
from initopt_core.training.differences import (
    differences,
    is_comparable,
    seconds_of,
    summary,
    telling_names,
)
from initopt_core.training.runs.recorded import recorded_config
from initopt_core.training.runs.store import RunInfo, describe
from initopt_core.ui import address
from initopt_core.ui.page import Laboratory
from initopt_core.ui.server.training import RECORDED, dataset_of, service, try_to, turn_to
from initopt_core.wording import as_text, duration

from . import controls
from .recorded import pace

MOST = 4
"""Differences that are named; the rest are counted."""
START, SHOW_RUNNING, SHOW_FINISHED = (
    "Start the race",
    "Show the running race",
    "Show the finished race",
)
"""What the button at the top of the side can say."""


def about(lab: Laboratory, run_id: str | None, side: TrainConfig | None) -> None:
    """Above the curves: the run's settings, what the side says instead, the recorded race."""
    recorded = run_id is None or run_id == RECORDED
    try:
        config = recorded_config() if recorded else service().info(run_id).config
        told = summary(config, None if recorded else service().history(run_id))
    except SettingError:
        return  # whoever draws the run says that it is gone
    if recorded:
        how(side)
    st.container(key="training-about").html(f"<small>{html.escape(told)}</small>")
    if side is not None and side.fingerprint() != config.fingerprint():
        _other(lab, config, side)


def to_recorded(shown: str | None) -> None:
    """The way to the recorded race, in the page's head; it keeps its place where it is shown."""
    st.button(
        "Recorded race",
        icon=":material/history:",
        key="show_recorded",
        help=f"The tutorial's 40 epochs, run once in full; it printed {printed()} %.",
        on_click=turn_to,
        args=(RECORDED,),
        disabled=shown in (None, RECORDED),
    )


def how(side: TrainConfig | None) -> None:
    """Above the recorded race: what it is, and what the button at the side does."""
    told = (
        "the first loss comes within a second. You may leave; the race goes on and is here when "
        "you return."
    )
    known = offer(side)
    if known == SHOW_FINISHED:
        told = "the setting at the side was already trained."
    elif known == SHOW_RUNNING:
        told = "the setting at the side is being trained now."
    st.container(key="recorded-how").markdown(
        "SGD, SGD with momentum and Adam start from the same weights and see the same batches, as "
        f"in the tutorial. Press **{known}**: {told}"
    )


def offer(config: TrainConfig | None) -> str:
    """What the button at the top of the side does with these settings, in its words."""
    if config is None:
        return START
    known = service()
    busy = known.active()
    if busy and known.is_like(busy, config):
        return SHOW_RUNNING
    return SHOW_FINISHED if known.finished_like(config) else START


def printed() -> str:
    """The tutorial's test accuracies, in %."""
    return ", ".join(f"{100 * share:.2f}" for share in ACCURACIES.values())


def _other(lab: Laboratory, config: TrainConfig, side: TrainConfig) -> None:
    """Where the run on the page and the side differ, and one click to take over either."""
    found = differences(config, side)
    named = "; ".join(f"{name} {mine} here, {other} there" for name, mine, other in found[:MOST])
    more = f"; and {len(found) - MOST} more" if len(found) > MOST else ""
    with st.container(horizontal=True, vertical_alignment="center", key="training-other"):
        st.caption(f":material/compare_arrows: The side is set otherwise: {as_text(named)}{more}.")
        st.button(
            "Set the side to this run",
            icon=":material/arrow_back:",
            key="take_run",
            on_click=take_over,
            args=(lab, config),
            disabled=len({r.optimizer for r in config.racers}) < len(config.racers),
        )
        st.button(
            "Race the side's settings",
            icon=":material/flag:",
            key="race_side",
            on_click=_race,
            args=(side,),
        )


def _race(side: TrainConfig) -> None:
    turn_to(try_to(lambda: service().submit(side)))


def take_over(lab: Laboratory, config: TrainConfig) -> None:
    """Callback: every control at the side as this training was set."""
    address.forget(lambda held: held not in controls.STAYS)
    lab.set(control_values(config))


def control_values(config: TrainConfig) -> dict[str, object]:
    """What the controls hold when they are set as `config`: session key -> value."""
    values: dict[str, object] = {
        controls.RACERS.name: tuple(r.optimizer for r in config.racers),
        controls.SIZES.name: ", ".join(map(str, config.hidden_sizes)),
        controls.SEEDS.name: ", ".join(map(str, config.seeds)),
        "epochs": config.epochs,
        "batch": config.batch_size,
        "clip": config.clip_norm,
        "data": config.data,
        "act": config.activation,
        "init": config.initializer,
        "schedule": config.schedule,
        "fair": config.search_epochs > 0,
        controls.SEARCHED.name: config.search_initializers,
    }
    if config.search_epochs:
        values["budget"] = config.search_epochs
    for racer in config.racers:
        values |= {f"{racer.optimizer}_{name}": value for name, value in racer.settings}
    for prefix, name, settings in (
        ("act", config.activation, config.activation_settings),
        ("init", config.initializer, config.initializer_settings),
        ("sch", config.schedule, config.schedule_settings),
    ):
        values |= {f"{prefix}_{name}_{key}": value for key, value in settings}
    return values


def told_names(shown: tuple[RunInfo, ...]) -> dict[str, str]:
    """Run id -> name in legend and table of runs that are drawn together: the user's own name, or
    what tells the run apart from the others."""
    if len(shown) == 1:
        return {shown[0].id: shown[0].name}
    telling = telling_names({run.id: run.config for run in shown})
    return {r.id: r.name if r.name != describe(r.config) else telling[r.id] for r in shown}


def estimate(config: TrainConfig) -> str:
    """How long the race will take, in words, from the newest comparable run that was timed here."""
    images = len(dataset_of(config.data).train_index)
    if config.train_images:
        images = min(images, config.train_images)
    alike = [r for r in service().runs()[:20] if is_comparable(config, r.config)]
    timed = next(((r, fast) for r in alike if (fast := _pace(r.id))), None)
    if timed is not None:
        run, images_per_s = timed
        seconds = seconds_of(config, images, images_per_s, run.config)
        return f"About {duration(seconds)}, judged by “{run.name}”."
    seconds = seconds_of(config, images, pace(), TrainConfig())
    return f"About {duration(seconds)} on a machine such as the recorded race's (two cores)."


def _pace(run_id: str) -> float | None:
    try:
        return service().history(run_id).images_per_s
    except SettingError:
        return None
