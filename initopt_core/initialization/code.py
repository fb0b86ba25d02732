"""A view as a short PyTorch program that runs by itself and prints the same numbers.

The initializer's and the activation's source are taken from the functions that made the view, with
whatever helpers they call, so that a new registry entry needs nothing here.
"""

from __future__ import annotations

import ast
import inspect
import sys
from collections.abc import Callable, Collection

from ..initializers import INITIALIZERS
from ..networks import ACTIVATIONS
from .settings import Settings


def program(settings: Settings) -> str:
    """Python source; needs torch, torchvision and the Fashion-MNIST files (downloaded into
    `data/`, or found under the folder in FASHION_MNIST)."""
    entry, activation = INITIALIZERS[settings.scheme], ACTIVATIONS[settings.activation]
    made = _call(activation.call, dict(settings.activation_settings))
    initializer = sources(entry.call)
    own = "" if _from_torch(activation.call) else sources(activation.call) + "\n\n"
    values = "".join(f", {k}={_literal(v)}" for k, v in settings.scheme_values.items())
    images = ", images=images" if entry.extra.get("images") else ""
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


def sources(*things: Callable, without: Collection[str] = ()) -> str:
    """Source of functions or classes and of everything of their own modules that they use, without
    docstrings, in the order in which it is needed.

    Args:
        without: names of methods that are left out.
    """
    found: dict[str, str] = {}

    def visit(thing: Callable) -> None:
        module = sys.modules[thing.__module__]
        tree = ast.parse(inspect.getsource(thing))
        node = tree.body[0]
        if isinstance(node, ast.ClassDef):
            node.body = [part for part in node.body if getattr(part, "name", "") not in without]
        _strip(node)
        found[thing.__name__] = ""  # its place; what it needs comes before it
        for name in [n.id for n in ast.walk(node) if isinstance(n, ast.Name)]:
            other = getattr(module, name, None)
            mine = inspect.isfunction(other) or inspect.isclass(other)
            if mine and other.__module__ == module.__name__ and name not in found:
                visit(other)
        del found[thing.__name__]
        found[thing.__name__] = ast.unparse(tree)

    for thing in things:
        if thing.__name__ not in found:
            visit(thing)
    return "\n\n\n".join(found.values()) + "\n"


def _strip(node: ast.AST) -> None:
    """Drop docstrings and annotations, and this project's own errors, which need more imports."""
    for part in ast.walk(node):
        if isinstance(part, ast.FunctionDef | ast.ClassDef):
            first = part.body[0]
            if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
                part.body = part.body[1:] or [ast.Pass()]
        if isinstance(part, ast.FunctionDef):
            part.returns = None
            arguments = part.args
            for argument in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs):
                argument.annotation = None
        if isinstance(part, ast.Raise) and "SettingError" in ast.unparse(part):
            part.exc = ast.parse('ValueError("give it images")').body[0].value


def _from_torch(call: Callable) -> bool:
    return call.__module__.startswith("torch.")


def _call(call: Callable, values: dict) -> str:
    name = f"nn.{call.__name__}" if _from_torch(call) else call.__name__
    return f"{name}({', '.join(f'{k}={_literal(v)}' for k, v in values.items())})"


def _literal(value) -> str:
    return repr(value)
