"""Whole files under one address of any store that fsspec knows: s3://BUCKET/PATH, gs://, memory://.

What is asked of a store is what all of them have: put, get, list, remove. An object store puts a
file whole or not at all; where that is not so, a reader finds out by the file's hash (`mirror`).
"""

from __future__ import annotations

import contextlib
from typing import Any

from initopt_core.registry import SettingError


class Objects:
    """Files by folder and name.

    Args:
        address: as fsspec writes it.

    Raises:
        SettingError: when the address means nothing here, and what to install.
    """

    def __init__(self, address: str) -> None:
        import fsspec  # takes 0.2 s, and only who shares an object store needs it

        try:
            self._store, root = fsspec.core.url_to_fs(address, use_listings_cache=False)
        except (ImportError, ValueError) as problem:
            raise SettingError(f"INITOPT_RUNS: {problem}") from problem
        self._root = root.rstrip("/")

    def _at(self, *names: str) -> str:
        return "/".join((self._root, *names))

    def put(self, folder: str, name: str, content: bytes) -> None:
        try:
            self._store.pipe_file(self._at(folder, name), content)
        except FileNotFoundError:  # where folders are more than parts of names
            self._store.makedirs(self._at(folder), exist_ok=True)
            self._store.pipe_file(self._at(folder, name), content)

    def get(self, folder: str, name: str) -> bytes | None:
        """A file's content; None when it is not there."""
        try:
            found: Any = self._store.cat_file(self._at(folder, name))
        except FileNotFoundError:
            return None
        return found

    def folders(self) -> set[str]:
        """Names of all folders."""
        self._store.invalidate_cache()
        try:
            found = self._store.ls(self._root, detail=False)
        except FileNotFoundError:
            return set()
        return {path.rstrip("/").rpartition("/")[2] for path in found}

    def remove(self, folder: str) -> None:
        """Take a folder away with all that is in it."""
        with contextlib.suppress(FileNotFoundError):
            self._store.rm(self._at(folder), recursive=True)
