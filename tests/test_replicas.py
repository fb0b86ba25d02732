"""Two replicas behind HAProxy on the loopback: visitors stay, and move when theirs is killed."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import signal
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from initopt_core.paths import ROOT
from initopt_core.training.runs.store import RunStore
from tests.load.fuzz import attack
from tests.load.socket_client import Visitor
from tests.support.loops import to_its_end
from tests.support.server import Server, free_port
from tests.support.training import tiny

HAPROXY = shutil.which("haproxy", path=f"{os.environ.get('PATH', '')}:/usr/sbin")


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
            until = time.monotonic() + 180
            while status(f"{server.url}/readyz") != 200 and time.monotonic() < until:
                time.sleep(0.2)
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
    port = free_port()
    one, two = (server.url.removeprefix("http://") for server in replicas)
    log = (tmp_path_factory.mktemp("haproxy") / "log").open("wb")
    process = subprocess.Popen(
        [HAPROXY, "-db", "-f", str(ROOT / ".deploy" / "haproxy.cfg")],
        env={"BIND": "127.0.0.1", "PORT": str(port), "APP1": one, "APP2": two},
        stdout=log,
        stderr=subprocess.STDOUT,
    )
    url = f"http://127.0.0.1:{port}"
    try:
        until = time.monotonic() + 30
        while status(f"{url}/healthz") != 200 and time.monotonic() < until:
            time.sleep(0.1)
        yield url
    finally:
        process.terminate()
        process.wait(10)
        log.close()


def status(url: str) -> int:
    try:
        with urllib.request.urlopen(url, timeout=3) as answer:
            return answer.status
    except urllib.error.HTTPError as problem:
        return problem.code
    except OSError:
        return 0


def cookies_from(url: str) -> str:
    """The cookies of a fresh visitor."""
    with urllib.request.urlopen(url, timeout=10) as answer:
        return "; ".join(
            value.split(";")[0] for name, value in answer.headers.items() if name == "set-cookie"
        )


def test_a_hostile_visitor_sees_no_unforeseen_error_and_the_server_lives(replicas):
    told = to_its_end(attack(replicas[0].url, 100, seed=11))
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


def test_a_killed_replicas_visitors_go_on_at_the_other_with_their_settings(replicas, hall):
    """Last of the file: one replica is gone afterwards."""

    async def play() -> None:
        cookies = cookies_from(hall)
        visitor = Visitor(hall, "initialization", cookies)
        await visitor.connect()
        link = "scheme=constant_variance&act=tanh"
        assert not (await visitor.run(query=link)).problems
        victim = replicas[0 if "REPLICA=one" in cookies else 1]
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


def test_downloads_and_uploads_are_bound_to_their_session(replicas):
    """What is uploaded to a session that another replica has is refused, so the cookie matters."""
    alive = next(s for s in replicas if s.process.poll() is None)
    request = urllib.request.Request(
        f"{alive.url}/_stcore/upload_file/nobody/1", data=b"x", method="PUT"
    )
    with pytest.raises(urllib.error.HTTPError) as told:
        urllib.request.urlopen(request, timeout=10)
    assert told.value.code in (400, 403)
    assert Path(alive.log).is_file()
