"""What the page Course figures says in words and markup."""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence

from initopt_core.figures.export import THEMES
from initopt_core.figures.export.printed import agreement
from initopt_core.figures.gallery import HIGH, WIDE
from initopt_core.figures.tutorial import HOME, SEEDS, Item, Number
from initopt_core.ui.server import gallery
from initopt_core.ui.tables import html_table
from initopt_core.wording import many, number

SECTIONS = {
    HOME: "The data",
    "initialization": "Initialization",
    "training": "Training",
    "loss_surfaces": "Loss surfaces",
}
"""Page -> what stands above the figures that it shows."""


def sections(found: Iterable[Item]) -> dict[str, list[Item]]:
    """The figures under the pages that show them, both in the tutorial's order."""
    out: dict[str, list[Item]] = {}
    for item in found:
        out.setdefault(item.page, []).append(item)
    return out


def card(item: Item, theme: str) -> str:
    """Markup of a card: a picture that comes later into a frame of its size, title and caption.

    The picture leads to the figure as large as the window, in a tab of its own.
    """
    title, shown = html.escape(item.title), html.escape(item.shown)
    picture = html.escape(gallery.address(item.name, theme, "webp"))
    large = html.escape(gallery.address(item.name, theme, "svg"))
    paper = html.escape(THEMES[theme]["paper"])
    return (
        f'<a class="course-frame" href="{large}" target="_blank" rel="noopener" '
        f'style="background:{paper}" aria-label="{title}, large, in a new tab">'
        f'<img src="{picture}" alt="{title}" width="{WIDE}" height="{HIGH}" loading="lazy"></a>'
        f"<h3>{title}</h3><p>{html.escape(item.caption)}</p><p>{shown}</p>"
    )


def above_table(found: Sequence[Number]) -> str:
    """What the table says as a whole."""
    digits, drawn = agreement(found), f"×/÷ 1.2 for numbers that {SEEDS} seeds change by a fifth"
    agrees = (
        ""
        if digits is None
        else (f"What is not drawn at random agrees to {many(digits, 'significant digit')}. ")
    )
    return (
        f"{agrees}A random number is one draw beside another: the spread says how far draws "
        f"usually lie from their middle (such as {drawn}), and two draws differ by about 1.4 times "
        "as much. Layers of one figure share one draw of all weights and one batch of images, so "
        "neighbours tend to be off together."
    )


def table(found: Iterable[Number]) -> str:
    """Markup of the printed numbers beside ours."""
    head = ("number", "printed", "ours", "deviation", f"spread of {SEEDS} seeds", "meaning")
    return html_table(
        head, [row(one) for one in found], kind="initopt-table course-numbers", wide=True
    )


def row(one: Number) -> tuple[str, ...]:
    """A line of the table: name, printed, ours, deviation, spread over seeds, meaning."""
    deviation = number(100 * one.deviation if one.is_share else one.deviation, 2)
    unit = f" {one.unit}" if one.unit else ""
    told = f"{number(one.spread, 2)}{unit}" if one.spread else "–"
    spread = one.shortest if one.factor else told
    if one.relative_spread is not None:
        spread += f", {number(100 * one.relative_spread, 2)} % of ours"
    given = f"{one.write(one.printed)}{unit}", f"{one.write(one.ours)}{unit}"
    far = f"{deviation}{' points' if one.is_share else unit}"
    return one.name, *given, far, spread, one.meaning


def app_address(url: str | None) -> str:
    """The address of the app, from that of this page as the visitor's browser has it."""
    return (url or "").split("?")[0].split("#")[0].rstrip("/").removesuffix("/course")
