"""Controls: values from defaults, links and presets; what a link cannot mean is said quietly."""

from streamlit.testing.v1 import AppTest


def page():
    import streamlit as st

    from initopt_core.networks import ACTIVATIONS
    from initopt_core.registry import Parameter
    from initopt_core.ui import controls

    std = Parameter("std", "Deviation", 0.01, 1e-4, 10.0, "log")
    mode = Parameter("mode", "Mode", "a", choices=("a", "b"))
    values = [controls.parameter_control(p, p.name) for p in (std, mode)]
    values.append(controls.entry_select(ACTIVATIONS, "Activation", "act", "relu").name)
    controls.notice_bad_links()
    st.write(repr(values))
    preset = {"std": 0.5, "mode": "b", "act": "tanh"}
    st.button("preset", on_click=controls.set_values, args=(preset,))


def opened(**link: str) -> AppTest:
    test = AppTest.from_function(page)
    for name, value in link.items():
        test.query_params[name] = value
    test.run(timeout=30)
    assert not test.exception
    return test


def link(test: AppTest, name: str) -> str:
    """One value of the test's URL (Streamlit gives a text or a list of one)."""
    value = test.query_params[name]
    return value if isinstance(value, str) else value[0]


def test_defaults_leave_the_link_clean():
    test = opened()
    assert test.markdown[0].value == "[0.01, 'a', 'relu']"
    assert not dict(test.query_params) and not test.caption


def test_a_link_restores_the_view():
    assert opened(std="0.123", mode="b", act="tanh").markdown[0].value == "[0.123, 'b', 'tanh']"


def test_a_bad_link_falls_back_with_a_quiet_note():
    test = opened(std="99", act="nonsense")
    assert test.markdown[0].value == "[0.01, 'a', 'relu']"
    note = test.caption[0].value
    assert "99" in note and "nonsense" in note and "0.01" in note and "ReLU" in note
    assert "std" not in test.query_params and "act" not in test.query_params


def test_presets_reach_every_control_and_the_link():
    test = opened()
    test.button[0].click().run()
    assert test.markdown[0].value == "[0.5, 'b', 'tanh']"
    assert link(test, "std") == "0.5" and link(test, "act") == "tanh" and link(test, "mode") == "b"


def test_choosing_an_activation_writes_its_name_into_the_link():
    test = opened()
    box = next(b for b in test.selectbox if b.label == "Activation")
    box.set_value("identity").run()
    assert test.markdown[0].value.endswith("'identity']")
    assert link(test, "act") == "identity"
