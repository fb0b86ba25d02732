"""A change's run is one of the parts that answer it, as far as they are known and still there."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from streamlit.runtime.fragment import MemoryFragmentStorage
from streamlit.runtime.scriptrunner import RerunData
from streamlit.runtime.scriptrunner.script_runner import ScriptRunner

from initopt_core.ui.server import answering


@pytest.fixture
def store(monkeypatch):
    """A session's parts: a picture, and a slider in a box that is drawn with others."""
    store = MemoryFragmentStorage()
    for name in ("picture", "box", "slider"):
        store.register(f"id-{name}", lambda: None, target_key=name)
    context = SimpleNamespace(fragment_storage=store, fragment_ids_this_run=["id-box"])
    monkeypatch.setattr(answering, "get_script_run_ctx", lambda: context)
    return store


@pytest.fixture
def ran(monkeypatch, store):
    """What Streamlit is asked to run where a browser asks for these parts."""
    seen = []
    monkeypatch.setattr(ScriptRunner, "_run_script", lambda self, wanted: seen.append(wanted))
    answering.begin()
    answering.begin()  # once more wraps nothing twice
    runner = SimpleNamespace(_fragment_storage=store)

    def asked(*parts: str) -> list[str]:
        ScriptRunner._run_script(runner, RerunData(fragment_id_queue=list(parts)))
        return seen.pop().fragment_id_queue

    return asked


def test_what_was_noted_is_run_instead(ran):
    answering.note("slider", ["picture", "slider"])
    answering.note("box", ["picture"])
    assert ran("id-slider") == ["id-picture", "id-slider"]
    assert ran("id-slider", "id-box") == ["id-picture", "id-slider"]
    assert ran("id-box") == ["id-picture"]


def test_what_answers_the_next_change_answers_it_alone(ran):
    answering.note("slider", ["picture", "slider"])
    answering.note_once(["box"])
    assert ran("id-picture") == ["id-picture"]  # no control's: it was no change
    assert ran("id-slider") == ["id-picture", "id-slider", "id-box"]
    assert ran("id-slider") == ["id-picture", "id-slider"]
    answering.note_once(["gone"])
    assert ran("id-slider") == ["id-picture", "id-slider"]


def test_of_what_nothing_is_known_the_usual_is_run(ran, store):
    assert ran("id-slider") == ["id-slider"] and ran() == []
    answering.note("slider", ["picture", "slider"])
    store.delete("id-picture")
    assert ran("id-slider") == ["id-slider"]


def test_a_run_covers_the_parts_that_it_is_about_to_draw(store):
    assert answering.covered(["box"]) and not answering.covered(["picture", "box"])
    assert not answering.covered(["nothing"])


def test_where_streamlit_has_changed_nothing_is_changed(monkeypatch):
    monkeypatch.delattr(ScriptRunner, "_run_script")
    answering.begin()
    assert not hasattr(ScriptRunner, "_run_script")
    monkeypatch.setattr(answering, "get_script_run_ctx", lambda: None)
    answering.note("slider", ["picture"])
    assert not answering.covered(["picture"])
