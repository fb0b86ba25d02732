"""The written-out passes against autograd, and the steps in place against the readable classes."""

from __future__ import annotations

import pytest
import torch
import torch.nn.functional as F

from initopt_core.networks import ACTIVATIONS, BaseNetwork, make_activation
from initopt_core.optimizers import OPTIMIZERS, in_place, make_optimizer
from initopt_core.training.backprop import Backprop
from initopt_core.training.trial import lay_flat, make_trial
from tests.support.training import tiny


def network(activation="relu", hidden=(9, 7, 5)) -> BaseNetwork:
    torch.manual_seed(1)
    model = BaseNetwork(make_activation(activation), input_size=20, hidden_sizes=hidden).double()
    with torch.no_grad():
        for p in model.parameters():
            p.mul_(2)  # large enough that activations bend and saturate
    return model


def batch(seed: int) -> tuple[torch.Tensor, torch.Tensor]:
    g = torch.Generator().manual_seed(seed)
    images = torch.randn(6, 20, generator=g, dtype=torch.float64)
    return images, torch.randint(0, 10, (6,), generator=g)


@pytest.mark.parametrize("activation", list(ACTIVATIONS))
def test_gradients_equal_autograds(activation):
    model = network(activation)
    lay_flat(model)
    passes = Backprop(model, 6)
    passes.forward(model, *batch(0))  # one that is not gone back through, as at a divergence
    for seed in (1, 2):
        images, labels = batch(seed)
        expected_logits = model(images)
        expected = F.cross_entropy(expected_logits, labels)
        gradients = torch.autograd.grad(expected, list(model.parameters()))
        loss, logits = passes.forward(model, images, labels)
        assert not loss.requires_grad
        assert torch.allclose(loss, expected, rtol=1e-12)
        assert torch.allclose(logits, expected_logits, rtol=1e-12)
        passes.backward(model)
        for p, gradient in zip(model.parameters(), gradients, strict=True):
            assert gradient.abs().max() > 0
            assert torch.allclose(p.grad, gradient, rtol=1e-10, atol=1e-14)


def test_a_network_without_hidden_layers():
    model = network(hidden=())
    lay_flat(model)
    images, labels = batch(3)
    passes = Backprop(model, 6)
    loss, _ = passes.forward(model, images, labels)
    passes.backward(model)
    expected = F.cross_entropy(model(images), labels)
    assert torch.allclose(loss, expected)
    gradients = torch.autograd.grad(expected, list(model.parameters()))
    for p, gradient in zip(model.parameters(), gradients, strict=True):
        assert torch.allclose(p.grad, gradient)


def test_flat_weights_are_the_networks_own():
    model = network()
    before = [p.detach().clone() for p in model.parameters()]
    flat = lay_flat(model)
    assert all(torch.equal(a, b) for a, b in zip(before, model.parameters(), strict=True))
    with torch.no_grad():
        flat.fill_(3.0)
        flat.grad.fill_(2.0)
    assert all((p == 3).all() and (p.grad == 2).all() for p in model.parameters())
    model.load_state_dict({k: torch.zeros_like(v) for k, v in model.state_dict().items()})
    assert not flat.any()


@pytest.mark.parametrize("weight_decay", [0.0, 0.03])
@pytest.mark.parametrize("name", list(OPTIMIZERS))
def test_step_in_place_equals_the_readable_class(name, weight_decay):
    """A hundred steps of a network on changing batches; the classes equal torch.optim."""
    ends = []
    for fast in (False, True):
        model = network("tanh")
        flat = lay_flat(model)
        params = [flat] if fast and OPTIMIZERS[name].elementwise else model.parameters()
        optimizer = make_optimizer(name, params, weight_decay=weight_decay)
        passes = Backprop(model, 6)
        start = flat.detach().clone()
        for step in range(100):
            optimizer.lr *= 0.99
            passes.forward(model, *batch(step))
            passes.backward(model)
            if fast:
                in_place.step(optimizer)
            else:
                optimizer.step()
        assert (flat.detach() - start).abs().max() > 1e-4
        ends.append(flat.detach().clone())
    assert (ends[0] - ends[1]).abs().max() < 1e-10


def test_adam_without_bias_correction_in_place():
    ends = []
    for step in (in_place.step, lambda o: o.step()):
        w = torch.ones(4, dtype=torch.float64, requires_grad=True)
        optimizer = make_optimizer("Adam", [w], bias_correction=False)
        for k in range(5):
            w.grad = torch.arange(4.0, dtype=torch.float64) - 1.5 * k
            step(optimizer)
        ends.append(w.detach().clone())
    assert torch.allclose(*ends, rtol=1e-12)


def test_a_weight_without_gradient_is_left_alone():
    w = torch.ones(3, requires_grad=True)
    in_place.step(make_optimizer("AdamW", [w], weight_decay=0.5))
    assert torch.equal(w, torch.ones(3))


def test_a_checkpoint_with_one_memory_for_each_tensor_still_fits():
    """Runs that were interrupted before weights lay flat can be resumed."""
    config = tiny()
    images = torch.randn(8, 784)
    old, new = (make_trial(config, 1, config.racers[1], 42, "Adam", images) for _ in range(2))
    params = list(old.model.parameters())
    old.optimizer = make_optimizer("Adam", params, lr=0.003)
    for p in params:
        p.grad = torch.randn_like(p)
    old.optimizer.step()
    new.load(old.state())
    for p, q in zip(params, new.model.parameters(), strict=True):
        q.grad.copy_(p.grad)
    old.optimizer.step()
    in_place.step(new.optimizer)
    for p, q in zip(params, new.model.parameters(), strict=True):
        assert torch.allclose(p, q, rtol=1e-5, atol=1e-8)
