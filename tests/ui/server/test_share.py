"""The route of the QR codes, as ASGI messages."""

from __future__ import annotations

from urllib.parse import urlencode

from starlette.applications import Starlette
from starlette.routing import Route

from initopt_core.ui.server import share
from tests.support import qr
from tests.support.asgi import ask

APP = Starlette(routes=[Route(share.PATH, share.code)])


def test_a_qr_code_is_drawn_and_what_is_no_link_refused():
    status, headers, body = ask(APP, "/qr.svg?" + urlencode({"link": "https://a.org/training"}))
    assert status == 200 and headers["content-type"].startswith("image/svg+xml")
    assert qr.read(body.decode()) == "https://a.org/training"
    for link in ("", "ftp://a.org", "https://[", "https://a.org/" + "x" * 3000):
        status, _, body = ask(APP, "/qr.svg?" + urlencode({"link": link}))
        assert status == 400 and b"link" in body, link
