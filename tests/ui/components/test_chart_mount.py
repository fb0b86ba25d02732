"""How a chart's definition comes to where browsers fetch it."""

import pytest

from initopt_core.ui.components import assets, chart_mount

MADE = chart_mount.Compiled('{"marks":[]}', "b" * 24, 600, 300)


@pytest.fixture
def place(monkeypatch, tmp_path):
    """The folder that is served."""
    monkeypatch.setattr(assets, "may_serve", lambda: True)
    monkeypatch.setattr(assets, "served", lambda: True)
    monkeypatch.setattr(assets, "specs_dir", lambda: tmp_path)
    monkeypatch.setattr(chart_mount, "_placed", {})
    return tmp_path / f"{MADE.digest}.json"


def test_a_definition_is_put_there_once_and_looked_after(place, monkeypatch):
    assert chart_mount.serve(MADE) and place.read_text() == MADE.text
    place.unlink()  # a cleaned folder
    assert chart_mount.serve(MADE) and not place.exists()
    monkeypatch.setattr(chart_mount, "LOOK_S", 0.0)
    assert chart_mount.serve(MADE) and place.exists()


def test_a_dropped_one_is_gone_and_comes_again(place):
    chart_mount.serve(MADE)
    chart_mount.drop(MADE)
    assert not place.exists()
    assert chart_mount.serve(MADE) and place.exists()


def test_what_cannot_be_served_is_said(place, monkeypatch):
    monkeypatch.setattr(assets, "served", lambda: False)
    assert not chart_mount.serve(MADE) and not place.exists()
