"""What the Training page shows before anything was trained here: the recorded race."""

from __future__ import annotations

from collections.abc import Iterator

import streamlit as st

from initopt_core.figures import training as figures
from initopt_core.figures.figure import Figure
from initopt_core.published import ACCURACIES
from initopt_core.training.code import program
from initopt_core.training.config import TrainConfig
from initopt_core.training.differences import summary
from initopt_core.training.history import History
from initopt_core.training.runs.recorded import recorded_config, recorded_race
from initopt_core.training.runs.store import RunInfo
from initopt_core.ui import offers, stage
from initopt_core.ui.components.live_chart import compile_figure, live_chart
from initopt_core.ui.export_menu import export_buttons
from initopt_core.ui.server.training import RECORDED, RUN
from initopt_core.ui.state import kept, write_link
from initopt_core.wording import points

from . import results
from .controls import TAB

TITLE = "The tutorial's race, recorded"


@st.cache_resource(show_spinner=False)
def _history() -> History:
    history = History(recorded_race())
    history.poll()
    return history


def pace() -> float:
    """Images that the recorded race's optimizers together took a second."""
    return _history().images_per_s or 40_000.0


@st.cache_resource(show_spinner=False)
def _record() -> tuple[dict[str, Figure], list[tuple[str, float, float]]]:
    history = _history()
    found = figures.lines([("", history)])
    drawn = {
        "loss": figures.loss_figure(found, "epochs"),
        "accuracy": figures.accuracy_figure(found, "epochs"),
    }
    ends = [(line, line.trials[0].test or {}) for line in found]  # the record is whole
    tests = [(line.label, test["accuracy"], ACCURACIES[line.optimizer]) for line, test in ends]
    return drawn, tests


def ahead() -> Iterator[None]:
    """Draw and compile what `recorded` shows."""
    drawn, _ = _record()
    yield
    for figure in drawn.values():
        compile_figure(figure)
        figure.message  # noqa: B018  made here, once
        yield


def recorded() -> None:
    """The tutorial's race as it was run once in full, beside the numbers that it printed."""
    (drawn, tests), config = _record(), recorded_config()
    ends = [f"{label} {points(mine)} ({points(printed)})" for label, mine, printed in tests]
    numbers = ", ".join(end.replace(" ", "\u00a0") for end in ends)  # a name keeps its number
    told = (  # from the last row it is read in letters as large as any sentence's
        f"Test accuracy in %, in brackets the tutorial's: {numbers}. One run each: differences "
        "below a point are mostly chance."
        if stage.is_on()
        else ":material/history: Below, a recording: the tutorial's 40 epochs, run once by this "
        "app on two processor cores. Test accuracy in %, and in brackets what the tutorial "
        f"printed: {numbers}. It is one run each: differences below a point are mostly chance."
    )
    st.container(key="recorded-said").caption(told)
    with offers.telling(summary(config, _history()), config.as_dict(), TITLE, {RUN: RECORDED}):
        for column, (kind, figure) in zip(st.columns(2), drawn.items(), strict=True):
            with column:
                live_chart(figure, key=f"recorded-{kind}")
                export_buttons(
                    figure,
                    key=f"recorded-{kind}",
                    label=f"Export the {kind}",
                    clips=results.growing(figure, "epochs"),
                    extra={"training.py": lambda: program(config)},
                )
        _distributions(config)


def _distributions(config: TrainConfig) -> None:
    """The record's histograms for a link that asks for them, as that of their clip does."""
    chosen = kept(TAB, TAB.name)
    write_link(TAB.name, chosen, TAB.default)
    if chosen == "Distributions":
        run = RunInfo(RECORDED, TITLE, config, "done", "", 0.0, "")
        results.distributions(run, _history())
    elif chosen:
        st.caption(
            f"The recording has no {chosen} here: start the tutorial's race in the sidebar, and "
            "they come with your own run."
        )
