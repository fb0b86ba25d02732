"""The probe against its floor and against the tutorial's way of showing the same.

    python tests/benchmarks/probe.py

Floor: 6 operations a parameter and image (forward, and two products backward) at the matrix rate
measured here and now; target at most 2 times. The tutorial's way: three calls that draw seaborn
histograms with a density estimate; target at least 50 times slower than the probe.
"""

from __future__ import annotations

import statistics
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import torch
from torch import nn

from initopt_core import data
from initopt_core.initialization import Settings, observe
from initopt_core.initializers import kaiming_init
from initopt_core.networks import BaseNetwork, count_parameters, make_activation
from initopt_core.probes import probe


def timed(function, repeats: int) -> tuple[float, float]:
    """(fastest, median) milliseconds."""
    function()
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        function()
        times.append(1000 * (time.perf_counter() - start))
    return min(times), statistics.median(times)


def tutorials_way(model: BaseNetwork, images, labels) -> None:
    """Weights, gradients and activations as seaborn histograms, drawn as SVG."""
    import io

    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt
    import seaborn

    model.zero_grad()
    x, outputs = images, []
    for layer in model.layers:
        x = layer(x)
        if isinstance(layer, nn.Linear):
            outputs.append(x.detach())
    nn.functional.cross_entropy(x, labels).backward()
    linears = model.linears()
    for arrays in (
        [m.weight.detach() for m in linears], [m.weight.grad for m in linears], outputs,
    ):  # fmt: skip
        figure, axes = plt.subplots(1, len(arrays), figsize=(3 * len(arrays), 2.5))
        for axis, array in zip(axes, arrays, strict=True):
            seaborn.histplot(array.flatten().numpy(), ax=axis, bins=50, kde=True)
        figure.savefig(io.BytesIO(), format="svg")
        plt.close(figure)


def main() -> None:
    torch.manual_seed(0)
    images, labels = data.probe_batch(data.load_sample())
    model = BaseNetwork(make_activation("relu"))
    kaiming_init(model)
    a, b = torch.randn(1024, 1024), torch.randn(1024, 1024)
    timed(lambda: a @ b, 20)
    rate = 2 * 1024**3 / timed(lambda: a @ b, 30)[0]  # operations a millisecond
    floor = 6 * count_parameters(model) * len(images) / rate
    fastest, median = timed(lambda: probe(model, images, labels), 40)
    print(
        f"matrix rate {rate / 1e6:.0f} GFLOP/s, {torch.get_num_threads()} threads; floor "
        f"{floor:.1f} ms; probe {fastest:.1f} ms ({fastest / floor:.2f}x), median {median:.1f} ms "
        f"({median / floor:.2f}x); target 2x"
    )
    fastest_post, _ = timed(lambda: probe(model, images, labels, outputs=True), 20)
    print(f"with a row behind the non-linearity: {fastest_post:.1f} ms")
    dataset = data.load_sample()
    seeds = iter(range(1000))
    whole, _ = timed(lambda: observe(Settings.make(seed=next(seeds)), dataset).prediction, 20)
    print(f"weights drawn, probe, theory: {whole:.1f} ms")
    deep, _ = timed(lambda: observe(Settings.make(hidden="64 x 512", seed=next(seeds)), dataset), 2)
    print(f"the same for 64 layers of 512: {deep / 1000:.2f} s; target 1 s")
    try:
        slow, _ = timed(lambda: tutorials_way(model, images, labels), 1)
    except ImportError:
        print("the tutorial's way is not measured: pip install -r tests/requirements.txt")
        return
    print(f"tutorial's way {slow:.0f} ms: {slow / median:.0f} times the probe; target 50")


if __name__ == "__main__":
    main()
