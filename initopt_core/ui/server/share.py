"""The QR code of a link, for the browser's Share dialog (address_bar/share.js)."""

from __future__ import annotations

import asyncio

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from initopt_core.lecture import qr
from initopt_core.reading import SettingError

PATH = "/qr.svg"


async def code(request: Request) -> Response:
    """The code of `link` as a picture; made in a thread, for a long link takes 0.2 s."""
    try:
        picture = await asyncio.to_thread(qr.svg, request.query_params.get("link", ""))
    except SettingError as problem:
        return PlainTextResponse(f"{problem}\n", 400)
    kept = {"cache-control": "private, max-age=86400"}
    return Response(picture, media_type="image/svg+xml", headers=kept)
