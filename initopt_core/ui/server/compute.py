"""Pure computations for pages: one worker thread, results shared by all sessions."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any

import streamlit as st

from initopt_core.cache import SharedResults


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
    The result is shared: never change it.
    """
    key = key_of(function, args, kwargs)
    return results().get(key, lambda: function(*args, **kwargs))


def is_ready(function: Callable, *args: Hashable, **kwargs: Hashable) -> bool:
    """Whether `compute` would answer at once."""
    return results().holds(key_of(function, args, kwargs))
