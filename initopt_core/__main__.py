"""The command line: `python -m initopt_core figures | train | bench | doctor`."""

from __future__ import annotations

import argparse
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

from initopt_core.paths import ROOT
from initopt_core.reading import did_you_mean
from initopt_core.registry import Parameter, SettingError

FORMAT = Parameter(
    "format", "Format", "png", choices=("png", "svg", "pdf", "csv", "settings", "json", "html")
)
BENCHMARKS = ROOT / "tests" / "benchmarks"


def main(arguments: list[str] | None = None) -> int:
    """Run one command; returns the exit status."""
    everywhere = argparse.ArgumentParser(add_help=False)
    everywhere.add_argument(
        "--data",
        metavar="DIR",
        default=argparse.SUPPRESS,  # so that a command does not undo what came before it
        help="folder with the four Fashion-MNIST files",
    )
    parser = argparse.ArgumentParser(
        "python -m initopt_core", description=__doc__, parents=[everywhere]
    )
    commands = parser.add_subparsers(dest="command", required=True)

    figures = commands.add_parser(
        "figures", help="write the tutorial's figures as files", parents=[everywhere]
    )
    figures.add_argument(
        "--out", type=_folder, required=True, metavar="DIR", help="where to write; made if need be"
    )
    figures.add_argument(
        "--format",
        nargs="+",
        default=["png", "svg", "csv"],
        metavar="FORMAT",
        help=f"of {', '.join(FORMAT.choices)}; png svg csv unless given; json is Vega-Lite, html "
        "an interactive page",
    )
    figures.add_argument(
        "--only",
        metavar="TEXT",
        help="only figures whose name has TEXT in it; with --clips also clips whose name has it, "
        "or where none has those that belong to these figures",
    )
    figures.add_argument("--theme", default="light", help="light (unless given), dark or print")
    figures.add_argument("--scale", type=float, default=2, help="of a PNG, 1 to 4; 2 unless given")
    figures.add_argument(
        "--text",
        metavar="SIZE",
        help="letters for a page or a slide; unless given page in stills, slide in clips",
    )
    figures.add_argument(
        "--link",
        default="",
        metavar="URL",
        help="the app's address, for links below the figures; unless given they say the page",
    )
    figures.add_argument(
        "--clips",
        nargs="*",
        metavar="FORMAT",
        help="also what moves: mp4 (default), gif, webp",
    )
    figures.set_defaults(run=write_figures)

    train = commands.add_parser(
        "train", help="race optimizers on Fashion-MNIST", parents=[everywhere]
    )
    train.add_argument("--optimizers", nargs="+", metavar="NAME")
    train.add_argument("--epochs", type=int, help="40 unless given")
    train.add_argument("--seed", type=int, help="42 unless given")
    train.add_argument("--config", type=Path, help="a TrainConfig as JSON, instead of the above")
    train.add_argument("--out", type=_folder, required=True, metavar="DIR")
    train.set_defaults(run=run_training)

    bench = commands.add_parser(
        "bench", help="measure speed, as ratios within one run", parents=[everywhere]
    )
    bench.add_argument("names", nargs="*", help=f"of {', '.join(benchmark_names())}")
    bench.set_defaults(run=run_benchmarks)

    doctor = commands.add_parser(
        "doctor", help="say what works on this machine", parents=[everywhere]
    )
    doctor.set_defaults(run=check_machine)

    options = parser.parse_args(arguments)
    if arguments is None:  # ended from outside as by Ctrl-C: what is half written is removed
        signal.signal(signal.SIGTERM, signal.default_int_handler)
    options.data = getattr(options, "data", None)
    try:
        return _run(options)
    except SettingError as problem:
        print(problem, file=sys.stderr)
        return 2
    except BrokenPipeError:  # whoever reads the output has enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except OSError as problem:  # a folder that cannot be made, a full disk
        place = f"{problem.filename}: " if problem.filename else ""
        print(f"{place}{problem.strerror or problem}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("Stopped; every file that is there is whole.", file=sys.stderr)
        return 130


def _folder(text: str) -> Path:
    """A folder that is named: an empty text is a variable of the shell that is not set."""
    if not text.strip():
        raise argparse.ArgumentTypeError("is empty: name a folder, or . for this one")
    return Path(text)


def _run(options: argparse.Namespace) -> int:
    from initopt_core.data import DataError  # it brings PyTorch, which takes a second or two

    try:
        return options.run(options) or 0
    except DataError as problem:
        raise SettingError(str(problem)) from None


def benchmark_names() -> list[str]:
    """The benchmark scripts of this checkout."""
    return sorted(p.stem for p in BENCHMARKS.glob("*.py") if not p.stem.startswith("_"))


def make_folder(path: Path) -> None:
    """Make `path` and try to write there, before anything long begins.

    Raises:
        SettingError: saying what is in the way.
    """
    try:
        path.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=path):
            pass
    except (FileExistsError, NotADirectoryError):
        raise SettingError(f"--out: {path} is or lies in a file; name a folder.") from None
    except OSError as problem:
        raise SettingError(f"--out: {path} cannot be written ({problem.strerror}).") from None


