"""Watching a run: its state, its curves and numbers, drawn in place while it trains."""

from __future__ import annotations

import contextlib
import math
import threading
import time
from dataclasses import dataclass
from functools import lru_cache

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from initopt_core.figures import training as figures
from initopt_core.figures.figure import Figure
from initopt_core.registry import SettingError
from initopt_core.training.history import History
from initopt_core.training.runs.store import ACTIVE, RunInfo
from initopt_core.ui.components.live_chart import live_chart
from initopt_core.ui.export_menu import export_buttons
from initopt_core.ui.server.training import service

from . import results, words
from .steer import steering

VIEWS = ("Layers", "Distributions", "Results", "Rate search", "Code")
Runs = tuple[tuple[str, str, int], ...]  # id, name and version of each run that is drawn
View = tuple[str, bool, float]  # axis, log scale, smoothing
_watching: dict[str, float] = {}
_lock = threading.Lock()


@dataclass(frozen=True)
class Picture:
    """What everybody sees who watches the same runs in the same way, made once for all of them.

    Attributes:
        shown: the run, then those it is compared with.
        charts: the loss and the accuracy; empty before the first step and during a rate search.
        head, table: what stands above and below the charts, as HTML.
        searching: whether the run looks for its rates.
    """

    shown: tuple[RunInfo, ...]
    runs: Runs
    charts: tuple[tuple[str, Figure], ...]
    head: str
    table: str
    searching: bool


_pictures: dict[tuple, tuple[float, Picture | None, threading.Lock]] = {}


def picture(run_id: str, others: tuple[str, ...], view: View, age: float = 0.0) -> Picture | None:
    """The picture of now, or one at most `age` seconds old; None when the run is gone.

    While one thread draws it, others make do with the last one rather than wait or draw it too.
    """
    key, now = (run_id, others, view), time.monotonic()
    with _lock:
        made, last, busy = _pictures.get(key, (-math.inf, None, None))
        busy = busy or threading.Lock()
        _pictures.setdefault(key, (made, last, busy))
    if now - made <= age:
        return last
    if last is not None and age and not busy.acquire(blocking=False):
        return last
    if last is None or not age:
        busy.acquire()
    try:
        with _lock:
            made, newest, _ = _pictures.get(key, (-math.inf, None, None))
        if made >= now:  # begun by another thread since this one asked
            return newest
        now = time.monotonic()
        last = _drawn(run_id, others, view)
        with _lock:
            _pictures[key] = (now, last, busy)
            for old in [k for k, kept in _pictures.items() if now - kept[0] > 60]:
                del _pictures[old]
    finally:
        busy.release()
    return last


def _drawn(run_id: str, others: tuple[str, ...], view: View) -> Picture | None:
    """The picture; a run that cannot be drawn takes nothing down with it."""
    try:
        return _draw(run_id, others, view)
    except Exception as problem:
        if others:
            return _drawn(run_id, (), view)
        with contextlib.suppress(SettingError):  # it may have been deleted meanwhile
            service().give_up(run_id, problem)
        return None


def _draw(run_id: str, others: tuple[str, ...], view: View) -> Picture | None:
    known = service()
    shown = _readable(run_id, others)
    if not shown or shown[0].id != run_id:
        return None
    run, history = shown[0], known.history(run_id)
    runs = _versions(shown)
    ahead = known.position(run_id) if run.state == "queued" else 0
    head, table = words.state(run, history, ahead), ""
    searching = history.phase.startswith("search:")
    charts: tuple[tuple[str, Figure], ...] = ()
    if history.curves and not searching:
        head += words.legend(_lines(runs))
        table = words.table([(r, known.history(r.id)) for r in shown])
        charts = tuple((kind, _figure(kind, runs, *view)) for kind in ("loss", "accuracy"))
    return Picture(shown, runs, charts, head, table, searching)


@lru_cache(maxsize=128)
def _figure(
    kind: str, runs: Runs, axis: str, log: bool, smoothing: float, legend: bool = False
) -> Figure:
    """A figure of some runs at their versions: made once, shown to all who watch.

    On the page one legend serves both curves; an exported figure has its own.
    """
    found = _lines(runs)
    if kind == "loss":
        return figures.loss_figure(found, axis, log=log, smoothing=smoothing, legend=legend)
    if kind == "accuracy":
        return figures.accuracy_figure(found, axis, smoothing=smoothing, legend=legend)
    return figures.layers_figure(found, axis, kind)


def _lines(runs: Runs) -> list[figures.Line]:
    return figures.lines([(name, service().history(run_id)) for run_id, name, _ in runs])


def interval() -> float:
    """Seconds between two updates: half a second for a few, two where a lecture hall watches."""
    now = time.monotonic()
    with _lock:
        context = get_script_run_ctx()
        if context:
            _watching[context.session_id] = now
        for session in [s for s, seen in _watching.items() if now - seen > 10]:
            del _watching[session]
        count = len(_watching)
    return 0.5 if count <= 8 else 1.0 if count <= 40 else 2.0


