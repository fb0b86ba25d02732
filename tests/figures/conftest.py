"""Parts of charts are looked up in Vega-Lite's schema here, which the app leaves out: slow."""

from __future__ import annotations

import pytest
from altair.utils import schemapi

import initopt_core.figures.figure  # noqa: F401 - leaves it out, once, when it is loaded


@pytest.fixture(autouse=True)
def checked_charts(monkeypatch):
    assert not schemapi.DEBUG_MODE
    monkeypatch.setattr(schemapi, "DEBUG_MODE", True)
