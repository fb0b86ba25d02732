"""Speed of the training loop, as ratios within one run.

    python tests/benchmarks/training.py [--steps 50] [--rounds 5]

- floor: the multiplications that forward and backward of the tutorial's network need (the
  input's gradient left out), over the rate of a large matrix product measured between the rounds.
- ours: the race's own loop, data gathering, statistics, probes and validation included.
- events, checkpoints: what writing them takes of the time of a run of three racers.
- tutorial: an equivalent of its loop: images through PIL, ToTensor and Normalize one by one, a
  DataLoader, .item() at every step; with torch's own optimizers.
- first point: from asking the service for a race to the first loss in its history.

The rounds take turns and the medians are compared, because the machine is rarely quiet.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from pathlib import Path
from threading import Event
from unittest import mock

import torch
import torch.nn.functional as F

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from initopt_core import data as fashion
from initopt_core.training import Racer, TrainConfig, loop, train
from initopt_core.training.batches import PROBE_IMAGES
from initopt_core.training.history import History
from initopt_core.training.runs import worker
from initopt_core.training.runs.service import TrainingService
from initopt_core.training.runs.store import RunStore
from initopt_core.training.trial import initial_model

TORCH = {
    "SGD": lambda p: torch.optim.SGD(p, 0.1),
    "SGDMomentum": lambda p: torch.optim.SGD(p, 0.01, momentum=0.9),
    "Adam": lambda p: torch.optim.Adam(p, 1e-3),
}


def timed(work) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def matrix_rate(size: int = 1024, count: int = 30) -> float:
    """Operations a second of a float32 matrix product."""
    a, b, c = (torch.randn(size, size) for _ in range(3))
    torch.mm(a, b, out=c)
    return count * 2 * size**3 / timed(lambda: [torch.mm(a, b, out=c) for _ in range(count)])


def operations(steps: int, batch: int, val: int) -> float:
    """What an epoch of one racer needs: forward, both gradients (the first layer has one), and
    the forward passes of validation and of the histograms' probe."""
    weights = [layer.weight.numel() for layer in initial_model(TrainConfig(), 0).linears()]
    step = sum(2 * batch * w * (3 if i else 2) for i, w in enumerate(weights))
    return steps * step + 2 * (val + PROBE_IMAGES) * sum(weights)


def ours(config: TrainConfig, dataset) -> float:
    """Seconds of one epoch with its validation, by the loop's own clock."""
    events = []
    train(config, dataset, events.append, device="cpu")
    return next(e["clock"] for e in events if e["kind"] == "epoch")


def streaming_shares(config: TrainConfig, dataset) -> tuple[float, float]:
    """What a run in the worker spends on its events and control file, and on its checkpoints, as
    shares of the time of its epochs."""
    spent = {"events": 0.0, "checkpoints": 0.0}

    def counted(kind: str, function):
        def wrapper(*args, **kwargs):
            start = time.perf_counter()
            try:
                return function(*args, **kwargs)
            finally:
                spent[kind] += time.perf_counter() - start

        return wrapper

    with (
        tempfile.TemporaryDirectory() as folder,
        mock.patch.object(worker.Log, "__call__", counted("events", worker.Log.__call__)),
        mock.patch.object(worker.Wishes, "__call__", counted("events", worker.Wishes.__call__)),
        mock.patch.object(loop._Run, "save", counted("checkpoints", loop._Run.save)),
    ):
        store = RunStore(Path(folder))
        run_id = store.create(config)
        state = worker.run_folder(store.path(run_id), lambda kind: dataset, Event(), "cpu")
        assert state == "done"
        history = History(store.path(run_id) / "events.jsonl")
        history.poll()
        return spent["events"] / history.clock, spent["checkpoints"] / history.clock


