"""Servers without a common disk see the same runs; one that is lost loses no finished epoch."""

from __future__ import annotations

import contextlib
import json
import secrets
import threading
import time
from pathlib import Path

import pytest

from initopt_core.registry import SettingError
from initopt_core.training import loop
from initopt_core.training.loop import CHECKPOINT
from initopt_core.training.runs import mirror as mirrors
from initopt_core.training.runs import service as services
from initopt_core.training.runs.mirror import MANIFEST, Mirror
from initopt_core.training.runs.objects import Objects
from initopt_core.training.runs.service import TrainingService
from initopt_core.training.runs.store import RunStore, read_control
from initopt_core.training.runs.worker import run_folder
from tests.support.training import Nobody, sample, tiny, without_times


@pytest.fixture(params=["memory", "file"])
def address(request, tmp_path):
    path = secrets.token_hex(4)
    return f"memory://{path}/runs" if request.param == "memory" else f"file://{tmp_path}/far"


class Server:
    """A folder, kept like the store; `mine` are the runs that wait or train here."""

    def __init__(self, root: Path, address: str, lost_s: float = 60.0) -> None:
        self.root, self.mine = root, set()
        root.mkdir(exist_ok=True)
        self.store = RunStore(root)
        self.mirror = Mirror(self.store, Objects(address), lambda: self.mine, lost_s)

    def sync(self) -> None:
        self.mirror.sync(all_of_it=True)
        assert self.mirror.problem == ""

    def far_ids(self) -> set[str]:
        return self.mirror.far.folders() - {mirrors.MARKER[0]}

    def train(self, run_id: str) -> str:
        return run_folder(self.store.path(run_id), lambda kind: sample(), threading.Event(), "cpu")


@pytest.fixture
def two(tmp_path, address):
    return Server(tmp_path / "a", address), Server(tmp_path / "b", address)


def sync(*servers: Server) -> None:
    for server in servers:
        server.sync()


def put(server: Server, run_id: str, name: str, content: str) -> None:
    (server.store.path(run_id) / name).write_text(content)


def read(server: Server, run_id: str, name: str) -> str:
    return (server.store.path(run_id) / name).read_text()


def test_a_run_comes_to_all_is_renamed_and_deleted_by_anybody(two):
    a, b = two
    run = a.store.create(tiny(), "Mine", state="done", owner="ann")
    sync(a, b)
    assert b.store.info(run) == a.store.info(run)
    assert not any(path.name.startswith(f".{run}") for path in b.root.iterdir())
    b.store.rename(run, "Ours")
    sync(b, a)
    assert a.store.info(run).name == "Ours"
    a.store.delete(run)
    sync(a)
    for _ in range(mirrors.SELDOM):  # runs that are over are looked at seldom
        b.mirror.sync()
    assert b.store.all() == [] and a.store.all() == []


def test_a_run_deleted_while_a_server_was_down_does_not_come_back(tmp_path, address, two):
    a, b = two
    run = a.store.create(tiny(), state="done")
    sync(a, b)
    a.store.delete(run)
    sync(a)
    again = Server(tmp_path / "b", address)
    assert again.mirror.me == b.mirror.me
    sync(again, a)
    assert again.store.all() == [] and a.store.all() == []


def test_an_emptied_or_another_store_gets_the_runs_instead_of_taking_them(tmp_path, two):
    a, b = two
    run = a.store.create(tiny(), state="done")
    sync(a, b)
    other = Server(tmp_path / "a", f"memory://{secrets.token_hex(4)}/runs")
    sync(other)
    assert other.far_ids() == {run} and other.store.info(run).state == "done"
    for folder in a.mirror.far.folders():
        a.mirror.far.remove(folder)
    sync(a, b)
    assert a.far_ids() == {run}
    assert a.store.info(run).state == b.store.info(run).state == "done"


