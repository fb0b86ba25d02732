"""What stands before the pages: security headers, limits, the visitor's cookie, and our routes.

All of it runs on the event loop and reads memory only, so that none of it waits for a script.
"""

from __future__ import annotations

import asyncio
import html
import itertools
import logging
import math
from collections.abc import Collection
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import parse_qs

from starlette.middleware import Middleware
from starlette.requests import Request, cookie_parser
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from initopt_core.settings import ServerSettings, server_settings

from . import courtesy, identity, operation, share, startup, uploads
from .document import Document
from .limiter import Bucket, Limiter

MAX_FORM_BYTES = 4096
SMALL_MESSAGE = 200
"""Bytes; the message that ends an answer is shorter."""
FREE = ("/healthz", "/readyz")
_log = logging.getLogger("initopt.web")
_sockets = itertools.count()


# -- headers ---------------------------------------------------------------------------------
def security_headers(settings: ServerSettings) -> dict[str, str]:
    """What browsers are told of every answer.

    Streamlit's pages have style and script elements of their own, its components load by blob
    addresses, and Vega compiles expressions; nothing is loaded from elsewhere.
    """
    policy = {
        "default-src": "'self'",
        "script-src": "'self' 'unsafe-inline' 'unsafe-eval' blob:",
        "style-src": "'self' 'unsafe-inline'",
        "img-src": "'self' data: blob:",
        "font-src": "'self' data:",
        "media-src": "'self' data: blob:",
        "connect-src": "'self' data: blob:",
        "worker-src": "'self' blob:",
        "frame-src": "'self' blob: data:",
        "object-src": "'none'",
        "base-uri": "'self'",
        "form-action": "'self'",
        "frame-ancestors": " ".join(settings.frame_ancestors),
    }
    headers = {
        "content-security-policy": "; ".join(f"{k} {v}" for k, v in policy.items()),
        "x-content-type-options": "nosniff",
        "referrer-policy": "same-origin",
        "permissions-policy": "camera=(), microphone=(), geolocation=(), payment=()",
        "cross-origin-opener-policy": "same-origin",
    }
    if settings.frame_ancestors == ("'self'",):
        headers["x-frame-options"] = "SAMEORIGIN"
    return headers


