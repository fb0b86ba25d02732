"""Training on a Ray cluster: a local one with two machines; a process there is killed, then a
machine is lost."""

from __future__ import annotations

import importlib.util
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch

from initopt_core.settings import RAY_INSTALL
from initopt_core.training import load_model, train
from initopt_core.training.runs.ray_runner import RayRunner
from initopt_core.training.runs.service import TrainingService
from tests.support.training import sample, tiny, without_times

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("ray") is None, reason=f"Ray is not installed: {RAY_INSTALL}"
)

CLUSTER = """
import sys
from ray.cluster_utils import Cluster
import psutil  # Ray brings it
least = {"object_store_memory": 80 * 2**20, "include_dashboard": False}
cluster = Cluster(True, head_node_args={"num_cpus": 0, **least})
nodes = [cluster.add_node(num_cpus=1, **least) for _ in range(2)]
print(cluster.address, flush=True)
for line in sys.stdin:  # a process: the machine on which it runs is lost
    parents = {one.pid for one in psutil.Process(int(line)).parents()}
    for node in nodes:
        if any(i.process.pid in parents for kind in node.all_processes.values() for i in kind):
            cluster.remove_node(node, allow_graceful=False)
cluster.shutdown()
"""


def wait(condition, seconds=70.0):
    until = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < until, "it did not happen in time"
        time.sleep(0.02)
    return found


@pytest.fixture(scope="module")
def hall(tmp_path_factory):
    """A service whose runs are trained on a cluster of two machines with a core each; whoever
    writes there the number of a process loses its machine."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RAY_AUTH_MODE", "token")
        patch.setenv("RAY_AUTH_TOKEN", "ab" * 32)
        patch.setenv("RAY_USAGE_STATS_ENABLED", "0")
        cluster = subprocess.Popen(
            [sys.executable, "-c", CLUSTER],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        made = None
        try:
            address = next(line for line in cluster.stdout if ":" in line and " " not in line)
            runner = RayRunner(address.strip(), gpus=0, tasks=4)
            made = TrainingService(tmp_path_factory.mktemp("runs"), runner=runner, at_once=4)
            yield made, cluster.stdin
        finally:
            if made is not None:
                made.close(20.0)
            cluster.stdin.close()
            cluster.wait(30)


@pytest.fixture
def service(hall):
    return hall[0]


def place(service, run_id) -> dict:
    path = service.store.path(run_id) / "place"
    return json.loads(path.read_text()) if path.exists() else {}


def told(path: Path, *kinds: str) -> list[dict]:
    events = [json.loads(line) for line in (path / "events.jsonl").read_text().splitlines()]
    return [without_times(e) for e in events if e["kind"] in kinds]


def undisturbed(config):
    """What a run of this process gives, with one thread as on the cluster."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        return train(config, sample(), device="cpu")
    finally:
        torch.set_num_threads(threads)


def test_a_killed_workers_run_goes_on_elsewhere_to_the_same_end(service):
    config = tiny(epochs=14, train_images=2000, batch_size=16)
    killed = service.submit(config)
    other = service.submit(tiny())
    wait(lambda: service.history(killed).finished_epochs >= 3)
    before = place(service, killed)
    kept = list(service.history(killed).curves["SGD"].val)
    os.kill(before["process"], signal.SIGKILL)
    wait(lambda: place(service, killed).get("lost") == 1)
    assert place(service, killed)["process"] != before["process"]
    wait(lambda: service.info(killed).state not in ("queued", "running"))
    assert service.info(killed).state == "done"
    assert service.history(killed).curves["SGD"].val[: len(kept)] == kept
    assert service.info(other).state == "done"

    same = undisturbed(config)
    path = service.store.path(killed)
    for name, trial in same.trials.items():
        model, results = load_model(path, name)
        assert results["train_losses"] == trial.train_losses
        assert results["val_scores"] == trial.val_scores
        for key, weights in same.models[name].state_dict().items():
            assert torch.equal(model.state_dict()[key], weights)
    epochs = [e["epoch"] for e in told(path, "epoch")]
    assert epochs == list(range(1, config.epochs + 1))
    assert len(told(path, "start")) == len(told(path, "end")) == 1


def test_a_rate_search_is_spread_over_the_cluster(service):
    config = tiny(search_epochs=1, epochs=1, train_images=512, racers=tiny().racers[:1])
    run_id = service.submit(config)
    wait(lambda: service.info(run_id).state not in ("queued", "running"))
    assert service.info(run_id).state == "done"
    rows = undisturbed(config).search
    history = service.history(run_id)
    assert history.search == {row[:3]: row[3] for row in rows}
    path = service.store.path(run_id)
    assert history.state == "done" and not (path / ".search").exists()


def test_a_lost_machines_run_goes_on_on_the_other(hall):
    service, lose = hall
    run_id = service.submit(tiny(epochs=14, train_images=2000, batch_size=16, seeds=(7,)))
    wait(lambda: service.history(run_id).finished_epochs >= 3)
    assert service.info(run_id).state == "running" and place(service, run_id)["lost"] == 0
    lose.write(f"{place(service, run_id)['process']}\n")
    lose.flush()
    wait(lambda: service.info(run_id).state not in ("queued", "running"))
    assert service.info(run_id).state == "done" and place(service, run_id)["lost"] == 1
    epochs = [e["epoch"] for e in told(service.store.path(run_id), "epoch")]
    assert epochs == list(range(1, 15))
