"""A chart as one HTML file that works by double click, offline and inside an iframe."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from initopt_core.figures import theme
from initopt_core.figures.figure import Figure
from initopt_core.figures.fonts import converter, faces
from initopt_core.figures.room import COLUMNS, SIDE, Room
from initopt_core.paths import ASSETS

from .lettering import unbroken
from .options import ExportOptions
from .restyle import restyled

RUNTIME = ASSETS / "web" / "vendor" / "vega" / "vega.min.js"
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data: blob:; font-src data:; "
_POLICY += "script-src 'unsafe-inline' "
"""No request can leave the page."""


LAYOUT = ASSETS / "web" / "live_chart" / "layout.js"
"""The layout of a figure in a place, as the page has it."""
_SMALLEST = 11
"""Height of letters in pixels to which a chart without a room shrinks in a narrow frame, once its
panels stand below one another as far as they can, before it scrolls."""
_TITLE = 18
"""Height of a title's line in a chart, in pixels."""
_NARROW = 140
"""The least side of a square panel beside others, in pixels: rather fewer stand in a row."""
_LEAST, _LOWEST = 90, 52
"""The least width and height of a panel in pixels; in a smaller frame it scrolls."""
_UPRIGHT = 0.75
"""The greatest height of a panel over its width, where it is lower in a picture."""
_SCALED = """view => {
const chart = document.querySelector('#chart'), whole = SIDE;
const size = (name) => +chart.firstElementChild.getAttribute(name);
const wide = () => size('width');
const show = (name, value) => view.signal(name, value).resize().runAsync();
const fit = async () => {
  let side = whole, columns = COLUMNS;
  const shrink = async (excess, least) => {
    for (; excess() > 0 && side > least; await show('plot_side', side))
      side = Math.max(least, side - Math.ceil(excess() / COLUMNS));
  };
  for (; columns > 0; columns--) {
    if (COLUMNS > 1) await show('plot_columns', columns);
    if (whole) await show('plot_side', side = whole);
    if (whole) await shrink(() => wide() - chart.clientWidth, NARROW);
    if (wide() <= chart.clientWidth) break;
  }
  if (whole && columns === COLUMNS) {
    const [all, drawn] = [document.body, chart.firstElementChild].map(
      (e) => e.getBoundingClientRect().height);
    const free = document.documentElement.clientHeight - (all - drawn);
    await shrink(() => size('height') - free, LEAST);
  }
  const svg = chart.firstElementChild, texts = [...svg.querySelectorAll('text')];
  const letters = Math.min(...texts.map(text => parseFloat(getComputedStyle(text).fontSize)));
  const least = Math.min(1, SMALLEST / letters);
  svg.style.cssText = `width:clamp(${least * wide()}px,100%,${wide()}px);height:auto`;
};
addEventListener('resize', fit);
return fit().then(fit);
}"""
# Panels get narrower and lower, letters stay as large.
_FITTED = """view => {
const room = ROOM, chart = document.querySelector('#chart'), svg = chart.querySelector('svg');
const fit = async () => {
  const { body, documentElement: root } = document, high = (e) => e.getBoundingClientRect().height;
  const free = root.clientHeight - (high(body) - high(svg)) - TITLE;
  const it = layout(room, chart.clientWidth, 1, 0, free, true), { padding } = it;
  const wide = Math.min(room.width, it.panel);
  const tall = Math.min(Math.max(room.height, UPRIGHT * wide), it.tall);
  view.signal('plot_width', wide).signal('plot_height', tall).signal('legend_columns', it.legend)
    .width(it.width - padding.left - padding.right - room.columns * (it.panel - wide))
    .height(it.height - padding.top - padding.bottom - room.rows * (it.tall - tall))
    .padding({ ...padding, top: padding.top + TITLE });
  await view.runAsync();
  svg.style.width = `${svg.getAttribute('width')}px`;
};
addEventListener('resize', fit);
return fit().then(fit);
}"""
"""A bar along the frame's lower edge comes and goes with the size: hence twice."""


def chart_page(figure: Figure, options: ExportOptions = ExportOptions()) -> bytes:  # noqa: B008
    """The figure with its hover and the Vega runtime in it, UTF-8; no request leaves it.

    Args:
        options: theme, title, caption and source; a figure with a room is as wide as asked for.
    """
    figure = figure.alone() if figure.alone else figure
    vega = converter().vegalite_to_vega(restyled(figure.spec(), options))
    theme.write_tooltips(vega)
    program = RUNTIME.read_text(encoding="utf-8")
    if figure.room is None:
        values = {"COLUMNS": _foldable(vega), "SMALLEST": _SMALLEST, "SIDE": _squared(vega)}
        fitted = _with(_SCALED, **values, NARROW=_NARROW, LEAST=_LEAST)
    else:
        vega = _laid_out(vega, figure.room)
        fitted = _fitted(figure.room, "title" in vega)
        program += "\n" + LAYOUT.read_text(encoding="utf-8").replace("export ", "")
    definition = inert(json.dumps(vega, separators=(",", ":"), ensure_ascii=False))
    alt = html.escape(figure.alt, quote=True)
    scripts = [
        f"<script>{inert(program)}</script>",
        f'<script type="application/json" id="definition">{definition}</script>',
        "<script>document.fonts.ready.then(() => new vega.View(vega.parse(JSON.parse("
        "document.getElementById('definition').textContent)), {container: '#chart', "
        f"renderer: 'svg', hover: true}}).runAsync()).then({fitted});</script>",
    ]
    return document(
        f'<div id="chart" role="img" aria-label="{alt}"></div>',
        scripts,
        options,
        name=figure.name,
        style="#chart{overflow-x:auto}svg{display:block}",
        letters=definition,
        allowed="'unsafe-eval'",  # Vega compiles its expressions
    )


