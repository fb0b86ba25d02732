"""What a folder of the tutorial's figures holds: each with its files and its numbers."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from initopt_core.reading import SettingError

from .export.formats import FORMATS
from .tutorial import SEEDS, Item

NAME = "manifest.json"
COLUMNS = {
    "number": "what it is",
    "printed": "as the tutorial printed it",
    "ours": "as it is computed here",
    "unit": "of both; null where there is none",
    "deviation": "ours minus printed",
    "relative deviation": "the deviation as a share of the printed number",
    "meaning": "what the deviation says. Layers share one draw of all weights and one batch, so "
    "that neighbours tend to be off together",
    "seed spread": f"standard deviation of ours over {SEEDS} draws; null where nothing is drawn, "
    "where a factor is told, or where more draws would take too long",
    "relative seed spread": "the spread as a share of ours",
    "seed factor": "by which factor a variance usually differs from the middle of "
    f"{SEEDS} seeds: the exponential of the standard deviation of its natural logarithm",
    "distance": "how far both are apart, over the usual distance of two draws: the deviation over "
    "√2 times the seed spread, with a seed factor the same of the logarithms",
}
"""What each value of a number's row is."""


def manifest(
    items: Iterable[Item], files: Mapping[str, Sequence[str]], data: str, base: str = ""
) -> dict[str, Any]:
    """What was made, as JSON values.

    Args:
        items: figures; their numbers are computed.
        files: figure's name -> names of its files.
        data: where the images come from.
        base: the app's address, for the links; they begin behind it unless given.
    """
    return {
        "data": data,
        "seeds of the spread": SEEDS,
        "columns": COLUMNS,
        "figures": [
            {
                "name": item.name,
                "title": item.title,
                "caption": item.caption,
                "link": item.link(base),
                "where": item.place(),
                "files": _in_order(files.get(item.name, ())),
                "numbers": [n.row() for n in item.numbers()],
            }
            for item in items
        ],
    }


def read(folder: Path) -> dict[str, Any] | None:
    """What the folder's manifest tells; None where there is none, or none of ours.

    Raises:
        SettingError: when it is there and cannot be read.
    """
    try:
        told = json.loads((folder / NAME).read_bytes())
    except FileNotFoundError:
        return None
    except OSError as problem:
        raise SettingError(f"{folder / NAME} cannot be read ({problem.strerror}).") from None
    except ValueError:
        return None
    with suppress(KeyError, TypeError):
        if all({type(n) for n in (f["name"], *f["files"])} == {str} for f in told["figures"]):
            return told
    return None


def joined(
    before: dict[str, Any] | None, now: dict[str, Any], order: Sequence[str], there: Iterable[str]
) -> dict[str, Any]:
    """`now`, and what was told before of other figures and of these figures' other files.

    What was told of other images or other seeds is left out: its numbers would stand beside these.

    Args:
        before: of `read`.
        now: of `manifest`.
        order: names of all figures.
        there: names of the files in the folder; what is gone is not told of.
    """
    shared = ("data", "seeds of the spread")
    if before is None or any(before.get(key) != now[key] for key in shared):
        return now
    there, told = set(there), {one["name"]: one for one in now["figures"]}
    for old in before["figures"]:
        name, kept = old["name"], [file for file in old["files"] if file in there]
        if name in told:
            files = told[name]["files"]
            told[name] = {**told[name], "files": _in_order({*files, *kept})}
        elif name in order and kept:
            told[name] = {**old, "files": kept}
    return {**now, "figures": sorted(told.values(), key=lambda one: order.index(one["name"]))}


def clips(names: Iterable[str], there: Sequence[str]) -> dict[str, Any]:
    """What a manifest says of clips: which of a folder's files they are; nothing where none is.

    Args:
        names: of all clips.
        there: names of the files in the folder.
    """
    found = {name: sorted(f for f in there if Path(f).stem == name) for name in names}
    held = {name: files for name, files in found.items() if files}
    return {"clips": held} if held else {}


def _in_order(files: Iterable[str]) -> list[str]:
    """A figure's files, each once, formats in the order of the menus."""
    suffixes = [form.suffix for form in FORMATS.values()]

    def place(file: str) -> int:
        suffix = file[file.index(".") :] if "." in file else ""
        return suffixes.index(suffix) if suffix in suffixes else len(suffixes)

    return sorted(set(files), key=lambda file: (place(file), file))
