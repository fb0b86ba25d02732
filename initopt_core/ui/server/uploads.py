"""How much uploaded files may lie in memory: of one page, and of all together.

Streamlit bounds each file and keeps it until its page closes; a browser can send any number.
"""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Iterator
from typing import Any

from starlette.responses import PlainTextResponse, Response
from streamlit.runtime import Runtime

from initopt_core.wording import megabytes

from . import operation

PATH = "/_stcore/upload_file/"
OF_ONE, OF_ALL = 128 * 10**6, 512 * 10**6
"""Bytes: two and eight times what the runs of one upload may have."""
LARGEST = 64 * 2**20
"""Bytes of one file, as `.streamlit/config.toml` bounds it."""
_coming: Counter[str] = Counter()
"""Of each page: what is being received."""


async def bounded(app: Any, scope: Any, receive: Any, send: Any) -> None:
    """Ask `app`, unless a file comes for which there is no room."""
    page, size = page_of(scope), size_of(scope)
    if not page:
        return await app(scope, receive, send)
    if answer := refusal(page, size):
        operation.REFUSED.labels("uploads").inc()
        return await answer(scope, receive, send)
    with receiving(page, size):
        await app(scope, receive, send)


def page_of(scope: Any) -> str:
    """The page (Streamlit's session) for which a file comes; empty for any other request."""
    if scope["method"] not in ("PUT", "POST") or not scope["path"].startswith(PATH):
        return ""
    return scope["path"].removeprefix(PATH).partition("/")[0]


def refusal(page: str, size: int) -> Response | None:
    """The answer to a file of `size` bytes for which there is no room; None where there is."""
    kept = {name: _bytes(files) for name, files in _stored().items()}
    if kept.get(page, 0) + _coming[page] + size > OF_ONE:
        most = f"at most {megabytes(OF_ONE)} of one page"
        return PlainTextResponse(f"Too much was uploaded, {most}: remove some files first.\n", 413)
    if sum(kept.values()) + _coming.total() + size > OF_ALL:
        return PlainTextResponse(
            "Many upload at present; try again in some minutes.\n", 503, {"Retry-After": "120"}
        )
    return None


@contextlib.contextmanager
def receiving(page: str, size: int) -> Iterator[None]:
    """While a file comes, its bytes count."""
    _coming[page] += size
    try:
        yield
    finally:
        _coming[page] -= size
        if not _coming[page]:
            del _coming[page]


def size_of(scope: Any) -> int:
    """Bytes that a request says it has; the most that one file may have where it says nothing."""
    said = dict(scope["headers"]).get(b"content-length", b"")
    return int(said) if said.isdigit() and len(said) < 16 else LARGEST


def _stored() -> dict[str, dict[str, Any]]:
    """Files by page; the manager is not a public one, and without it nothing is refused."""
    try:
        return dict(Runtime.instance().uploaded_file_mgr.file_storage)  # pyright: ignore[reportAttributeAccessIssue]
    except (AttributeError, RuntimeError):
        return {}


def _bytes(files: dict[str, Any]) -> int:
    return sum(len(one.data) for one in list(files.values()))
