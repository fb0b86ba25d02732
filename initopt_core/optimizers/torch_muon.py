"""torch's Muon as this project means Muon: matrices by Muon, all else by AdamW at the same rate."""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import Tensor


class MuonAndAdamW:
    """`torch.optim.Muon` (torch 2.9 and later, matrices only) beside `torch.optim.AdamW`.

    What `initopt_core.optimizers.Muon` does, but for torch's Newton-Schulz steps in bfloat16.
    Programs that use Muon hold this class, and the tests take it as the oracle.

    Args:
        params: tensors with `requires_grad`, of any shape.
        lr, momentum, weight_decay: as in the registry.
    """

    def __init__(
        self,
        params: Iterable[Tensor],
        lr: float,
        momentum: float = 0.95,
        weight_decay: float = 0.0,
    ) -> None:
        params = list(params)
        muon = torch.optim.Muon(
            [p for p in params if p.ndim == 2],
            lr=lr,
            momentum=momentum,
            weight_decay=weight_decay,
            adjust_lr_fn="match_rms_adamw",
        )
        others = [p for p in params if p.ndim != 2]
        adamw = [torch.optim.AdamW(others, lr=lr, weight_decay=weight_decay)] if others else []
        self.parts = [muon, *adamw]
        self.param_groups = [group for part in self.parts for group in part.param_groups]

    def zero_grad(self) -> None:
        """Forget all gradients."""
        for part in self.parts:
            part.zero_grad()

    def step(self) -> None:
        """One step of both."""
        for part in self.parts:
            part.step()
