"""The list of runs: open, compare, name, export, delete; and the tutorial's published runs."""

from __future__ import annotations

from functools import partial

import streamlit as st

from initopt_core.registry import SettingError
from initopt_core.training.runs import ACTIVE, RunInfo
from initopt_core.ui.training_service import RUN, service, show_run

MAX_COMPARED = 4


def compared(shown: str | None) -> tuple[RunInfo, ...]:
    """The further runs that are drawn beside the one on the page."""
    known = {r.id: r for r in service().runs()}
    wanted = st.session_state.get("compare", [])
    return tuple(known[i] for i in wanted if i in known and i != shown)[:MAX_COMPARED]


def runs_panel(shown: str | None) -> None:
    """Every run of this computer, and what can be done with the one on the page."""
    known = service()
    runs = known.runs()
    if not runs:
        return
    with st.expander(f"Runs ({len(runs)})", icon=":material/list:"):
        names = {r.id: f"{r.name} ({r.state})" for r in runs}
        left, right = st.columns(2)
        st.session_state["_run_box"] = shown
        left.selectbox("Show", list(names), format_func=names.get, key="_run_box", on_change=_open)
        others = [r.id for r in runs if r.id != shown]
        kept = [i for i in st.session_state.get("compare", []) if i in others]
        st.session_state["compare"] = kept
        right.multiselect(
            "Compare with",
            others,
            format_func=names.get,
            key="compare",
            max_selections=MAX_COMPARED,
            placeholder="nothing",
        )
        if shown:
            _actions(known.info(shown))


def _open() -> None:
    show_run(st.session_state["_run_box"])


def _actions(run: RunInfo) -> None:
    known = service()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = st.text_input("Name", value=run.name, max_chars=80, key=f"name_{run.id}")
        if name != run.name:
            try:
                known.store.rename(run.id, name)
                st.rerun()
            except SettingError as problem:
                st.error(str(problem))
        st.download_button(
            "Export",
            data=partial(known.store.export, run.id),
            file_name=f"initopt-{run.id}.zip",
            mime="application/zip",
            icon=":material/download:",
            on_click="ignore",
            help="Configuration, every event, and the weights in the tutorial's format.",
        )
        with st.popover("Delete", icon=":material/delete:", disabled=run.state in ACTIVE):
            st.markdown(f"Delete **{run.name}** with its weights? This cannot be undone.")
            st.button("Delete it", key="delete_run", on_click=_delete, args=(run.id,))
    st.caption(
        f"{run.state} · {len(run.config.racers)} optimizers · {run.config.epochs} epochs · "
        f"batch {run.config.batch_size} · {run.config.data} data · id {run.id}"
    )


def _delete(run_id: str) -> None:
    try:
        service().delete(run_id)
    except SettingError as problem:
        st.session_state["_run_problem"] = str(problem)
        return
    st.session_state.pop(RUN, None)
    if RUN in st.query_params:
        del st.query_params[RUN]
