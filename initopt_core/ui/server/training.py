"""The one training service of this server, and what pages keep about the run they show."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Any

import streamlit as st

from initopt_core import data
from initopt_core.registry import SettingError
from initopt_core.settings import ServerSettings, server_settings
from initopt_core.training.runs.desk import Desk
from initopt_core.training.runs.ownership import Allowance
from initopt_core.training.runs.ray_runner import RayRunner
from initopt_core.training.runs.service import TrainingService
from initopt_core.training.runs.store import shared_store
from initopt_core.ui import address
from initopt_core.ui.state import drop_notes, values

from . import identity, operation
from .dataset import get_dataset

RUN, COMPARED = "run", "compare"
"""Names in the link and of the page's values."""
RECORDED = "recorded"
"""In place of a run's id: the tutorial's race as it was run once in full."""
_PROBLEM = "_run_problem"


@st.cache_resource(show_spinner=False)
def shared_service() -> TrainingService:
    """Queue, worker process, runs and histories, shared by all sessions."""
    settings, dataset = server_settings(), get_dataset()
    here = {"warm": "sample"}
    if dataset.source != "sample":
        here = {"data_folder": dataset.folder, "warm": "full"}
    bounds = {}
    if settings.hosted:
        bounds["allowed"] = Allowance(
            settings.visitor_budget,
            settings.visitor_runs,
            settings.queue_limit,
            settings.visitor_weights,
        )
        bounds |= {"keep_s": settings.keep_days * 86_400.0, "disk_bytes": settings.disk_mb * 2**20}
    if settings.ray:
        bounds |= _on_a_cluster(settings, here.get("data_folder", ""))
    made = TrainingService(device=settings.device, far=shared_store(), **here, **bounds)
    operation.trains(made)
    return made


def _on_a_cluster(settings: ServerSettings, data_folder: str) -> dict[str, Any]:
    """What makes the service train on a Ray cluster."""
    runner = RayRunner(
        settings.ray,
        settings.ray_cpus,
        settings.ray_gpus,
        settings.ray_tasks,
        data_folder,
        settings.device,
    )
    return {"runner": runner, "at_once": settings.ray_tasks}


def service() -> Desk:
    """The training service as the present visitor may use it.

    A page on which a training can be started calls its `expect`, so that a worker stands ready.
    """
    return Desk(shared_service(), identity.me())


@st.cache_resource(show_spinner=False)
def _sample() -> data.FashionMNIST:
    return data.load_sample()


def dataset_of(kind: str) -> data.FashionMNIST:
    """The data set that a run with `config.data == kind` used, as far as it is here."""
    return get_dataset() if kind == "full" else _sample()


def shown_run() -> str | None:
    """The run on the page: the link's, else the session's, else the live one, else the newest that
    is for all to see."""
    before = st.session_state.pop(_PROBLEM, None)
    found = _shown_run()
    if problem := st.session_state.get(_PROBLEM, ""):
        what = f"“{name}”" if (name := run_name(found)) else "the recorded race"
        st.session_state[_PROBLEM] = f"{problem} Shown instead: {what}."
    elif before:
        st.session_state[_PROBLEM] = before
    return found


def _shown_run() -> str | None:
    known = service()
    for run_id in (address.current(RUN), values.get(RUN)):
        if not run_id:
            continue
        if run_id == RECORDED:
            show_run(RECORDED)
            return RECORDED
        try:
            known.check(run_id)
        except SettingError as problem:
            st.session_state[_PROBLEM] = str(problem)
            values.pop(RUN, None)
            continue
        show_run(run_id)
        return run_id
    active = known.active()
    for run in [*([active] if active else []), *known.runs()]:
        if not known.is_for_all(run):
            continue
        with contextlib.suppress(SettingError):  # a broken one is in the list of runs
            known.check(run.id)
            show_run(run.id)
            return run.id
    address.write(RUN, None)
    return None


def show_run(run_id: str) -> None:
    """Make this the run on the page, and in its link."""
    values[RUN] = run_id
    address.write(RUN, run_id)


def turn_to(run_id: str | None) -> None:
    """Callback, of a fragment, too: the whole page shows this run; None where there is none, and
    the page then says why."""
    if run_id:
        show_run(run_id)
    st.rerun()


def run_name(run_id: str | None) -> str:
    """What people call the run; empty where there is none."""
    if run_id == RECORDED:
        return "The recorded race"
    with contextlib.suppress(SettingError):
        return service().info(run_id).name if run_id else ""
    return ""


def try_to(act: Callable[[], Any]) -> Any:
    """Callback: what `act` gives; None where it is refused, and the page then says why."""
    drop_notes()
    try:
        return act()
    except SettingError as problem:
        st.session_state[_PROBLEM] = str(problem)
        return None


def problem_told() -> str | None:
    """Why the opened link's run could not be shown, or the last wish not be met; told once."""
    return st.session_state.pop(_PROBLEM, None)