def tutorials_way(name: str, config: TrainConfig, dataset) -> None:
    """One epoch and its validation in the manner of the tutorial."""
    from PIL import Image
    from torch.utils.data import DataLoader, Dataset
    from torchvision import transforms

    transform = transforms.Compose(
        [transforms.ToTensor(), transforms.Normalize((0.2861,), (0.3530,))]
    )

    class Images(Dataset):
        def __init__(self, index):
            self.index = index

        def __len__(self):
            return len(self.index)

        def __getitem__(self, i):
            k = self.index[i]
            image = Image.fromarray(dataset.train_images[k].numpy(), mode="L")
            return transform(image), int(dataset.train_labels[k])

    model = initial_model(config, 42)
    optimizer = TORCH[name](model.parameters())
    train_set = Images(dataset.train_index[: config.train_images])
    correct = 0
    for images, labels in DataLoader(train_set, config.batch_size, shuffle=True, drop_last=True):
        optimizer.zero_grad()
        predicted = model(images)
        loss = F.cross_entropy(predicted, labels)
        loss.backward()
        optimizer.step()
        correct += (predicted.argmax(-1) == labels).sum().item()
        loss.item()
    with torch.no_grad():
        for images, labels in DataLoader(Images(dataset.val_index), 1024):
            correct += (model(images).argmax(-1) == labels).sum().item()


def first_point(dataset) -> float:
    """Seconds from `submit` to the first loss, with an idle worker that is ready."""
    with tempfile.TemporaryDirectory() as folder:
        full = dataset.source != "sample"
        service = TrainingService(
            Path(folder),
            data_folder=dataset.folder if full else "",
            warm="full" if full else "sample",
        )
        try:
            time.sleep(8)  # the worker imports torch and reads the data meanwhile
            start = time.perf_counter()
            run_id = service.submit(TrainConfig(data="full" if full else "sample"))
            while service.history(run_id).step == 0:
                time.sleep(0.005)
            return time.perf_counter() - start
        finally:
            service.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--steps", type=int, default=195, help="of an epoch; 195 is a whole one")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument(
        "--tutorial-rounds", type=int, default=2, help="its loop is slow; 0 is none"
    )
    options = parser.parse_args()
    dataset = fashion.load()
    torch.manual_seed(0)
    base = {
        "epochs": 1,
        "train_images": min(options.steps * 256, len(dataset.train_index)),
        "data": "sample" if dataset.source == "sample" else "full",
    }
    steps = base["train_images"] // 256
    work = operations(steps, 256, len(dataset.val_index))
    print(f"{dataset!r}, {steps} steps, {torch.get_num_threads()} threads, {torch.__version__}")
    for name in TORCH:
        config = TrainConfig(racers=(Racer(name),), **base)
        times: dict[str, list[float]] = {"floor": [], "ours": [], "tutorial": []}
        ours(config, dataset)
        for turn in range(options.rounds):
            times["floor"].append(work / matrix_rate())
            times["ours"].append(ours(config, dataset))
            if turn < options.tutorial_rounds:
                times["tutorial"].append(
                    timed(lambda c=config, n=name: tutorials_way(n, c, dataset))
                )
        middle = {k: statistics.median(v) for k, v in times.items() if v}
        line = (
            f"{name:12s} floor {middle['floor']:5.2f} s | ours {middle['ours']:5.2f} s = "
            f"{middle['ours'] / middle['floor']:4.2f} x floor (least of each: "
            f"{min(times['ours']) / min(times['floor']):4.2f})"
        )
        if "tutorial" in middle:
            line += (
                f" | tutorial {middle['tutorial']:5.2f} s = "
                f"{middle['tutorial'] / middle['floor']:4.1f} x floor, "
                f"{middle['tutorial'] / middle['ours']:4.1f} x ours"
            )
        print(line, flush=True)
    events, checkpoints = streaming_shares(TrainConfig(**{**base, "epochs": 3}), dataset)
    print(f"events {events:.2%}, checkpoints {checkpoints:.1%} of a run of three racers")
    print(f"first point after {first_point(dataset):.2f} s")


if __name__ == "__main__":
    main()
