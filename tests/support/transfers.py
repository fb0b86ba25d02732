"""Up- and downloads of a visitor without a browser, as Streamlit's own half does them."""

from __future__ import annotations

import urllib.error
import urllib.request
from typing import TYPE_CHECKING

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState

if TYPE_CHECKING:
    from tests.load.socket_client import Visitor

EDGE = "initopt-edge-of-a-form"
XSRF = "_streamlit_xsrf"


def cookies_from(url: str, held: str = "") -> str:
    """The cookies of a visitor after another request; `held` are those before."""
    request = urllib.request.Request(url, headers={"Cookie": held} if held else {})
    with urllib.request.urlopen(request, timeout=10) as answer:
        fresh = [v.split(";")[0] for n, v in answer.headers.items() if n.lower() == "set-cookie"]
    return "; ".join([*filter(None, [held]), *fresh])


def asked(
    url: str, cookies: str, data: bytes | None = None, headers: dict[str, str] | None = None
) -> tuple[int, bytes]:
    """Status and content of a GET, or of a PUT of `data`."""
    request = urllib.request.Request(
        url, data, {"Cookie": cookies, **(headers or {})}, method="GET" if data is None else "PUT"
    )
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as problem:
        return problem.code, b""


def put(url: str, cookies: str, name: str, content: bytes) -> int:
    """Send a file to an upload's address; the status."""
    token = next(c.split("=", 1)[1] for c in cookies.split("; ") if c.startswith(XSRF))
    head = f'Content-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
    body = f"--{EDGE}\r\n{head}".encode() + content + f"\r\n--{EDGE}--\r\n".encode()
    form = {"Content-Type": f"multipart/form-data; boundary={EDGE}", "X-Xsrftoken": token}
    return asked(url, cookies, body, form)[0]


async def upload(visitor: Visitor, widget: str, files: dict[str, bytes]) -> WidgetState:
    """Bring files to a visitor's session: the value that its uploader then sends."""
    message = BackMsg()
    message.file_urls_request.session_id = visitor.session
    message.file_urls_request.file_names.extend(files)
    places = (await visitor.ask(message, "file_urls_response")).file_urls_response.file_urls
    state = WidgetState(id=widget)
    for (name, content), place in zip(files.items(), places, strict=True):
        assert put(visitor.url + place.upload_url, visitor.cookies, name, content) == 204
        held = state.file_uploader_state_value.uploaded_file_info.add(file_id=place.file_id)
        held.name, held.size = name, len(content)
        held.file_urls.CopyFrom(place)
    return state


async def address(visitor: Visitor, button) -> str:
    """Where the file of a download button lies; it is made now where it was not yet."""
    if not button.deferred_file_id:
        return button.url
    message = BackMsg()
    message.backend_operation_request.session_id = visitor.session
    message.backend_operation_request.request_id = button.id
    message.backend_operation_request.deferred_file.file_id = button.deferred_file_id
    answer = await visitor.ask(message, "backend_operation_response")
    assert not answer.backend_operation_response.error_msg
    return answer.backend_operation_response.deferred_file.url