def test_others_watch_a_run_and_say_what_is_wanted_of_it(two):
    a, b = two
    run = a.store.create(tiny(), state="running")
    a.mine = {run}
    put(a, run, "events.jsonl", "one\n")
    put(a, run, CHECKPOINT, "large")
    sync(a, b)
    put(a, run, "events.jsonl", "one\ntwo\n")
    sync(a, b)
    assert read(b, run, "events.jsonl") == "one\ntwo\n"
    assert not (b.store.path(run) / CHECKPOINT).exists()  # nobody needs it there
    (b.store.path(run) / "alive").unlink()
    sync(a, b)
    b.store.adopt(services.LOST_S)
    assert b.store.info(run).state == "running"
    b.store.wish(run, "pause")
    b.store.set_state(run, "failed", "A stranger's word.")
    sync(b, a, b)
    assert read_control(a.store.path(run) / "control.json").command == "pause"
    assert a.store.info(run).state == b.store.info(run).state == "running"
    a.store.wish(run, "run")
    sync(a, b)
    assert read_control(b.store.path(run) / "control.json").command == "run"
    a.mine = set()
    a.store.set_state(run, "done")
    sync(a, b)
    assert b.store.info(run).state == "done" and read(b, run, CHECKPOINT) == "large"


def test_a_lost_servers_run_goes_on_on_another_to_the_same_end(tmp_path, address, monkeypatch):
    a, b = Server(tmp_path / "a", address), Server(tmp_path / "b", address, lost_s=0.0)
    run = a.store.create(tiny())
    a.mine = {run}
    real, saved = loop.write_tensors, []

    def write(path, plain):
        if saved:
            raise OSError(5, "The server is lost")
        real(path, plain)
        saved.append(path)
        a.store.set_state(run, "running")
        sync(a, b)  # the last that is heard of it

    monkeypatch.setattr(loop, "write_tensors", write)
    a.train(run)
    monkeypatch.setattr(loop, "write_tensors", real)
    b.store.adopt(0.0)
    assert b.store.info(run).state == "interrupted"
    b.mirror.bring(run)
    assert (b.store.path(run) / CHECKPOINT).is_file()
    b.mine = {run}
    assert b.train(run) == "done"
    whole = b.store.create(tiny())
    b.train(whole)

    def told(run_id: str) -> list[dict]:
        lines = map(json.loads, read(b, run_id, "events.jsonl").splitlines())
        kinds = ("start", "epoch", "probe", "layers", "test", "end")
        return [without_times(e) for e in lines if e["kind"] in kinds]

    assert told(run) == told(whole)
    a.mine = set()
    sync(b, a)
    assert a.store.info(run).state == "done"
    assert read(a, run, "events.jsonl") == read(b, run, "events.jsonl")


def test_a_server_that_was_not_heard_of_for_long_keeps_its_run(tmp_path, address):
    a, b = Server(tmp_path / "a", address), Server(tmp_path / "b", address, lost_s=0.0)
    run = a.store.create(tiny(), state="running")
    a.mine = {run}
    sync(a, b)
    b.store.adopt(0.0)
    sync(b, a)
    assert a.store.info(run).state == "running"
    sync(b)
    assert b.store.info(run).state == "running"


def test_a_checkpoint_goes_with_what_it_vouches_for(two, monkeypatch):
    a, _ = two
    run = a.store.create(tiny(), state="running")
    a.mine = {run}
    put(a, run, "events.jsonl", "one\n")
    sync(a)
    put(a, run, CHECKPOINT, "after two lines")
    real, order = a.mirror.far.put, []
    before = a.mirror._hashes

    def hashes(*given):
        found = before(*given)
        put(a, run, "events.jsonl", "one\ntwo\n")  # at this very moment
        return found

    monkeypatch.setattr(a.mirror, "_hashes", hashes)
    monkeypatch.setattr(a.mirror.far, "put", lambda *given: (order.append(given[1]), real(*given)))
    sync(a)
    assert order[order.index("events.jsonl") :] == ["events.jsonl", CHECKPOINT, MANIFEST]
    assert a.mirror.far.get(run, "events.jsonl") == b"one\ntwo\n"


def test_of_two_that_train_one_run_only_the_first_writes_the_store(two):
    a, b = two
    run = a.store.create(tiny(), state="running")
    sync(a, b)
    a.mine, b.mine = {run}, {run}
    for turn in range(3):
        put(a, run, "events.jsonl", f"a{turn}\n")
        put(b, run, "events.jsonl", f"b{turn}\n")
        sync(a, b)
        assert a.mirror.far.get(run, "events.jsonl") == f"a{turn}\n".encode()


