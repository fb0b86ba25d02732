"""The one data set, and its download in the background."""

from __future__ import annotations

import threading

from initopt_core import data
from initopt_core.ui.server.dataset import DataService


def test_a_whole_download_takes_the_samples_place(monkeypatch, tmp_path):
    sample, whole = data.load_sample(), object()
    free, seen = threading.Event(), []

    def download(progress):
        progress(10, 100)
        seen.append(threading.current_thread())
        free.wait(10)
        return tmp_path

    monkeypatch.setattr(data, "download_files", download)
    monkeypatch.setattr(data, "load_folder", lambda folder, kind: (folder, kind, whole))
    service = DataService(sample, problem="gone")
    service.start_download()
    service.start_download()  # while it goes on
    assert service.downloading and service.dataset is sample and service.problem == ""
    free.set()
    seen_thread = service._thread
    assert seen_thread is not None
    seen_thread.join(10)
    assert seen == [seen_thread] and (service.done, service.total) == (10, 100)
    assert service.dataset == (tmp_path, "downloaded", whole) and not service.downloading


def test_a_download_that_fails_says_why_and_the_sample_stays(monkeypatch):
    def download(progress):
        raise data.DataError("The network is away.")

    monkeypatch.setattr(data, "download_files", download)
    sample = data.load_sample()
    service = DataService(sample)
    service.start_download()
    assert service._thread is not None
    service._thread.join(10)
    assert service.problem == "The network is away." and service.dataset is sample
