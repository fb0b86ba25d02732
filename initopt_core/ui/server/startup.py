"""What the server loads before its first visitor asks: libraries, images, the first picture.

Streamlit runs a script only for a visitor. `lifespan` is called when the server begins to listen,
so that PyTorch loads in a thread while the browser is still fetching the frame of the page.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import importlib
import logging
import threading
import time
from collections.abc import AsyncIterator, Callable
from typing import Any

import streamlit as st

from initopt_core.registry import SettingError
from initopt_core.settings import refuse_to_start, server_settings

from . import courtesy, farewell, logs, memory, operation, watchdog

FIRST = "initopt_core.ui.initialization.page"
PICTURE = "initopt_core.ui.initialization.first"
AT_ONCE = ("numpy", "PIL.Image")
"""What Streamlit needs for the page's icon: a script must not wait for PyTorch to import it."""
LATER = (
    "initopt_core.ui.home",
    "initopt_core.ui.loss_surfaces.page",
    "initopt_core.ui.training.controls",
    "initopt_core.ui.training.watch",
    "initopt_core.ui.course.page",
)
PATIENCE_SECONDS = 120
COURTESY_SECONDS = 10
GRACE_SECONDS = 20
"""That an epoch in training has to come to its end after a stop signal."""
_imported = threading.Event()
_awaited = threading.Event()
_log = logging.getLogger("initopt.server")
_lock = threading.Lock()
_thread: threading.Thread | None = None


@contextlib.asynccontextmanager
async def lifespan(_: Any) -> AsyncIterator[None]:
    """Of the server: begin to load when it starts; at its end, keep what trains."""
    begin()
    farewell.listen()
    watched = watchdog.watching() if server_settings().hosted else contextlib.nullcontext()
    async with watched, memory.returning():
        yield
    if service := operation.training():
        await asyncio.to_thread(service.close, GRACE_SECONDS, at_epoch=True)


def check() -> None:
    """Begin the log, in the form that the settings name; with settings that no server should start
    with it ends here, in a line for each."""
    try:
        refuse_to_start()
        logs.begin()
    except SettingError as problem:
        more = "Not started; python -m initopt_core doctor tells more."
        raise SystemExit(f"{problem}\n{more}") from None
    if not server_settings().hosted:
        _log.info(
            "whoever reaches this server may change everything on it; where strangers do, set "
            "INITOPT_HOSTED=1"
        )


def begin() -> None:
    """Load in the background; cheap when repeated."""
    global _thread
    with _lock:
        if _thread is None:
            _one_app()
            _thread = threading.Thread(target=_load, name="initopt-startup", daemon=True)
            _thread.start()


def wait(title: str, first: Callable[[], bool] | None = None) -> None:
    """Until the libraries are there.

    Args:
        title: of the page, which stands there meanwhile with a word on it.
        first: draws something better, if it can and says so; the page is run again afterwards.
    """
    place = st.empty()
    if _imported.is_set():
        return
    if first is not None and first():
        _awaited.set()
        _imported.wait(PATIENCE_SECONDS)
        st.rerun()  # a run may mount an element only once
    with place.container():
        st.title(title, anchor=False)
        st.caption(":material/hourglass_top: Loading PyTorch and the images, once a start …")
    _awaited.set()
    _imported.wait(PATIENCE_SECONDS)
    place.empty()


def loaded() -> bool:
    """Whether PyTorch and the pages' modules are there."""
    return _imported.is_set()


def _one_app() -> None:
    """A folder named pages means the older kind of multipage app until `st.navigation` has been
    called: the first visitor who comes by a deep link would get the page's file alone."""
    from streamlit.runtime.pages_manager import PagesManager

    if hasattr(PagesManager, "uses_pages_directory"):
        PagesManager.uses_pages_directory = False


def _first_asked() -> bool:
    """Whether a browser is fetching the frame, or the script that draws the first picture runs."""
    script = not _awaited.is_set() and operation.LOAD.waiting()[0] > 0
    return script or courtesy.REQUESTS.busy()


def _give_way() -> None:
    """Until the first visitor has his page: what nobody has asked for would only slow it down."""
    until = time.monotonic() + COURTESY_SECONDS
    while operation.LOAD.waiting()[0] and time.monotonic() < until:
        time.sleep(0.05)


def _warm_up() -> None:
    """The chart compiler's first call takes half a second, which PyTorch leaves it."""
    with contextlib.suppress(Exception):
        from initopt_core.figures import fonts

        fonts.warm_up()


def _read_images() -> None:
    """Unpacking and checking them leaves the interpreter to the imports beside it."""
    with contextlib.suppress(Exception):
        from . import dataset

        dataset.data_service()


def _aside(work: Callable[[], None]) -> None:
    threading.Thread(target=work, name=f"initopt{work.__name__}", daemon=True).start()


def _picture() -> bool:
    """Put the first picture in its place; whether it is an earlier start's."""
    with contextlib.suppress(Exception):
        for name in AT_ONCE:
            importlib.import_module(name)
        return importlib.import_module(PICTURE).ready()
    return False


def _load() -> None:
    """Everything here is loaded anyway by who asks for it: a failure is told there."""
    if not _picture():  # then charts have to be compiled
        _aside(_warm_up)
    try:
        with courtesy.giving_way(_first_asked):
            importlib.import_module("torch")
            _aside(_read_images)
            page = importlib.import_module(FIRST)
    except Exception:
        logging.getLogger(__name__).exception("loading ahead failed")
        return
    finally:
        _imported.set()
    with contextlib.suppress(Exception):
        page.prepare()
    _give_way()
    for name in LATER:
        with contextlib.suppress(Exception):
            importlib.import_module(name)
    # What has been imported stays: the collector need not walk it again and again.
    gc.collect()
    gc.freeze()
    gc.set_threshold(*memory.OFTEN)
    with contextlib.suppress(Exception):
        from initopt_core.ui.components import live_chart  # it brings Altair

        live_chart.register()
