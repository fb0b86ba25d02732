"""The browser's half is held as Python is: types, tests of its own, one place for each thing."""

from __future__ import annotations

import re

import pytest

from tests.support import web

SOURCES = sorted(
    path
    for path in (web.ROOT / "assets" / "web").rglob("*.js")
    if "vendor" not in path.relative_to(web.ROOT).parts
)


@pytest.mark.parametrize("project", ["tsconfig.json", "tsconfig.strict.json"])
def test_types(project):
    """All of it; what can be said without a page, with null checks and no untyped parameter."""
    compiler = web.package("typescript") / "bin" / "tsc"
    done = web.node(str(compiler), "--project", project)
    assert done.returncode == 0, done.stdout


def test_units():
    done = web.node("--test", "units/*.test.js")
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]


def test_files_are_small():
    assert len(SOURCES) > 20
    long = {p.name: n for p in SOURCES if (n := len(p.read_text().splitlines())) > 365}
    assert not long


def test_the_stops_of_viridis_are_in_one_file():
    assert [p.name for p in SOURCES if "440154" in p.read_text()] == ["colours.js"]


def test_nothing_comes_from_elsewhere():
    """No address in what is served, none in the lock file of what checks it."""
    for path in [*SOURCES, web.HERE / "package.json", web.HERE / "package-lock.json"]:
        assert not re.search(r"https?://(?!www\.w3\.org)", path.read_text()), path.name
