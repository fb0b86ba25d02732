"""The whole app under AppTest."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest

from initopt_core.paths import ROOT


def render(name: str) -> AppTest:
    """The page in the app's frame, after one run."""
    test = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60).run()
    if name != "home.py":
        test.switch_page(f"pages/{name}").run()
    assert not test.exception, test.exception
    assert not test.error, [e.value for e in test.error]
    return test
