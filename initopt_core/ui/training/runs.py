"""The list of runs: open, compare, name, export, delete; and the tutorial's published runs."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable
from functools import partial

import streamlit as st

from initopt_core.registry import SettingError
from initopt_core.training import CheckpointError
from initopt_core.training.runs import pretrained
from initopt_core.training.runs.store import ACTIVE, BrokenRun, RunInfo
from initopt_core.training.runs.uploads import MAX_UPLOAD_BYTES, read_upload
from initopt_core.ui import address
from initopt_core.ui.controls import boxed
from initopt_core.ui.server.dataset import get_dataset
from initopt_core.ui.server.training import COMPARED, RUN, service, show_run, try_to
from initopt_core.ui.state import note_bad_link, values
from initopt_core.wording import as_text, many, megabytes

MAX_COMPARED = 4
BOX = "run_box"
"""What the box of runs holds."""


def compared(shown: str | None) -> tuple[str, ...]:
    """The further runs that are drawn beside the one on the page: the session's, at first the
    link's."""
    asked: tuple[str, ...] = ()
    if COMPARED not in values:
        asked = tuple(filter(None, st.query_params.get(COMPARED, "").split(",")))
        values[COMPARED] = asked
    wanted = values[COMPARED]
    known = {r.id for r in service().runs()} if wanted else set()
    for one in asked:
        if one not in known:
            note_bad_link(COMPARED, one)
    found = tuple(i for i in wanted if i in known and i != shown)[:MAX_COMPARED]
    address.write(COMPARED, ",".join(found) or None)
    return found


def runs_panel(shown: str | None) -> None:
    """Every run of this computer, and what this visitor can do with the one on the page."""
    known = service()
    runs, broken = known.runs(), known.broken()
    unread = f", {len(broken)} that cannot be read" if broken else ""
    with st.expander(f"Runs ({len(runs)}), and the tutorial's own{unread}", icon=":material/list:"):
        _foreign()
        for run in broken:
            _broken(run)
        if not runs:
            return
        # Labels that stay: a box whose options are renamed hands back the old label as its value.
        names = {
            r.id: f"{r.name} · {time.strftime('%d %b %H:%M:%S', time.localtime(r.created))}"
            for r in runs
        }

        def named(run: str) -> str:
            return names.get(run, run)

        left, right = st.columns(2)
        box = functools.partial(left.selectbox, "Show", list(names), format_func=named)
        boxed(box, BOX, shown if shown in names else None, _open)
        draw = functools.partial(
            right.multiselect,
            "Compare with",
            [r.id for r in runs if r.id != shown],
            format_func=named,
            max_selections=MAX_COMPARED,
            placeholder="nothing",
        )
        boxed(draw, COMPARED, list(compared(shown)))
        if shown in names:
            _actions(known.info(shown))


def _broken(run: BrokenRun) -> None:
    """A run that cannot be read, as exactly that."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.warning(as_text(run.problem), icon=":material/broken_image:")
        if service().may_change_id(run.id):
            st.button(
                "Delete it",
                icon=":material/delete:",
                key=f"delete_{run.id}",
                on_click=_delete,
                args=(run.id,),
            )


def _foreign() -> None:
    """The tutorial's published runs and uploads, opened as runs like any other."""
    known = service()
    found = next((r for r in known.runs() if (r.name, r.owner) == (pretrained.TITLE, "")), None)
    place = pretrained.folder()
    with st.container(horizontal=True, vertical_alignment="center"):
        if found:
            st.button(
                "Show the tutorial's runs",
                icon=":material/school:",
                on_click=show_run,
                args=(found.id,),
            )
        elif place:
            if st.button("Open the tutorial's runs", icon=":material/school:"):
                _take(lambda: pretrained.from_folder(place))
        elif known.visitor.full and st.button(  # what a server fetches is its host's affair
            "Download the tutorial's runs (7.7 MB)", icon=":material/school:", key="get_published"
        ):
            with st.spinner("Downloading the tutorial's three models"):
                _take(pretrained.download)
        with st.popover("Upload models", icon=":material/upload:"):
            st.caption(
                "NAME.config, NAME.tar and, for curves, NAME_results.json of each model, or a zip "
                "of them: what Export gives and what the tutorials save. Tensors only, at most "
                f"{megabytes(MAX_UPLOAD_BYTES)}."
            )
            files = st.file_uploader(
                "Model files",
                accept_multiple_files=True,
                type=["config", "tar", "json", "zip"],
                key="upload_models",
            )
            if files and st.button("Open them", type="primary"):
                _take(lambda: read_upload([(f.name, f.getvalue()) for f in files]), uploaded=True)


def _take(get: Callable[[], pretrained.Models], *, uploaded: bool = False) -> None:
    """Put models into the list of runs and show them, or say why they are refused.

    What a visitor has uploaded is his; the tutorial's own are nobody's, and shown to all.
    """
    known = service()
    try:
        models = get()
        title = "Uploaded: " + ", ".join(models) if uploaded else pretrained.TITLE
        owner = known.owner if uploaded else ""
        run_id = pretrained.open_models(known.store, models, get_dataset(), title, owner)
    except (CheckpointError, SettingError) as problem:
        st.error(as_text(str(problem)), icon=":material/block:")
        return
    if owner:
        known.tidy()  # who fills the disk pushes out his own
    show_run(run_id)
    st.rerun()


def _open() -> None:
    chosen = values[BOX]
    if any(run.id == chosen for run in service().runs()):
        show_run(chosen)


def _actions(run: RunInfo) -> None:
    """Name, export and deletion; of another visitor's run the export."""
    known = service()
    mine = known.may_change(run)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if mine:
            name = st.text_input("Name", value=run.name, max_chars=80, key=f"name_{run.id}")
            if name != run.name:
                try:
                    known.rename(run.id, name)
                    st.rerun()
                except SettingError as problem:
                    st.error(as_text(str(problem)))
        st.download_button(
            "Export the run",
            data=partial(known.store.export, run.id),
            file_name=f"initopt-{run.id}.zip",
            mime="application/zip",
            icon=":material/download:",
            on_click="ignore",
            help="Configuration, every event, and the weights in the tutorial's format.",
        )
        if mine:
            with st.popover("Delete", icon=":material/delete:", disabled=run.state in ACTIVE):
                st.markdown(
                    f"Delete **{as_text(run.name)}** with its weights? This cannot be undone."
                )
                st.button("Delete it", key="delete_run", on_click=_delete, args=(run.id,))
    whose = "" if mine else "started in another browser · "
    st.caption(
        f"{whose}{run.state} · {many(len(run.config.racers), 'optimizer')} · "
        f"{many(run.config.epochs, 'epoch')} · batch {run.config.batch_size} · "
        f"{run.config.data} data · id {run.id}"
    )


def _delete(run_id: str) -> None:
    """Callback."""
    if not try_to(lambda: service().delete(run_id) or run_id):
        return
    if values.get(RUN) == run_id:
        del values[RUN]
    if st.query_params.get(RUN) == run_id:
        address.write(RUN, None)