def write_figures(options: argparse.Namespace) -> None:
    """Every figure of the tutorial, recomputed, one file for each format, and the manifest."""
    formats = [FORMAT.check(given) for given in options.format]
    from initopt_core import data
    from initopt_core.figures import export, manifest, tutorial, where
    from initopt_core.figures.clips import ClipOptions
    from initopt_core.figures.export.page import chart_page

    text = {"text": options.text} if options.text else {}
    look = export.ExportOptions(theme=options.theme, scale=options.scale, **text)
    wanted_clips = options.clips or ([] if options.clips is None else ["mp4"])
    films = [ClipOptions.usual(kind, theme=options.theme, **text) for kind in wanted_clips]
    base = where.checked(options.link)
    dataset = data.load(options.data)
    items = {item.name: item for item in tutorial.course(dataset)}
    clips = tutorial.clips(dataset) if films else {}
    wanted = choose_figures([*items, *clips], options.only or "")
    make_folder(options.out)
    export.sweep(options.out)
    before = manifest.read(options.out)
    files: dict[str, list[str]] = {}
    stills = [items[name] for name in wanted if name in items]
    theirs = {clip for item in stills for clip in item.clips}
    moving = [name for name in clips if name in wanted] or [n for n in clips if n in theirs]
    owners = {clip: item for item in items.values() for clip in item.clips}
    if films and not moving:
        print(f"None of these moves; clips are {', '.join(clips)}.", file=sys.stderr, flush=True)
    for place, item in enumerate(stills, 1):
        figure = item.make()
        for kind in formats:
            worn = export.dressed(item, look, base)
            if kind == "html":
                made = {".html": item.playing(worn) if item.playing else chart_page(figure, worn)}
            else:
                made = {export.FORMATS[kind].suffix: export.export(figure, kind, worn)}
            if kind == "csv":
                made |= {end: make() for end, make in export.further(figure).items()}
            for suffix, content in made.items():
                path = options.out / f"{item.name}{suffix}"
                export.write(path, content)
                files.setdefault(item.name, []).append(path.name)
                print(f"[{place}/{len(stills)}] {path}", flush=True)
    now = manifest.manifest(stills, files, dataset.source, base)
    there = [path.name for path in options.out.iterdir()]
    told = manifest.joined(before, now, list(items), there)
    path = options.out / manifest.NAME

    def tell() -> None:
        whole = told | manifest.clips(owners, [file.name for file in options.out.iterdir()])
        export.write(path, f"{json.dumps(whole, indent=1)}\n".encode())

    tell()
    print(path, flush=True)
    for name in moving:
        worn = export.dressed(owners[name], look, base)
        words = {part: getattr(worn, part) for part in ("title", "caption", "source")}
        write_clips(clips[name](), name, options.out, [replace(film, **words) for film in films])
        tell()


def write_clips(clip, name: str, folder: Path, films: list) -> None:
    """One clip in each of the formats, with its progress where somebody watches."""
    from initopt_core.figures.clips import write_clip

    for film in films:
        path = folder / f"{name}{film.suffix}"

        def told(done: int, whole: int, path: Path = path) -> None:
            if sys.stderr.isatty():
                print(f"\r{path}: frame {done} of {whole}", end="", file=sys.stderr)

        write_clip(clip, path, film, told)
        print(path, flush=True)


def choose_figures(names: list[str], only: str) -> list[str]:
    """The names that have `only` in them, whatever its case.

    Raises:
        SettingError: when there is none, with the nearest word that some have.
    """
    found = [name for name in names if only.lower() in name.lower()]
    if found:
        return found
    stems = [re.sub(r"^\d+-", "", name) for name in names]
    words = dict.fromkeys(w for stem in stems for w in (stem, *stem.split("-")))
    near = did_you_mean(only, words)
    raise SettingError(
        f"No figure has {only!r} in its name{f'{near}?' if near else '.'} There are "
        f"{', '.join(names)}."
    )


def run_training(options: argparse.Namespace) -> None:
    """Train in this process and print a line an epoch; files as the Training page makes them."""
    from initopt_core import data, training

    config = training_config(options)
    if options.config and config.data == "sample":
        dataset = data.load_sample()
    else:
        dataset = data.load(options.data)
    make_folder(options.out)
    training.train_to_folder(config, dataset, options.out)


def training_config(options: argparse.Namespace):
    """What the options of `train` ask for.

    Raises:
        SettingError: for a file that cannot be read, or options that contradict each other.
    """
    from initopt_core.training import TrainConfig

    plain = {"optimizers": options.optimizers, "epochs": options.epochs, "seed": options.seed}
    given = {name: value for name, value in plain.items() if value is not None}
    if not options.config:
        names = given.pop("optimizers", ["SGD", "SGDMomentum", "Adam"])
        return TrainConfig.race(names, **{"epochs": 40, **given})
    if given:
        raise SettingError(f"--config says it all: leave out --{next(iter(given))}.")
    try:
        text = options.config.read_bytes()
    except OSError as problem:
        raise SettingError(f"--config: {options.config} ({problem.strerror}).") from None
    try:
        return TrainConfig.from_json(text)
    except SettingError as problem:
        raise SettingError(f"{options.config}: {problem}") from None


def run_benchmarks(options: argparse.Namespace) -> int:
    """Run the named benchmark scripts, or all, one after the other."""
    known = benchmark_names()
    for name in options.names:
        if name not in known:
            raise SettingError(
                f"There is no benchmark {name!r}{did_you_mean(name, known)}; choose from "
                f"{', '.join(known) or 'none: they come with the source, not with the package'}."
            )
    status = 0
    environment = dict(os.environ)
    if options.data:
        environment["INITOPT_DATA"] = str(Path(options.data).absolute())
    for name in options.names or known:
        print(f"== {name} ==", flush=True)
        script = [sys.executable, str(BENCHMARKS / f"{name}.py")]
        status |= subprocess.call(script, cwd=ROOT, env=environment)
    return status


def check_machine(options: argparse.Namespace) -> int:
    """Versions, device, settings, storage, queue and data, each with its remedy; 1 where one of
    them asks for something."""
    from initopt_core import doctor

    return int(doctor.tell(options.data) > 0)


if __name__ == "__main__":
    sys.exit(main())
