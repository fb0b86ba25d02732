"""A running server hands out the files of assets/web, and no other file of ours."""

from __future__ import annotations

import http.client
import json
import time
from urllib.parse import quote, urlsplit

import pytest

from initopt_core.ui.components.assets import PACKAGE, WEB
from tests.load import elements
from tests.support.loops import to_its_end
from tests.support.server import ROOT

PARTS = "/_stcore/bidi-components"
OWN = (
    "live_chart/live_chart.js",
    "shared/page.css",
    "shared/type.js",
    "vendor/vega/vega.min.js",
    "vendor/vega/LICENSE",
)
PRIVATE = (
    "assets/data/fashion_mnist_sample.npz",
    "assets/data/recorded_race/events.jsonl",
    "assets/data/make_sample.py",
    "pages/training.py",
    "initopt_core/settings.py",
    "tests/conftest.py",
    "app.py",
    "requirements.txt",
    "pyproject.toml",
    ".streamlit/config.toml",
    ".gitignore",
    "README.md",
)
ROOTS = ("", "/", "/app/static/", "/static/", "/media/", f"{PARTS}/{PACKAGE}.live_chart/",
         f"{PARTS}/{PACKAGE}.specs/", "/component/initopt.live_chart/")  # fmt: skip


def got(url: str, path: str) -> tuple[int, bytes]:
    """Status and body of exactly this path: no client of ours may tidy it up before it is sent."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=30)
    connection.request("GET", path, headers={"Accept-Encoding": "identity"})
    answer = connection.getresponse()
    return answer.status, answer.read()


@pytest.fixture(scope="module")
def components(app_url):
    """The server, when its components are registered: soon after its start."""
    for _ in range(600):
        if got(app_url, f"{PARTS}/{PACKAGE}.live_chart/{OWN[0]}")[0] == 200:
            return app_url
        time.sleep(0.1)
    pytest.fail("the components were never served")


@pytest.mark.parametrize("name", OWN)
def test_what_browsers_need_is_served(components, name):
    status, body = got(components, f"{PARTS}/{PACKAGE}.live_chart/{name}")
    assert status == 200 and body == (WEB / name).read_bytes()


@pytest.mark.parametrize("name", PRIVATE)
def test_no_other_file_is_served_by_whatever_path(components, name):
    kept = (ROOT / name).read_bytes()
    telling = kept[: min(len(kept), 60)]
    up = ["../" * n for n in range(5)]
    for dots in (*up, *(quote(u, safe="").replace(".", "%2e") for u in up if u), "..\\..\\", "%00"):
        for root in ROOTS:
            path = root + dots + name
            if path.startswith("/"):
                status, body = got(components, path)
                assert telling not in body and status != 429, path
    assert telling not in got(components, f"{PARTS}/{PACKAGE}.live_chart/{ROOT / name}")[1]


def test_no_folder_is_listed(components):
    for path in ("", ".", "..", "vendor", "vendor/", "../data"):
        status, body = got(components, f"{PARTS}/{PACKAGE}.live_chart/{path}")
        assert status >= 400 and b"make_sample" not in body and b"vega" not in body, path


def test_a_change_is_answered_by_one_run_of_the_script(app_url):
    async def changes() -> list[int]:
        visitor = elements.Visitor()
        await visitor.open(app_url, "initialization")
        await visitor.ask("kaiming_gain", json_value=json.dumps({"value": [1.2, 1, 0]}))  # Undo too
        moved = json.dumps({"value": [1.3, 2, 0]})
        return [
            (await visitor.ask("kaiming_gain", json_value=moved))["runs"],
            (await visitor.ask("Scheme", string_value="Xavier (Glorot)"))["runs"],
            (await visitor.ask("Activation", string_value="Tanh"))["runs"],
        ]

    assert to_its_end(changes()) == [1, 1, 1]
