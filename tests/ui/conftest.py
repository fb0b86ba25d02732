"""What tests of pages share."""

from __future__ import annotations

import pytest

from initopt_core.paths import ROOT
from initopt_core.training.runs.ownership import Allowance, cost
from initopt_core.training.runs.service import TrainingService
from initopt_core.visitors import Visitor
from tests.support.training import Nobody, tiny


@pytest.fixture
def fresh(monkeypatch, tmp_path):
    """Runs and caches of a test are nobody else's, and cached resources are dropped."""
    import streamlit as st

    monkeypatch.setenv("INITOPT_HOME", str(tmp_path))
    monkeypatch.chdir(ROOT)
    st.cache_resource.clear()
    st.cache_data.clear()
    yield
    st.cache_resource.clear()
    st.cache_data.clear()


@pytest.fixture(autouse=True)
def nothing_ahead(monkeypatch):
    """No scene is computed beside a test because it comes after the one that is shown."""
    from initopt_core.ui.lecture import ahead

    monkeypatch.setattr(ahead.READY, "wish", lambda scenes: None)


@pytest.fixture
def images(monkeypatch, tmp_path):
    """A folder that stands for one of images; what is kept of them lies beside it."""
    monkeypatch.setenv("INITOPT_HOME", str(tmp_path))
    folder = tmp_path / "images"
    folder.mkdir()
    (folder / "train.gz").write_bytes(b"one")
    return folder


@pytest.fixture
def quick_charts(monkeypatch):
    """Charts are sent but not compiled: for tests of what a page shows, not of how it is drawn."""
    from initopt_core.ui.components import chart_mount, live_chart

    made = chart_mount.Compiled("{}", "0" * 24, 600, 300)
    monkeypatch.setattr(live_chart, "_compile", lambda figure: made)
    monkeypatch.setattr(live_chart, "_cache", live_chart._Cache(8))


class Hall(TrainingService):
    """Runs stay in the queue; `who` is at the page."""

    who = Visitor("ann")


@pytest.fixture
def service(tmp_path, monkeypatch):
    """The server's training service, in a hall of visitors with a small budget each."""
    from initopt_core.ui.server import identity
    from initopt_core.ui.server import training as server

    allowed = Allowance(budget=cost(tiny(epochs=5)), waiting=2, queue=3)
    running = Hall(tmp_path, allowed=allowed, runner=Nobody())
    monkeypatch.setattr(server, "shared_service", lambda: running)
    monkeypatch.setattr(identity, "me", lambda: running.who)
    yield running
    running.close()
