"""Ask an ASGI app: no server, no socket."""

from __future__ import annotations

import asyncio

from .loops import to_its_end


def ask(app, path="/", method="GET", body=b"", cookies=None, headers=(), client="10.0.0.1"):
    """Status, headers (lower case; the last of a name) and body of an answer."""
    sent = []
    path, _, query = path.partition("?")
    head = [(k.lower().encode(), v.encode()) for k, v in headers]
    if cookies:
        head.append((b"cookie", "; ".join(f"{k}={v}" for k, v in cookies.items()).encode()))
    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": query.encode(),
        "headers": head,
        "scheme": "http",
        "server": ("x", 80),
        "client": (client, 1),
        "http_version": "1.1",
    }

    given = []

    async def receive():
        if given:
            await asyncio.Event().wait()  # the client stays
        given.append(True)
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message):
        sent.append(message)

    to_its_end(app(scope, receive, send))
    start = sent[0]
    found = {k.decode().lower(): v.decode() for k, v in start["headers"]}
    return start["status"], found, b"".join(m.get("body", b"") for m in sent[1:])
