"""Headers, limits, cookies and routes, as ASGI messages: no server, no browser."""

from __future__ import annotations

import json
import logging
from urllib.parse import urlencode

import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from initopt_core.settings import ServerSettings
from initopt_core.ui.server import identity, limiter, operation, startup, web
from initopt_core.visitors import LOCAL
from tests.support.asgi import ask
from tests.support.loops import to_its_end

TOKEN, SECRET = "a-lecturer's-token", "s" * 40
HOSTED = ServerSettings(hosted=True, lecturer_token=TOKEN, secret=SECRET)


async def page(_):
    return PlainTextResponse("page")


@pytest.fixture
def serve(monkeypatch):
    """settings -> app with the guard before it, and the settings in force everywhere."""

    def build(settings: ServerSettings) -> web.Guard:
        monkeypatch.setattr(web, "server_settings", lambda: settings)
        made = identity.Identities(settings, SECRET)
        monkeypatch.setattr(identity, "identities", lambda: made)
        routes = [*web.routes(), Route("/{path:path}", page)]
        return web.Guard(Starlette(routes=routes), settings)

    return build


def cookie_of(headers) -> dict[str, str]:
    return dict([headers["set-cookie"].split(";")[0].split("=", 1)])


def test_every_answer_has_the_security_headers(serve):
    app = serve(ServerSettings(frame_ancestors=("'self'", "https://canvas.example")))
    for path in ("/", "/healthz", "/metrics", "/nothing.js"):
        _, headers, _ = ask(app, path)
        policy = headers["content-security-policy"]
        assert "frame-ancestors 'self' https://canvas.example" in policy
        assert "object-src 'none'" in policy and "default-src 'self'" in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"
        assert "x-frame-options" not in headers
    assert ask(serve(ServerSettings()))[1]["x-frame-options"] == "SAMEORIGIN"


def test_health_and_readiness(serve, monkeypatch):
    app = serve(HOSTED)
    monkeypatch.setattr(startup, "loaded", lambda: False)
    assert ask(app, "/healthz")[0] == 200
    status, _, body = ask(app, "/readyz")
    assert status == 503 and "PyTorch" in json.loads(body)["reasons"][0]
    monkeypatch.setattr(startup, "loaded", lambda: True)
    assert ask(app, "/readyz")[0] == 200
    monkeypatch.setattr(operation, "stopping", lambda: True)
    assert ask(app, "/readyz")[0] == 503


def test_metrics_tell_what_the_issue_asks_for_and_not_to_visitors(serve):
    app = serve(HOSTED)
    status, _, body = ask(app, "/metrics")
    text = body.decode()
    for name in ("sessions", "changes_total", "change_seconds_bucket", "queue", "overload"):
        assert f"initopt_{name}" in text
    assert status == 200 and "process_resident_memory_bytes" in text
    assert ask(app, "/metrics", headers=[("X-Forwarded-For", "1.2.3.4")])[0] == 403


def test_the_page_gives_a_signed_cookie_once_and_forged_ones_mean_nothing(serve):
    app = serve(HOSTED)
    _, headers, _ = ask(app)
    assert "HttpOnly" in headers["set-cookie"] and "SameSite=Lax" in headers["set-cookie"]
    cookies, known = cookie_of(headers), identity.identities()
    name = known.name(cookies)
    assert name and "set-cookie" not in ask(app, cookies=cookies)[1]
    forged = {identity.VISITOR: cookies[identity.VISITOR].replace(name[:4], "0000")}
    assert known.name(forged) is None and "set-cookie" in ask(app, cookies=forged)[1]
    other = identity.Identities(HOSTED, "another secret" * 4)
    assert other.name(cookies) is None
    assert "set-cookie" not in ask(app, "/static/index.js")[1]
    assert "set-cookie" not in ask(serve(ServerSettings()))[1]
    assert "Secure" in ask(app, headers=[("X-Forwarded-Proto", "https")])[1]["set-cookie"]


def test_the_lecturers_token_is_typed_and_becomes_a_cookie(serve):
    app = serve(HOSTED)
    assert ask(app, "/lecturer")[0] == 200

    def typed(token):
        return ask(app, "/lecturer", "POST", urlencode({"token": token}).encode())

    status, headers, body = typed("<script>wrong</script>")
    assert status == 403 and b"<script>" not in body and "set-cookie" not in headers
    status, headers, _ = typed(TOKEN)
    assert status == 303 and "SameSite=Strict" in headers["set-cookie"]
    cookies, known = cookie_of(headers), identity.identities()
    assert TOKEN not in headers["set-cookie"]
    assert known.visitor(cookies, "s").full and not known.visitor({}, "s").full
    changed = ServerSettings(hosted=True, lecturer_token=TOKEN + "2", secret=SECRET)
    assert not identity.Identities(changed, SECRET).is_lecturer(cookies)
    assert ask(app, "/lecturer", "POST", b"token=" + b"x" * 5000)[0] == 413
    assert ask(serve(ServerSettings(hosted=True)), "/lecturer")[0] == 404


