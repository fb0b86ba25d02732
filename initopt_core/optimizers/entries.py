"""The registry of optimizers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from torch import Tensor

from initopt_core.registry import Entry, Parameter, Registry

from .adaptive import Adagrad, Adam, Adamax, AdamW, NAdam, RMSprop
from .modern import Lion, Muon
from .momentum import SGD, HeavyBall, Nesterov, SGDMomentum
from .template import OptimizerTemplate


def make_optimizer(name: str, params: Iterable[Tensor], **settings: Any) -> OptimizerTemplate:
    """A new optimizer from its registry name; settings left out take their defaults.

    Raises:
        SettingError: for an unknown name or setting, or a value out of range.
    """
    entry = OPTIMIZERS[name]
    return entry.call(params, **entry.settings(settings))


def _lr(default: float) -> Parameter:
    return Parameter("lr", "Learning rate", default, 0.0, 1e4, "log", help="Factor of every step.")


_MOMENTUM = Parameter(
    "momentum", "Momentum β", 0.9, 0.0, 0.999, help="Share of the past that each step keeps."
)
_BETA1 = Parameter("beta1", "β₁", 0.9, 0.0, 0.9999, help="Memory of the average gradient.")
_BETA2 = Parameter(
    "beta2", "β₂", 0.999, 0.0, 0.99999, help="Memory of the average squared gradient."
)
_EPS = Parameter(
    "eps", "ε", 1e-8, 1e-16, 1.0, "log", help="Keeps the division finite where gradients vanish."
)


def _decay(default: float = 0.0) -> Parameter:
    return Parameter(
        "weight_decay", "Weight decay", default, 0.0, 1.0, help="Pull of every weight towards zero."
    )


def _replace(parameter: Parameter, **changes: Any) -> Parameter:
    return Parameter(**{**vars(parameter), **changes})


def _extra(low: float, surface_lr: float, torch_code: str = "", **more: Any) -> dict[str, Any]:
    grid = tuple(float(f"{low * 10 ** (i / 2):.1e}") for i in range(7))
    return {
        "elementwise": True,
        "lr_grid": grid,
        "surface_lr": surface_lr,
        "torch": torch_code,
        **more,
    }


# extra: elementwise  - False where a tensor's elements are not updated independently
#        lr_grid      - seven half-decade rates, the fair race's declared grid for training
#        surface_lr   - a first rate on functions of two weights (the tutorial's, where it has one)
#        torch        - the same optimizer from torch, as source text over the settings
#        memory       - what is kept for each weight: name -> meaning
_M = {"m": "average gradient"}
_MV = {
    "m": "average gradient",
    "v": "average squared gradient",
    "m_hat": "average gradient, start corrected",
    "v_hat": "average squared gradient, start corrected",
}
_ADAM_ARGS = "params, lr={lr}, betas=({beta1}, {beta2}), eps={eps}, weight_decay={weight_decay}"
OPTIMIZERS = Registry(
    "optimizer",
    [
        Entry(
            "SGD",
            "SGD",
            SGD,
            (_lr(0.1), _decay()),
            formula=r"w \leftarrow w - \eta g",
            source="Robbins & Monro, 1951",
            help="A step down the gradient of the current batch. Everything else adds to this.",
            extra=_extra(
                1e-3, 10.0, "torch.optim.SGD(params, lr={lr}, weight_decay={weight_decay})"
            ),
        ),
        Entry(
            "SGDMomentum",
            "SGD + momentum",
            SGDMomentum,
            (_lr(0.1), _MOMENTUM, _decay()),
            formula=r"m \leftarrow \beta m + (1-\beta) g,\quad w \leftarrow w - \eta m",
            source="Polyak, 1964, as an exponential average",
            help="Averages the gradients, so that directions which keep changing cancel out.",
            extra=_extra(
                1e-2,
                10.0,
                "torch.optim.SGD(params, lr={lr} * (1 - {momentum}), momentum={momentum}, "
                "weight_decay={weight_decay})",
                memory=_M,
            ),
        ),
        Entry(
            "HeavyBall",
            "Heavy ball",
            HeavyBall,
            (_lr(0.01), _MOMENTUM, _decay()),
            formula=r"m \leftarrow \beta m + g,\quad w \leftarrow w - \eta m",
            source="Polyak, 1964",
            help="Sums the gradients: equals SGD + momentum at a rate 1/(1-β) times larger.",
            extra=_extra(
                1e-3,
                1.0,
                "torch.optim.SGD(params, lr={lr}, momentum={momentum}, "
                "weight_decay={weight_decay})",
                memory={"m": "decaying sum of gradients"},
            ),
        ),
        Entry(
            "Nesterov",
            "Nesterov",
            Nesterov,
            (_lr(0.01), _MOMENTUM, _decay()),
            formula=r"m \leftarrow \beta m + g,\quad w \leftarrow w - \eta (g + \beta m)",
            source="Nesterov, 1983; Sutskever et al., ICML 2013",
            help="Heavy ball that looks one step ahead, which damps its swings.",
            extra=_extra(
                1e-3,
                1.0,
                "torch.optim.SGD(params, lr={lr}, momentum={momentum}, nesterov=True, "
                "weight_decay={weight_decay})",
                memory={"m": "decaying sum of gradients"},
            ),
        ),
        Entry(
            "Adagrad",
            "Adagrad",
            Adagrad,
            (_lr(0.01), _replace(_EPS, default=1e-10), _decay()),
            formula=r"v \leftarrow v + g^2,\quad w \leftarrow w - \eta\, g / (\sqrt v + \epsilon)",
            source="Duchi et al., JMLR 2011",
            help="A rate for every weight, which shrinks with all that it has seen.",
            extra=_extra(
                1e-3,
                1.0,
                "torch.optim.Adagrad(params, lr={lr}, eps={eps}, weight_decay={weight_decay})",
                memory={"v": "sum of squared gradients"},
            ),
        ),
        Entry(
            "RMSprop",
            "RMSprop",
            RMSprop,
            (_lr(1e-3), _replace(_BETA2, default=0.99), _EPS, _decay()),
            formula=r"v \leftarrow \beta_2 v + (1-\beta_2) g^2,\quad "
            r"w \leftarrow w - \eta\, g / (\sqrt v + \epsilon)",
            source="Tieleman & Hinton, lecture 6.5, 2012",
            help="Adagrad that forgets: a rate for every weight from its recent gradients.",
            extra=_extra(
                1e-5,
                0.2,
                "torch.optim.RMSprop(params, lr={lr}, alpha={beta2}, eps={eps}, "
                "weight_decay={weight_decay})",
                memory={"v": "average squared gradient"},
            ),
        ),
        Entry(
            "Adam",
            "Adam",
            Adam,
            (
                _lr(1e-3),
                _BETA1,
                _BETA2,
                _EPS,
                Parameter(
                    "bias_correction",
                    "Bias correction",
                    True,
                    help="Undoes the pull of m and v towards their start at zero.",
                ),
                _decay(),
            ),
            formula=r"\hat m = m/(1-\beta_1^t),\ \hat v = v/(1-\beta_2^t),\quad "
            r"w \leftarrow w - \eta\, \hat m / (\sqrt{\hat v} + \epsilon)",
            source="Kingma & Ba, ICLR 2015",
            help="Momentum and a rate for every weight; little tuning needed.",
            extra=_extra(1e-5, 1.0, f"torch.optim.Adam({_ADAM_ARGS})", memory=_MV),
        ),
        Entry(
            "AdamW",
            "AdamW",
            AdamW,
            (_lr(1e-3), _BETA1, _BETA2, _EPS, _decay(0.01)),
            formula=r"w \leftarrow w - \eta\, "
            r"(\hat m / (\sqrt{\hat v} + \epsilon) + \lambda w)",
            source="Loshchilov & Hutter, ICLR 2019",
            help="Adam whose weight decay acts on the weights directly; the default of today.",
            extra=_extra(1e-5, 1.0, f"torch.optim.AdamW({_ADAM_ARGS})", memory=_MV),
        ),
        Entry(
            "NAdam",
            "NAdam",
            NAdam,
            (_lr(1e-3), _BETA1, _BETA2, _EPS, _decay()),
            formula=r"w \leftarrow w - \eta \left( \frac{\mu_{t+1} m}{1-\prod_{i \le t+1} \mu_i} "
            r"+ \frac{(1-\mu_t) g}{1-\prod_{i \le t} \mu_i} \right) / (\sqrt{\hat v} + \epsilon)",
            source="Dozat, ICLR workshop 2016",
            help="Adam with Nesterov's look-ahead.",
            extra=_extra(1e-5, 1.0, f"torch.optim.NAdam({_ADAM_ARGS})", memory=_MV),
        ),
        Entry(
            "Adamax",
            "Adamax",
            Adamax,
            (_lr(2e-3), _BETA1, _BETA2, _EPS, _decay()),
            formula=r"v \leftarrow \max(\beta_2 v, |g|),\quad w \leftarrow w - \eta\, \hat m / v",
            source="Kingma & Ba, ICLR 2015, section 7.1",
            help="Adam that divides by the largest recent gradient; calm when gradients are rare.",
            extra=_extra(
                2e-5,
                1.0,
                f"torch.optim.Adamax({_ADAM_ARGS})",
                memory={
                    "m": "average gradient",
                    "v": "largest recent gradient",
                    "m_hat": "average gradient, start corrected",
                },
            ),
        ),
        Entry(
            "Lion",
            "Lion",
            Lion,
            (_lr(1e-4), _BETA1, _replace(_BETA2, default=0.99), _decay()),
            formula=r"w \leftarrow w - \eta\, (\mathrm{sign}(\beta_1 m + (1-\beta_1) g) "
            r"+ \lambda w),\quad m \leftarrow \beta_2 m + (1-\beta_2) g",
            source="Chen et al., NeurIPS 2023",
            help="Steps of one size, in the direction of the sign of a momentum.",
            extra=_extra(1e-6, 0.1, memory=_M),
        ),
        Entry(
            "Muon",
            "Muon",
            Muon,
            (_lr(1e-3), _replace(_MOMENTUM, default=0.95), _decay()),
            formula=r"W \leftarrow W - 0.2\sqrt{\max(d_x, d_y)}\; \eta\, U V^\top,\quad "
            r"U S V^\top = \beta m + (1-\beta) g",
            source="Jordan et al., 2024; scale of Liu et al., 2025",
            help="Orthogonal momentum for weight matrices (biases take AdamW's step). Needs "
            "several times the work of a step of the others.",
            extra=_extra(1e-5, 1.0, elementwise=False, memory=_M),
        ),
    ],
)
