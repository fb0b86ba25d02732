"""What controls hold: in session and link, and read back as it was written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from initopt_core.registry import Parameter
from initopt_core.ui import state
from tests.support.session import hold

NUMBER = Parameter("a", "A", 0.5, -1e9, 1e9)
WHOLE = Parameter("a", "A", 3, 0, 10**6)
SEVERAL = Parameter("a", "A", (), choices=("x", "y", "z"))


@given(
    st.one_of(
        st.tuples(st.just(NUMBER), st.floats(-1e9, 1e9)),
        st.tuples(st.just(WHOLE), st.integers(0, 10**6)),
        st.tuples(st.just(Parameter("a", "A", True)), st.booleans()),
        st.tuples(st.just(SEVERAL), st.sets(st.sampled_from("xyz")).map(sorted).map(tuple)),
    )
)
def test_what_the_link_holds_is_read_back(both):
    parameter, value = both
    assert parameter.check(state.link_text(value)) == value


def page():
    import streamlit as st

    from initopt_core.registry import Parameter
    from initopt_core.ui import address
    from initopt_core.ui.state import Reading, note_bad_link, notice_bad_links, values

    address.arrive(st.session_state.get("page", "one"))
    if st.session_state.pop("note", False):
        note_bad_link("depth", "x" * 100, "")
    take = Reading()
    take(Parameter("a", "A", 1.0, 0.0, 9.0), group="here")
    take(Parameter("b", "B", False), undo=False, linked=False)
    st.session_state["told"] = (
        sorted(values), take.values, [c.name for c in take.group("here")],
    )  # fmt: skip
    take.write_links("one")
    notice_bad_links()


def test_each_page_has_its_own_values():
    test = AppTest.from_function(page).run()
    assert test.session_state["told"] == (["a", "b"], {"a": 1.0}, ["a"])
    hold(test, "one", a=2.0, b=True)
    test.run()
    assert test.session_state["told"][1] == {"a": 2.0}
    assert set(dict(test.query_params)) == {"a"}  # b is not linked
    test.query_params.clear()
    test.session_state["page"] = "two"
    test.run()
    assert test.session_state["told"][1] == {"a": 1.0}


def test_a_value_that_has_come_to_be_unusable_gives_way_to_the_default():
    test = AppTest.from_function(page)
    hold(test, "one", a=99.0)
    test.run()
    assert test.session_state["told"][1] == {"a": 1.0}


@pytest.mark.parametrize(("seconds", "notes"), [(0, 1), (19, 1), (21, 0)])
def test_a_note_stays_for_a_while(monkeypatch, seconds, notes):
    now = [1000.0]
    monkeypatch.setattr(state.time, "monotonic", lambda: now[0])
    test = AppTest.from_function(page)
    test.session_state["note"] = True
    test.run()
    assert "it is left out" in test.caption[0].value and "x" * 41 not in test.caption[0].value
    now[0] += seconds
    assert len(test.run().caption) == notes


def noted(**link: str) -> AppTest:
    test = AppTest.from_function(linked)
    for name, value in link.items():
        test.query_params[name] = value
    return test.run()


def linked():
    from initopt_core.registry import Parameter
    from initopt_core.ui import address
    from initopt_core.ui.state import Reading, note_unknown, notice_bad_links

    address.arrive("one")
    take = Reading()
    take(Parameter("gain", "Gain", 2**0.5, 0.0, 9.0))
    take(Parameter("step", "Step of the playback", -1, -1, 99), "", lambda step: "the end")
    take(Parameter("view", "Part of the page", "Paths", choices=("Paths", "Basins")))
    called = {name: one.parameter.label for name, one in take.table.items()}
    note_unknown(called | {"run": ""}, r"[A-Z]\w+_lr|run\d+")
    notice_bad_links()


def caption(test: AppTest) -> str:
    return " ".join(one.value for one in test.caption).replace("\\", "")


def test_a_note_quotes_the_link_and_says_in_words_what_is_taken():
    said = caption(noted(gain="nan", step="9999"))
    assert "“gain=nan” in the link cannot be used; 1.41 is taken instead." in said
    assert "“step=9999” in the link cannot be used; the end is taken instead." in said


def test_a_note_goes_when_another_value_is_chosen():
    test = noted(view="basins")
    assert "“view=basins” in the link cannot be used; Paths is taken instead." in caption(test)
    hold(test, "one", view="Basins")
    assert not caption(test.run())


def test_a_name_that_means_nothing_is_said_once():
    known = {"Adam_lr": "0.1", "run1": "SGD", "Embed": "true", "utm_source": "a"}
    test = noted(run="3", steps="2", type="large", **known)
    assert caption(test).endswith(
        "“steps” in the link means nothing on this page; did you mean 'step'?"
    )
    assert caption(test).count("means") == 1
    assert "steps" not in test.query_params and "Adam_lr" in test.query_params
    assert caption(test.run()).count("means") == 1


def test_a_name_with_an_underscore_is_told_too_and_what_is_called_so_is_meant():
    said = caption(noted(train_images="5", part_of_page="x", parts_of_the_page="y"))
    assert "“train_images” in the link means nothing on this page." in said
    assert (
        "“parts_of_the_page” in the link means nothing on this page; did you mean 'view'?" in said
    )