class Guard:
    """ASGI middleware: headers, rate limits, the visitor's cookie, a full house, the measuring."""

    def __init__(self, app: Any, settings: ServerSettings) -> None:
        self.app, self.settings = app, settings
        self._headers = [
            (name.encode(), value.encode()) for name, value in security_headers(settings).items()
        ]
        self._visitors = Limiter(settings.visitor_rate, 10.0 * settings.visitor_rate)
        self._addresses = Limiter(settings.address_rate, 2.0 * settings.address_rate)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            await self._http(scope, receive, send)
        elif scope["type"] == "websocket":
            await self._websocket(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    # -- http --
    async def _http(self, scope: Any, receive: Any, send: Any) -> None:
        cookies = cookies_of(scope)
        guarded = self._with_headers(scope, cookies, send)
        if scope["path"] not in FREE:
            if wait := self._too_fast(scope, cookies):
                operation.REFUSED.labels("rate").inc()
                answer = PlainTextResponse(
                    "Too many requests; wait a moment.\n",
                    429,
                    headers={"Retry-After": str(int(wait) + 1)},
                )
                return await answer(scope, receive, guarded)
            if self._full() and is_document(scope):
                operation.REFUSED.labels("full").inc()
                return await _full_house()(scope, receive, guarded)
        await uploads.bounded(self.app, scope, receive, guarded)

    def _with_headers(self, scope: Any, cookies: dict[str, str], send: Any) -> Any:
        fresh = self._fresh_cookie(scope, cookies)

        async def guarded(message: Any) -> None:
            if message["type"] == "http.response.start":
                headers = message.setdefault("headers", [])
                have = {name.lower() for name, _ in headers}
                message["headers"] = [
                    *headers,
                    *((n, v) for n, v in self._headers if n not in have),
                    *([(b"set-cookie", fresh)] if fresh else []),
                ]
            await send(message)

        return guarded

    def _fresh_cookie(self, scope: Any, cookies: dict[str, str]) -> bytes:
        """A visitor's cookie with the page itself, where there is none that is ours."""
        if not (self.settings.hosted and is_document(scope)):
            return b""
        known = identity.identities()
        if known.name(cookies):
            return b""
        return _cookie(identity.VISITOR, known.new_visitor(), scope, 180 * 86_400)

    def _too_fast(self, scope: Any, cookies: dict[str, str]) -> float:
        """Seconds to wait; 0 when there is no need."""
        wait = self._addresses.take(address_of(scope, self.settings.proxies))
        name = identity.identities().name(cookies) if self.settings.hosted else None
        return wait or (self._visitors.take(name) if name else 0.0)

    def _full(self) -> bool:
        return operation.sessions() >= self.settings.max_sessions

    # -- websocket --
    async def _websocket(self, scope: Any, receive: Any, send: Any) -> None:
        if self._full() or self._too_fast(scope, cookies_of(scope)) or operation.stopping():
            operation.REFUSED.labels("socket").inc()
            await receive()  # the request to connect
            return await send({"type": "websocket.close", "code": 1013})
        number = next(_sockets)
        bucket = Bucket(self.settings.message_rate, 2.0 * self.settings.message_rate, _clock)

        async def heard() -> Any:
            message = await receive()
            if message["type"] == "websocket.receive":
                if message.get("bytes") is None:  # text: Streamlit would end with a traceback
                    return {"type": "websocket.disconnect", "code": 1003}
                if wait := bucket.take():
                    await asyncio.sleep(wait)
                if asks_for_a_run(message["bytes"]):
                    operation.LOAD.begin(number)
            return message

        async def said(message: Any) -> None:
            data = message.get("bytes") if message["type"] == "websocket.send" else None
            if data is not None:
                operation.SENT.inc(len(data))
                if len(data) < SMALL_MESSAGE and ends_a_run(data):
                    operation.LOAD.end(number)
            await send(message)

        try:
            await self.app(scope, heard, said)
        finally:
            operation.LOAD.forget(number)


def _clock() -> float:
    return asyncio.get_running_loop().time()


def asks_for_a_run(data: bytes) -> bool:
    """Whether a browser's message asks for a rerun."""
    try:
        return BackMsg.FromString(data).WhichOneof("type") == "rerun_script"
    except Exception:  # Streamlit closes the socket for it
        return False


def ends_a_run(data: bytes) -> bool:
    """Whether a server's message says that a rerun is through, not that a newer one follows."""
    try:
        message = ForwardMsg.FromString(data)
        return (
            message.WhichOneof("type") == "script_finished"
            and message.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN
        )
    except Exception:
        return False


# -- who asks --------------------------------------------------------------------------------
def cookies_of(scope: Any) -> dict[str, str]:
    """The request's cookies."""
    found: dict[str, str] = {}
    for name, value in scope["headers"]:
        if name == b"cookie":
            found |= cookie_parser(value.decode("latin-1"))
    return found


def address_of(scope: Any, proxies: int) -> str:
    """The client's address; behind `proxies` reverse proxies the one that the first of them saw."""
    direct = scope["client"][0] if scope.get("client") else ""
    if not proxies:
        return direct
    forwarded = [v for n, v in scope["headers"] if n == b"x-forwarded-for"]
    hops = [h.strip() for v in forwarded for h in v.decode("latin-1").split(",")]
    return hops[-proxies] if len(hops) >= proxies else direct


def is_document(scope: Any) -> bool:
    """Whether a browser asks for a page, not for one of its parts."""
    if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD"):
        return False
    path = scope["path"]
    return "." not in path.rsplit("/", 1)[-1] and "/_stcore/" not in path and path not in _PATHS


def _cookie(name: str, value: str, scope: Any, seconds: int, strict: bool = False) -> bytes:
    jar = SimpleCookie()
    jar[name] = value
    jar[name]["path"] = "/"
    jar[name]["httponly"] = True
    jar[name]["samesite"] = "Strict" if strict else "Lax"
    jar[name]["max-age"] = seconds
    if scope["scheme"] == "https" or (b"x-forwarded-proto", b"https") in scope["headers"]:
        jar[name]["secure"] = True
    return jar.output(header="").strip().encode()


# -- routes ----------------------------------------------------------------------------------
async def healthz(_: Request) -> Response:
    """Whether the process answers at all."""
    return PlainTextResponse("ok\n")


async def readyz(_: Request) -> Response:
    """Whether visitors may be sent here: loaded, not ending."""
    reasons = []
    if not startup.loaded():
        reasons.append("PyTorch is still being loaded")
    if operation.stopping():
        reasons.append("the server is about to end")
    return JSONResponse({"ready": not reasons, "reasons": reasons}, 503 if reasons else 200)


async def metrics(request: Request) -> Response:
    """For Prometheus; on a hosted server not for who comes through the proxy."""
    if server_settings().hosted and "x-forwarded-for" in request.headers:
        return PlainTextResponse("Only from inside.\n", 403)
    return Response(operation.metrics(), media_type="text/plain; version=0.0.4; charset=utf-8")


_FORM = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Lecturer · Initopt</title>
<meta name="viewport" content="width=device-width">
<body style="font-family: sans-serif; max-width: 26rem; margin: 4rem auto; padding: 0 1rem">
<h1>Lecturer</h1><p>{told}</p>
<form method="post"><label>Token <input type="password" name="token" autocomplete="off"
 maxlength="200" required autofocus></label> <button>Open</button></form>
<p><a href="./">Back to the pages</a></p></body></html>"""


_TRIES = Limiter(rate=0.5, burst=10.0)
"""Of the lecturer's token, for an address: who mistypes it is not kept out."""


async def lecturer(request: Request) -> Response:
    """The lecturer's token, typed here, never in a link, becomes a cookie for twelve hours."""
    if not server_settings().lecturer_token:
        return PlainTextResponse("There is no lecturer on this server.\n", 404)
    if request.method != "POST":
        told = "Whoever has the server's token can steer and remove every run."
        return HTMLResponse(_FORM.format(told=told))
    client = address_of(request.scope, server_settings().proxies)
    if wait := _TRIES.take(client):
        told = "Many tokens were tried from this address; wait a few seconds."
        return HTMLResponse(
            _FORM.format(told=told), 429, headers={"Retry-After": str(math.ceil(wait))}
        )
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > MAX_FORM_BYTES:
            return PlainTextResponse("That is no token.\n", 413)
    token = parse_qs(body.decode("utf-8", "replace")).get("token", [""])[0]
    value = identity.identities().lecturer(token)
    if value is None:
        _log.warning("a wrong lecturer's token from %s", client)
        await asyncio.sleep(1.0)  # guessing is slow
        return HTMLResponse(_FORM.format(told=html.escape("This is not the token.")), 403)
    _log.info("a lecturer has come in")
    answer = Response(status_code=303, headers={"location": "./"})
    cookie = _cookie(identity.LECTURER, value, request.scope, identity.LECTURE_SECONDS, True)
    answer.raw_headers.append((b"set-cookie", cookie))
    return answer


def _full_house() -> Response:
    return HTMLResponse(
        '<!doctype html><meta charset="utf-8"><meta http-equiv="refresh" content="10">'
        "<title>Initopt</title><p>Every seat is taken at present. This page tries again every ten "
        "seconds.</p>",
        503,
        headers={"Retry-After": "10"},
    )


_ROUTES = {
    "/healthz": healthz,
    "/readyz": readyz,
    "/metrics": metrics,
    "/lecturer": lecturer,
    share.PATH: share.code,
}
_PATHS = tuple(_ROUTES)


def routes() -> list[Route]:
    """Ours, beside Streamlit's."""
    return [
        Route(path, function, methods=["GET", "POST"] if function is lecturer else ["GET"])
        for path, function in _ROUTES.items()
    ]


def middleware(sidebars: Collection[str] = ()) -> list[Middleware]:
    """What every request passes first.

    Args:
        sidebars: Last parts of the paths whose pages have a sidebar.

    Raises:
        SettingError: for settings with which no server should start.
    """
    return [
        Middleware(courtesy.Counted),
        Middleware(Guard, settings=server_settings()),
        Middleware(Document, is_document=is_document, sidebars=sidebars),
    ]
