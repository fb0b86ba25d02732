"""Models on disk in the tutorial's format: NAME.config, NAME.tar, NAME_results.json.

Writes are atomic: a reader, or a start after a crash, sees the old file or the new one, never
half of one. Reads take tensors only, never pickled code.
"""

from __future__ import annotations

import io
import json
import math
import re
import sys
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from initopt_core.networks import BaseNetwork, activation_of, layer_sizes, parameters_of
from initopt_core.paths import write_atomic
from initopt_core.reading import fields_once, shown
from initopt_core.registry import SettingError
from initopt_core.wording import megabytes, number

from .weights import layer_state

MAX_JSON_BYTES = 16 * 10**6  # the tutorial's result files have 0.16


class CheckpointError(Exception):
    """A model file that cannot be used; the text names it and says why."""


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
        return load_tensors(path, Path(path).name)
    except FileNotFoundError:
        raise CheckpointError(f"{Path(path).name} is missing.") from None


def load_tensors(source: Any, name: str) -> Any:
    """Tensors from a path or a stream of bytes, onto the CPU; never pickled code.

    Raises:
        FileNotFoundError: for a path with nothing there.
        CheckpointError: for a damaged or foreign file, one with code in it, or one whose tensors
            have more values than it holds.
    """
    try:
        found = torch.load(source, map_location="cpu", weights_only=True)
    except FileNotFoundError:
        raise
    except Exception as problem:  # torch raises many kinds for what is not its own file
        code = re.search(r"GLOBAL ([\w.]+)", str(problem))
        raise CheckpointError(
            f"{name} is not a file of tensors, or it is damaged ({type(problem).__name__}). "
            "Files with code in them are refused."
            + (
                f" This one holds a {code[1]}: open it where it was made and save its weights "
                f"alone, torch.save(model.state_dict(), {name!r})."
                if code
                else ""
            )
        ) from problem
    _refuse_stretched(found, name)
    return found


def _refuse_stretched(found: Any, name: str) -> None:
    """A tensor may show one stored number a billion times; whoever copies it needs them all.

    Raises:
        CheckpointError: when the tensors have more values together than are stored.
    """
    tensors, stack = [], [found]
    while stack:
        one = stack.pop()
        if isinstance(one, Tensor):
            tensors.append(one)
        elif isinstance(one, dict):
            stack += one.values()
        elif isinstance(one, (list, tuple)):
            stack += one
    strided = [t for t in tensors if t.layout == torch.strided and not t.is_quantized]
    stored = {s.data_ptr(): s.nbytes() for s in (t.untyped_storage() for t in strided)}
    shown_bytes = sum(t.numel() * t.element_size() for t in strided)
    if shown_bytes > sum(stored.values()):
        raise CheckpointError(
            f"{name} shows stored numbers more than once: save each tensor by itself, "
            "{k: v.clone() for k, v in model.state_dict().items()}."
        )


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


def build(config: Any, state: Any, name: str, max_bytes: float = math.inf) -> BaseNetwork:
    """A network from its configuration and weights, which may be wrapped or prefixed as
    `weights.layer_state` understands it.

    Args:
        max_bytes: of the weights; checked, as the sizes are, before memory is asked for.

    Raises:
        CheckpointError: when they cannot be used or do not belong together.
    """
    try:
        activation, sizes = activation_of(config), layer_sizes(config)
    except SettingError as problem:
        raise CheckpointError(f"{name}.config cannot be used: {problem}") from problem
    if 4 * parameters_of(sizes) > max_bytes:
        raise CheckpointError(
            f"{name}.config cannot be used: its network has "
            f"{megabytes(4 * parameters_of(sizes))} of weights; at most {megabytes(max_bytes)} are "
            "taken."
        )
    try:
        layers = layer_state(state, sizes, f"{name}.config")
    except SettingError as problem:
        raise CheckpointError(f"{name}.tar {problem}") from problem
    model = BaseNetwork(activation, sizes[0], sizes[-1], sizes[1:-1])
    model.load_state_dict(layers)
    return model.eval()


