"""The page's first document: our style comes with it, so that nothing moves when the rest arrives.

Streamlit sends one document for every page; what a script says of margins, widths and the sidebar
comes a second later, and everything drawn until then would jump.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import lru_cache
from typing import Any

from initopt_core.paths import ASSETS

PARTS = ("page", "lecture", "slides", "embed")
STYLES = [ASSETS / "web" / "shared" / f"{name}.css" for name in PARTS]
MAX_BYTES = 1_000_000
"""A longer answer is no document of ours and passes as it is."""
_HALL = """<script>
// Lecture mode, or a frame of another page: what is tucked away there is never seen. Large type.
{
  const said = document.documentElement.dataset, asked = new URLSearchParams(location.search);
  for (const name of ["lecture", "scene"]) if (asked.get(name)) said[name] = asked.get(name);
  // As Streamlit reads it, whose half of it the server asks for: in any letters, and "true" alone.
  const framed = [...asked].some(([name, value]) => /^embed$/i.test(name) && /^true$/i.test(value));
  if (framed) said.embed = asked.get("controls") === "none" ? "none" : "few";
  if (asked.get("type") === "large") said.type = "large";
  if (said.scene) said.covered = "wait"; // until the page knows whether there is something to guess
}
</script>
"""
_SIDEBAR = """<style id="initopt-first">
@media (min-width: 768px) {
  html:not([data-lecture], [data-embed])
    [data-testid="stAppViewContainer"]:not(:has([data-testid="stSidebar"]))
    > div:has([data-testid="stMain"]) { margin-left: 300px; }
  html[data-type="large"]:not([data-lecture], [data-embed])
    [data-testid="stAppViewContainer"]:not(:has([data-testid="stSidebar"]))
    > div:has([data-testid="stMain"]) { margin-left: max(300px, 18.8rem); }
}
/* The picture comes before the head line above it. Room within the block: the block itself must not
   move when the head comes. */
html:not([data-lecture], [data-embed]) [data-testid="stMain"]:not(:has(.st-key-page-head))
  [data-testid="stMainBlockContainer"] > [data-testid="stVerticalBlock"] { padding-top: 3.5rem; }
</style>
<script>
// Of use until both are there, or a page that has neither; then it would cost every change time.
new MutationObserver((_, observer) => {
  const there = (what) => document.querySelector(what);
  const both = there('[data-testid="stSidebar"]') && there(".st-key-page-head");
  if (!both && !there('[class*="st-key-card-"], [class*="st-key-course-"]')) return;
  there("#initopt-first").remove();
  observer.disconnect();
}).observe(document.body, { childList: true, subtree: true });
</script>
"""


@lru_cache(maxsize=2)
def addition(sidebar: bool) -> bytes:
    """What stands at the end of the document's body; it keeps a sidebar's place if there is one."""
    style = "".join(path.read_text(encoding="utf-8") for path in STYLES)
    return f"<style>\n{style}</style>\n{_HALL}{_SIDEBAR if sidebar else ''}".encode()


class Document:
    """ASGI middleware that adds the style to every document.

    Args:
        app: What answers.
        is_document: Whether a request asks for a page and not for one of its parts.
        sidebars: Last parts of the paths whose pages have a sidebar.
    """

    def __init__(
        self, app: Any, is_document: Callable[[Any], bool], sidebars: Collection[str]
    ) -> None:
        self.app, self._is_document, self._sidebars = app, is_document, frozenset(sidebars)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http" or not self._is_document(scope):
            return await self.app(scope, receive, send)
        # Neither compressed nor answered by "not modified": four kilobytes, once a visit.
        unwanted = (b"accept-encoding", b"if-none-match", b"if-modified-since", b"range")
        headers = [(n, v) for n, v in scope["headers"] if n.lower() not in unwanted]
        name = scope["path"].rstrip("/").rsplit("/", 1)[-1]
        added = addition(name in self._sidebars)
        start: Any = None
        body = b""

        async def changed(message: Any) -> None:
            nonlocal start, body
            if message["type"] == "http.response.start" and _is_html(message):
                start = message
            elif start is None:
                await send(message)
            else:
                body += message.get("body", b"")
                if not message.get("more_body") or len(body) > MAX_BYTES:
                    body = body.replace(b"</body>", added + b"</body>", 1)
                    await send(_with_length(start, len(body), bool(message.get("more_body"))))
                    await send({**message, "body": body})
                    start = None

        await self.app({**scope, "headers": headers}, receive, changed)


def _is_html(message: Any) -> bool:
    found = {name.lower(): value for name, value in message.get("headers", [])}
    return message["status"] == 200 and found.get(b"content-type", b"").startswith(b"text/html")


def _with_length(start: Any, length: int, unknown: bool) -> Any:
    old = (b"content-length", b"etag", b"last-modified", b"accept-ranges")
    headers = [(n, v) for n, v in start.get("headers", []) if n.lower() not in old]
    if not unknown:
        headers.append((b"content-length", str(length).encode()))
    return {**start, "headers": headers}
