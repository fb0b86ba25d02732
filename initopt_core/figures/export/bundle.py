"""Several figures together: a zip of all that a page shows, and a PDF to hand out."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from initopt_core.figures.figure import Figure

from .formats import FORMATS, export, further
from .options import ExportOptions
from .paper import on_paper
from .printed import SEEDS, rows

if TYPE_CHECKING:
    from initopt_core.figures.tutorial import Item

WHAT = {
    "png": "picture for documents and slides",
    "svg": "picture that stays sharp at any size",
    "pdf": "the same as a page of its own",
    "csv": "the data under the figure, a header in words with units",
    "settings": "what was chosen to get it",
    "json": "chart definition (Vega-Lite) with its data",
}
Progress = Callable[[int, int, str], None]
"""Called before each figure: how many are done, how many there are, its title; what it raises ends
the work."""
TITLE = "Initopt · Initialization and optimization"
"""Of the handout."""
SPREADS = (
    "“×/÷ over seeds” is the factor by which our number changes over {} seeds (from the standard "
    "deviation of its logarithm), “±” the standard deviation itself; “one draw” is a random number "
    "printed once and drawn once here. Layers share one draw of all weights, so neighbours tend to "
    "be off together."
)
_THEN = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class Shown:
    """A figure with all that goes into a zip beside it.

    Attributes:
        make: computes it.
        look: how it is drawn, with its title, caption and link.
        extra: more files, name -> maker.
        name: of its files; the figure's own unless given.
        title: what it is called while it is made.
    """

    make: Callable[[], Figure]
    look: Callable[[Figure], ExportOptions]
    extra: Mapping[str, Callable[[], str | bytes]] = field(default_factory=dict)
    name: str = ""
    title: str = ""


def zipped(
    shown: Sequence[Shown],
    formats: Sequence[str] = ("png", "svg", "csv", "settings"),
    progress: Progress | None = None,
) -> bytes:
    """One zip: every figure's files and what goes with them, and a readme; the same bytes each
    time."""
    out, lines, used = io.BytesIO(), [], set[str]()
    held: dict[str, bytes] = {}  # what goes with several figures is there once
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for done, one in enumerate(shown):
            if progress is not None:
                progress(done, len(shown), one.title)
            figure = one.make()
            look, stem = one.look(figure), _unlike(one.name or figure.name, used)
            files = {f"{stem}{FORMATS[k].suffix}": export(figure, k, look) for k in formats}
            if "csv" in formats:
                files |= {f"{stem}{end}": make() for end, make in further(figure).items()}
                files = dict(_once(name, data, held) for name, data in files.items())
            for file, make in one.extra.items():
                made = make()
                data = made.encode() if isinstance(made, str) else made
                files[file if held.get(file) == data else _unlike(file, used)] = data
            for file, data in files.items():
                if file not in held:
                    _put(archive, file, data)
            held |= files
            lines += [
                f"{stem}: {look.title}" if look.title else stem,
                f"  {look.caption}",
                f"  files: {', '.join(files)}",
                f"  program: {_programs(files)}",
            ]
            lines += [f"  link: {look.source}"] if look.source else []
            lines.append("")
        told = [f"  *{FORMATS[kind].suffix}  {WHAT[kind]}" for kind in formats]
        if any(name.endswith(".py") for name in held):
            told.append("  *.py  program that computes it by itself and prints what is to be seen")
        _put(archive, "README.txt", "\n".join(["Figures", "", *lines, *told, ""]).encode())
    return out.getvalue()


def _once(name: str, data: bytes, held: Mapping[str, bytes]) -> tuple[str, bytes]:
    """The file; a table that is in the zip already under the name that it has there."""
    same = [there for there, known in held.items() if name.endswith(".csv") and known == data]
    return (same or [name])[0], data


def _programs(files: Iterable[str]) -> str:
    """How to run what computes a figure."""
    found = [f"python {name}" for name in files if name.endswith(".py")]
    return "; ".join(found) or "none, there is nothing to compute; its data are in its table"


def _unlike(name: str, used: set[str]) -> str:
    """The name, or it with a number where another figure has it already."""
    stem, dot, suffix = name.partition(".")
    number, free = 1, name
    while free in used:
        number += 1
        free = f"{stem}-{number}{dot}{suffix}"
    used.add(free)
    return free


def bundle(
    items: Iterable[Item],
    options: ExportOptions = ExportOptions(),  # noqa: B008
    formats: Sequence[str] = ("png", "svg", "csv", "settings"),
    base: str = "",
    progress: Progress | None = None,
) -> bytes:
    """`zipped`, of the tutorial's figures with their programs.

    Args:
        options: title, caption and source are each item's own.
        base: the app's address, for the links.
    """

    def shown(item: Item) -> Shown:
        look = dressed(item, options, base)
        program = {f"{item.name}.py": item.program} if item.program() else {}
        return Shown(item.make, lambda _: look, program, item.name, item.title)

    return zipped([*map(shown, items)], formats, progress)


def dressed(item: Item, options: ExportOptions, base: str = "") -> ExportOptions:
    """The options with the item's own title, caption and link, which is said in words where the
    app's address `base` is not known."""
    return replace(options, title=item.title, caption=item.caption, source=item.place(base))


def _put(archive: zipfile.ZipFile, name: str, data: bytes) -> None:
    entry = zipfile.ZipInfo(name, _THEN)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o644 << 16
    archive.writestr(entry, data)


def handout(
    items: Sequence[Item],
    options: ExportOptions = ExportOptions(theme="print", shape="4:3"),  # noqa: B008
    base: str = "",
    progress: Progress | None = None,
) -> bytes:
    """One PDF on A4, a sheet for each item: figure, caption, and numbers beside the printed ones;
    the first one says what their spread is."""
    pages = []
    for done, item in enumerate(items):
        if progress is not None:
            progress(done, len(items), item.title)
        look = dressed(item, options, base)
        pages.append(export(item.make(), "pdf", replace(look, table=rows(item.numbers()))))
    return on_paper(pages, TITLE, SPREADS.format(SEEDS))
