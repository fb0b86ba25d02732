"""Where a part of a page is drawn is copied quickly.

Streamlit copies a part's place, the boxes around it, when the part is drawn in a whole run and at
each of its own: every box with all those around it once more, by Python's general way. Here each
is copied once. Names of private things are used: `tests/ui/server/test_places.py` fails when an
upgrade moves them, and pages then work as without this.
"""

from __future__ import annotations

import copy
from typing import Any

from streamlit.cursor import Cursor
from streamlit.delta_generator import DeltaGenerator

from .wrapping import wrap


def begin() -> None:
    """Let places be copied so; cheap when repeated."""
    wrap("streamlit.runtime.fragment", "", {"deepcopy": _quickly}, "places are copied slowly")


def _quickly(deepcopy: Any) -> Any:
    """`deepcopy(thing)` that knows a row of boxes and a table of cursors."""

    def copied(thing: Any) -> Any:
        if isinstance(thing, tuple) and all(type(one) is DeltaGenerator for one in thing):
            made: dict[int, DeltaGenerator] = {}
            return tuple(_box(one, made) for one in thing)
        if isinstance(thing, dict) and all(isinstance(one, Cursor) for one in thing.values()):
            return {root: _cursor(one) for root, one in thing.items()}
        return deepcopy(thing)

    return copied


def _box(box: DeltaGenerator, made: dict[int, DeltaGenerator]) -> DeltaGenerator:
    """Its copy, and those of the boxes around it; `made` has the copies by the boxes' ids."""
    if id(box) not in made:
        other = DeltaGenerator(
            root_container=box._root_container,
            cursor=None if box._cursor is None else _cursor(box._cursor),
            parent=None if box._parent is None else _box(box._parent, made),
            block_type=box._block_type,
        )
        other._form_data = copy.deepcopy(box._form_data)
        other._creating_fragment_id = box._creating_fragment_id
        made[id(box)] = other
    return made[id(box)]


def _cursor(cursor: Any) -> Any:
    """Its copy; elements that are shown for a while, such as a spinner, are copied with it."""
    other = object.__new__(type(cursor))
    other.__dict__.update(cursor.__dict__)
    shown = cursor._transient_elements
    other._transient_elements = copy.deepcopy(shown) if len(shown) else type(shown)()
    return other
