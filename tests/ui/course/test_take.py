"""Taking figures along: nothing is made before it is asked for, then once for all who come."""

from __future__ import annotations

import io
import zipfile

import pytest
from streamlit.testing.v1 import AppTest

from initopt_core import data
from initopt_core.figures import export, gallery
from initopt_core.ui.course import take
from initopt_core.ui.server import making

NAME = "26-sharp-and-flat"


def page():
    import streamlit as st

    from initopt_core import data
    from initopt_core.figures import gallery
    from initopt_core.ui.course import take

    items = gallery.items(data.load_sample())
    for name in st.session_state["names"]:
        st.session_state[f"course-{name}-export"] = st.session_state["open"]
        take.menu(items[name], "https://x.org")


def opened(*names: str, is_open: bool = True) -> list[str]:
    test = AppTest.from_function(page)
    test.session_state["names"], test.session_state["open"] = names, is_open
    test.run(timeout=30)
    assert not test.exception, test.exception
    return [one.proto.label for one in test.get("download_button")]


def test_a_closed_menu_draws_nothing():
    assert opened(NAME, is_open=False) == []


def test_an_open_menu_has_every_format_the_page_and_what_the_figure_has_beside():
    every = ["PNG", *(form.label for form in list(export.FORMATS.values())[1:])]
    every.append("Interactive page, HTML")
    assert opened("01-sample-images") == every
    beside = ["Surface, CSV", "Interactive page, HTML", "Program, Python"]
    assert opened("20-pathological-paths") == [*every[:-1], *beside]


@pytest.fixture
def alone(fresh, monkeypatch):
    """One figure is the whole course; counts how often it is made."""
    sample = data.load_sample()
    item = gallery.items(sample)[NAME]
    monkeypatch.setattr(take, "get_dataset", lambda: sample)
    monkeypatch.setattr(gallery, "items", lambda _: {NAME: item})
    made = []

    def compute(function, *given):
        made.append(function.__name__)
        return function(*given) if function is gallery.numbers else item.make()

    monkeypatch.setattr(take, "compute", compute)
    monkeypatch.setattr(making, "together", making.Line("test"))
    return made


def asked():
    from initopt_core.ui.course import take

    take.together("https://x.org")


def pressed(kind: str) -> AppTest:
    test = AppTest.from_function(asked).run(timeout=30)
    test.button(key=f"course-make-{kind}").click().run()
    making.together.wait(60)
    test.run()
    assert not test.exception, test.exception
    return test


def test_the_bundle_is_made_once_for_all_by_one_address(alone):
    first = pressed("bundle")
    count = len(alone)
    assert count
    second = pressed("bundle")
    for test in (first, second):
        (file,) = test.get("download_button")
        assert file.proto.label.startswith("Download initopt-figures.zip (")
    assert len(alone) == count
    packed = second.session_state[take._held("bundle")].data
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        assert "https://x.org/loss_surfaces" in archive.read("README.txt").decode()


def test_the_handout_stands_beside_the_bundle(alone):
    job = pressed("handout").session_state[take._held("handout")]
    assert job.data.startswith(b"%PDF") and (job.done, job.all) == (0, 1)
    assert job.now == "A sharp and a flat minimum"
