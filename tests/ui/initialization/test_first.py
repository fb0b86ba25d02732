"""The page's first picture, kept from an earlier start."""

import threading

import pytest
from streamlit.testing.v1 import AppTest

from initopt_core.ui import first_pictures
from initopt_core.ui.components import assets, chart_mount
from initopt_core.ui.initialization import first
from initopt_core.ui.server import startup

MADE = chart_mount.Compiled('{"marks":[]}', "a" * 24, 600, 300)
CHARTS = [(key, MADE, b"{}\n{}") for key in ("init-grid", "init-depth")]


@pytest.fixture
def kept(images):
    """The images of which two charts were kept."""
    first.keep(CHARTS, "<i>own axes</i>", str(images))
    return images


def test_what_was_kept_comes_back(kept):
    assert first._kept() == (CHARTS, "<i>own axes</i>")


@pytest.mark.parametrize("damage", [{"charts": 3}, {"charts": [["key"]]}, {}])
def test_what_is_not_as_it_was_written_counts_as_absent(kept, damage, monkeypatch):
    monkeypatch.setattr(first_pictures, "SHIPPED", kept / "nothing")
    first_pictures.keep(first.PAGE, damage, str(kept))
    assert first._kept() == ([], "")


def page():
    import streamlit as st

    from initopt_core.ui.initialization import first

    first.meanwhile("Initialization")
    st.write("the page")


def test_it_shows_both_figures_under_the_pages_name(kept, monkeypatch, tmp_path):
    imported = threading.Event()
    seen = []
    monkeypatch.setattr(startup, "_imported", imported)
    monkeypatch.setattr(imported, "wait", lambda _: imported.set())
    monkeypatch.setattr(assets, "may_serve", lambda: True)
    monkeypatch.setattr(assets, "served", lambda: True)
    monkeypatch.setattr(assets, "specs_dir", lambda: tmp_path)
    monkeypatch.setattr(chart_mount, "mount", lambda key, message: seen.append((key, message)))
    test = AppTest.from_function(page).run()
    assert seen == [(key, message) for key, _, message in CHARTS]
    assert (tmp_path / f"{MADE.digest}.json").exists()
    # Run again as soon as everything is there.
    assert [m.value for m in test.markdown] == ["the page"] and not test.title


@pytest.mark.parametrize("earlier", [True, False])
def test_only_an_earlier_starts_charts_are_compiled(images, monkeypatch, tmp_path, earlier):
    """What is shipped is shown, too, but the chart compiler is needed beside it."""
    monkeypatch.setattr(assets, "may_serve", lambda: True)
    monkeypatch.setattr(assets, "served", lambda: True)
    monkeypatch.setattr(assets, "specs_dir", lambda: tmp_path)
    monkeypatch.setattr(chart_mount, "component", lambda: None)
    if earlier:
        first.keep(CHARTS, "", str(images))
    assert first._charts()[0] and first.ready() is earlier


def test_another_setting_waits_as_every_page_does(kept, monkeypatch):
    monkeypatch.setattr(startup, "_imported", threading.Event())
    monkeypatch.setattr(startup, "PATIENCE_SECONDS", 0.01)
    monkeypatch.setattr(assets, "may_serve", lambda: True)
    monkeypatch.setattr(chart_mount, "serve", lambda compiled: pytest.fail("it is not asked for"))
    test = AppTest.from_function(page)
    test.query_params["layers"] = "2 x 64"
    assert [m.value for m in test.run().markdown] == ["the page"]