def read_json(path: Path) -> Any:
    """A JSON file of at most 16 MB.

    Raises:
        CheckpointError: when it is missing, too large or not JSON.
    """
    try:
        with open(path, "rb") as stream:
            return parse_json(stream.read(MAX_JSON_BYTES + 1), Path(path).name)
    except FileNotFoundError:
        raise CheckpointError(f"{Path(path).name} is missing.") from None
    except OSError as problem:
        raise CheckpointError(f"{Path(path).name} is not readable ({problem.strerror}).") from None


def parse_json(content: bytes, name: str) -> Any:
    """JSON from a file's bytes: UTF-8, UTF-16 or UTF-32, with or without a byte order mark.

    Raises:
        CheckpointError: for anything else, or more than 16 MB.
    """
    if len(content) > MAX_JSON_BYTES:
        raise CheckpointError(f"{name} has more than {megabytes(MAX_JSON_BYTES)}.")
    try:
        return json.loads(content, object_pairs_hook=fields_once)
    except (ValueError, RecursionError) as problem:
        raise CheckpointError(f"{name} is not readable JSON ({problem}).") from problem


def read_results(path: Path) -> dict[str, Any]:
    """NAME_results.json with its four fields checked: test_acc (or None while training),
    val_scores, train_scores [epochs], train_losses [steps].

    Raises:
        CheckpointError: for a file of another kind.
    """
    return check_results(read_json(path), Path(path).name)


def check_results(results: Any, name: str) -> dict[str, Any]:
    """`results` when it has the fields of a result file: finite numbers, accuracies from 0 to 1,
    one of each kind for every epoch and at least one loss.

    Raises:
        CheckpointError: saying which value is wrong.
    """
    wrong = f"{name} is not a result file:"
    if not isinstance(results, dict):
        raise CheckpointError(f"{wrong} it is not a JSON object.")
    for field, high in (("val_scores", 1.0), ("train_scores", 1.0), ("train_losses", math.inf)):
        values = results.get(field)
        if not isinstance(values, list):
            raise CheckpointError(f"{wrong} {field} is not a list of numbers.")
        for place, value in enumerate(values):
            _check_score(value, f"{wrong} {field}[{place}]", high)
    if results.get("test_acc") is not None:
        _check_score(results["test_acc"], f"{wrong} test_acc", 1.0)
    epochs = len(results["val_scores"])
    if len(results["train_scores"]) != epochs:
        raise CheckpointError(
            f"{wrong} train_scores has {len(results['train_scores'])} epochs, val_scores {epochs}."
        )
    if len(results["train_losses"]) < epochs:
        raise CheckpointError(
            f"{wrong} train_losses has {len(results['train_losses'])} steps for {epochs} epochs."
        )
    return results


def _check_score(value: Any, what: str, high: float) -> None:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise CheckpointError(f"{what} is {shown(value)}, not a number.")
    if abs(value) > sys.float_info.max or not math.isfinite(value):
        raise CheckpointError(f"{what} is {shown(value)}: leave out what follows a divergence.")
    if value < 0 and high > 1.0:
        raise CheckpointError(f"{what} is {number(value)}; a cross-entropy is never negative.")
    if high == 1.0 and not 0 <= value <= 1:
        raise CheckpointError(f"{what} is {number(value)}; accuracies are shares from 0 to 1.")


def published_names(path: str | Path) -> list[str]:
    """Names of the models in a folder that have a .config, a .tar and a result file."""
    path = Path(path)
    if not path.is_dir():
        return []
    names = sorted(p.name.removesuffix("_results.json") for p in path.glob("*_results.json"))
    return [n for n in names if (path / f"{n}.tar").is_file() and (path / f"{n}.config").is_file()]
