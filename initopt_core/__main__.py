"""The command line: `python -m initopt_core figures | train | bench | doctor`."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from pathlib import Path

from .registry import SettingError

ROOT = Path(__file__).resolve().parents[1]
BENCHMARKS = ROOT / "tests" / "benchmarks"


def main(arguments: list[str] | None = None) -> int:
    """Run one command; returns the exit status."""
    parser = argparse.ArgumentParser("python -m initopt_core", description=__doc__)
    parser.add_argument("--data", metavar="DIR", help="folder with the four Fashion-MNIST files")
    commands = parser.add_subparsers(dest="command", required=True)

    figures = commands.add_parser("figures", help="write the tutorial's figures as files")
    figures.add_argument("--out", type=Path, required=True, metavar="DIR")
    figures.add_argument(
        "--format", nargs="+", default=["png", "svg", "csv"], choices=("png", "svg", "pdf", "csv")
    )
    figures.add_argument("--only", metavar="TEXT", help="only figures whose name has TEXT in it")
    figures.set_defaults(run=write_figures)

    train = commands.add_parser("train", help="race optimizers on Fashion-MNIST")
    train.add_argument("--optimizers", nargs="+", default=["SGD", "SGDMomentum", "Adam"])
    train.add_argument("--epochs", type=int, default=40)
    train.add_argument("--seed", type=int, default=42)
    train.add_argument("--config", type=Path, help="a TrainConfig as JSON, instead of the above")
    train.add_argument("--out", type=Path, required=True, metavar="DIR")
    train.set_defaults(run=run_training)

    bench = commands.add_parser("bench", help="measure speed, as ratios within one run")
    bench.add_argument("names", nargs="*", help=f"of {', '.join(benchmark_names())}")
    bench.set_defaults(run=run_benchmarks)

    doctor = commands.add_parser("doctor", help="say what works on this machine")
    doctor.set_defaults(run=check_machine)

    options = parser.parse_args(arguments)
    from .data import DataError

    try:
        return options.run(options) or 0
    except (SettingError, DataError) as problem:
        print(problem, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


def benchmark_names() -> list[str]:
    """The benchmark scripts of this checkout."""
    return sorted(p.stem for p in BENCHMARKS.glob("*.py") if not p.stem.startswith("_"))


def write_figures(options: argparse.Namespace) -> None:
    """Every figure of the tutorial, recomputed, one file for each format."""
    from . import data, export
    from .figures import course

    dataset = data.load(options.data)
    options.out.mkdir(parents=True, exist_ok=True)
    for name, make in course.figures(dataset):
        if options.only and options.only not in name:
            continue
        figure = make()
        for kind in options.format:
            path = options.out / f"{name}.{kind}"
            path.write_bytes(export.export(figure, kind))
            print(path, flush=True)


def run_training(options: argparse.Namespace) -> None:
    """Train in this process and print a line an epoch; files as the Training page makes them."""
    from . import data, training

    dataset = data.load(options.data)
    if options.config:
        config = training.TrainConfig.from_json(options.config.read_text())
    else:
        config = training.TrainConfig.race(
            options.optimizers, epochs=options.epochs, seed=options.seed
        )
    training.train_to_folder(config, dataset, options.out)


def run_benchmarks(options: argparse.Namespace) -> int:
    """Run the named benchmark scripts, or all, one after the other."""
    known = benchmark_names()
    for name in options.names:
        if name not in known:
            raise SettingError(f"There is no benchmark {name!r}; choose of {', '.join(known)}.")
    status = 0
    for name in options.names or known:
        print(f"== {name} ==", flush=True)
        status |= subprocess.call([sys.executable, str(BENCHMARKS / f"{name}.py")], cwd=ROOT)
    return status


def check_machine(options: argparse.Namespace) -> None:
    """Versions, device, data and speed, each with what to do where something is missing."""
    import importlib.metadata as metadata
    import os
    import platform

    import torch

    from . import data
    from .networks import pick_device

    print(f"Python {platform.python_version()} on {platform.platform()}, {os.cpu_count()} cores")
    for name in ("torch", "torchvision", "streamlit", "altair", "vl-convert-python", "numpy"):
        try:
            print(f"{name} {metadata.version(name)}")
        except metadata.PackageNotFoundError:
            print(f"{name}: not installed (pip install -r requirements.txt)")
    device = pick_device()
    print(f"Device: {device}")
    a = torch.randn(1024, 1024, device=device)
    (a @ a).sum().item()
    start = time.perf_counter()
    for _ in range(20):
        b = a @ a
    b.sum().item()
    rate = 20 * 2 * 1024**3 / (time.perf_counter() - start)
    print(f"Matrix products: {rate / 1e9:.0f} GFLOP/s in float32")
    try:
        dataset = data.load(options.data)
        print(f"{dataset!r} from {dataset.folder}")
        if dataset.source == "sample":
            print(
                "The full set is not here: name its folder in INITOPT_DATA, or use the home "
                "page's download button."
            )
    except data.DataError as problem:
        print(problem)
    config = ROOT / ".streamlit" / "config.toml"
    text = config.read_text() if config.exists() else ""
    if 'fileWatcherType = "none"' not in text or "postScriptGC = false" not in text:
        print(f"{config}: the two settings that keep the app fast are missing (see the README).")
    print(json.dumps({"threads": torch.get_num_threads(), "cuda": torch.cuda.is_available()}))


if __name__ == "__main__":
    sys.exit(main())