def test_what_was_read_while_it_was_written_is_read_again(two):
    a, b = two
    run = a.store.create(tiny(), state="done")
    put(a, run, "owner", "ann")
    sync(a)
    far = a.mirror.far
    far.put(run, "owner", b"an")
    sync(b)
    assert b.store.owner(run) == "an"
    far.put(run, "owner", b"ann")
    sync(b)
    assert b.store.owner(run) == "ann"


@pytest.mark.parametrize("name", ["../x", "/etc/x", ".hidden", "alive", "a/b"])
def test_a_manifest_names_files_of_the_runs_folder_alone(two, name):
    a, b = two
    run = a.store.create(tiny(), state="done")
    sync(a)
    manifest = json.loads(a.mirror.far.get(run, MANIFEST))
    manifest["files"][name] = "0"
    with contextlib.suppress(FileNotFoundError):  # a file system may have no such name
        a.mirror.far.put(run, name, b"x")
    a.mirror.far.put(run, MANIFEST, json.dumps(manifest).encode())
    sync(b)
    names = {p.name for p in b.store.path(run).iterdir() if not p.name.startswith(".agreed-")}
    assert names == {"config.json", "status.json"}
    assert {p.name for p in b.root.iterdir()} == {run, ".server"}


def test_growing_files_rest_between_two_puts_and_never_at_the_end(two, monkeypatch):
    a, _ = two
    monkeypatch.setattr(mirrors, "REST", 1e9)
    run = a.store.create(tiny(), state="running")
    a.mine = {run}
    put(a, run, "events.jsonl", "one\n")
    a.mirror.sync()
    put(a, run, "events.jsonl", "one\ntwo\n")
    a.mirror.sync()
    assert a.mirror.far.get(run, "events.jsonl") == b"one\n"
    a.store.set_state(run, "done")
    a.mirror.sync()
    assert a.mirror.far.get(run, "events.jsonl") == b"one\ntwo\n"


def test_a_store_that_does_not_answer_is_told_and_asked_again(two, monkeypatch):
    a, b = two
    run = a.store.create(tiny(), state="done")

    def refuse(*_):
        raise ConnectionError("nobody")

    with monkeypatch.context() as patch:
        patch.setattr(a.mirror.far, "put", refuse)
        a.mirror.sync()
        assert "nobody" in a.mirror.problem and a.store.info(run).state == "done"
    sync(a, b)
    assert b.store.info(run).name == a.store.info(run).name


def test_two_services_see_the_same_runs(tmp_path, address, monkeypatch):
    monkeypatch.setattr(services, "BEAT_S", 0.05)
    a, b = (TrainingService(tmp_path / name, runner=Nobody(), far=address) for name in ("a", "b"))
    try:
        assert not a.cut_off() and not b.cut_off()
        run = a.submit(tiny())
        until = time.monotonic() + 20
        while not [r.id for r in b.runs()]:
            assert time.monotonic() < until
            time.sleep(0.02)
        assert b.info(run).state == "queued"
        with pytest.raises(SettingError, match="already training"):
            b.resume(run)
    finally:
        a.close()
        b.close()


def test_a_run_whose_store_does_not_answer_cannot_go_on_elsewhere(tmp_path, monkeypatch):
    service = TrainingService(tmp_path, runner=Nobody(), far=f"memory://{secrets.token_hex(4)}")
    try:
        run = service.store.create(tiny(), state="interrupted")

        def refuse(*_):
            raise ConnectionError("nobody")

        monkeypatch.setattr(service.mirror.far, "get", refuse)
        service.mirror.sync()
        assert service.cut_off()
        with pytest.raises(SettingError, match="does not answer"):
            service.resume(run)
        assert service.info(run).state == "interrupted"
    finally:
        service.close()


def test_an_unknown_store_says_what_to_install():
    with pytest.raises(SettingError, match="INITOPT_RUNS"):
        Objects("nowhere://x")
