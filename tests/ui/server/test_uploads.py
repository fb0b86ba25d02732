"""Uploads are bounded in all, not only each by itself."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from streamlit.runtime import Runtime
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager

from initopt_core.paths import ROOT
from initopt_core.settings import ServerSettings
from initopt_core.training.runs.uploads import MAX_UPLOAD_BYTES
from initopt_core.ui.server import uploads, web
from tests.support.asgi import ask

MB = 10**6


@pytest.fixture
def room(monkeypatch):
    """Streamlit's own store of files, and the guard before an app that takes everything."""
    store = MemoryUploadedFileManager("/_stcore/upload_file")
    assert isinstance(Runtime.uploaded_file_mgr, property)  # where a running server has it
    runtime = SimpleNamespace(uploaded_file_mgr=store)
    monkeypatch.setattr(uploads.Runtime, "instance", lambda: runtime)

    async def app(scope, receive, send):
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body"})

    return store, web.Guard(app, ServerSettings())


def send(app, page: str, size: int | None) -> int:
    headers = [] if size is None else [("content-length", str(size))]
    return ask(app, f"{uploads.PATH}{page}/file", method="PUT", headers=headers)[0]


def keep(store, page: str, name: str, size: int) -> None:
    store.add_file(page, SimpleNamespace(file_id=name, data=bytes(size)))


def test_one_page_cannot_fill_the_memory(room):
    store, app = room
    assert send(app, "a", 60 * MB) == 204
    keep(store, "a", "1", 60 * MB)
    keep(store, "a", "2", 60 * MB)
    assert send(app, "a", 60 * MB) == 413 and send(app, "a", None) == 413
    assert send(app, "a", 5 * MB) == 204 and send(app, "b", 60 * MB) == 204
    store.remove_file("a", "1")
    assert send(app, "a", 60 * MB) == 204


def test_what_is_still_coming_counts(room):
    _, app = room
    with uploads.receiving("a", 100 * MB):
        assert send(app, "a", 60 * MB) == 413
        assert send(app, "b", 60 * MB) == 204
    assert send(app, "a", 60 * MB) == 204 and not uploads._coming


def test_all_together_are_bounded(room):
    _, app = room
    with uploads.receiving("others", uploads.OF_ALL - 10 * MB):
        assert send(app, "a", 9 * MB) == 204
        assert send(app, "a", 11 * MB) == 503


def test_other_requests_pass_whatever_they_say(room):
    _, app = room
    with uploads.receiving("others", uploads.OF_ALL):
        assert ask(app, "/", headers=[("content-length", "9" * 30)])[0] == 204
        assert ask(app, f"{uploads.PATH}a/file", method="DELETE")[0] == 204


def test_the_bounds_are_those_of_one_upload():
    assert uploads.OF_ONE == 2 * MAX_UPLOAD_BYTES and uploads.OF_ALL == 8 * MAX_UPLOAD_BYTES
    config = (ROOT / ".streamlit" / "config.toml").read_text()
    assert f"maxUploadSize = {uploads.LARGEST // 2**20}" in config
