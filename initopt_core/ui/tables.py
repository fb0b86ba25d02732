"""Small tables and pictures in rows as HTML: cheap to send, read aloud well, texts escaped."""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence
from itertools import repeat


def html_table(
    head: Sequence[str],
    rows: Iterable[Sequence[str]],
    *,
    kind: str = "initopt-table",
    colours: Sequence[str] = (),
    wide: bool = False,
) -> str:
    """Markup of a table; every text is escaped.

    Args:
        head: what stands above the columns.
        rows: as many texts each.
        kind: class of the box around it, by which `page.css` dresses it.
        colours: of a mark before each row's first text, if there are marks.
        wide: whether it may be wider than its place: then keys reach it and scroll it.
    """
    heads = "".join(f'<th scope="col">{html.escape(h)}</th>' for h in head)
    lines = []
    for colour, (first, *others) in zip(colours or repeat(""), rows):  # noqa: B905 (endless)
        cells = "".join(f"<td>{html.escape(text)}</td>" for text in others)
        lines.append(f"<tr><td>{_mark(colour)}{html.escape(first)}</td>{cells}</tr>")
    reached = ' tabindex="0"' if wide else ""
    return (
        f'<div class="{html.escape(kind)}"{reached}><table><thead><tr>{heads}</tr></thead>'
        f"<tbody>{''.join(lines)}</tbody></table></div>"
    )


def picture_grid(kind: str, pictures: Iterable[tuple[str, str, str]]) -> str:
    """Markup of pictures with their captions.

    Args:
        kind: class of the box around them, by which `page.css` dresses it.
        pictures: (address, what is to be seen, caption) of each; a caption may be `emphasized`.
    """
    figures = "".join(
        f'<figure><img src="{html.escape(address)}" alt="{html.escape(alt)}"/>'
        f"<figcaption>{emphasized(caption)}</figcaption></figure>"
        for address, alt, caption in pictures
    )
    return f'<div class="{html.escape(kind)}">{figures}</div>'


def emphasized(text: str) -> str:
    """Markup of a text in which **this** is strong."""
    parts = [html.escape(part) for part in text.split("**")]
    return "".join(f"<strong>{p}</strong>" if i % 2 else p for i, p in enumerate(parts))


def line_mark(colour: str, dash: Sequence[int]) -> str:
    """Markup of a piece of a figure's line.

    Args:
        colour: #rrggbb.
        dash: pixels drawn, left out, ...
    """
    stops, at = [], 0
    for i, length in enumerate(dash):
        if length:
            stops.append(f"{'transparent' if i % 2 else colour} {at}px {at + length}px")
        at += length
    inks = html.escape(", ".join(stops))
    return (
        '<i style="display:inline-block;width:34px;height:3px;margin-right:.45rem;'
        f'vertical-align:.25rem;background:repeating-linear-gradient(90deg, {inks})"></i>'
    )


def _mark(colour: str) -> str:
    return f'<i style="background:{html.escape(colour)}"></i>' if colour else ""
