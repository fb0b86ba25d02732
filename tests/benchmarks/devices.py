"""Epochs of the tutorial's network on every device of this machine, the same runs one by one.

python tests/benchmarks/devices.py [--epochs 3]
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import torch

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from initopt_core import data
from initopt_core.training import Racer, TrainConfig, train

RACES = (("SGD",), ("Adam",), ("SGD", "SGDMomentum", "Adam"), ("Muon",))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--epochs", type=int, default=3)
    epochs = parser.parse_args().epochs
    dataset = data.load()
    devices = ["cpu", *(["cuda"] if torch.cuda.is_available() else [])]
    print(f"{dataset!r}, {torch.__version__}, {torch.get_num_threads()} threads")
    kind = "sample" if dataset.source == "sample" else "full"
    for names in RACES:
        for device in devices:
            events: list[dict] = []
            config = TrainConfig(racers=tuple(map(Racer, names)), epochs=epochs, data=kind)
            train(config, dataset, events.append, device=device)
            clock = [e["clock"] for e in events if e["kind"] == "epoch"]
            print(f"{' + '.join(names):24s} {device:5s} {clock[-1]:6.2f} s", flush=True)


if __name__ == "__main__":
    main()
