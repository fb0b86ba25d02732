"""Large type: one size on all pages, in the link, and switched by one button."""

from streamlit.testing.v1 import AppTest


def page():
    import streamlit as st

    from initopt_core.ui import address, type_size

    address.by_history = lambda: bool(st.session_state.get("back"))
    address.arrive(st.session_state.get("page", "one"))
    st.write(type_size.read())
    type_size.show()


def shown(test: AppTest) -> tuple[str, str]:
    assert not test.exception
    return test.markdown[0].value, test.button[0].label


def test_the_link_sets_it_and_the_switch_changes_both():
    test = AppTest.from_function(page)
    test.query_params["type"] = "large"
    assert shown(test.run()) == ("large", "Usual type")
    test.button[0].click().run()
    assert shown(test) == ("normal", "Large type") and "type" not in test.query_params
    test.button[0].click().run()
    assert shown(test)[0] == "large" and "large" in test.query_params["type"]
    test.session_state["page"] = "two"
    assert shown(test.run())[0] == "large"


def test_a_link_without_a_known_size_means_nothing_but_back_means_the_usual():
    test = AppTest.from_function(page)
    test.query_params["type"] = "huge"
    assert shown(test.run())[0] == "normal"
    test.button[0].click().run()
    del test.query_params["type"]
    test.session_state["back"] = True
    assert shown(test.run())[0] == "normal"
