"""A file that takes a while: how far it is, a way out, and then the file."""

from __future__ import annotations

from functools import partial

import streamlit as st

from initopt_core.wording import as_text, duration, megabytes

from .server.making import Job, Line

TICK_SECONDS = 0.5


def file_of(job: Job, line: Line, key: str) -> None:
    """What there is of it now; while it is made it draws itself anew.

    Args:
        line: in which it is made.
        key: unique on the page.
    """
    if job.running:
        st.fragment(partial(_how_far, job, line, key), run_every=TICK_SECONDS)()
    elif job.data is not None:
        st.download_button(
            f"Download {job.file} ({megabytes(len(job.data))})",
            job.data,
            file_name=job.file,
            mime=job.mime,
            icon=":material/download:",
            key=f"{key}-take",
            on_click="ignore",
            type="primary",
        )
    else:
        st.caption(as_text(job.problem))


def _how_far(job: Job, line: Line, key: str) -> None:
    """When it has ended, the page is drawn without this timer."""
    if not job.running:
        st.rerun()
    st.progress(job.share, as_text(said(job, line.ahead(job))))
    if st.button("Cancel", icon=":material/close:", key=f"{key}-cancel"):
        job.cancel()
        st.rerun()


def said(job: Job, ahead: int = 0) -> str:
    """How far it is, in words: which piece of how many, and the time left.

    Args:
        ahead: how many are made before it.
    """
    if ahead:
        return f"{ahead} before it; it is made when its turn has come …"
    if not job.all:
        return "It begins …"
    at, left = min(job.done + 1, job.all), job.seconds_left
    told = [f"{job.piece} {at} of {job.all}{f': {job.now}' if job.now else ''}"]
    told += [f"about {duration(left)} left"] if left and left >= 1 else []
    return " · ".join(told)
