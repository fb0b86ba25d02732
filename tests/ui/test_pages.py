"""Every page renders without an exception, on the full data and on the sample alone."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from initopt_core import data

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted(path.name for path in (ROOT / "pages").glob("*.py"))


@pytest.fixture(autouse=True)
def home(monkeypatch, tmp_path):
    """Runs and caches of these tests are nobody else's, and cached resources are dropped."""
    import streamlit as st

    monkeypatch.setenv("INITOPT_HOME", str(tmp_path))
    monkeypatch.chdir(ROOT)
    st.cache_resource.clear()
    st.cache_data.clear()
    yield
    st.cache_resource.clear()
    st.cache_data.clear()


def render(name: str) -> AppTest:
    """The page in the app's frame, after one run."""
    test = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60).run()
    if name != "home.py":
        test.switch_page(f"pages/{name}").run()
    assert not test.exception, test.exception
    assert not test.error, [e.value for e in test.error]
    return test


@pytest.mark.parametrize("name", PAGES)
def test_page_renders(name):
    assert render(name).title


@pytest.mark.parametrize("name", PAGES)
def test_page_renders_on_the_sample(name, monkeypatch):
    monkeypatch.delenv("INITOPT_DATA", raising=False)
    monkeypatch.setattr(data, "SYSTEM_FOLDERS", ())
    assert render(name).title


def test_damaged_data_is_said_and_the_sample_is_used(monkeypatch, tmp_path):
    (tmp_path / "train-images-idx3-ubyte.gz").write_bytes(b"not what it says")
    monkeypatch.setenv("INITOPT_DATA", str(tmp_path))
    test = render("home.py")
    assert "train-images-idx3-ubyte.gz is damaged" in test.warning[0].value
    assert any("bundled sample" in caption.value for caption in test.caption)


def test_the_sample_offers_the_download(monkeypatch):
    monkeypatch.delenv("INITOPT_DATA", raising=False)
    monkeypatch.setattr(data, "SYSTEM_FOLDERS", ())
    test = render("home.py")
    assert "Download the full set (30.9 MB)" in [b.label for b in test.button]
