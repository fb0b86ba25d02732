"""The browser is found, or its absence explained; no browser is started here."""

import sys

import pytest

from tests.support import chromium


def nothing():
    return None, "nothing here"


def test_the_variable_wins(monkeypatch):
    monkeypatch.setenv("INITOPT_CHROMIUM", sys.executable)
    assert chromium.obtain(install=False) == sys.executable


def test_a_variable_that_names_no_file_is_an_error_not_a_fallback(monkeypatch, tmp_path):
    monkeypatch.setenv("INITOPT_CHROMIUM", str(tmp_path / "none"))
    with pytest.raises(chromium.NoBrowser, match="names no file"):
        chromium.obtain()


def test_without_any_every_reason_is_given(monkeypatch):
    monkeypatch.delenv("INITOPT_CHROMIUM", raising=False)
    for way in ("_playwrights_own", "_system", "_download", "_debian"):
        monkeypatch.setattr(chromium, way, nothing)
    with pytest.raises(chromium.NoBrowser, match="INITOPT_CHROMIUM is not set; nothing here"):
        chromium.obtain()


def test_nothing_is_installed_while_one_is_there(monkeypatch, tmp_path):
    monkeypatch.delenv("INITOPT_CHROMIUM", raising=False)
    monkeypatch.setattr(chromium, "_playwrights_own", nothing)
    monkeypatch.setattr(chromium, "_system", lambda: ("/usr/bin/some-chromium", ""))
    monkeypatch.setattr(chromium, "_download", lambda: pytest.fail("downloaded"))
    assert chromium.obtain() == "/usr/bin/some-chromium"
