"""What the Training page shows, said: a run's own settings, where the side's differ, the recorded
race, and how long a race will take."""

from __future__ import annotations

import html

import streamlit as st

from initopt_core.registry import SettingError
from initopt_core.training import TrainConfig
from initopt_core.training.differences import differences, seconds_of, summary, telling_names
from initopt_core.training.runs.store import RunInfo, describe
from initopt_core.ui import address
from initopt_core.ui.page import Laboratory
from initopt_core.ui.server.training import RECORDED, dataset_of, service, show_run, try_to
from initopt_core.wording import as_text, duration

from . import controls
from .recorded import PUBLISHED, pace

MOST = 4
"""Differences that are named; the rest are counted."""


def about(lab: Laboratory, run_id: str | None, side: TrainConfig | None) -> None:
    """Above the curves: the run's settings, what the side says instead, the recorded race."""
    if run_id is None or run_id == RECORDED:
        return
    try:
        run = service().info(run_id)
    except SettingError:
        return  # whoever draws the run says that it is gone
    with st.container(horizontal=True, vertical_alignment="center", key="training-about"):
        st.html(f"<small>{html.escape(summary(run.config))}</small>", width="stretch")
        st.button(
            "Recorded race",
            icon=":material/history:",
            key="show_recorded",
            help=f"The tutorial's 40 epochs, run once in full; it printed {printed()} %.",
            on_click=show_run,
            args=(RECORDED,),
        )
    if side is not None and side.fingerprint() != run.config.fingerprint():
        _other(lab, run, side)


def printed() -> str:
    """The tutorial's test accuracies, in %."""
    return ", ".join(f"{100 * share:.2f}" for share in PUBLISHED.values())


def _other(lab: Laboratory, run: RunInfo, side: TrainConfig) -> None:
    """Where run and side differ, and one click to take over either."""
    found = differences(run.config, side)
    named = "; ".join(f"{name} {mine} here, {other} there" for name, mine, other in found[:MOST])
    more = f"; and {len(found) - MOST} more" if len(found) > MOST else ""
    with st.container(horizontal=True, vertical_alignment="center", key="training-other"):
        st.caption(f":material/compare_arrows: The side is set otherwise: {as_text(named)}{more}.")
        st.button(
            "Set the side to this run",
            icon=":material/arrow_back:",
            key="take_run",
            on_click=take_over,
            args=(lab, run.config),
            disabled=len({r.optimizer for r in run.config.racers}) < len(run.config.racers),
        )
        st.button(
            "Race the side's settings",
            icon=":material/flag:",
            key="race_side",
            on_click=_race,
            args=(side,),
        )


def _race(side: TrainConfig) -> None:
    if run_id := try_to(lambda: service().submit(side)):
        show_run(run_id)


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
    """How long the race will take, in words, from the newest run that was timed here."""
    images = len(dataset_of(config.data).train_index)
    if config.train_images:
        images = min(images, config.train_images)
    timed = next(
        ((r, fast) for r in service().runs()[:20] if (fast := _pace(r.id))),
        None,
    )
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
