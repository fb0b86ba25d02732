"""A part's place is copied as Streamlit copies it."""

from __future__ import annotations

import inspect
from copy import deepcopy

import pytest
import streamlit as st
from streamlit.cursor import RunningCursor
from streamlit.delta_generator import DeltaGenerator
from streamlit.runtime import fragment
from streamlit.testing.v1 import AppTest

from initopt_core.ui.server import places


@pytest.fixture
def copied(monkeypatch):
    monkeypatch.setattr(fragment, "deepcopy", deepcopy)
    places.begin()
    places.begin()  # once more wraps nothing twice
    assert inspect.unwrap(fragment.deepcopy) is deepcopy
    return fragment.deepcopy


@pytest.fixture
def row() -> tuple[DeltaGenerator, ...]:
    """Boxes in boxes, the second in use: an element, and one that is shown for a while."""
    boxes = [DeltaGenerator(root_container=0, cursor=RunningCursor(0))]
    for kind in ("vertical", "column", "form"):
        cursor = boxes[-1]._cursor.open_block()
        boxes.append(
            DeltaGenerator(root_container=0, cursor=cursor, parent=boxes[-1], block_type=kind)
        )
        boxes[-1]._creating_fragment_id = f"of-{kind}"
    boxes[1]._cursor.lock_element()
    boxes[1]._cursor.get_transient_cursor()
    boxes[1]._cursor.transient_elements[0] = "a spinner"
    return tuple(boxes)


def told(thing):
    """All that a box, a cursor or what they hold says of itself."""
    if isinstance(thing, (str, int, tuple, dict, type(None))):
        return thing
    own = {name: value for name, value in vars(thing).items() if not name.startswith("__")}
    return type(thing), {name: told(value) for name, value in own.items()}


def test_a_row_of_boxes_is_told_as_streamlits_own_copy_is(copied, row):
    other = copied(row)
    assert [told(one) for one in other] == [told(one) for one in deepcopy(row)]
    assert [told(one) for one in other] == [told(one) for one in row]


def test_what_is_drawn_in_a_copy_does_not_move_the_place_itself(copied, row):
    before = [told(one) for one in row]
    other = copied(row)
    for one in other:
        one._cursor.lock_element()
        one._cursor.transient_elements[1] = "another"
    assert [told(one) for one in row] == before
    assert other[3]._parent is other[2]  # as in the row itself, each copied once


def test_cursors_are_copied_and_all_else_goes_the_usual_way(copied):
    cursors = {0: RunningCursor(0), 1: RunningCursor(1)}
    other = copied(cursors)
    other[0].lock_element()
    assert (cursors[0].index, other[0].index, other[1].index) == (0, 1, 0)
    things = {"a": [1, 2]}
    assert copied(things) == things and copied(things)["a"] is not things["a"]
    assert copied({}) == {} and copied(()) == ()


def page() -> None:
    import streamlit as st

    @st.fragment
    def part() -> None:
        st.session_state["times"] = st.session_state.get("times", 0) + 1
        with st.container():
            st.button("Again")
        st.write(f"{st.session_state['times']} times")

    with st.container():
        st.write("before")
        part()
        st.write("after")


def test_a_part_that_is_drawn_again_takes_its_own_place(copied):
    test = AppTest.from_function(page).run()
    test.button[0].click().run()
    assert [m.value for m in test.markdown] == ["before", "2 times", "after"]
    assert not test.exception


def test_streamlit_still_has_boxes_of_this_kind():
    assert type(st.container()) is DeltaGenerator
