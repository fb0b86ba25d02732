"""Private functions of Streamlit that are wrapped: once, and only where they still are.

They may move with any upgrade. Then nothing is wrapped, the log says what is lost, pages work on
without it, and the test of whoever wraps fails.
"""

from __future__ import annotations

import functools
import importlib
import logging
from collections.abc import Callable, Mapping
from typing import Any

_log = logging.getLogger("initopt.wrapping")
_MARK = "wrapped_by_initopt"


def wrap(
    module: str, owner: str, around: Mapping[str, Callable[[Any], Any]], otherwise: str
) -> None:
    """Put others in the place of functions, all of them or none; cheap when repeated.

    Args:
        module: where they are.
        owner: the class whose methods they are; empty for functions of the module.
        around: name -> what gives the other from the function that is there.
        otherwise: what it is like without them, for the log.
    """
    try:
        place = importlib.import_module(module)
        place = getattr(place, owner) if owner else place
        found = {name: getattr(place, name) for name in around}
    except (ImportError, AttributeError) as problem:
        _log.warning("%s: %s", otherwise, problem)
        return
    for name, function in found.items():
        if not hasattr(function, _MARK):
            other = functools.update_wrapper(around[name](function), function)
            setattr(other, _MARK, True)
            setattr(place, name, other)
