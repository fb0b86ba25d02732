"""Forward and backward through a `BaseNetwork`, written out, in memory that is reserved once.

Autograd gives the same numbers (a test holds this). Written out, each weight gradient is made by
one matrix product straight into its place, hardly anything is allocated at a step, and the
input's gradient is never computed.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from initopt_core.networks import BaseNetwork


class Backprop:
    """Loss and gradients for batches of one size, for every network of one shape.

    Call `forward`, then `backward` of the same network; racers in lockstep share one object.

    Args:
        model: gives the shape, device and dtype.
        batch_size: images in every batch.
    """

    def __init__(self, model: BaseNetwork, batch_size: int) -> None:
        like = model.linears()[0].weight.detach()
        sizes = [layer.out_features for layer in model.linears()]
        self._z = [like.new_empty(batch_size, size) for size in sizes]
        self._errors = [like.new_empty(batch_size, size) for size in sizes[:-1]]
        self._minus_one = like.new_full((batch_size, 1), -1.0)

    @torch.no_grad()
    def forward(self, model: BaseNetwork, images: Tensor, labels: Tensor) -> tuple[Tensor, Tensor]:
        """One batch through the network.

        Args:
            images: float [batch, inputs].
            labels: int64 [batch].

        Returns:
            The mean cross-entropy (no dimensions), and the logits [batch, classes], which hold
            until the next `forward`.
        """
        self._labels = labels.unsqueeze(1)
        self._inputs = [images]  # of each Linear layer
        for layer, activation, z in _walk(model, self._z):
            torch.addmm(layer.bias, self._inputs[-1], layer.weight.T, out=z)
            if activation is not None:
                self._inputs.append(_activate(activation, z))
        logits = self._z[-1]
        self._log_shares = F.log_softmax(logits, -1)
        return -self._log_shares.gather(1, self._labels).mean(), logits

    @torch.no_grad()
    def backward(self, model: BaseNetwork) -> None:
        """Write the loss' gradient into the `grad` of every weight and bias, which must exist.

        With e = dLoss/dz of a layer z = W x + b:  dW = e^T x;  db is the sum of e over the batch;
        the layer below gets  e W  times the slope of the activation between.
        """
        error = self._log_shares.exp_()  # softmax minus one-hot is the cross-entropy's slope
        error.scatter_add_(1, self._labels, self._minus_one).div_(len(error))
        for number, (layer, *_) in reversed(list(enumerate(_walk(model, self._z)))):
            torch.mm(error.T, self._inputs[number], out=layer.weight.grad)
            torch.sum(error, 0, out=layer.bias.grad)
            if number:
                error = torch.mm(error, layer.weight, out=self._errors[number - 1])
                activation = model.layers[2 * number - 1]
                error = _times_slope(error, activation, self._z[number - 1], self._inputs[number])


def _walk(model: BaseNetwork, z: list[Tensor]):
    """(Linear, the activation after it or None, the place for its outputs) of each layer."""
    modules = [*model.layers, None]
    return zip(modules[::2], modules[1::2], z, strict=True)


def _activate(activation: nn.Module, z: Tensor) -> Tensor:
    if isinstance(activation, nn.ReLU):
        return z.relu_()
    with torch.enable_grad():
        return activation(z.requires_grad_())


def _times_slope(error: Tensor, activation: nn.Module, z: Tensor, out: Tensor) -> Tensor:
    if isinstance(activation, nn.ReLU):
        return error.mul_(out.sign())  # 1 where it let the value pass; `out` is never negative
    (error,) = torch.autograd.grad(out, z, error)
    z.requires_grad_(False)
    return error
