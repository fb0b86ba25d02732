"""Compiled definitions on disk: found again, and damage never reaches a page."""

import json

import altair as alt
import pytest

from initopt_core.figures.figure import Figure, columns
from initopt_core.ui.components import chart_store, live_chart


@pytest.fixture(autouse=True)
def home(monkeypatch, tmp_path):
    monkeypatch.setenv("INITOPT_HOME", str(tmp_path))


def figure():
    def build():
        return alt.Chart(alt.NamedData("rows")).mark_line().encode(x="x:Q", y="y:Q")

    return Figure("store-test", build, {"rows": columns(x=[0, 1], y=[1, 0])})


def test_what_was_compiled_is_not_compiled_again(monkeypatch):
    first = live_chart._compile(figure())
    assert json.loads(first.text)["marks"]
    monkeypatch.setattr(live_chart, "converter", lambda: pytest.fail("compiled again"))
    assert live_chart._compile(figure()) == first


@pytest.mark.parametrize("damage", ["", "half", "\xff", '{"text": 1}', "x\n{}"])
def test_a_damaged_file_is_compiled_anew_and_mended(damage):
    first = live_chart._compile(figure())
    (path,) = chart_store.folder().glob("*.json")
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2] if damage == "half" else damage.encode("latin-1"))
    assert live_chart._compile(figure()) == first
    assert path.read_bytes() == whole


def test_another_compiler_does_not_find_it(monkeypatch):
    before = chart_store.fingerprint({"mark": "point"})
    monkeypatch.setattr(chart_store, "version", lambda package: "0")
    assert chart_store.fingerprint({"mark": "point"}) != before


def test_a_folder_that_cannot_be_written_is_done_without(monkeypatch, tmp_path):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("INITOPT_HOME", str(tmp_path / "file"))
    assert live_chart._compile(figure()).text


def test_the_longest_unused_go_first(monkeypatch):
    monkeypatch.setattr(chart_store, "MAX_FILES", 2)
    for name in ("a", "b", "c"):
        chart_store.write(name, {"n": name})
    assert len(list(chart_store.folder().glob("*.json"))) == 2
    assert chart_store.read("c") == {"n": "c"}
