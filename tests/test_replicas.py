"""Two replicas behind HAProxy on the loopback: visitors stay, and move when theirs is killed."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from streamlit.proto.WidgetStates_pb2 import WidgetState

from initopt_core.lecture import files
from initopt_core.lecture.scenes import Lecture, Scene
from initopt_core.networks import BaseNetwork, make_activation
from initopt_core.paths import ROOT
from initopt_core.training.checkpoints import save_model
from initopt_core.training.runs.store import RunStore
from tests.load.fuzz import attack
from tests.load.socket_client import Kept, Visitor
from tests.support import transfers
from tests.support.haproxy import HAPROXY, before, status, wait_for
from tests.support.loops import to_its_end
from tests.support.server import Server
from tests.support.training import tiny
from tests.support.transfers import cookies_from


@pytest.fixture(scope="module")
def shared(tmp_path_factory) -> Path:
    """The home of both servers."""
    return tmp_path_factory.mktemp("shared")


@pytest.fixture(scope="module")
def replicas(tmp_path_factory, shared):
    """Two servers that share a home, ready; their logs lie apart."""
    home = tmp_path_factory.mktemp("replicas")
    secret = {"INITOPT_HOSTED": "1", "INITOPT_SECRET": "s" * 40, "INITOPT_HOME": str(shared)}
    servers = [Server(ROOT / "app.py", home / name, secret) for name in "ab"]
    try:
        for server in servers:
            server.wait(180)
        for server in servers:
            wait_for(f"{server.url}/readyz", 180)
        yield servers
    finally:
        for server in servers:
            server.stop()


@pytest.fixture(scope="module")
def hall(replicas, tmp_path_factory):
    """HAProxy's address."""
    if HAPROXY is None:
        assert os.environ.get("CI") != "true", "haproxy is missing; .ci/run installs it"
        pytest.skip("haproxy is not installed")
    with before(replicas, tmp_path_factory.mktemp("haproxy") / "log") as url:
        yield url


def test_a_hostile_visitor_sees_no_unforeseen_error_and_the_server_lives(replicas):
    told = to_its_end(attack(replicas[0].url, 36, seed=11, each=6))
    assert not told, "\n".join(told[:10]) + replicas[0].tail(6000)
    assert status(f"{replicas[0].url}/healthz") == 200


def test_everybody_sees_the_same_runs_on_both(replicas, shared):
    run = RunStore(shared / "runs").create(tiny(), "Race of the hall", state="stopped", owner="ann")

    async def seen(url: str) -> str:
        visitor, texts = Visitor(url, "training"), []
        visitor.on_element = lambda kind, element: texts.append(str(element))
        await visitor.connect()
        answer = await visitor.run(query=f"run={run}")
        await visitor.close()
        assert not answer.problems
        return " ".join(texts)

    for server in replicas:
        found = to_its_end(seen(server.url))
        assert "Race of the hall" in found and "started in another browser" in found


def test_visitors_stay_with_their_replica(hall):
    for _ in range(4):
        cookies = cookies_from(hall)
        assert "REPLICA=" in cookies and "initopt_visitor=" in cookies
        request = urllib.request.Request(f"{hall}/_stcore/health", headers={"Cookie": cookies})
        for _ in range(6):
            with urllib.request.urlopen(request, timeout=10) as answer:
                moved = [v for k, v in answer.headers.items() if k == "set-cookie"]
                assert not any(v.startswith("REPLICA") for v in moved)
    assert {cookies_from(hall).split("REPLICA=")[1][:3] for _ in range(6)} == {"one", "two"}
    assert status(f"{hall}/metrics") == 403


def owner_of(cookies: str, replicas) -> tuple[Server, Server]:
    """The replica that a visitor came to, and the other."""
    one, two = replicas
    return (one, two) if "REPLICA=one" in cookies else (two, one)


