"""Home's cards, which stand there while PyTorch loads."""

import threading

import pytest
from streamlit.testing.v1 import AppTest

from initopt_core.ui import first_pictures, home_cards
from initopt_core.ui.server import startup
from tests.support.pages import html_of


def page():
    import streamlit as st

    from initopt_core.ui import home_cards

    home_cards.meanwhile("Home")
    st.write("the page")


@pytest.fixture
def loading(monkeypatch, tmp_path):
    """PyTorch is not there yet, and somebody does not wait for it."""
    monkeypatch.setenv("INITOPT_HOME", str(tmp_path))
    monkeypatch.setattr(startup, "_imported", threading.Event())
    monkeypatch.setattr(startup, "PATIENCE_SECONDS", 0.01)
    return tmp_path


def test_they_stand_there_as_an_earlier_start_drew_them(loading, monkeypatch):
    (loading / "sample").write_bytes(b"images")
    drawn = {name: f"<svg id='{name}'></svg>" for name in home_cards.CARDS}
    home_cards.keep(drawn, str(loading / "sample"))
    seen = []

    def again():
        import streamlit as st

        seen.append("again")
        st.stop()

    monkeypatch.setattr(startup.st, "rerun", again)
    monkeypatch.setattr(home_cards.st, "page_link", lambda *_, **__: None)  # there is no navigation
    test = AppTest.from_function(page).run()
    assert seen == ["again"]  # when everything is there, the page itself
    assert all(markup in html_of(test) for markup in drawn.values())
    assert test.title[0].value == "Initialization and optimization, by hand"
    assert "Loading PyTorch" in test.caption[-1].value


def test_on_a_stage_it_is_a_title_slide_with_a_way_to_every_laboratory():
    said = home_cards.title_slide(lambda name: f"<svg id='{name}'></svg>")
    assert home_cards.LINES.keys() == home_cards.CARDS.keys()
    for name, (title, *_) in home_cards.CARDS.items():
        assert f'data-page="{name}"' in said and f"<svg id='{name}'>" in said and title in said
    assert "initopt-still" in said, "it is waited for between two scenes"


def test_at_the_very_first_start_the_shipped_ones_stand_there(loading, monkeypatch):
    monkeypatch.setattr(startup.st, "rerun", startup.st.stop)
    monkeypatch.setattr(home_cards.st, "page_link", lambda *_, **__: None)
    said = html_of(AppTest.from_function(page).run())
    assert all(str(one) in said for one in first_pictures.shipped("home").values())


def test_without_any_the_page_waits_as_the_others_do(loading, monkeypatch):
    monkeypatch.setattr(first_pictures, "SHIPPED", loading / "nothing")
    test = AppTest.from_function(page).run()
    assert [m.value for m in test.markdown] == ["the page"]
