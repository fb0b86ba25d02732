"""The one data set of this server, and its download in the background."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

import streamlit as st

from initopt_core import data


@dataclass
class DataService:
    """Holds the data set that all sessions read, and swaps it when a download is whole.

    Attributes:
        dataset: what there is now; replaced as one assignment, never changed.
        problem: why the full set is not there, in the user's words; empty if nothing is wrong.
        done, total: bytes of a running download.
    """

    dataset: data.FashionMNIST
    problem: str = ""
    done: int = 0
    total: int = data.DOWNLOAD_BYTES
    _thread: threading.Thread | None = field(default=None, repr=False)

    @property
    def downloading(self) -> bool:
        return self._thread is not None and self._thread.is_alive()

    def start_download(self) -> None:
        """Fetch the full set in the background; does nothing while that goes on."""
        if not self.downloading:
            self.problem, self.done = "", 0
            self._thread = threading.Thread(target=self._download, daemon=True)
            self._thread.start()

    def _download(self) -> None:
        def progress(done: int, total: int) -> None:
            self.done, self.total = done, total

        try:
            folder = data.download_files(progress=progress)
            self.dataset = data.load_folder(folder, "downloaded")
        except data.DataError as problem:
            self.problem = str(problem)


@st.cache_resource(show_spinner=False)
def data_service() -> DataService:
    """The server's data: the full set where it can be had, else the sample and the reason."""
    try:
        return DataService(data.load())
    except data.DataError as problem:
        return DataService(data.load_sample(), problem=str(problem))


def get_dataset() -> data.FashionMNIST:
    """The data set that all sessions share; never write to it."""
    return data_service().dataset
