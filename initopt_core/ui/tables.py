"""Small tables as HTML: cheap to send, read aloud well, figures aligned."""

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
) -> str:
    """Markup of a table; every text is escaped.

    Args:
        head: what stands above the columns.
        rows: as many texts each.
        kind: class of the box around it, by which `page.css` dresses it.
        colours: of a mark before each row's first text, if there are marks.
    """
    heads = "".join(f'<th scope="col">{html.escape(h)}</th>' for h in head)
    lines = []
    for colour, (first, *others) in zip(colours or repeat(""), rows):  # noqa: B905 (endless)
        cells = "".join(f"<td>{html.escape(text)}</td>" for text in others)
        lines.append(f"<tr><td>{_mark(colour)}{html.escape(first)}</td>{cells}</tr>")
    return (
        f'<div class="{html.escape(kind)}"><table><thead><tr>{heads}</tr></thead>'
        f"<tbody>{''.join(lines)}</tbody></table></div>"
    )


def _mark(colour: str) -> str:
    return f'<i style="background:{html.escape(colour)}"></i>' if colour else ""
