"""Pictures of the tutorial's figures at addresses of their own, made once for all visitors; the
small ones come with the program where they can (`figures.shipped`).

The page that shows them sends the addresses alone: the browser asks for what comes into view, keeps
what it has, and no run of a script waits for a picture. Many visitors who ask for one picture wait
for one computation, which has its fair turn at the server's worker like a visitor's. The server
loads this before it listens, hence what needs PyTorch is imported where it is used.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import Callable, Hashable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from functools import lru_cache
from typing import Any

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from initopt_core.cache import Crowded

from . import startup
from .compute import kept, key_of, results

FOLDER = "gallery"
"""Last part but one of the addresses."""
THEMES = ("light", "dark")
KINDS = {"webp": "image/webp", "svg": "image/svg+xml"}
SHAPES = {
    "wide": (1196, 540, "slide"),
    "beside": (884, 540, "slide"),
    "square": (966, 570, "slide"),
    "tall": (324, 460, "page"),
}
"""Name -> width, height and size of type of a figure that fills a window, as SVG: on a projector of
1280x720 alone and with a table beside it, on one of 1024x768, on a phone. No place in a window is
smaller, so that no letter is."""
LEAST = 50
"""Width of a panel down to which letters are large rather than panels wide, in pixels of the page,
which are larger on a slide."""
_FILLED = r"(<rect [^>]*fill=)"
KEEP_SECONDS = 3600
"""For which a browser shows what it has without asking."""
_pending: dict[Hashable, Future] = {}


def _client() -> str:
    """Whose turn it is at the worker: all that ask here are one."""
    return FOLDER


@lru_cache(maxsize=1)
def _waiters() -> ThreadPoolExecutor:
    """The thread that waits for the worker; one, since the worker makes one after the other."""
    return ThreadPoolExecutor(1, thread_name_prefix="initopt-gallery")


def address(name: str, theme: str, kind: str = "webp") -> str:
    """Of a figure's picture, relative to a page's: it holds below any path of the app.

    Args:
        kind: of `KINDS`; before it may stand one of `SHAPES`, such as "wide.svg".
    """
    from .dataset import get_dataset

    return f"{FOLDER}/{name}-{theme}.{kind}?of={get_dataset().source}"


def slide(name: str, theme: str, shape: str, dataset: Any) -> bytes:
    """The figure `name` without words around it, as SVG of one of `SHAPES`, on the page's paper.
    On a phone one with many panels side by side is wider, for a place that scrolls."""
    from initopt_core.figures import export, gallery
    from initopt_core.figures.fonts import embedded

    figure = replace(gallery.figure(name, dataset), alone=None)  # the page says what it shows
    if (room := figure.room) is not None:
        figure = replace(figure, room=replace(room, least=min(room.least, LEAST)))
    wide, high, text = SHAPES[shape]
    if shape == "tall" and figure.room is not None:
        wide = max(wide, figure.room.across(figure.room.least) + 40)
    options = export.ExportOptions(theme=theme, text=text)
    drawn = export.picture(figure, options, size=(wide, high)).svg
    paper = re.escape(f'"{options.colors["paper"]}"')
    return embedded(re.sub(_FILLED + paper, r'\1"none"', drawn)).encode()


def begin(function: Callable, *args: Hashable) -> Future:
    """Have `function(*args)` computed for all, without waiting; see `compute`."""
    key = key_of(function, args, {})
    found = _pending.get(key)
    if found is None:
        found = _waiters().submit(results().get, key, lambda: function(*args), _client)
        _pending[key] = found
        found.add_done_callback(lambda _: _pending.pop(key, None))
    return found


async def picture(request: Request) -> Response:
    """One picture, with a name by which the browser can ask whether it still holds."""
    wanted = _wanted(request.path_params["file"])
    if wanted is None:
        return PlainTextResponse("There is no such picture.\n", 404)
    if not startup.loaded():
        return PlainTextResponse("Loading.\n", 503, headers={"Retry-After": "2"})
    name, theme, kind, shape = wanted
    from initopt_core.figures import gallery, shipped

    from .dataset import get_dataset

    dataset = get_dataset()
    if name not in gallery.items(dataset):
        return PlainTextResponse("There is no such picture.\n", 404)
    make: Any = slide if shape else gallery.picture if kind == "webp" else gallery.large
    asked = (name, theme, *([shape] if shape else []), dataset)
    try:
        file = kept(make, *asked)
        if file is None and make is gallery.picture:
            file = await asyncio.to_thread(shipped.picture, name, theme)
        if file is None:
            file = await asyncio.shield(asyncio.wrap_future(begin(make, *asked)))
    except Crowded:
        return PlainTextResponse("Very many wait.\n", 503, headers={"Retry-After": "5"})
    tag = f'"{hashlib.blake2b(file, digest_size=8).hexdigest()}"'
    headers = {"cache-control": f"public, max-age={KEEP_SECONDS}", "etag": tag}
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    return Response(file, media_type=KINDS[kind], headers=headers)


def _wanted(file: str) -> tuple[str, str, str, str] | None:
    """Name, theme, kind and shape (or none) that a file's name says."""
    stem, _, kind = file.rpartition(".")
    name, _, look = stem.rpartition("-")
    theme, dot, shape = look.partition(".")
    fits = shape in SHAPES and kind == "svg" if dot else True
    return (name, theme, kind, shape) if kind in KINDS and theme in THEMES and fits else None


def routes() -> list[Route]:
    """For the app, beside `web.routes`; below any path, as the pages are."""
    return [Route(f"/{{below:path}}{FOLDER}/{{file}}", picture, methods=["GET"])]
