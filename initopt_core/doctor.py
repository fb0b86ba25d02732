"""What works on this machine, what a server here would do, and what to do about what is wrong.

Each check is one function that yields lines; a line that begins with "!" asks for something.
`CHECKS` is the order in which they are told.
"""

from __future__ import annotations

import contextlib
import os
import platform
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

from initopt_core import settings
from initopt_core.paths import ROOT

if TYPE_CHECKING:
    import torch

PACKAGES = (
    "torch",
    "torchvision",
    "streamlit",
    "altair",
    "vl-convert-python",
    "numpy",
    "prometheus-client",
)
FAST = ('fileWatcherType = "none"', "postScriptGC = false")
LEAST_FREE_MB = 500
Check = Callable[[str | None], Iterator[str]]


def tell(data_folder: str | None = None) -> int:
    """Print every check; how many lines ask for something.

    Raises:
        SettingError: for a setting that no server would start with; it comes first.
    """
    try:
        settings.server_settings()
    except settings.SettingError:
        settings.refuse_to_start()  # with what else is wrong
        raise
    asks = 0
    for check in CHECKS:
        for line in check(data_folder):
            print(line, flush=True)
            asks += line.startswith("!")
    return asks


def versions(_: str | None) -> Iterator[str]:
    yield f"Python {platform.python_version()} on {platform.platform()}, {os.cpu_count()} cores"
    for name in PACKAGES:
        try:
            yield f"{name} {metadata.version(name)}"
        except metadata.PackageNotFoundError:
            yield f"! {name}: not installed (pip install -r requirements.txt)"


def device(_: str | None) -> Iterator[str]:
    """What trains here, and how fast its matrix products are."""
    import torch

    from initopt_core.networks import pick_device

    wanted = settings.server_settings().device
    found = torch.device(wanted) if wanted else pick_device()
    yield f"Device: {found} ({torch.get_num_threads()} threads)"
    try:
        yield f"Matrix products: {matrix_rate(found) / 1e9:.0f} GFLOP/s in float32"
    except (RuntimeError, AssertionError) as problem:  # a device that is not there or is ill
        yield f"! {found} does not compute ({str(problem).splitlines()[0]}): set INITOPT_DEVICE=cpu"


def matrix_rate(where: torch.device | str, rounds: int = 20) -> float:
    """Operations a second of products of 1,024 x 1,024 matrices."""
    import torch

    a = torch.randn(1024, 1024, device=where)
    b = a @ a
    b.sum().item()
    start = time.perf_counter()
    for _ in range(rounds):
        b = a @ a
    b.sum().item()
    return rounds * 2 * 1024**3 / (time.perf_counter() - start)


def data(folder: str | None) -> Iterator[str]:
    from initopt_core import data as fashion

    try:
        dataset = fashion.load(folder)
    except fashion.DataError as problem:
        yield f"! {problem}"
        return
    yield f"{dataset!r} from {dataset.folder}"
    if dataset.source == "sample":
        yield (
            "The full set is not here: name its folder in INITOPT_DATA, or use the home page's "
            "download button."
        )


def limits(_: str | None) -> Iterator[str]:
    """The server's settings, and what the computations take at most."""
    from initopt_core.descent import MAX_UPDATES
    from initopt_core.networks import MAX_LAYERS, MAX_PARAMETERS, MAX_UNITS
    from initopt_core.surfaces.notation import MAX_DEPTH, MAX_LENGTH
    from initopt_core.training.config import MAX_RACERS, MAX_SEEDS, NUMBERS

    yield "Settings (environment):"
    for name, value, meaning in settings.server_settings().told():
        yield f"  {name} = {value}  ({meaning})"
    yield from (f"! {text}" for text in settings.misspelt())
    now = settings.server_settings()
    if now.hosted and not now.lecturer_token:
        yield "! Nobody is the lecturer here: set INITOPT_LECTURER_TOKEN."
    if now.hosted and not now.secret:
        yield "INITOPT_SECRET is not set: replicas must share INITOPT_HOME to know each visitor."
    yield (
        f"Limits: {MAX_LAYERS} layers, {MAX_UNITS} units, {MAX_PARAMETERS // 10**6} million "
        f"weights, {NUMBERS['epochs'].high} epochs, {MAX_RACERS} racers, {MAX_SEEDS} seeds, "
        f"{MAX_UPDATES} updates, formulas of {MAX_LENGTH} characters and {MAX_DEPTH} brackets"
    )


