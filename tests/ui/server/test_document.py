"""The style comes with the document, and with nothing else."""

from __future__ import annotations

import re

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import HTMLResponse, PlainTextResponse, StreamingResponse
from starlette.routing import Route

from initopt_core.ui.server import document
from initopt_core.ui.server.web import is_document
from tests.support.asgi import ask

PAGE = "<!doctype html><html><body><div id='root'></div></body></html>"


def got(endpoint, path="/", sidebars=("training",)):
    """Status, headers and text of the answer to a browser that takes compressed ones."""
    inside = Middleware(document.Document, is_document=is_document, sidebars=sidebars)
    routes = [Route("/{path:path}", endpoint)]
    app = Starlette(routes=routes, middleware=[inside, Middleware(GZipMiddleware, 10)])
    status, headers, body = ask(app, path, headers=[("accept-encoding", "gzip")])
    return status, headers, body.decode()


def test_it_stands_at_the_end_of_the_body():
    _, headers, text = got(lambda _: HTMLResponse(PAGE, headers={"etag": '"1"'}))
    before, end = PAGE.split("</body>")
    assert text.startswith(before) and text.endswith(f"</body>{end}")
    assert all(sheet.read_text(encoding="utf-8") in text for sheet in document.STYLES)
    assert int(headers["content-length"]) == len(text.encode())
    assert "etag" not in headers and "content-encoding" not in headers


@pytest.mark.parametrize(
    ("path", "kept"), [("/training", True), ("/base/training/", True), ("/", False), ("/x", False)]
)
def test_a_sidebars_place_is_kept_where_there_is_one(path, kept):
    text = got(lambda _: HTMLResponse(PAGE), path)[2]
    assert ("margin-left: 300px" in text) is kept


def test_a_body_in_pieces_is_one():
    async def pieces():
        for part in (PAGE[:50], PAGE[50:53], PAGE[53:]):
            yield part

    text = got(lambda _: StreamingResponse(pieces(), media_type="text/html"))[2]
    assert re.sub(r"<(style|script)>.*</\1>\n?", "", text, flags=re.DOTALL) == PAGE


def test_a_body_without_end_passes(monkeypatch):
    monkeypatch.setattr(document, "MAX_BYTES", 100)

    async def pieces():
        for _ in range(50):
            yield "0123456789"

    text = got(lambda _: StreamingResponse(pieces(), media_type="text/html"))[2]
    assert text == "0123456789" * 50


@pytest.mark.parametrize(
    ("path", "answer"),
    [
        ("/app.js", HTMLResponse(PAGE)),
        ("/_stcore/health", HTMLResponse(PAGE)),
        ("/", PlainTextResponse(PAGE)),
        ("/", HTMLResponse(PAGE, 503)),
    ],
)
def test_the_rest_is_left_alone(path, answer):
    app = document.Document(answer, is_document, ())
    assert ask(app, path)[2].decode() == PAGE
