"""Browser parts: served as files against Streamlit's component manager, inline where that fails."""

from pathlib import Path

from streamlit.testing.v1 import AppTest

from initopt_core.paths import ROOT
from initopt_core.ui.components import assets
from tests.support.pages import charts

TOY = ROOT / "tests" / "browser" / "apps" / "live_chart_app.py"


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
    proto, head, _ = charts(toy)[0]
    assert len(proto.js_content) > 400_000
    assert "expand" in proto.js_content
    assert head["inline"]["$schema"].startswith("https://vega.github.io/schema/vega/")


def test_a_broken_component_manager_leads_to_inline_scripts(monkeypatch):
    def broken(*_):
        raise AttributeError("register_from_manifest is gone")

    monkeypatch.setattr(assets, "_add_root", broken)
    toy = AppTest.from_file(str(TOY), default_timeout=60).run()
    assert not toy.exception
    assert len(charts(toy)[0][0].js_content) > 400_000


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