def document(
    body: str,
    scripts: Sequence[str],
    options: ExportOptions,
    *,
    name: str,
    style: str,
    letters: str,
    allowed: str,
    more: str = "",
) -> bytes:
    """A page from which no request leaves: title, body, caption and source, then scripts.

    Args:
        body, scripts: HTML elements.
        name: the window's title where the options have none.
        style: more CSS.
        letters: those that body and scripts show are in the page's font.
        more: HTML below the words.
        allowed: from where else scripts may come.
    """
    words = (("h1", options.title), ("p", options.caption), ("footer", options.source))
    parts = [f"<{tag}>{html.escape(unbroken(text))}</{tag}>" for tag, text in words if text]
    head = parts[:1] if options.title else []
    used = "".join(sorted({c for c in letters + "".join(parts) if c.isprintable()}))
    colors = options.colors
    style = (
        f"{faces(used)}body{{margin:0;padding:12px 16px;font-family:{theme.FONT};"
        f"color:{colors['ink']};background:{colors['paper']}}}footer{{font-size:80%}}"
        "h1,p,footer{overflow-wrap:anywhere}"  # a link is one long word
        "p{margin:8px 0;font-size:15px}h1{margin:0 0 8px;font-size:20px;line-height:1.4}"
        # In a low frame the words leave room to the figure.
        "@media (max-height:600px){body{padding:8px 16px}p{margin:4px 0;font-size:13px}"
        "h1{margin:0 0 4px;font-size:17px}}"
        f"{style}"
    )
    return "\n".join([
        '<!doctype html><html lang="en"><head><meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}{allowed}">',
        '<meta name="viewport" content="width=device-width">',
        f"<title>{html.escape(options.title or name)}</title><style>{style}</style></head>",
        f"<body>{''.join(head)}",
        body,
        "".join(parts[len(head):]) + more,
        *scripts,
        "</body></html>",
    ]).encode()  # fmt: skip


def _laid_out(vega: dict[str, Any], room: Room) -> dict[str, Any]:
    """The compiled definition at the room's own size, with a line more for a title."""
    plots = room.rows * room.height + (room.rows - 1) * room.row_gap
    vega = room.fitted(vega)
    vega["width"] = room.across(room.width) - room.left - room.right
    vega["height"] = plots
    title = _TITLE if "title" in vega else 0
    vega["padding"]["top"] = room.down(room.width) - room.bottom - plots + title
    return vega


def _foldable(part: Any) -> int:
    """How many panels of a compiled definition stand side by side; it is changed in place, so that
    the signal `COLUMNS` says how many do, and how many entries of a legend."""
    most = 1

    def fold(holder: dict[str, Any]) -> None:
        nonlocal most
        columns = holder.get("columns")
        if isinstance(columns, int) and columns > 1:
            most = max(most, columns)
            holder["columns"] = {"signal": f"min({columns}, {COLUMNS})"}

    def walk(group: dict[str, Any]) -> None:
        fold(group.get("layout", {}))
        for inner in group.get("marks", []):
            walk(inner)
        for legend in group.get("legends", []):
            fold(legend)

    walk(part)
    if most > 1:
        part.setdefault("signals", []).append({"name": COLUMNS, "value": most})
    return most


def _squared(vega: dict[str, Any]) -> int:
    """Side of the panels, bound to its signal in place; 0 where they have none."""
    signals = {one["name"]: one for one in vega.get("signals", [])}
    side = signals.get(SIDE, {}).get("value", 0)
    for name in [name for name in signals if name.endswith("childWidth")]:
        both = signals[name], signals.get(name.replace("Width", "Height"), {})
        if side and all(one.get("value") == side for one in both):
            for one in both:
                del one["value"]
                one["update"] = SIDE
    return side


def _with(program: str, **values: float | str) -> str:
    """The program with these values in place of their names."""
    names = re.compile(rf"\b({'|'.join(values)})\b")
    return names.sub(lambda found: str(values[found[1]]), program)


def _fitted(room: Room, titled: bool) -> str:
    """What lays the chart out in its frame, never wider than in a picture; a panel that is low
    there may be as high as a frame of usual shape has room for."""
    least, lowest = min(_LEAST, room.least), min(_LOWEST, room.height)
    flat = replace(room, stack=0, screen=1.0, least=least, lowest=lowest)
    title = _TITLE if titled else 0
    return _with(_FITTED, TITLE=title, UPRIGHT=_UPRIGHT, ROOM=json.dumps(flat.message()))


def inert(text: str) -> str:
    """Text that cannot end the script element in which it stands."""
    return re.sub(r"</(?=script)", r"<\\/", text, flags=re.IGNORECASE)
