"""A small app of the live chart's own: a slider, a radio, fifteen histograms, a line chart."""

import json
import os
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

import altair as alt
import numpy as np
import streamlit as st

from initopt_core.figures import figure as base
from initopt_core.figures import theme
from initopt_core.figures.room import Room
from initopt_core.ui.components.live_chart import live_chart, register
from initopt_core.ui.export_menu import export_buttons

st.set_page_config(layout="wide")
register()
GRID = Room(160, 110, 5, 3, left=44, right=12, top=24, bottom=24, gap=44, row_gap=44, least=94)
LINES = Room(900, 200, left=56, right=16, top=10, bottom=42, least=200, entries=3, entry_width=130)
WORK = np.random.default_rng(0).normal(size=(60, 60))
ROWS = ("weights", "gradients", "activations")


@st.cache_data
def counts(seed: int) -> list[list[int]]:
    # The benchmark stands in for a probe with work of a known length on one core.
    end = time.perf_counter() + float(os.environ.get("INITOPT_TOY_WORK_MS", "0")) / 1000
    while time.perf_counter() < end:
        np.linalg.svd(WORK)
    rng = np.random.default_rng(seed)
    return [
        np.histogram(rng.normal(0, 1 + seed / 10, 4000), 50, (-5, 5))[0].tolist() for _ in range(15)
    ]


def grid(seed: int) -> base.Figure:
    def build():
        charts = []
        for i in range(15):
            panel = base.step_area(f"h{i}", theme.QUANTITIES[ROWS[i // 5]])
            charts.append(panel.properties(title=f"Layer {i % 5}"))
        return GRID.concat(charts).resolve_scale(x="independent", y="independent")

    data = {
        f"h{i}": base.histograms([{"edges": (-5.0 - seed / 50, 5.0), "counts": c}])
        for i, c in enumerate(counts(seed))
    }
    said = f"Fifteen histograms, seed {seed}"
    return base.Figure(("toy-grid", 3, 5), build, data, alt=said, room=GRID)


def lines(seed: int, log: bool = True) -> base.Figure:
    names = ["SGD", "SGDMomentum", "Adam"]

    def build():
        scale = alt.Scale(type="log" if log else "linear")
        axis = theme.log_axis("loss") if log else alt.Axis(title="loss")
        return (
            alt.Chart(alt.NamedData("curves"))
            .mark_line()
            .encode(
                x=alt.X("step:Q", title="step"),
                y=alt.Y("loss:Q", scale=scale, axis=axis),
                color=theme.optimizer_color("optimizer", names, legend=LINES.legend()),
                strokeDash=theme.optimizer_dash("optimizer", names, legend=None),
            )
            .properties(width=LINES.width, height=LINES.height)
        )

    step = np.arange(60)
    data = base.series(
        {"optimizer": n, "step": step, "loss": np.exp(-step / (8 + seed + 6 * i))}
        for i, n in enumerate(names)
    )
    return base.Figure(("toy-lines", log), build, {"curves": data}, alt="Three losses", room=LINES)


@st.fragment
def main() -> None:
    start = st.query_params.get("from", "")
    seed = st.slider("seed", 0, 30, 0) + (int(start) if start.isdecimal() else 0)
    picked = st.radio("choice", range(10), horizontal=True)
    live_chart(grid(seed + picked), key="grid")
    if st.toggle("hide the curves"):
        return
    clicked = live_chart(
        lines(seed + picked, log=not st.toggle("linear")), key="lines", on_select=True
    )
    export_buttons(lines(seed + picked), key="lines")
    if clicked:
        st.session_state.clicked = clicked
    st.text(f"clicked {json.dumps(st.session_state.get('clicked'))}")


main()
