"""Models from uploaded files: taken apart, counted and checked before anything is built.

Sizes are checked before memory is asked for, names are labels that never become paths, and files
with code in them are refused.
"""

from __future__ import annotations

import io
import json
import pickletools
import zipfile
import zlib
from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath
from typing import Any, cast

from initopt_core.networks import BaseNetwork
from initopt_core.training.checkpoints import (
    CheckpointError,
    build,
    check_results,
    load_tensors,
    parse_json,
)
from initopt_core.training.weights import sizes_of
from initopt_core.wording import count, megabytes

MAX_UPLOAD_BYTES = 64 * 10**6
MAX_UNPACKED_BYTES = 128 * 10**6
MAX_ENTRIES = 2000
_TORCH_MAGIC = 0x1950A86A20F9469CFC6C  # begins torch's format of before version 1.6
_LITTER = (".ds_store", "thumbs.db", "desktop.ini")

Files = Mapping[str, bytes] | Iterable[tuple[str, bytes]]
Models = dict[str, tuple[BaseNetwork, dict[str, Any] | None]]


def read_upload(files: Files) -> Models:
    """Models from uploaded files, by name, with their results (None without a result file).

    Args:
        files: file name -> content, or such pairs; each model has NAME.config, NAME.tar and
            mostly NAME_results.json. A .zip may hold them all, in folders: there, two models may
            have the same name, and are told apart by their folders.

    Raises:
        CheckpointError: for a file too large, damaged, of a wrong kind, or a missing partner.
    """
    pairs = list(cast(Mapping[str, bytes], files).items() if isinstance(files, Mapping) else files)
    total = sum(len(content) for _, content in pairs)
    if total > MAX_UPLOAD_BYTES:
        raise CheckpointError(
            f"The upload has {megabytes(total)}; at most {megabytes(MAX_UPLOAD_BYTES)} are taken."
        )
    found = _gather(pairs)
    stems = [path[: -len(".tar")] for path in found if path.lower().endswith(".tar")]
    if not stems:
        raise CheckpointError("There is no NAME.tar among the files.")
    return {label: _model(found, stem, label) for stem, label in _labels(stems).items()}


def _gather(pairs: Iterable[tuple[str, bytes]]) -> dict[str, bytes]:
    """Every file by its path, those of zips included, without what systems leave behind."""
    pairs = list(pairs)
    zips = [name for name, _ in pairs if name.lower().endswith(".zip")]
    found: dict[str, bytes] = {}
    for name, content in pairs:
        if name in zips:
            inner = _unzip(name, content)
            # Of one zip the folders tell models apart; of several, the zips do.
            begin = PurePosixPath(name).name[:-4] + "/" if len(zips) > 1 else ""
        else:
            inner, begin = [(name, content)], ""
        for path, data in inner:
            path = begin + path
            if _is_litter(path):
                continue
            if path in found:
                raise CheckpointError(
                    f"{path} is there twice: put each model's files into a folder of its own, and "
                    "upload the folders as a zip."
                )
            found[path] = data
    return found


def _is_litter(path: str) -> bool:
    """Whether a path is what macOS or Windows puts beside people's files."""
    parts = PurePosixPath(path).parts
    name = parts[-1].lower() if parts else ""
    return "__MACOSX" in parts or name.startswith("._") or name in _LITTER


def _unzip(name: str, content: bytes) -> list[tuple[str, bytes]]:
    """The files of a zip with their paths, at most 2,000 of together 128 MB."""
    try:
        refuse_bombs(content, name)
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            files = [i for i in archive.infolist() if not i.is_dir()]
            if any(i.flag_bits & 1 for i in files):
                raise CheckpointError(f"{name} has a password: upload it without one.")
            return [(i.filename.replace("\\", "/"), archive.read(i)) for i in files]
    except (
        zipfile.BadZipFile,
        zlib.error,
        RuntimeError,
        OSError,
        ValueError,
        EOFError,
        NotImplementedError,
    ) as problem:
        raise CheckpointError(f"{name} is not a readable zip file.") from problem


def refuse_bombs(content: bytes, name: str) -> None:
    """Raise CheckpointError for a zip that declares more than is taken; nothing is unpacked."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        entries = archive.infolist()
    if len(entries) > MAX_ENTRIES:
        raise CheckpointError(f"{name} has {len(entries)} files; at most {MAX_ENTRIES} are taken.")
    if sum(i.file_size for i in entries) > MAX_UNPACKED_BYTES:
        most = megabytes(MAX_UNPACKED_BYTES)
        raise CheckpointError(f"{name} would unpack to more than {most}; it is refused.")


def _labels(stems: list[str]) -> dict[str, str]:
    """Stem -> the shortest end of its path that no other model has: "SGD", or "lr0.1/SGD"."""
    labels = {}
    for stem in stems:
        parts = PurePosixPath(stem).parts
        ends = ["/".join(parts[-n:]) for n in range(1, len(parts) + 1)]
        unique = (e for e in ends if sum(f"/{s}".endswith(f"/{e}") for s in stems) == 1)
        labels[stem] = next(unique, stem)
    return labels


def _model(files: dict[str, bytes], stem: str, label: str) -> tuple[BaseNetwork, dict | None]:
    tar = _partner(files, stem, ".tar")
    assert tar is not None  # the stem is that of such a file
    state = _tensors(tar, f"{label}.tar")
    config = _partner(files, stem, ".config")
    if config is None:
        raise CheckpointError(f"{label}.tar came without its {label}.config{_advice(state)}.")
    results = _partner(files, stem, "_results.json")
    checked = None
    if results is not None:
        name = f"{label}_results.json"
        checked = check_results(parse_json(results, name), name)
    plain = parse_json(config, f"{label}.config")
    return build(plain, state, label, MAX_UNPACKED_BYTES), checked


def _partner(files: dict[str, bytes], stem: str, suffix: str) -> bytes | None:
    wanted = (stem + suffix).lower()
    return next((c for path, c in files.items() if path.lower() == wanted), None)


def _advice(state: Any) -> str:
    """What to write into a missing configuration, as far as the weights tell it."""
    sizes = sizes_of(state)
    if sizes is None:
        return ""
    config = {
        "act_fn": "ReLU",
        "input_size": sizes[0],
        "num_classes": sizes[-1],
        "hidden_sizes": sizes[1:-1],
    }
    return f": write one, with its own activation for ReLU: {json.dumps(config)}"


def _tensors(content: bytes, name: str) -> Any:
    try:
        if content.startswith(b"PK"):
            refuse_bombs(content, name)
        else:
            _refuse_large_claims(content, name)
    except (zipfile.BadZipFile, OSError, ValueError):
        pass  # torch says what is wrong with it
    return load_tensors(io.BytesIO(content), name)


def _refuse_large_claims(content: bytes, name: str) -> None:
    """torch's older format says how large each tensor is before it comes; none can have more
    values than the file has bytes."""
    stream = io.BytesIO(content)
    for _ in range(5):  # magic number, version, system, objects, names of what follows
        for _, value, _ in pickletools.genops(stream):
            if type(value) is int and value > max(len(content), 2**16) and value != _TORCH_MAGIC:
                raise CheckpointError(
                    f"{name} claims {count(value)} values, more than it can hold."
                )
