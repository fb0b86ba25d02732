"""Watching a run: its state, its curves and numbers, drawn in place while it trains."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache, partial

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from initopt_core.figures import training as figures
from initopt_core.figures.figure import Figure
from initopt_core.registry import SettingError
from initopt_core.training.differences import summary
from initopt_core.training.history import History
from initopt_core.training.runs.service import Place
from initopt_core.training.runs.store import ACTIVE, RunInfo
from initopt_core.ui import offers
from initopt_core.ui.components.live_chart import live_chart
from initopt_core.ui.controls import parameter_control, segmented
from initopt_core.ui.export_menu import also, export_buttons
from initopt_core.ui.server.training import service
from initopt_core.ui.state import kept, write_link

from . import about, controls, rates, results, words
from .sharing import Shared
from .steer import steering

Manner = tuple[str, bool, float]  # axis, log scale, smoothing
_watching: dict[str, float] = {}
_lock = threading.Lock()
NEXT = Place(0, None)


@dataclass(frozen=True)
class Seen:
    """A run at one moment: its state and its history as they were then."""

    run: RunInfo
    history: History


@dataclass(frozen=True)
class Picture:
    """What everybody sees who watches the same runs in the same way, made once for all of them.

    Attributes:
        shown: the run, then those it is compared with, each at one version of its history.
        place: what a queued run waits for.
        manner: how the curves are drawn.
        charts: the loss and the accuracy; empty before the first step and during a rate search.
        head, table: what stands above and below the charts, as HTML.
    """

    shown: tuple[Seen, ...]
    place: Place
    manner: Manner
    charts: tuple[tuple[str, Figure], ...]
    head: str
    table: str

    @property
    def run(self) -> RunInfo:
        return self.shown[0].run

    @property
    def history(self) -> History:
        return self.shown[0].history

    @property
    def searching(self) -> bool:
        """Whether the run looks for its rates."""
        return self.history.phase.startswith("search:")

    def shows(self, shown: tuple[Seen, ...], place: Place) -> bool:
        """Whether it is the picture of these runs at these versions."""
        return (self.shown, self.place) == (shown, place)


_pictures: Shared[Picture | None] = Shared()


def picture(
    run_id: str, others: tuple[str, ...], manner: Manner, age: float = 0.0
) -> Picture | None:
    """The picture of now, or one at most `age` seconds old; None when the run is gone."""
    draw = partial(_drawn, run_id, others, manner)
    return _pictures.get((run_id, others, manner), draw, age)


def _drawn(
    run_id: str, others: tuple[str, ...], manner: Manner, last: Picture | None
) -> Picture | None:
    """The picture; a run that cannot be drawn takes nothing down with it."""
    try:
        shown = seen(run_id, others)
        if not shown or shown[0].run.id != run_id:
            return None
        place = _place(run_id) if shown[0].run.state == "queued" else NEXT
        return last if last and last.shows(shown, place) else draw(shown, place, manner)
    except Exception as problem:
        if others:
            return _drawn(run_id, (), manner, None)
        with contextlib.suppress(SettingError):  # it may have been deleted meanwhile
            service().give_up(run_id, problem)
        return None


def _place(run_id: str) -> Place:
    """Where a run stands; its wait in steps of 5 s, so that it is not drawn all the time."""
    place = service().place(run_id)
    return place if place.seconds is None else replace(place, seconds=5 * round(place.seconds / 5))


def seen(run_id: str, others: tuple[str, ...]) -> tuple[Seen, ...]:
    """One snapshot of the run, and of those to compare it with, as far as they are there."""
    found = []
    for one in (run_id, *others):
        with contextlib.suppress(SettingError):
            found.append(Seen(service().info(one), service().history(one).snapshot()))
    names = about.told_names(tuple(s.run for s in found))
    return tuple(replace(s, run=replace(s.run, name=names[s.run.id])) for s in found)


def draw(shown: tuple[Seen, ...], place: Place, manner: Manner) -> Picture:
    """The picture of these runs, from nothing but their snapshots."""
    run, history = shown[0].run, shown[0].history
    head, table = words.state(run, history, place.ahead, place.seconds, place.problem), ""
    charts: tuple[tuple[str, Figure], ...] = ()
    if history.curves and not history.phase.startswith("search:"):
        head += words.legend(_lines(shown))
        table = words.table([(s.run, s.history) for s in shown])
        charts = tuple((kind, figure(kind, shown, *manner)) for kind in ("loss", "accuracy"))
    return Picture(shown, place, manner, charts, head, table)


@lru_cache(maxsize=128)
def figure(
    kind: str,
    shown: tuple[Seen, ...],
    axis: str,
    log: bool,
    smoothing: float,
    legend: bool = False,
) -> Figure:
    """A figure of some runs at their versions: made once, shown to all who watch.

    On the page one legend serves both curves; an exported figure has its own.
    """
    found = _lines(shown)
    if kind == "loss":
        return figures.loss_figure(found, axis, log=log, smoothing=smoothing, legend=legend)
    if kind == "accuracy":
        return figures.accuracy_figure(found, axis, smoothing=smoothing, legend=legend)
    return figures.layers_figure(found, axis, kind)


def _lines(shown: tuple[Seen, ...]) -> list[figures.Line]:
    return figures.lines([(s.run.name, s.history) for s in shown])


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
    tab: bool
    changes: int = 0
    stopped: int = 0


def _now_shown(found: Picture, tab: bool) -> _Shown:
    every = interval() if found.run.state in ACTIVE else None
    changes = len(found.history.rate_changes)  # the page says them above the curves
    stopped = sum(c.divergence is not None for c in found.history.curves.values())  # as the boxes
    return _Shown(found.run.id, found.run.state, every, bool(found.charts), tab, changes, stopped)


def _tab() -> str:
    return kept(controls.TAB, controls.TAB.name)


def watch(run_id: str, others: tuple[str, ...], held: controls.Held) -> None:
    """The run and those it is compared with; refreshes itself while it is active."""
    place = st.container(horizontal=True, vertical_alignment="center", key="training-bar")
    with place:
        segmented(controls.AXIS, on_change=st.rerun, width="content")
        for switch in (controls.LOG, controls.SMOOTH):
            parameter_control(switch, switch.name, link=False, on_change=st.rerun)
    manner = held.axis, held.log, 0.6 if held.smooth else 0.0
    found = picture(run_id, others, manner)
    if found is None:
        st.info("This training run is not here any more, or it cannot be read.")
        return
    shown = st.session_state["_training_shown"] = _now_shown(found, bool(_tab()))
    with place:
        steering(found.run)
    steered = found.run.state in ("running", "paused") and not found.searching
    if steered and service().may_change(found.run):
        rates.live_rates(found.run, found.history)
    st.fragment(_live, run_every=shown.every)(run_id, others, manner)
    if found.charts:
        slow = 3 * shown.every if shown.every and shown.tab else None
        st.fragment(_more, key=MORE, run_every=slow)(run_id, others, manner)


def _live(run_id: str, others: tuple[str, ...], manner: Manner) -> None:
    """What is new several times a second. Few elements: each costs every watcher.

    Their order never changes, so that the figures keep their place in the page's tree: one that
    moves there is built anew, which shows as a flicker.
    """
    before: _Shown = st.session_state["_training_shown"]
    tab = bool(_tab())
    found = picture(run_id, others, manner, age=(before.every or 0.0) / 4)
    if found is not None and _now_shown(found, tab) != before:
        found = picture(run_id, others, manner)  # an old picture must not send the page in circles
    if found is None or _now_shown(found, tab) != before:
        st.rerun()  # buttons, timers and the list of runs follow the run's state
    st.container(key="race-head").html(found.head)
    if found.searching:
        results.rates(found.run, found.history)
    elif not found.charts:
        waits = found.run.state in ACTIVE
        st.caption("The first loss comes with the first step." if waits else "It has no curves.")
    else:
        for column, (kind, chart) in zip(st.columns(2), found.charts, strict=True):
            with column:
                live_chart(chart, key=f"training-{kind}")
        st.container(key="race-table").html(found.table)


MORE = "training-more-part"


def _more(run_id: str, others: tuple[str, ...], manner: Manner) -> None:
    """What is looked at more slowly, and the exports."""
    found = picture(run_id, others, manner, age=0.5)
    if found is None or not found.charts:
        return
    offers.begin("training-")
    config = found.run.config
    words = summary(config, found.history, reached=True)
    with offers.drawn_in(MORE), offers.telling(words, config.as_dict()):
        _row_and_part(found, manner)


def _row_and_part(found: Picture, manner: Manner) -> None:
    run, history = found.run, found.history
    with st.container(horizontal=True, vertical_alignment="center", key="training-more"):
        segmented(controls.TAB, width="content")
        for kind in ("loss", "accuracy"):
            chart = figure(kind, found.shown, *manner, True)
            export_buttons(
                chart,
                key=f"training-{kind}",
                label=f"{kind.capitalize()} figure",
                clips=results.growing(chart, manner[0]),
                extra=results.own(run, history),
            )
    if any(c.probes for c in history.curves.values()):
        for kind in LAYERS:
            layers = partial(figure, kind, found.shown[:1], *manner)
            also(
                f"training-{kind}", layers, extra=results.own(run, history, "layers"),
                place=offers.inside(controls.TAB, "Layers"),
            )  # fmt: skip
    results.offer_all(run, history)
    chosen = _tab()
    write_link(controls.TAB.name, chosen, controls.TAB.default)
    if bool(chosen) != st.session_state["_training_shown"].tab and found.run.state in ACTIVE:
        st.rerun()  # only what is open refreshes itself
    if chosen:
        PANELS[chosen](found)


LAYERS = ("gradient", "ratio")
"""Figures of the part Layers."""


def _layers(found: Picture) -> None:
    if not any(c.probes for c in found.history.curves.values()):
        st.caption("Measured every 20 steps of a run that is trained here; there is nothing yet.")
        return
    st.caption(
        "Every 20 steps. Gradients that differ by powers of ten between layers train unevenly; "
        "an update of about a thousandth of the weights is a common rule of thumb."
    )
    for kind in LAYERS:
        chart = figure(kind, found.shown[:1], *found.manner)
        live_chart(chart, key=f"training-{kind}")
        extra = results.own(found.run, found.history, "layers")
        label = f"Export the {kind}s"
        export_buttons(chart, key=f"training-{kind}", label=label, extra=extra)


PANELS: dict[str, Callable[[Picture], None]] = {
    "Layers": _layers,
    "Distributions": lambda found: results.distributions(found.run, found.history),
    "Results": lambda found: results.results(found.run, found.history),
    "Rate search": lambda found: results.rates(found.run, found.history),
    "Code": lambda found: results.code(found.run, found.history),
}
