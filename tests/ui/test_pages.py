"""Every page renders without an exception, on the full data and on the sample alone."""

import pytest

from initopt_core import data
from initopt_core.paths import ROOT
from tests.support.app import render

PAGES = sorted(path.name for path in (ROOT / "pages").glob("*.py"))


@pytest.fixture(autouse=True)
def _alone(fresh):
    """Caches of these tests are nobody else's."""


@pytest.mark.parametrize("name", PAGES)
def test_page_renders(name):
    assert render(name).title


@pytest.mark.parametrize("name", ["initialization.py", "training.py"])  # home: test_home.py
def test_page_renders_on_the_sample(name, monkeypatch):
    monkeypatch.delenv("INITOPT_DATA", raising=False)
    monkeypatch.setattr(data, "SYSTEM_FOLDERS", ())
    assert render(name).title
