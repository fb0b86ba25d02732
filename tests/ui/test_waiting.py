"""A file that takes a while says how far it is, can be cancelled, and is there at the end."""

from __future__ import annotations

import threading

import pytest
from streamlit.testing.v1 import AppTest

from initopt_core.ui import waiting
from initopt_core.ui.server import making


def page():
    import streamlit as st

    from initopt_core.ui import waiting

    waiting.file_of(st.session_state["job"], st.session_state["line"], "k")


@pytest.fixture
def held():
    """A page, its job that waits before its second piece, and what lets it go on."""
    gate, begun = threading.Event(), threading.Event()
    line, job = making.Line("test"), making.Job("a_b.zip", "application/zip", "Figure")

    def make(one: making.Job) -> bytes:
        one.step(0, 2, "First")
        begun.set()
        gate.wait(30)
        one.step(1, 2, "Second")
        return bytes(2_000_000)

    line.begin(make, job)
    assert begun.wait(30)
    test = AppTest.from_function(page)
    test.session_state["job"], test.session_state["line"] = job, line
    yield test, line, gate
    gate.set()


def test_how_far_it_is_and_then_the_file(held):
    test, line, gate = held
    (bar,) = test.run(timeout=30).get("progress")
    assert bar.proto.text.replace("\\", "") == "Figure 1 of 2: First" and not test.get(
        "download_button"
    )
    gate.set()
    line.wait(30)
    (file,) = test.run().get("download_button")
    assert file.proto.label == "Download a_b.zip (2 MB)" and not test.get("progress")


def test_a_way_out(held):
    test, line, gate = held
    test.run(timeout=30).button(key="k-cancel").click().run()
    assert [one.value.replace("\\", "") for one in test.caption] == ["Cancelled; nothing was kept."]
    assert not test.button and not test.exception
    gate.set()
    line.wait(30)
    assert not test.run().get("download_button")


def test_it_is_said_in_words(monkeypatch):
    job = making.Job("f", "m", "Frame")
    assert waiting.said(job, 2).startswith("2 before it") and "begins" in waiting.said(job)
    job.step(7, 150)
    monkeypatch.setattr(making.Job, "seconds_left", None)
    assert waiting.said(job) == "Frame 8 of 150"
    monkeypatch.setattr(making.Job, "seconds_left", 41.0)
    assert waiting.said(job) == "Frame 8 of 150 · about 41 s left"
    job.step(150, 150)
    monkeypatch.setattr(making.Job, "seconds_left", 0.0)
    assert waiting.said(job) == "Frame 150 of 150"
