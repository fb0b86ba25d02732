"""Browser parts of the app: served as files from `assets/`, inline only where that fails.

Streamlit serves component files of *installed* packages. This app is run in place, so the folder
is registered with the component manager by hand: a script served as a file is loaded once, an
inline one is sent again at every rerun (half a megabyte, here). The manager is not a public
interface; `tests/ui/components/test_assets.py` fails when an upgrade changes it, and the app then
falls back to inline scripts by itself.
"""

from __future__ import annotations

import atexit
import json
import logging
import os
import shutil
import tempfile
import threading
import weakref
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from streamlit.components import v2 as components
from streamlit.runtime import Runtime

from initopt_core.figures.modules import WEB, modules
from initopt_core.paths import ASSETS

PACKAGE = "initopt"
SPECS = "specs"
"""Component under which compiled chart definitions are served."""

_log = logging.getLogger(__name__)
_lock = threading.RLock()
_renderers: weakref.WeakKeyDictionary[Any, dict[str, Callable]] = weakref.WeakKeyDictionary()
_roots: weakref.WeakKeyDictionary[Any, set[str]] = weakref.WeakKeyDictionary()
_specs_dir: Path | None = None


def specs_dir() -> Path:
    """This process's own folder of compiled definitions; gone when the process ends."""
    global _specs_dir
    with _lock:
        if _specs_dir is None or not _specs_dir.is_dir():
            root = Path(tempfile.mkdtemp(prefix="initopt-specs-"))
            atexit.register(shutil.rmtree, root, ignore_errors=True)
            _specs_dir = root / SPECS
            _specs_dir.mkdir()
        return _specs_dir


def _manager() -> Any:
    from streamlit.components.v2.get_bidi_component_manager import get_bidi_component_manager

    return get_bidi_component_manager()


def _add_root(name: str, package_root: Path, folder: str) -> None:
    """Let Streamlit serve `package_root/folder` under the component `initopt.name`."""
    from streamlit.components.v2.manifest_scanner import ComponentConfig, ComponentManifest

    manager = _manager()
    known = _roots.setdefault(manager, set())
    if name in known:
        return
    manifest = ComponentManifest(
        name=PACKAGE, version="1", components=[ComponentConfig(name=name, asset_dir=folder)]
    )
    manager.register_from_manifest(manifest, package_root)
    known.add(name)


def may_serve() -> bool:
    """Whether there is a server, and it was not asked to send everything inline."""
    return os.environ.get("INITOPT_INLINE_ASSETS") != "1" and Runtime.exists()


def served() -> bool:
    """Whether files can be served: False when asked not to, or when Streamlit has changed."""
    if not may_serve():
        return False
    try:
        with _lock:
            _add_root(SPECS, specs_dir().parent, SPECS)
    except Exception as error:  # any change of a private interface ends here, never on the page
        _log.warning("component files cannot be served, scripts go inline: %s", error)
        return False
    return True


# A script that is a file costs a new <script> element at every rerun, whose load event comes up
# to 20 ms later. This inline stub is small enough to be sent each time and is loaded once; it finds
# the file beside the style sheet, whose address Streamlit has already worked out.
_STUB = """
let ready;
export default async function (component) {
  const beside = component.parentElement.querySelector("link[rel=stylesheet]").href;
  ready ??= import(new URL("SCRIPT", beside).href);
  try {
    return (await ready).default(component);
  } catch (error) {
    ready = undefined;
    throw error;
  }
}
"""


def component(name: str, scripts: Sequence[str], *, css: str) -> Callable:
    """The mounting function of a component whose files lie in `assets/web`.

    Args:
        name: short name, unique in the app.
        scripts: paths below `assets/web`; the last is the module with the default export, which
            imports what it needs. Those before it are no modules; they are put in front of it
            only when scripts have to go inline (as served files, the module loads them itself).
        css: path below `assets/web`, in the same folder as the last script.

    Returns:
        What `st.components.v2.component` returns. Made once for each running server.
    """
    full = f"{PACKAGE}.{name}"
    with _lock:
        mine = _renderers.setdefault(_manager(), {})
        if name not in mine:
            if served():
                _add_root(name, ASSETS, WEB.name)
                js, style = _STUB.replace("SCRIPT", Path(scripts[-1]).name), css
            else:
                js = _inline(scripts)
                style = (WEB / css).read_text(encoding="utf-8") + "\n"
            mine[name] = components.component(full, js=js, css=style, isolate_styles=False)
        return mine[name]


_LOADER = """
const urls = {};
for (const [path, text] of MODULES) {
  const linked = text.replace(/"@@(.+?)@@"/g, (_, other) => JSON.stringify(urls[other]));
  urls[path] = URL.createObjectURL(new Blob([linked], { type: "text/javascript" }));
}
const ready = import(urls["MAIN"]);
export default async (component) => (await ready).default(component);
"""


def _inline(scripts: Sequence[str]) -> str:
    """One script that needs no files: classic parts in front, the modules as blobs."""
    *classic, main = scripts
    # In a block each: every part may have names of its own.
    front = "".join(f"{{\n{(WEB / s).read_text(encoding='utf-8')}\n}}\n" for s in classic)
    texts = json.dumps(modules(main), ensure_ascii=False)
    return front + _LOADER.replace("MAIN", main).replace("MODULES", texts)