def test_who_guesses_the_token_is_slowed_down_and_told_of_in_the_log(serve, monkeypatch, caplog):
    now = [0.0]
    tries = limiter.Limiter(rate=0.5, burst=3.0, clock=lambda: now[0])
    monkeypatch.setattr(web, "_TRIES", tries)
    app = serve(HOSTED)

    def typed(token):
        return ask(app, "/lecturer", "POST", urlencode({"token": token}).encode())

    with caplog.at_level(logging.WARNING, logger="initopt"):
        assert [typed("wrong")[0] for _ in range(4)] == [403, 403, 403, 429]
    assert sum("wrong lecturer's token" in r.getMessage() for r in caplog.records) == 3
    status, headers, body = typed(TOKEN)
    assert status == 429 and int(headers["retry-after"]) == 2 and b"wait a few seconds" in body
    now[0] = 2.0
    assert typed(TOKEN)[0] == 303


def test_at_home_everybody_is_at_home(serve):
    serve(ServerSettings())
    assert identity.Identities(ServerSettings(), SECRET).visitor({}, "s") == LOCAL


def test_who_asks_too_fast_is_told_to_wait_and_others_are_not(serve):
    app = serve(ServerSettings(address_rate=5))
    answers = [ask(app)[0] for _ in range(15)]
    assert answers[0] == 200 and answers[-1] == 429
    assert ask(app, client="10.0.0.2")[0] == 200
    assert ask(app, "/healthz")[0] == 200
    status, headers, _ = ask(app)
    assert status == 429 and int(headers["retry-after"]) >= 1


def test_a_hall_behind_one_address_is_told_apart_by_its_cookies(serve):
    app = serve(ServerSettings(hosted=True, secret=SECRET, visitor_rate=2, address_rate=1000))
    ann, bob = (cookie_of(ask(app)[1]) for _ in "ab")
    assert [ask(app, cookies=ann)[0] for _ in range(40)][-1] == 429
    assert ask(app, cookies=bob)[0] == 200


def test_the_address_is_what_the_proxy_saw_not_what_the_client_says():
    def scope(forwarded):
        return {"client": ("10.0.0.9", 1), "headers": [(b"x-forwarded-for", forwarded)]}

    assert web.address_of(scope(b"6.6.6.6"), 0) == "10.0.0.9"
    assert web.address_of(scope(b"6.6.6.6, 1.2.3.4"), 1) == "1.2.3.4"
    assert web.address_of(scope(b""), 2) == "10.0.0.9"


def test_a_full_house_says_so(serve, monkeypatch):
    app = serve(ServerSettings(max_sessions=3))
    monkeypatch.setattr(operation, "sessions", lambda: 3)
    status, _, body = ask(app, "/training")
    assert status == 503 and b"seat" in body
    assert ask(app, "/healthz")[0] == 200


def socket(app, messages):
    """Play a websocket to an app that hands on what it hears; what it heard, what was sent."""
    queue = [{"type": "websocket.connect"}, *messages, {"type": "websocket.disconnect"}]
    heard, sent = [], []

    async def echo(scope, receive, send):
        while True:
            message = await receive()
            heard.append(message)
            if message["type"] == "websocket.disconnect":
                return
            if message["type"] == "websocket.receive":
                done = ForwardMsg(script_finished=ForwardMsg.FINISHED_SUCCESSFULLY)
                await send({"type": "websocket.send", "bytes": done.SerializeToString()})

    async def receive():
        return queue.pop(0)

    async def send(message):
        sent.append(message)

    scope = {"type": "websocket", "path": "/_stcore/stream", "headers": [], "client": ("a", 1)}
    app.app = echo
    to_its_end(app(scope, receive, send))
    return heard, sent


def test_changes_and_their_answers_are_counted(serve):
    rerun = BackMsg()
    rerun.rerun_script.query_string = ""
    beat = BackMsg(clear_cache=True)
    before = operation.CHANGES._value.get(), operation.LATENCY._sum.get()
    messages = [
        {"type": "websocket.receive", "bytes": m.SerializeToString()} for m in (rerun, beat, rerun)
    ]
    socket(serve(ServerSettings()), [*messages, {"type": "websocket.receive", "bytes": b"\xff"}])
    assert operation.CHANGES._value.get() == before[0] + 2
    assert operation.LATENCY._sum.get() >= before[1] and operation.LOAD.waiting() == (0, 0.0)


def test_text_frames_close_the_socket_quietly(serve):
    heard, _ = socket(serve(ServerSettings()), [{"type": "websocket.receive", "text": "hello"}])
    assert heard[-1] == {"type": "websocket.disconnect", "code": 1003}


def test_a_full_or_ending_server_takes_no_more_sockets(serve, monkeypatch):
    monkeypatch.setattr(operation, "stopping", lambda: True)
    heard, sent = socket(serve(ServerSettings()), [])
    assert not heard and sent == [{"type": "websocket.close", "code": 1013}]
