"""An initialization as a short PyTorch program that runs by itself and prints the same numbers."""

from __future__ import annotations

from initopt_core.initializers import INITIALIZERS
from initopt_core.networks import ACTIVATIONS
from initopt_core.programs import call_text, from_torch, literal, sources

from .settings import Settings


def program(settings: Settings) -> str:
    """Python source; needs torch, torchvision and the Fashion-MNIST files (downloaded into
    `data/`, or found under the folder in FASHION_MNIST)."""
    entry, activation = INITIALIZERS[settings.scheme], ACTIVATIONS[settings.activation]
    made = call_text(activation.call, dict(settings.activation_settings))
    initializer = sources(entry.call)
    own = "" if from_torch(activation.call) else sources(activation.call) + "\n\n"
    values = "".join(f", {k}={literal(v)}" for k, v in settings.scheme_values.items())
    images = ", images=images" if entry.needs_images else ""
    pick = (
        "index = [i for i in train_set.indices if int(data.targets[i]) in "
        f"{set(settings.classes)}][:{settings.batch}]"
        if settings.classes
        else f"index = train_set.indices[:{settings.batch}]"
    )
    hidden = list(settings.hidden)
    return f'''"""{entry.label} with {activation.label}, before the first training step."""

import math
import os

import torch
from torch import nn
from torch.nn import functional
from torch.utils.data import random_split
from torchvision.datasets import FashionMNIST

{own}{initializer}

# The first images of the training split, normalized to mean 0 and standard deviation 1.
data = FashionMNIST(os.environ.get("FASHION_MNIST", "data"), train=True, download=True)
train_set, _ = random_split(data, [50_000, 10_000], torch.Generator().manual_seed(42))
{pick}
images = (data.data[index].reshape(-1, 784).float() / 255 - 0.2861) / 0.3530
labels = data.targets[index]

sizes = [784, *{hidden}, 10]
activation = {made}
model = nn.Sequential()
for fan_in, fan_out in zip(sizes[:-1], sizes[1:]):
    model += nn.Sequential(nn.Linear(fan_in, fan_out), activation)
model = model[:-1]
model.layers = list(model)  # the initializers walk this

generator = torch.Generator().manual_seed({settings.seed})
{entry.call.__name__}(model{values}{images}, generator=generator)

x, outputs = images, []
for layer in model.layers:
    x = layer(x)
    if isinstance(layer, nn.Linear):
        outputs.append(x)
functional.cross_entropy(x, labels).backward()
linears = [layer for layer in model.layers if isinstance(layer, nn.Linear)]
print("layer      weights     gradients   activations   (variances)")
for i, (linear, output) in enumerate(zip(linears, outputs)):
    values = [t.detach().double().var(correction=0) for t in
              (linear.weight, linear.weight.grad, output)]
    print(f"Layer {{2 * i:<3}}", *(f"{{v:<12.6g}}" for v in values))
'''
