"""Imports that let visitors go first."""

from __future__ import annotations

import importlib
import sys
import threading
from importlib.machinery import SourceFileLoader

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from initopt_core.ui.server import courtesy
from tests.support.asgi import ask


@pytest.fixture
def module(tmp_path, monkeypatch):
    """Name of a module that can be imported once."""
    (tmp_path / "brought_along.py").write_text("there = True\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "brought_along", raising=False)
    yield "brought_along"
    sys.modules.pop("brought_along", None)


@pytest.mark.parametrize(
    ("path", "counted"), [("/static/js/a.js", 1), ("/training", 0), ("/_stcore/health", 0)]
)
def test_requests_for_files_are_counted_while_they_are_answered(path, counted):
    requests = courtesy.Requests()
    assert not requests.busy()
    seen = []

    def answer(_):
        seen.append(requests.open)
        return PlainTextResponse("ok")

    inside = Middleware(courtesy.Counted, requests=requests)
    ask(Starlette(routes=[Route("/{path:path}", answer)], middleware=[inside]), path)
    assert (seen, requests.open) == ([counted], 0)
    assert (requests.last > 0) is bool(counted)


def test_a_page_that_loads_asks_again_at_once(monkeypatch):
    requests = courtesy.Requests()
    monkeypatch.setattr(courtesy.time, "monotonic", lambda: 100.0)
    requests.last = 100 - courtesy.AFTER_SECONDS / 2
    assert requests.busy()
    requests.last = 100 - courtesy.AFTER_SECONDS * 2
    assert not requests.busy()


def test_an_import_waits_while_somebody_is_served(module):
    served = iter([True, True, False])
    with courtesy.giving_way(lambda: next(served)):
        assert importlib.import_module(module).there
    assert next(served, None) is None


def test_it_does_not_wait_for_ever(module, monkeypatch):
    monkeypatch.setattr(courtesy, "LIMIT_SECONDS", 0.01)
    with courtesy.giving_way(lambda: True):
        assert importlib.import_module(module).there


def test_others_imports_wait_for_nobody(module):
    with courtesy.giving_way(lambda: pytest.fail("nobody asks")):
        other = threading.Thread(target=importlib.import_module, args=[module])
        other.start()
        other.join()
    assert module in sys.modules


def test_who_waits_keeps_no_lock_that_other_imports_need(module):
    """A script must be able to import what it needs while a module waits for it."""

    def busy():
        sys.modules.pop("sched", None)
        looking = threading.Thread(target=importlib.import_module, args=["sched"])
        looking.start()
        looking.join(20)
        assert not looking.is_alive()
        return False

    with courtesy.giving_way(busy):
        assert importlib.import_module(module).there


def test_afterwards_all_is_as_before(module):
    before = SourceFileLoader.exec_module
    with pytest.raises(ZeroDivisionError), courtesy.giving_way(lambda: False):
        raise ZeroDivisionError
    assert SourceFileLoader.exec_module is before
