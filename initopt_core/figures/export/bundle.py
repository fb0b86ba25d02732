"""Several figures together: a zip of all that a page shows, and a PDF to hand out."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from .formats import FORMATS, export
from .options import ExportOptions

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
_THEN = (1980, 1, 1, 0, 0, 0)


def bundle(
    items: Iterable[Item],
    options: ExportOptions = ExportOptions(),  # noqa: B008
    formats: Sequence[str] = ("png", "svg", "csv", "settings"),
    base: str = "",
    progress: Callable[[str], None] | None = None,
) -> bytes:
    """One zip: every item's files, its program, and a readme; the same bytes each time.

    Args:
        options: title, caption and source are each item's own.
        base: the app's address, for the links.
        progress: called with each item's name before it is made.
    """
    out, lines = io.BytesIO(), []
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for item in items:
            if progress is not None:
                progress(item.name)
            figure, look = item.make(), dressed(item, options, base)
            names = []
            for kind in formats:
                names.append(f"{item.name}{FORMATS[kind].suffix}")
                _put(archive, names[-1], export(figure, kind, look))
            if program := item.program():
                names.append(f"{item.name}.py")
                _put(archive, names[-1], program.encode())
            lines += [f"{item.title}", f"  {item.caption}", f"  files: {', '.join(names)}"]
            lines += [f"  link: {item.link(base)}"] if item.page else []
            lines.append("")
        told = [f"  *{FORMATS[kind].suffix}  {WHAT[kind]}" for kind in formats]
        told.append("  *.py  program that computes it by itself")
        _put(archive, "README.txt", "\n".join(["Figures", "", *lines, *told, ""]).encode())
    return out.getvalue()


def dressed(item: Item, options: ExportOptions, base: str = "") -> ExportOptions:
    """The options with the item's own title, caption and link."""
    return replace(options, title=item.title, caption=item.caption, source=item.link(base))


def _put(archive: zipfile.ZipFile, name: str, data: bytes) -> None:
    entry = zipfile.ZipInfo(name, _THEN)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o644 << 16
    archive.writestr(entry, data)


def handout(
    items: Iterable[Item],
    options: ExportOptions = ExportOptions(theme="print", shape="4:3"),  # noqa: B008
    base: str = "",
    progress: Callable[[str], None] | None = None,
) -> bytes:
    """One PDF, a page for each item: figure, caption, and numbers beside the printed ones."""
    from pypdf import PdfReader, PdfWriter

    writer = PdfWriter()
    for item in items:
        if progress is not None:
            progress(item.name)
        look = dressed(item, options, base)
        numbers = "; ".join(n.in_words() for n in item.numbers())
        caption = f"{item.caption} {numbers}".strip()
        page = export(item.make(), "pdf", replace(look, caption=caption[:2000]))
        writer.append(PdfReader(io.BytesIO(page)))
    writer.metadata = {"/Title": "Initialization and optimization", "/Producer": "Initopt"}
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()
