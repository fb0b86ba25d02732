"""Cases of a test: those that always run, and more of the same kind for the long tests."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest


def cases(always: Iterable[Any], more: Iterable[Any]) -> list[Any]:
    """For `pytest.mark.parametrize`; a tuple holds the values of several names."""
    split = [one if isinstance(one, tuple) else (one,) for one in more]
    return [*always, *(pytest.param(*values, marks=pytest.mark.long) for values in split)]
