"""The live chart's Python side, under AppTest."""

import json

import altair as alt
import pytest
from streamlit.testing.v1 import AppTest

from initopt_core.figures import figure as base
from initopt_core.paths import ROOT
from initopt_core.ui.components import assets, chart_mount, live_chart
from tests.support.pages import charts

TOY = ROOT / "tests" / "browser" / "apps" / "live_chart_app.py"


def figure(value=1.0, key="k", title="a"):
    def build():
        return alt.Chart(alt.NamedData("d"), title=title).mark_point().encode(x="x:Q", y="y:Q")

    return base.Figure(key, build, {"d": base.columns(x=[1, 2], y=[0, value])}, alt="Points")


@pytest.fixture
def toy():
    return AppTest.from_file(str(TOY), default_timeout=60).run()


def test_the_app_runs_and_sends_data_but_neither_script_nor_definition(toy):
    assert not toy.exception
    (proto, head, body), *_ = charts(toy)
    assert head["key"] == "grid"
    assert "inline" not in head
    assert len(body["data"]) == 15
    assert body["alt"].startswith("Fifteen histograms")
    assert len(proto.SerializeToString()) < 8192
    assert proto.css_source_path or proto.css_content == ""
    assert len(proto.js_content) < 600, "the script itself must be served as a file"


def test_a_change_sends_other_data_for_the_same_element_and_definition(toy):
    before = charts(toy)
    toy.slider[0].set_value(7).run()
    after = charts(toy)
    assert not toy.exception
    for (old, old_head, old_body), (new, new_head, new_body) in zip(before, after, strict=True):
        assert old.id == new.id
        assert old_head["spec"] == new_head["spec"]
        assert old_head["height"] == new_head["height"]
        assert old_head["stamp"] != new_head["stamp"]
        assert old_body["data"] != new_body["data"]


def test_one_key_compiles_once(monkeypatch):
    cache = live_chart._Cache(8)
    first = cache.get(figure(1.0))
    monkeypatch.setattr(live_chart, "_compile", lambda _: pytest.fail("compiled twice"))
    assert cache.get(figure(2.0)) is first


def test_the_cache_is_bounded_and_drops_the_files_of_what_it_drops(monkeypatch, tmp_path):
    monkeypatch.setattr(assets, "specs_dir", lambda: tmp_path)
    monkeypatch.setattr(assets, "served", lambda: True)
    cache = live_chart._Cache(2)
    compiled = []
    for i in range(4):
        compiled.append(cache.get(figure(key=i, title=str(i))))
        assert chart_mount.serve(compiled[-1])
    assert len(cache) == 2
    assert {p.stem for p in tmp_path.iterdir()} == {c.digest for c in compiled[2:]}


def test_one_definition_under_two_keys_keeps_its_file(monkeypatch, tmp_path):
    monkeypatch.setattr(assets, "specs_dir", lambda: tmp_path)
    monkeypatch.setattr(assets, "served", lambda: True)
    cache = live_chart._Cache(1)
    chart_mount.serve(cache.get(figure(key=1)))
    compiled = cache.get(figure(key=2))
    chart_mount.serve(compiled)
    assert (tmp_path / f"{compiled.digest}.json").exists()


def test_the_compiled_definition_holds_no_data_and_knows_its_size():
    compiled = live_chart.compile_figure(figure())
    vega = json.loads(compiled.text)
    named = next(d for d in vega["data"] if d["name"] == "d")
    assert "values" not in named
    assert compiled.width > 100 and compiled.height > 100
