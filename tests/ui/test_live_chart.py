"""The live chart's Python side, under AppTest and against Streamlit's component manager."""

import json
from pathlib import Path

import altair as alt
import pytest
from streamlit.testing.v1 import AppTest

from initopt_core.figures import figure as base
from initopt_core.ui.components import assets, live_chart

TOY = Path(__file__).parents[1] / "browser" / "apps" / "live_chart_app.py"


def figure(value=1.0, key="k", title="a"):
    def build():
        return alt.Chart(alt.NamedData("d"), title=title).mark_point().encode(x="x:Q", y="y:Q")

    return base.Figure(key, build, {"d": base.columns(x=[1, 2], y=[0, value])}, alt="Points")


def messages(app):
    """Head and body of every live chart's message, in page order."""
    out = []
    for element in app.main:
        out += _messages(element)
    return out


def _messages(element):
    if hasattr(element, "children"):
        return [m for child in element.children.values() for m in _messages(child)]
    proto = getattr(element, "proto", None)
    if getattr(proto, "component_name", "") != "initopt.live_chart":
        return []
    head, body = proto.bytes.decode().split("\n", 1)
    return [(proto, json.loads(head), json.loads(body))]


@pytest.fixture
def toy():
    return AppTest.from_file(str(TOY), default_timeout=60).run()


def test_the_app_runs_and_sends_data_but_neither_script_nor_definition(toy):
    assert not toy.exception
    (proto, head, body), *_ = messages(toy)
    assert head["key"] == "grid"
    assert "inline" not in head
    assert len(body["data"]) == 15
    assert body["alt"].startswith("Fifteen histograms")
    assert len(proto.SerializeToString()) < 8192
    assert proto.css_source_path or proto.css_content == ""
    assert len(proto.js_content) < 600, "the script itself must be served as a file"


def test_a_change_sends_other_data_for_the_same_element_and_definition(toy):
    before = messages(toy)
    toy.slider[0].set_value(7).run()
    after = messages(toy)
    assert not toy.exception
    for (old, old_head, old_body), (new, new_head, new_body) in zip(before, after, strict=True):
        assert old.id == new.id
        assert old_head["spec"] == new_head["spec"]
        assert old_head["height"] == new_head["height"]
        assert old_head["stamp"] != new_head["stamp"]
        assert old_body["data"] != new_body["data"]


def test_streamlit_still_lets_an_app_in_place_register_its_folder():
    """Fails when an upgrade changes the private interface `assets` uses; see its docstring."""
    from streamlit.components.v2.component_manager import BidiComponentManager
    from streamlit.components.v2.manifest_scanner import ComponentConfig, ComponentManifest

    manager = BidiComponentManager()
    parts = [ComponentConfig(name="live_chart", asset_dir=assets.WEB.name)]
    manager.register_from_manifest(
        ComponentManifest(name="initopt", version="1", components=parts), assets.ASSETS
    )
    assert Path(manager.get_component_path("initopt.live_chart")) == assets.WEB.resolve()
    definition = manager.build_definition_with_validation(
        component_key="initopt.live_chart",
        html=None,
        css="live_chart/live_chart.css",
        js="live_chart/live_chart.js",
    )
    assert definition.js_url.endswith("live_chart/live_chart.js")


def test_inline_scripts_are_the_fallback(monkeypatch):
    monkeypatch.setenv("INITOPT_INLINE_ASSETS", "1")
    toy = AppTest.from_file(str(TOY), default_timeout=60).run()
    assert not toy.exception
    proto, head, _ = messages(toy)[0]
    assert len(proto.js_content) > 400_000
    assert "expand" in proto.js_content
    assert head["inline"]["$schema"].startswith("https://vega.github.io/schema/vega/")


def test_a_broken_component_manager_leads_to_inline_scripts(monkeypatch):
    def broken(*_):
        raise AttributeError("register_from_manifest is gone")

    monkeypatch.setattr(assets, "_add_root", broken)
    toy = AppTest.from_file(str(TOY), default_timeout=60).run()
    assert not toy.exception
    assert len(messages(toy)[0][0].js_content) > 400_000


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
        assert live_chart._serve(compiled[-1])
    assert len(cache) == 2
    assert {p.stem for p in tmp_path.iterdir()} == {c.digest for c in compiled[2:]}


def test_one_definition_under_two_keys_keeps_its_file(monkeypatch, tmp_path):
    monkeypatch.setattr(assets, "specs_dir", lambda: tmp_path)
    monkeypatch.setattr(assets, "served", lambda: True)
    cache = live_chart._Cache(1)
    live_chart._serve(cache.get(figure(key=1)))
    compiled = cache.get(figure(key=2))
    live_chart._serve(compiled)
    assert (tmp_path / f"{compiled.digest}.json").exists()


def test_the_compiled_definition_holds_no_data_and_knows_its_size():
    compiled = live_chart.compile_figure(figure())
    vega = json.loads(compiled.text)
    named = next(d for d in vega["data"] if d["name"] == "d")
    assert "values" not in named
    assert compiled.width > 100 and compiled.height > 100


def test_the_vega_runtime_comes_with_licence_and_version():
    folder = assets.WEB / "vendor" / "vega"
    version = (folder / "VERSION").read_text().split()[1]
    assert f't.version="{version}"' in (folder / "vega.min.js").read_text()
    assert "Redistribution and use" in (folder / "LICENSE").read_text()


def test_the_compiler_writes_for_the_runtimes_major_version():
    import vl_convert

    version = (assets.WEB / "vendor" / "vega" / "VERSION").read_text().split()[1]
    assert vl_convert.get_vega_version().split(".")[0] == version.split(".")[0]


def test_nothing_is_fetched_from_elsewhere():
    for name in ("live_chart/live_chart.js", "live_chart/live_chart.css"):
        text = (assets.WEB / name).read_text()
        assert "//cdn" not in text and "https://" not in text
