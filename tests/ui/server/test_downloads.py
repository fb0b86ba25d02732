"""A file made for a download outlives other visitors' runs, for a while, in Streamlit's store."""

from __future__ import annotations

import inspect

import pytest
from streamlit.runtime import media_file_manager
from streamlit.runtime.media_file_manager import MediaFileManager
from streamlit.runtime.memory_media_file_storage import MemoryMediaFileStorage

from initopt_core.ui.server import downloads


@pytest.fixture
def clock(monkeypatch):
    now = [1000.0]
    monkeypatch.setattr(downloads.time, "monotonic", lambda: now[0])
    return now


@pytest.fixture
def store(monkeypatch):
    for name in ("execute_deferred", "_delete_file"):
        own = inspect.unwrap(getattr(MediaFileManager, name))
        monkeypatch.setattr(MediaFileManager, name, own)
    monkeypatch.setattr(media_file_manager, "_get_session_id", lambda: "one")
    return MediaFileManager(MemoryMediaFileStorage("/media"))


def made(store: MediaFileManager, data: bytes) -> str:
    """The file's name in the store."""
    button = store.add_deferred(lambda: data, "text/plain", "1.0")
    return store.execute_deferred(button).rsplit("/", 1)[-1]


def others_run(store: MediaFileManager) -> None:
    for _ in range(3):
        store.remove_orphaned_files()


def test_without_this_it_is_gone_after_two_runs_of_anybody(store):
    name = made(store, b"a figure")
    others_run(store)
    assert store.read_file(name) is None


def test_it_stays_for_a_while_and_is_gone_then(store, clock):
    downloads.begin()
    downloads.begin()
    name = made(store, b"a figure")
    others_run(store)
    assert store.read_file(name).content == b"a figure"
    clock[0] += downloads.KEEP_S + 1
    others_run(store)
    assert store.read_file(name) is None


def test_there_is_a_bound(store, clock):
    downloads.begin()
    first, *_, last = [made(store, str(i).encode()) for i in range(downloads.MOST + 1)]
    others_run(store)
    assert store.read_file(first) is None and store.read_file(last) is not None