def storage(_: str | None) -> Iterator[str]:
    """Where runs are kept, whether that can be written, and what room is left."""
    from initopt_core.training.runs.store import runs_folder, shared_store

    folder = runs_folder()
    there = next(p for p in (folder, *folder.parents) if p.exists())
    try:
        with tempfile.TemporaryFile(dir=there):
            pass
    except OSError as problem:
        yield f"! {folder} cannot be written ({problem.strerror}): name another in INITOPT_HOME."
        return
    free, used = shutil.disk_usage(there).free // 2**20, folder_bytes(folder) // 2**20
    yield f"Runs: {folder}, {used} MB used, {free} MB free"
    if free < LEAST_FREE_MB:
        yield f"! Less than {LEAST_FREE_MB} MB are free: delete runs, or lower INITOPT_DISK_MB."
    if address := shared_store():
        yield _far(address)


def _far(address: str) -> str:
    """Whether the store of all replicas can be read."""
    from initopt_core.training.runs.objects import Objects
    from initopt_core.training.runs.store import RUN_ID

    try:
        runs = [name for name in Objects(address).folders() if RUN_ID.fullmatch(name)]
        return f"Shared with other servers: {address}, {len(runs)} runs"
    except settings.SettingError as problem:
        return f"! {problem}"
    except Exception as problem:  # each store has its own
        return (
            f"! {address} does not answer ({type(problem).__name__}: {problem}): mend "
            "INITOPT_RUNS, or what its package reads to sign in."
        )


def folder_bytes(folder: Path) -> int:
    """Bytes of all files below; what vanishes meanwhile counts nothing."""
    total = 0
    for file in folder.rglob("*"):
        with contextlib.suppress(OSError):
            total += file.stat().st_size if file.is_file() else 0
    return total


def queue(_: str | None) -> Iterator[str]:
    """The runs by state."""
    from initopt_core.training.runs.store import STATES, RunStore

    store = RunStore()
    states = [run.state for run in store.all()]
    counts = [f"{states.count(s)} {s}" for s in STATES if s in states]
    yield f"Queue: {', '.join(counts) or 'no runs'}"
    for run in store.broken():
        yield f"! {run.problem} Delete it on the Training page."


def cluster(_: str | None) -> Iterator[str]:
    """Whether runs are trained on a Ray cluster, and whether it can be asked."""
    from initopt_core.training.runs.ray_driver import unreachable

    now = settings.server_settings()
    if not now.ray:
        yield "Ray: off, runs are trained by a process of this computer"
        return
    try:
        version = metadata.version("ray")
    except metadata.PackageNotFoundError:
        yield (
            "! Ray: INITOPT_RAY (or RAY_ADDRESS) names a cluster, but Ray is not installed: "
            f"{settings.RAY_INSTALL}, or set INITOPT_RAY=off"
        )
        return
    gpus = "0.25 where there are any" if now.ray_gpus is None else f"{now.ray_gpus:g}"
    yield (
        f"Ray {version}: {now.ray}, up to {now.ray_tasks} tasks of {now.ray_cpus:g} cores and "
        f"{gpus} GPUs"
    )
    if problem := unreachable(now.ray):
        yield (
            f"! Ray: nobody answers at {now.ray} ({problem}): start the cluster "
            "(ray start --head), mend INITOPT_RAY, or set it to off"
        )


def streamlit_config(_: str | None) -> Iterator[str]:
    """The settings of `.streamlit` that keep the app fast and closed."""
    path = ROOT / ".streamlit" / "config.toml"
    text = path.read_text() if path.exists() else ""
    if not all(setting in text for setting in FAST):
        yield f"! {path}: the two settings that keep the app fast are missing (see the README)."
    for name in ("enableXsrfProtection", "enableCORS"):
        if f"{name} = false" in text:
            yield f"! {path}: {name} is off; take that line out."


CHECKS: tuple[Check, ...] = (
    versions,
    device,
    data,
    limits,
    storage,
    queue,
    cluster,
    streamlit_config,
)