def test_downloads_and_uploads_stay_with_their_replica(replicas, hall, shared, tmp_path):
    """Pictures, data and a zip from an Export menu, a lecture's file, a checkpoint: all of them
    through the proxy; the other replica has none of it, so the cookie matters."""
    cookies = cookies_from(f"{hall}/_stcore/health", cookies_from(hall))
    _, other = owner_of(cookies, replicas)

    async def visit(page: str, query: str = "") -> tuple[Visitor, dict]:
        visitor, buttons = Visitor(hall, page, cookies), {}
        visitor.on_element = lambda kind, element: (
            buttons.update({element.label: element}) if kind == "download_button" else None
        )
        await visitor.connect()
        assert not (await visitor.run(query=query)).problems
        return visitor, buttons

    async def taken(visitor: Visitor, buttons: dict, label: str, begin: bytes) -> None:
        button = next(b for name, b in buttons.items() if name.startswith(label))
        place = await transfers.address(visitor, button)
        status, content = transfers.asked(hall + place, cookies)
        assert status == 200 and content and content.startswith(begin)
        assert transfers.asked(other.url + place, cookies)[0] == 404

    async def take() -> None:
        visitor, buttons = await visit("initialization")
        menu = next(w for w in visitor.widgets if "init-main-export" in w)
        opened = WidgetState(id=menu, bool_value=True)
        assert not (await visitor.run((opened,))).problems
        await taken(visitor, buttons, "PNG", b"\x89PNG")
        await taken(visitor, buttons, "Data, CSV", b"")
        press = next(w for w, said in visitor.labels.items() if said.startswith("All figures"))
        await visitor.run((opened, WidgetState(id=press, trigger_value=True)))
        for _ in range(240):  # it is made in its turn, one file after the other
            if any(name.startswith("Download") for name in buttons):
                break
            await asyncio.sleep(0.5)
            assert not (await visitor.run((opened,))).problems
        await taken(visitor, buttons, "Download", b"PK")
        await visitor.close()

    async def bring_a_lecture() -> None:
        visitor, buttons = await visit("lecture")
        lecture = Lecture("", "Brought along", (Scene("Zeros", "initialization"),))
        box = next(w for w, kind in visitor.widgets.items() if kind == "file_uploader")
        sent = await transfers.upload(visitor, box, {"mine.json": files.text_of(lecture).encode()})
        place = sent.file_uploader_state_value.uploaded_file_info[0].file_urls.upload_url
        assert transfers.put(other.url + place, cookies, "mine.json", b"{}") == 400
        assert not (await visitor.run((sent,))).problems
        place = await transfers.address(visitor, buttons["Download"])
        told = files.read(transfers.asked(hall + place, cookies)[1])
        assert told[0].title == "Brought along" and not told[1]
        await visitor.close()

    async def bring_a_model() -> None:
        save_model(BaseNetwork(make_activation("relu"), hidden_sizes=(8,)), tmp_path, "Small")
        visitor, _ = await visit("training")
        box = next(w for w, kind in visitor.widgets.items() if kind == "file_uploader")
        parts = {p.name: p.read_bytes() for p in tmp_path.iterdir()}
        sent = await transfers.upload(visitor, box, parts)
        assert not (await visitor.run((sent,))).problems
        press = next(w for w, said in visitor.labels.items() if said == "Open them")
        answer = await visitor.run((sent, WidgetState(id=press, trigger_value=True)))
        assert not answer.problems
        await visitor.close()
        assert any(run.name == "Uploaded: Small" for run in RunStore(shared / "runs").all())

    for act in (take, bring_a_lecture, bring_a_model):
        to_its_end(act())


def test_a_socket_cut_in_mid_drag_goes_on_where_it_was(replicas):
    """No link is sent again: only the session itself knows what was set before."""

    async def play() -> None:
        seen: dict[str, dict] = {}

        def see(kind, element) -> None:
            if kind == "bidi_component" and "_slider" in element.id:
                told = json.loads(element.json)
                seen[told["key"]] = {"id": element.id, **told}

        def moved(number: int) -> WidgetState:
            slider = seen["constant_variance_std"]
            said = {"value": [number / 100, number, slider["epoch"]]}
            return WidgetState(id=slider["id"], json_value=json.dumps(said))

        visitor = Visitor(replicas[1].url, "initialization")
        visitor.on_element = see
        await visitor.connect()
        assert not (await visitor.run(query="scheme=constant_variance")).problems
        for number in range(1, 8):
            await visitor.send(visitor.rerun((moved(number),)))
        visitor.socket.transport.abort()
        last = moved(8)
        seen.clear()
        visitor.kept = Kept()
        await visitor.connect(visitor.session)
        answer = await visitor.run((last,))
        # The run that was cut may end first, and its end is told on the new socket, too.
        while seen.get("constant_variance_std", {}).get("value") != 0.08:
            assert not answer.problems
            answer = await visitor.read()
        assert not answer.problems
        await visitor.close()

    to_its_end(play())


def test_a_killed_replicas_visitors_go_on_at_the_other_with_their_settings(replicas, hall):
    """Last of the file: one replica is gone afterwards."""

    async def play() -> None:
        cookies = cookies_from(hall)
        visitor = Visitor(hall, "initialization", cookies)
        await visitor.connect()
        link = "scheme=constant_variance&act=tanh"
        assert not (await visitor.run(query=link)).problems
        victim, _ = owner_of(cookies, replicas)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(victim.process.pid, signal.SIGKILL)
        begin = time.monotonic()
        seen: list[str] = []
        while True:
            again = Visitor(hall, "initialization", cookies)
            again.on_element = lambda kind, element: seen.append(str(element)[:20_000])
            try:
                await again.connect()
                answer = await again.run(query=link)
                break
            except Exception:
                assert time.monotonic() - begin < 60, "nobody took the visitor"
                await asyncio.sleep(0.2)
        assert not answer.problems
        assert any("Tanh" in text or "tanh" in text for text in seen)
        await again.close()

    to_its_end(play())
