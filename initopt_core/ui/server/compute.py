"""Pure computations for pages: one worker thread, results shared by all sessions."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Hashable
from dataclasses import replace
from typing import Any

import streamlit as st
from streamlit.runtime.scriptrunner import RerunException, StopException, get_script_run_ctx
from streamlit.runtime.scriptrunner_utils.script_requests import ScriptRequestType

from initopt_core.cache import Crowded, SharedResults
from initopt_core.registry import SettingError

from . import identity


@st.cache_resource(show_spinner=False)
def results() -> SharedResults:
    """The one cache of this server."""
    return SharedResults()


def key_of(function: Callable, args: tuple, kwargs: dict) -> Hashable:
    """What identifies a computation: its function and its (hashable) arguments."""
    return function.__module__, function.__qualname__, args, tuple(sorted(kwargs.items()))


def compute(function: Callable, *args: Hashable, **kwargs: Hashable) -> Any:
    """`function(*args, **kwargs)`, run in the worker thread unless its result is kept.

    The function must be a module-level one without side effects; arguments must be hashable.
    The result is shared: never change it. Turns at the worker are fair, see `Turns`; a visitor
    who has changed something since is not kept waiting.

    Raises:
        SettingError: when too many wait.
    """
    key = key_of(function, args, kwargs)
    try:
        return results().get(key, lambda: function(*args, **kwargs), _client, give_way)
    except Crowded:
        raise SettingError(
            "Very many are here and want something new computed; this could not be taken. Change "
            "it again in a moment."
        ) from None


def _client() -> str:
    """Who waits, for fair turns: the visitor on a hosted server, however many pages he has open;
    else the page."""
    context = get_script_run_ctx(suppress_warning=True)  # files are made outside of scripts
    return identity.me().name or (context.session_id if context else "")


def give_way() -> None:
    """End this run of the script for the change that the visitor has made since it began.

    Streamlit keeps the newest values of a session and runs its script once for all of them, but
    not before the script sends or reads something, and for one fragment not before its end. One
    who waits for his turn need not wait for what he does not want any more. What this run had to
    draw is drawn in the next. A timer is no change.
    """
    context: Any = get_script_run_ctx(suppress_warning=True)
    with contextlib.suppress(AttributeError):  # Streamlit's own, they may move: then one waits
        requests, mine = context.script_requests, context.fragment_ids_this_run
        if mine and requests._state == ScriptRequestType.RERUN:
            if requests._rerun_data.is_auto_rerun:
                return
            request = requests.on_scriptrunner_ready()
        else:  # of the whole page: only what Streamlit would end it for
            request = requests.on_scriptrunner_yield()
        if request is None:
            return
        if request.type == ScriptRequestType.STOP:
            raise StopException
        newer = request.rerun_data
        if mine and (wanted := newer.fragment_id_queue):
            both = [*wanted, *(one for one in mine if one not in wanted)]
            newer = replace(newer, fragment_id_queue=both)
        raise RerunException(newer)


def kept(function: Callable, *args: Hashable, **kwargs: Hashable) -> Any:
    """What `compute` would answer at once, or None."""
    return results().kept(key_of(function, args, kwargs))


def is_ready(function: Callable, *args: Hashable, **kwargs: Hashable) -> bool:
    """Whether `compute` would answer at once."""
    return results().holds(key_of(function, args, kwargs))
