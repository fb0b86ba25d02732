"""Controls: values from defaults, links and presets; what a link cannot mean is said quietly."""

import re

from streamlit.testing.v1 import AppTest

from initopt_core import paths
from tests.support.session import held


def page():
    import streamlit as st

    from initopt_core.networks import ACTIVATIONS
    from initopt_core.registry import Parameter
    from initopt_core.ui import controls
    from initopt_core.ui.state import notice_bad_links

    std = Parameter("std", "Deviation", 0.01, 1e-4, 10.0, "log")
    mode = Parameter("mode", "Mode", "a", choices=("a", "b"))
    values = [controls.parameter_control(p, p.name) for p in (std, mode)]
    switch = Parameter("on", "Switch", False)
    text = Parameter("text", "Words", "a b")
    several = Parameter("some", "Some", (), choices=("x", "y", "z"))
    values += [controls.parameter_control(p, p.name) for p in (switch, text, several)]
    values.append(controls.entry_select(ACTIVATIONS, "Activation", "act", "relu").name)
    notice_bad_links()
    st.write(repr(values))
    preset = {"std": 0.5, "mode": "b", "act": "tanh", "on": True, "text": "new", "some": ("y",)}
    st.button("preset", on_click=controls.set_values, args=(preset,))


def opened(**link: str) -> AppTest:
    test = AppTest.from_function(page)
    for name, value in link.items():
        test.query_params[name] = value
    test.run(timeout=30)
    assert not test.exception
    return test


DEFAULTS = "[0.01, 'a', False, 'a b', (), 'relu']"


def link(test: AppTest, name: str) -> str:
    """One value of the test's URL (Streamlit gives a text or a list of one)."""
    value = test.query_params[name]
    return value if isinstance(value, str) else value[0]


def test_defaults_leave_the_link_clean():
    test = opened()
    assert test.markdown[0].value == DEFAULTS
    assert not dict(test.query_params) and not test.caption


def test_a_link_restores_the_view():
    test = opened(std="0.123", mode="b", act="tanh", on="true", text="c,d", some="z,x")
    assert test.markdown[0].value == "[0.123, 'b', True, 'c,d', ('x', 'z'), 'tanh']"


def test_a_bad_link_falls_back_with_a_quiet_note():
    test = opened(std="99", act="nonsense", some="p,q")
    assert test.markdown[0].value == DEFAULTS
    note = test.caption[0].value
    assert "99" in note and "nonsense" in note and "0.01" in note and "ReLU" in note
    assert "p,q" in note and not dict(test.query_params)


def test_of_several_choices_in_a_link_the_known_ones_stay():
    test = opened(some="z,q,x,r")
    assert test.markdown[0].value == DEFAULTS.replace("()", "('x', 'z')")
    note = test.caption[0].value
    assert "some=q" in note and "some=r" in note and "some=z" not in note
    assert link(test, "some") == "x,z"


def test_presets_reach_every_control_and_the_link():
    test = opened()
    test.button[0].click().run()
    assert test.markdown[0].value == "[0.5, 'b', True, 'new', ('y',), 'tanh']"
    assert link(test, "std") == "0.5" and link(test, "act") == "tanh" and link(test, "mode") == "b"
    assert link(test, "on") == "true" and link(test, "text") == "new" and link(test, "some") == "y"


def test_what_a_browser_still_sends_does_not_undo_a_preset():
    """Its next event holds what the boxes showed before, if the preset has not reached it yet."""
    test = opened()
    behind = test._tree.get_widget_states()
    test.button[0].click().run()
    assert test.markdown[0].value == "[0.5, 'b', True, 'new', ('y',), 'tanh']"
    test._run(behind)
    assert test.markdown[0].value == "[0.5, 'b', True, 'new', ('y',), 'tanh']"
    test.selectbox[0].set_value("a").run()
    assert test.markdown[0].value == "[0.5, 'a', True, 'new', ('y',), 'tanh']"


def test_choosing_an_activation_writes_its_name_into_the_link():
    test = opened()
    box = next(b for b in test.selectbox if b.label == "Activation")
    box.set_value("identity").run()
    assert test.markdown[0].value.endswith("'identity']")
    assert link(test, "act") == "identity"


def test_every_widget_writes_its_value_and_link():
    test = opened()
    test.selectbox[0].set_value("b")
    test.toggle[0].set_value(True)
    test.text_input[0].set_value("typed")
    test.multiselect[0].set_value(["z", "x"])
    test.run()
    assert test.markdown[0].value == "[0.01, 'b', True, 'typed', ('x', 'z'), 'relu']"
    assert link(test, "some") == "x,z" and link(test, "text") == "typed"


def reading_page():
    import streamlit as st

    from initopt_core.registry import Parameter
    from initopt_core.ui.state import Reading, values

    read = Reading()
    kind = read(Parameter("kind", "Kind", "a", choices=("a", "b")), "kind")
    read(Parameter("std", "Deviation", 1.0, 0.0, 9.0), f"{kind}_std")
    read.write_links("test")
    st.button("other", on_click=lambda: values.update(kind="b"))


def test_what_is_not_drawn_stays_in_the_link_until_it_has_no_meaning():
    test = AppTest.from_function(reading_page)
    test.query_params["a_std"] = "2.5"
    test.query_params["b_std"] = "99"
    test.run(timeout=30)
    assert held(test).values[""]["a_std"] == 2.5 and link(test, "a_std") == "2.5"
    test.button[0].click().run()
    assert link(test, "kind") == "b" and "a_std" not in test.query_params
    assert held(test).values[""]["b_std"] == 1.0 and "b_std" not in test.query_params


def test_styles_find_a_box_in_each_of_its_turns():
    """A box's key ends in a count (`boxed`), so that no style may name it to its end."""
    for style in (paths.ASSETS / "web" / "shared").glob("*.css"):
        assert not re.findall(r"\.st-key-[\w-]+_box\b", style.read_text(encoding="utf-8")), (
            style.name
        )
