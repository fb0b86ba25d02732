"""What holds for all tests: where published checkpoints may lie, and who gives way to whom."""

import os
from pathlib import Path

import pytest

_BESIDE = Path(__file__).resolve().parents[2] / "shared" / "pretrained"
if _BESIDE.is_dir():
    os.environ.setdefault("INITOPT_PRETRAINED", str(_BESIDE))
# A run that gives way to the other tests would get next to nothing, and they wait for it.
os.environ.setdefault("INITOPT_NICENESS", "0")


@pytest.fixture(autouse=True, scope="session")
def one_thread_a_worker():
    """Workers whose threads wait for one another's processor at every barrier take up to thirty
    times as long."""
    if "PYTEST_XDIST_WORKER" in os.environ:
        import torch

        torch.set_num_threads(1)


def pytest_collection_modifyitems(items):
    """What is long waits until it is asked for."""
    if os.environ.get("INITOPT_LONG") == "1":
        return
    for item in items:
        if item.get_closest_marker("long"):
            item.add_marker(pytest.mark.skip(reason="long: INITOPT_LONG=1 runs it"))