@dataclass(frozen=True)
class _Shown:
    """What the whole page was drawn for; when it changes, the whole page is drawn again."""

    run: str
    state: str
    every: float | None
    charts: bool
    view: bool


def _now_shown(found: Picture) -> _Shown:
    run = found.shown[0]
    every = interval() if run.state in ACTIVE else None
    chosen = bool(st.session_state.get("training_view"))
    return _Shown(run.id, run.state, every, bool(found.charts), chosen)


def watch(run_id: str, others: tuple[str, ...] = ()) -> None:
    """The run and those it is compared with; refreshes itself while it is active."""
    st.html(words.STYLE)
    place = st.container(horizontal=True, vertical_alignment="center", key="training-bar")
    with place:
        view = _view_options()
    found = picture(run_id, others, view)
    if found is None:
        st.info("This training run is not here any more, or it cannot be read.")
        return
    shown = st.session_state["_training_shown"] = _now_shown(found)
    with place:
        steering(found.shown[0])
    st.fragment(_live, run_every=shown.every)(run_id, others, view)
    if found.charts:
        slow = 3 * shown.every if shown.every and shown.view else None
        st.fragment(_more, run_every=slow)(run_id, others, view)


def _view_options() -> View:
    axis = st.segmented_control(
        "Across",
        list(figures.AXES),
        default="epochs",
        key="training_axis",
        label_visibility="collapsed",
        width="content",
    )
    log = st.toggle("log loss", value=True, key="training_log")
    smoothing = st.toggle("smoothed", value=True, key="training_smooth")
    return axis or "epochs", log, 0.6 if smoothing else 0.0


def _readable(run_id: str, others: tuple[str, ...]) -> tuple[RunInfo, ...]:
    """The run, and those to compare it with, as far as they are still there."""
    found = []
    for one in (run_id, *others):
        with contextlib.suppress(SettingError):
            found.append(service().info(one))
    return tuple(found)


def _versions(shown: tuple[RunInfo, ...]) -> Runs:
    return tuple((r.id, r.name, service().history(r.id).version) for r in shown)


def _live(run_id: str, others: tuple[str, ...], view: View) -> None:
    """What is new several times a second. Few elements: each costs every watcher.

    Their order never changes, so that the figures keep their place in the page's tree: one that
    moves there is built anew, which shows as a flicker.
    """
    before: _Shown = st.session_state["_training_shown"]
    found = picture(run_id, others, view, age=(before.every or 0.0) / 4)
    if found is not None and _now_shown(found) != before:
        found = picture(run_id, others, view)  # an old picture must not send the page in circles
    if found is None or _now_shown(found) != before:
        st.rerun()  # buttons, timers and the list of runs follow the run's state
    st.html(found.head)
    if found.searching:
        results.rates(found.shown[0], service().history(run_id))
    elif not found.charts:
        waits = found.shown[0].state in ACTIVE
        st.caption("The first loss comes with the first step." if waits else "It has no curves.")
    else:
        for column, (kind, figure) in zip(st.columns(2), found.charts, strict=True):
            with column:
                live_chart(figure, key=f"training-{kind}")
        st.html(found.table)


def _more(run_id: str, others: tuple[str, ...], view: View) -> None:
    """What is looked at more slowly, and the exports."""
    found = picture(run_id, others, view, age=0.5)
    if found is None or not found.charts:
        return
    run, runs, history = found.shown[0], found.runs, service().history(run_id)
    with st.container(horizontal=True, vertical_alignment="center"):
        chosen = st.segmented_control(
            "More", VIEWS, key="training_view", label_visibility="collapsed", width="content"
        )
        for kind in ("loss", "accuracy"):
            figure = _figure(kind, runs, *view, True)
            export_buttons(figure, key=f"training-{kind}", label=f"{kind.capitalize()} figure")
    if bool(chosen) != st.session_state["_training_shown"].view and run.state in ACTIVE:
        st.rerun()  # only what is open refreshes itself
    if chosen == "Layers":
        _layers(history, runs, view)
    elif chosen == "Distributions":
        results.distributions(history)
    elif chosen == "Results":
        results.results(run, history)
    elif chosen == "Rate search":
        results.rates(run, history)
    elif chosen == "Code":
        results.code(run)


def _layers(history: History, runs: Runs, view: View) -> None:
    if not any(c.probes for c in history.curves.values()):
        st.caption("Measured every 20 steps of a run that is trained here; there is nothing yet.")
        return
    st.caption(
        "Every 20 steps. Gradients that differ by powers of ten between layers train unevenly; "
        "an update of about a thousandth of the weights is a common rule of thumb."
    )
    for kind in ("gradient", "ratio"):
        figure = _figure(kind, runs[:1], *view)
        live_chart(figure, key=f"training-{kind}")
        export_buttons(figure, key=f"training-{kind}")
