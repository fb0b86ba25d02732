"""First and second derivatives of a surface, and the points where the first vanish."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch.overrides import TorchFunctionMode

Point = tuple[float, float]
_ABS = (torch.abs, torch.absolute, Tensor.abs, Tensor.absolute, Tensor.__abs__)


class _BySign(TorchFunctionMode):
    """Within, |x| is computed as x sign x: the same to the last bit, and so is its derivative.

    The second derivative of PyTorch's own is a zero without memory. Added to another one it loads
    PyTorch's compiler, once a process: 850 modules, 150 MB, and the first visitor waits for it.
    """

    def __torch_function__(
        self, func: Any, types: Any, args: tuple = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        if func in _ABS:
            return args[0] * torch.sign(args[0]).detach()
        return func(*args, **(kwargs or {}))


def gradient(
    curve: Callable[[Tensor, Tensor], Tensor], w1: Tensor, w2: Tensor
) -> tuple[Tensor, Tensor, Tensor]:
    """Loss and its two partial derivatives at many points, by one autograd call.

    Args:
        curve: elementwise function of two tensors.
        w1, w2: one shape, any float dtype.

    Returns:
        (loss, dL/dw1, dL/dw2), each of that shape, detached.
    """
    with torch.enable_grad():
        a = w1.detach().requires_grad_()
        b = w2.detach().requires_grad_()
        loss = curve(a, b)
        if not loss.requires_grad:  # a formula without weights in it
            zero = torch.zeros_like(a)
            return loss.detach(), zero, zero.clone()
        ga, gb = torch.autograd.grad(loss.sum(), (a, b), allow_unused=True, materialize_grads=True)
    if ga._is_zerotensor() or gb._is_zerotensor():
        zero = torch.zeros_like(a)
        return loss.detach(), ga + zero, gb + zero
    return loss.detach(), ga, gb


def hessian(
    curve: Callable[[Tensor, Tensor], Tensor], w1: Tensor, w2: Tensor
) -> tuple[Tensor, Tensor, Tensor]:
    """The second derivatives (d11, d12, d22) at many points, by autograd, each of w1's shape."""
    with torch.enable_grad():
        a = w1.detach().requires_grad_()
        b = w2.detach().requires_grad_()
        with _BySign():
            loss = curve(a, b)
        zero = torch.zeros_like(a)
        if not loss.requires_grad:
            return zero, zero, zero
        options: dict[str, Any] = {"allow_unused": True, "materialize_grads": True}
        ga, gb = torch.autograd.grad(loss.sum(), (a, b), create_graph=True, **options)
        h11 = h12 = h22 = zero
        if ga.requires_grad:
            h11, h12 = torch.autograd.grad(ga.sum(), (a, b), retain_graph=True, **options)
        if gb.requires_grad:
            (h22,) = torch.autograd.grad(gb.sum(), (b,), **options)
    # Second derivatives that vanish by rule (of abs, say) come without memory of their own.
    return (h11 + zero).detach(), (h12 + zero).detach(), (h22 + zero).detach()


def critical_points(
    curve: Callable[[Tensor, Tensor], Tensor],
    ranges: tuple[float, float, float, float],
    n: int = 40,
    limit: int = 200,
) -> tuple[tuple[Point, ...], tuple[Point, ...]]:
    """Minima and saddles found in `ranges` by Newton's method from an n x n grid of starts.

    For surfaces that nobody has charted, typed formulas above all. Points where the Hessian is
    singular are left out: Newton cannot tell what they are.

    Returns:
        (minima, saddles), the lowest first, at most `limit` of each.
    """
    x0, x1, y0, y1 = ranges
    span1, span2 = x1 - x0, y1 - y0
    axis = (torch.arange(n, dtype=torch.float64) + 0.5) / n
    grid = torch.meshgrid(y0 + span2 * axis, x0 + span1 * axis, indexing="ij")
    # Plain Newton goes to any stationary point; a second crowd takes |H| for H, which always
    # descends and so finds the minima whose neighbourhood is small.
    w2, w1 = (g.flatten().repeat(2) for g in grid)
    descends = torch.arange(w1.numel()) >= n * n
    step1 = step2 = torch.full_like(w1, math.inf)
    for _ in range(30):
        _, g1, g2 = gradient(curve, w1, w2)
        h11, h12, h22 = hessian(curve, w1, w2)
        det = h11 * h22 - h12**2
        # |H| = sqrt(H^2), in closed form for two by two.
        trace = (h11**2 + 2 * h12**2 + h22**2 + 2 * det.abs()).sqrt().clamp(min=1e-150)
        a11 = torch.where(descends, (h11**2 + h12**2 + det.abs()) / trace, h11)
        a22 = torch.where(descends, (h22**2 + h12**2 + det.abs()) / trace, h22)
        a12 = torch.where(descends, h12 * (h11 + h22) / trace, h12)
        det = torch.where(descends, det.abs(), det)
        # Where the Hessian is singular the step is huge, and so never small enough below.
        safe = torch.where(det.abs() > 1e-290, det, 1e-290)
        # A step is held to a tenth of the view, so that starts find what is near them.
        step1 = ((a22 * g1 - a12 * g2) / safe).clamp(-span1 / 10, span1 / 10)
        step2 = ((a11 * g2 - a12 * g1) / safe).clamp(-span2 / 10, span2 / 10)
        w1, w2 = w1 - step1, w2 - step2
    loss, g1, g2 = gradient(curve, w1, w2)
    h11, h12, h22 = hessian(curve, w1, w2)
    det = h11 * h22 - h12**2
    # Far out on a plain the gradient is tiny too; only near a true zero do Newton's steps end.
    settled = (det.abs() > 1e-12) & (step1.abs() < 1e-6 * span1) & (step2.abs() < 1e-6 * span2)
    flat = settled & (torch.hypot(g1, g2) <= 1e-9 * (1 + h11.abs() + h22.abs()))
    inside = (w1 >= x0) & (w1 <= x1) & (w2 >= y0) & (w2 <= y1)
    # Second derivatives that vanish beside their neighbours' are rounding, not curvature.
    curved = det.abs() > 1e-8 * (1e-12 + h11.abs() + h22.abs()) ** 2
    good = flat & inside & curved & torch.isfinite(loss)
    order = torch.argsort(loss[good])
    found: dict[bool, list[Point]] = {True: [], False: []}
    seen: set[tuple[int, int]] = set()
    rows = torch.stack([w1[good], w2[good], det[good], h11[good]])[:, order].T.tolist()
    for a, b, d, h in rows:
        cell = (round((a - x0) / span1 * 2000), round((b - y0) / span2 * 2000))
        if any((cell[0] + i, cell[1] + j) in seen for i in (-1, 0, 1) for j in (-1, 0, 1)):
            continue
        seen.add(cell)
        if d > 0 and h < 0:
            continue  # a maximum
        kept = found[d > 0]
        if len(kept) < limit:
            kept.append((round(a, 10) + 0.0, round(b, 10) + 0.0))
    return tuple(found[True]), tuple(found[False])
