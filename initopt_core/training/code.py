"""A race as a PyTorch program that runs by itself and prints the same numbers.

Initializer, activation and schedule are the sources of the registry's own functions; optimizers
are torch's, where it has them, with rates in torch's convention, and otherwise sources, too.
"""

from __future__ import annotations

from initopt_core.initializers import INITIALIZERS
from initopt_core.networks import ACTIVATIONS
from initopt_core.optimizers import OPTIMIZERS
from initopt_core.programs import sources
from initopt_core.schedules import SCHEDULES

from .config import Racer, TrainConfig
from .loop import PROBE_IMAGES

NOT_NEEDED = ("state_dict", "load_state_dict")
"""Methods of our optimizers that a program has no use for."""


def program(config: TrainConfig) -> str:
    """Python source; needs torch, torchvision and the Fashion-MNIST files (downloaded into
    `data/`, or found under the folder in FASHION_MNIST)."""
    initializer, activation = INITIALIZERS[config.initializer], ACTIVATIONS[config.activation]
    schedule = SCHEDULES[config.schedule]
    from_torch = activation.call.__module__.startswith("torch.")
    name = activation.call.__name__
    act = f"{'nn.' * from_torch}{name}({_arguments(dict(config.activation_settings))})"
    parts = [] if from_torch else [sources(activation.call)]
    parts.append(sources(initializer.call))
    scheduled = config.schedule != "constant"
    if scheduled:
        parts.append(sources(schedule.call))
    own_optimizers = [_own(r) for r in config.racers if not _in_torch(r)]
    if own_optimizers:
        parts.append(sources(*own_optimizers, without=NOT_NEEDED))
    values = _arguments(dict(config.initializer_settings), lead=True)
    images = f", images=normalize(data.data[train[:{PROBE_IMAGES}]])"
    images = images if initializer.needs_images else ""
    racers = "".join(
        f"    {label!r}: lambda params: {_optimizer(racer)},\n"
        for label, racer in zip(config.labels(), config.racers, strict=True)
    )
    factor = (
        f"{schedule.call.__name__}(step, total"
        f"{_arguments(dict(config.schedule_settings), lead=True)})"
    )
    rate = (
        f"            for group in getattr(optimizer, 'param_groups', []):\n"
        f"                group['lr'] = lr * {factor}\n"
        f"            optimizer.lr = lr * {factor}\n"
        if scheduled
        else ""
    )
    clip = (
        f"            nn.utils.clip_grad_norm_(model.parameters(), {config.clip_norm})\n"
        if config.clip_norm
        else ""
    )
    count = f"[:{config.train_images}]" if config.train_images else ""
    own = "\n\n".join(part.strip() + "\n" for part in parts)
    return f'''"""{", ".join(config.labels())}: {config.epochs} epochs of Fashion-MNIST."""

import copy
import math
import os
from dataclasses import dataclass, field

import torch
from torch import nn
from torch.nn import functional
from torch.utils.data import random_split
from torchvision.datasets import FashionMNIST


{own}

def normalize(images):
    return (images.reshape(len(images), -1).float() / 255 - 0.2861) / 0.3530


def permutation(seed, epoch, count):
    generator = torch.Generator().manual_seed(seed * 1_000_003 + epoch * 7919 + 12345)
    return torch.randperm(count, generator=generator)


def accuracy(model, images, labels):
    with torch.no_grad():
        return (model(normalize(images)).argmax(-1) == labels).float().mean().item()


root = os.environ.get("FASHION_MNIST", "data")
data = FashionMNIST(root, train=True, download=True)
test = FashionMNIST(root, train=False, download=True)
train, val = random_split(data, [50_000, 10_000], torch.Generator().manual_seed(42))
train, val = torch.tensor(train.indices){count}, torch.tensor(val.indices)
batch = {config.batch_size}
steps = len(train) // batch  # the last incomplete batch is left out
total = {config.epochs} * steps

racers = {{
{racers}}}

for seed in {config.seeds!r}:
    sizes = [784, *{list(config.hidden_sizes)}, 10]
    activation = {act}
    stack = []
    for fan_in, fan_out in zip(sizes[:-1], sizes[1:]):
        stack += [nn.Linear(fan_in, fan_out), activation]
    base = nn.Sequential(*stack[:-1])
    base.layers = list(base)  # the initializers walk this
    {initializer.call.__name__}(base{values}{images}, generator=torch.Generator().manual_seed(seed))
    del base.layers
    for name, make in racers.items():
        model = copy.deepcopy(base)
        optimizer = make(model.parameters())
        lr = getattr(optimizer, "lr", None) or optimizer.param_groups[0]["lr"]
        best, kept = -1.0, None
        for step in range(total):
            epoch, at = divmod(step, steps)
            if at == 0:
                order = train[permutation(seed, epoch, len(train))]
            index = order[at * batch : (at + 1) * batch]
{rate}            optimizer.zero_grad()
            loss = functional.cross_entropy(model(normalize(data.data[index])), data.targets[index])
            loss.backward()
{clip}            optimizer.step()
            if at == steps - 1:
                score = accuracy(model, data.data[val], data.targets[val])
                print(f"{{name}}, seed {{seed}}, epoch {{epoch + 1}}: loss {{loss.item():.4f}}, "
                      f"validation {{100 * score:.2f}} %")
                if score > best:
                    best, kept = score, copy.deepcopy(model)
        score = accuracy(kept, test.data, test.targets)
        print(f"{{name}}, seed {{seed}}: test {{100 * score:.2f}} %")
'''


def _in_torch(racer: Racer) -> bool:
    """Whether torch has it; its Adam always corrects the bias."""
    corrected = dict(racer.settings).get("bias_correction", True)
    return bool(OPTIMIZERS[racer.optimizer].torch_code) and corrected


def _optimizer(racer: Racer) -> str:
    settings = dict(racer.settings)
    if _in_torch(racer):
        return OPTIMIZERS[racer.optimizer].torch_code.format(**settings)
    return f"{_own(racer).__name__}(params, {_arguments(settings)})"


def _own(racer: Racer) -> type:
    """The class whose source the program holds."""
    entry = OPTIMIZERS[racer.optimizer]
    return entry.torch_parts or entry.call


def _arguments(values: dict, lead: bool = False) -> str:
    text = ", ".join(f"{k}={v!r}" for k, v in values.items())
    return f", {text}" if lead and text else text
