"""Models on disk in the tutorial's format: NAME.config, NAME.tar, NAME_results.json.

Writes are atomic: a reader, or a start after a crash, sees the old file or the new one, never
half of one. Reads take tensors only, never pickled code.
"""

from __future__ import annotations

import io
import json
import math
import os
import secrets
import zipfile
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from ..networks import BaseNetwork, from_config
from ..registry import SettingError

MAX_UPLOAD_BYTES = 64 * 2**20
MAX_UNPACKED_BYTES = 128 * 2**20


class CheckpointError(Exception):
    """A model file that cannot be used; the text names it and says why."""


def write_atomic(path: Path, content: bytes) -> None:
    """Replace `path` by `content` in one step, also across a crash."""
    path = Path(path)
    part = path.with_name(f".{path.name}-{secrets.token_hex(4)}")
    try:
        with open(part, "xb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(part, path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def write_json(path: Path, value: Any) -> None:
    """`value` as JSON, atomically; NaN and infinity become null."""
    write_atomic(path, json.dumps(finite(value), separators=(",", ":")).encode())


def finite(value: Any) -> Any:
    """`value` with every number that JSON cannot hold replaced by None."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {k: finite(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [finite(v) for v in value]
    return value


def write_tensors(path: Path, value: Any) -> None:
    """`torch.save`, atomically."""
    buffer = io.BytesIO()
    torch.save(value, buffer)
    write_atomic(path, buffer.getvalue())


def read_tensors(path: Path) -> Any:
    """`torch.load` of tensors, numbers and containers of them onto the CPU.

    Raises:
        CheckpointError: for a missing, damaged or foreign file, or one with code in it.
    """
    try:
        return torch.load(path, map_location="cpu", weights_only=True)
    except FileNotFoundError:
        raise CheckpointError(f"{Path(path).name} is missing.") from None
    except Exception as problem:  # torch raises many kinds for what is not its own file
        raise CheckpointError(
            f"{Path(path).name} is not a file of tensors, or it is damaged "
            f"({type(problem).__name__}). Files with code in them are refused."
        ) from problem


def save_model(model: BaseNetwork, path: str | Path, name: str) -> None:
    """Write NAME.config (JSON) and NAME.tar (state_dict) into the folder `path`."""
    path = Path(path)
    path.mkdir(parents=True, exist_ok=True)
    write_tensors(path / f"{name}.tar", cpu_state(model))
    write_atomic(path / f"{name}.config", json.dumps(model.config).encode())


def cpu_state(model: nn.Module) -> dict[str, Tensor]:
    """A copy of the model's weights on the CPU."""
    return {k: v.detach().cpu().clone() for k, v in model.state_dict().items()}


def load_model(path: str | Path, name: str) -> tuple[BaseNetwork, dict[str, Any] | None]:
    """The network saved as `name` in `path`, in evaluation mode on the CPU, and its results.

    Returns:
        The model, and the contents of NAME_results.json or None when there is none.

    Raises:
        CheckpointError: naming the file that is missing, damaged or does not fit.
    """
    path = Path(path)
    config = read_json(path / f"{name}.config")
    model = build(config, read_tensors(path / f"{name}.tar"), name)
    results = path / f"{name}_results.json"
    return model, read_results(results) if results.is_file() else None


def build(config: Any, state: Any, name: str) -> BaseNetwork:
    """A network from its configuration and weights.

    Raises:
        CheckpointError: when they cannot be used or do not belong together.
    """
    try:
        model = from_config(config)
    except (SettingError, TypeError, ValueError) as problem:
        raise CheckpointError(f"{name}.config cannot be used: {problem}") from problem
    if not isinstance(state, dict) or not all(isinstance(v, Tensor) for v in state.values()):
        raise CheckpointError(f"{name}.tar does not hold a network's weights.")
    try:
        model.load_state_dict(state)
    except RuntimeError as problem:
        raise CheckpointError(
            f"{name}.tar does not fit {name}.config: the layers have other names or sizes."
        ) from problem
    return model.eval()


def read_json(path: Path) -> Any:
    """A JSON file.

    Raises:
        CheckpointError: when it is missing or is not JSON.
    """
    try:
        return json.loads(Path(path).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise CheckpointError(f"{Path(path).name} is missing.") from None
    except (OSError, ValueError) as problem:
        raise CheckpointError(f"{Path(path).name} is not readable JSON ({problem}).") from problem


def read_results(path: Path) -> dict[str, Any]:
    """NAME_results.json with its four fields checked: test_acc (or None while training),
    val_scores, train_scores [epochs], train_losses [steps].

    Raises:
        CheckpointError: for a file of another kind.
    """
    return check_results(read_json(path), Path(path).name)


def check_results(results: Any, name: str) -> dict[str, Any]:
    """`results` when it has the fields of a result file.

    Raises:
        CheckpointError: saying which field is wrong.
    """
    if not isinstance(results, dict):
        raise CheckpointError(f"{name} is not a result file: it is not a JSON object.")
    for field in ("val_scores", "train_scores", "train_losses"):
        values = results.get(field)
        if not isinstance(values, list) or not all(
            v is None or (isinstance(v, (int, float)) and not isinstance(v, bool)) for v in values
        ):
            raise CheckpointError(f"{name} is not a result file: {field} is not a list of numbers.")
    if not isinstance(results.get("test_acc"), (int, float, type(None))):
        raise CheckpointError(f"{name} is not a result file: test_acc is not a number.")
    return results


def published_names(path: str | Path) -> list[str]:
    """Names of the models in a folder that have a .config, a .tar and a result file."""
    path = Path(path)
    if not path.is_dir():
        return []
    names = sorted(p.name.removesuffix("_results.json") for p in path.glob("*_results.json"))
    return [n for n in names if (path / f"{n}.tar").is_file() and (path / f"{n}.config").is_file()]


def read_upload(files: dict[str, bytes]) -> dict[str, tuple[BaseNetwork, dict[str, Any]]]:
    """Models from uploaded files, by name, with their results.

    Args:
        files: file name -> content; each model needs NAME.config, NAME.tar and
            NAME_results.json. A .zip may hold them all. Names are labels only and never become
            paths.

    Raises:
        CheckpointError: for a file too large, damaged, of a wrong kind, or a missing partner.
    """
    total = sum(len(content) for content in files.values())
    if total > MAX_UPLOAD_BYTES:
        raise CheckpointError(
            f"The upload has {total / 2**20:.0f} MB; at most {MAX_UPLOAD_BYTES / 2**20:.0f} MB "
            "are taken."
        )
    files = _unzip(files)
    stems = [n.removesuffix(".tar") for n in files if n.endswith(".tar")]
    if not stems:
        raise CheckpointError("There is no NAME.tar among the files.")
    models = {}
    for stem in stems:
        for suffix in (".config", "_results.json"):
            if stem + suffix not in files:
                raise CheckpointError(f"{stem}.tar came without its {stem}{suffix}.")
        config = _parse(files[f"{stem}.config"], f"{stem}.config")
        results = _parse(files[f"{stem}_results.json"], f"{stem}_results.json")
        tar = files[f"{stem}.tar"]
        _refuse_bombs(tar, f"{stem}.tar")
        try:
            state = torch.load(io.BytesIO(tar), map_location="cpu", weights_only=True)
        except Exception as problem:
            raise CheckpointError(
                f"{stem}.tar is not a file of tensors, or it is damaged "
                f"({type(problem).__name__}). Files with code in them are refused."
            ) from problem
        models[stem] = build(config, state, stem), check_results(results, f"{stem}_results.json")
    return models


def _parse(content: bytes, name: str) -> Any:
    try:
        return json.loads(content.decode("utf-8"))
    except (ValueError, RecursionError) as problem:
        raise CheckpointError(f"{name} is not readable JSON.") from problem


def _refuse_bombs(content: bytes, name: str) -> None:
    """A torch file is a zip; its declared sizes are checked before anything is unpacked."""
    if not zipfile.is_zipfile(io.BytesIO(content)):
        return  # torch's older format holds its bytes as they are: no larger than the upload
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if sum(i.file_size for i in archive.infolist()) > MAX_UNPACKED_BYTES:
            raise CheckpointError(f"{name} would unpack to more than 128 MB; it is refused.")


def _unzip(files: dict[str, bytes]) -> dict[str, bytes]:
    plain = {}
    for name, content in files.items():
        if not name.lower().endswith(".zip"):
            plain[Path(name).name] = content
            continue
        try:
            _refuse_bombs(content, name)
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                for info in archive.infolist():
                    if not info.is_dir():
                        plain[Path(info.filename).name] = archive.read(info)
        except (zipfile.BadZipFile, RuntimeError, OSError, NotImplementedError) as problem:
            raise CheckpointError(f"{name} is not a readable zip file.") from problem
    return plain
