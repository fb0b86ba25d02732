"""The surface's canvas as one HTML file: it plays by double click, offline and inside an iframe.

The file holds the page's own modules and messages, compressed; `assets/web/offline/offline.js`
gives each module an address when it is opened. So nothing is built, and the file shows what the
page shows; only the start cannot be moved, since who computes the paths is not there.
"""

from __future__ import annotations

import base64
import gzip
import html
import json
from dataclasses import replace
from functools import lru_cache
from typing import Any

import numpy as np

from initopt_core.figures import modules, theme
from initopt_core.figures.export.options import ExportOptions
from initopt_core.figures.export.page import document, inert
from initopt_core.figures.export.restyle import in_print

from .picture import on_ground
from .scene import GridMessage, Scene, Showing, scene_message

FOLDER = "surface_canvas"
MAIN = f"{FOLDER}/surface_canvas.js"
SOLID = "vendor/three/OrbitControls.js"
"""What the third dimension needs; it imports the rest of the library."""
MOST = 1_000_000
"""Bytes of a scene, packed: longer races are rounded."""
_MARGINS, _TITLE = 24, 36
"""Height of a page's margins, and of a title's line; pixels."""
# Where the plots would lie below the surface: what is seen first fills the frame, and they are
# folded away below words and link.
_FOLDED = (
    "#more,label[for=more]{display:none}"
    "@media (min-width:641px) and (max-width:900px){"
    "#more{display:block;position:absolute;opacity:0}#more:focus-visible~label{outline:2px solid}"
    "label[for=more]{display:block;cursor:pointer;font-size:13px;text-decoration:underline}"
    "label[for=more]::before{content:'▸ '}#more:checked~label::before{content:'▾ '}"
    "body:not(:has(#more:checked)){display:flex;flex-direction:column;box-sizing:border-box;"
    "min-height:100vh}"
    "#more:not(:checked)~#part{flex:1 1 250px;display:flex;min-height:250px}"
    "#more:not(:checked)~#part .sc-root{grid-template-rows:minmax(0,1fr)}"
    "#more:not(:checked)~#part .sc-left{height:100%}"
    "#more:not(:checked)~#part :is(.sc-right,.sc-inspector){display:none}}"
)
_ONE_HEADING = ".sc-head>.sc-heading{display:none}"
"""Where the page's own heading names the surface."""
KEPT_BITS = 12
"""Of 23 in the fraction of a rounded number: four digits hold."""


def canvas_page(
    scene: Scene,
    grid: GridMessage,
    shown: Showing,
    options: ExportOptions = ExportOptions(),  # noqa: B008
) -> bytes:
    """A race on its surface, played in two and three dimensions, UTF-8; no request leaves it.

    Args:
        options: theme, letters, title, caption and source.
    """
    scene = replace(scene, head={**scene.head, **_drawn(scene, options)})
    message = scene_message(scene, grid, replace(shown, wish=1), key="page")
    told = message.partition(b"\n")[0].decode()
    packed = {"modules": _program(), "grid": _packed(grid.data), "scene": _packed(message)}
    if len(packed["scene"]) > MOST:
        packed["scene"] = _packed(_rounded(message))
    scripts = [
        *(f'<script type="text/plain" id="{k}">{data}</script>' for k, data in packed.items()),
        f'<script type="module">{inert((modules.WEB / "offline/offline.js").read_text())}</script>',
    ]
    large = options.text == "slide"
    if large:
        scripts.insert(0, '<script>document.documentElement.dataset.type = "large"</script>')
    return document(
        '<input type="checkbox" id="more">'
        f'<div id="part" class="{"st-key-type-large" * large}" data-messages="grid scene"></div>'
        f"<noscript>{html.escape(shown.alt)} The picture needs JavaScript.</noscript>",
        scripts,
        options,
        more='<label for="more">Losses, outcomes and steps</label>',
        name=shown.title,
        style=_style(options) + (_ONE_HEADING if shown.title in options.title else ""),
        letters=told + _letters(),
        allowed="blob:",  # where the modules are
    )


def _drawn(scene: Scene, options: ExportOptions) -> dict[str, Any]:
    """What of the scene's head another theme changes: in print paths have the picture's colours,
    and its dashes on the surface, too."""
    runs = scene.head["runs"]
    if options.theme != "print" or not runs:
        return {}
    looks = [(run["color"], run["dash"], run["shape"]) for run in runs]
    colors = in_print([color for color, *_ in looks])[0]
    drawn = zip(runs, colors, on_ground(looks), strict=True)
    return {
        "runs": [{**run, "color": color, "dash": dash} for run, color, (_, dash, _) in drawn],
        "printed": True,
    }


def _style(options: ExportOptions) -> str:
    """The canvas's own style and the names by which the app tells it its colours."""
    colors = options.colors
    named = {
        "font": theme.FONT,
        "text-color": colors["ink"],
        "background-color": colors["paper"],
        "border-color": colors["faint"],
        "secondary-background-color": "#2D2B27" if colors["dark"] else "#F8F8F7",
        "primary-color": "#77AADD" if colors["dark"] else "#4477AA",
    }
    told = "".join(f"--st-{name}:{value};" for name, value in named.items())
    own = (modules.WEB / FOLDER / "surface_canvas.css").read_text(encoding="utf-8")
    # Heading, key, surface and the playback's bar fill a low frame; all else is below them.
    around = _MARGINS + (_TITLE if options.title else 0)
    usual = "max(512px, calc(100vh - 208px))"
    fit = f"clamp(280px, min(calc(100vh - {around}px), {usual}), 896px)"
    fitted = (
        f".sc-root{{--fit:{fit}}}"
        ".sc-left,.sc-right{height:var(--fit)}"
        ".sc-stage{flex:1;height:auto;min-height:160px}"
        ".sc-head{flex-wrap:wrap;gap:0 .5rem}.sc-head>.sc-key{display:flex;order:1;flex:1 1 100%}"
        "@media (max-width:900px){.sc-right{height:auto}}"
        f"{_FOLDED}"
        "@media (max-width:640px){.sc-left{height:min(var(--fit),calc(96vw + 180px))}}"
    )
    return f":root{{{told}}}\n{own}\n{fitted}"


def _rounded(message: bytes) -> bytes:
    """The message with numbers that compress well, told apart by four digits."""
    head, _, floats = message.partition(b"\n")
    bits = np.frombuffer(floats, dtype="<u4")
    step = 1 << (23 - KEPT_BITS)
    half, mask = np.uint32(step // 2), np.uint32(2**32 - step)
    finite = np.isfinite(np.frombuffer(floats, dtype="<f4"))
    return b"".join([head, b"\n", np.where(finite, (bits + half) & mask, bits).tobytes()])


@lru_cache(maxsize=1)
def _program() -> str:
    told = {"main": MAIN, "modules": modules.modules(MAIN, SOLID)}
    return _packed(json.dumps(told, ensure_ascii=False).encode())


@lru_cache(maxsize=1)
def _letters() -> str:
    """All that the canvas may write."""
    return "".join(sorted({c for _, text in modules.modules(MAIN) for c in text}))


def _packed(data: bytes) -> str:
    """As base64 of gzip; the same each time."""
    return base64.b64encode(gzip.compress(data, mtime=0)).decode()
