"""Weight initialization schemes, in place and reproducible, and the registry of them.

Every function walks the Linear layers of a model from the input side. `generator` makes the
draw reproducible; None uses torch's global generator. fan_in is the number of inputs of a
unit (columns of the weight), fan_out the number of units (rows). `bias` is the value of every
bias, `bias_std` the spread of the normal noise on it; both are zero unless asked for.
Longer than other files: a scheme and its entry stand together, and there are eleven.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch
from torch import Generator, Tensor, nn

from initopt_core.registry import Entry, Parameter, Registry, SettingError

if TYPE_CHECKING:
    from initopt_core.networks import BaseNetwork


def layers(model: nn.Module) -> Iterator[tuple[bool, Tensor, Tensor]]:
    """(is it the first, weight [fan_out, fan_in], bias [fan_out]) of each Linear layer."""
    linears = [layer for layer in model.modules() if isinstance(layer, nn.Linear)]
    for index, layer in enumerate(linears):
        yield index == 0, layer.weight, layer.bias


def draw(weight: Tensor, std: float, distribution: str, generator: Generator | None) -> None:
    """Fill with zero-mean values of standard deviation `std`, "normal" or "uniform"."""
    if distribution == "uniform":
        bound = math.sqrt(3.0) * std  # U(-a, a) has variance a^2 / 3
        weight.uniform_(-bound, bound, generator=generator)
    else:
        weight.normal_(0.0, std, generator=generator)


def set_bias(tensor: Tensor, bias: float, bias_std: float, generator: Generator | None) -> None:
    """Every bias becomes `bias`, plus normal noise of standard deviation `bias_std`."""
    if bias_std > 0:
        tensor.normal_(bias, bias_std, generator=generator)
    else:
        tensor.fill_(bias)


@torch.no_grad()
def const_init(model: nn.Module, fill: float = 0.0, *, generator: Generator | None = None) -> None:
    """Every weight and bias becomes `fill`."""
    for parameter in model.parameters():
        parameter.fill_(fill)


@torch.no_grad()
def zeros_init(
    model: nn.Module,
    bias: float = 0.0,
    bias_std: float = 0.0,
    *,
    generator: Generator | None = None,
) -> None:
    """Every weight becomes 0: no gradient reaches any layer but the last one's bias."""
    for _, weight, b in layers(model):
        weight.zero_()
        set_bias(b, bias, bias_std, generator)


@torch.no_grad()
def var_init(model: nn.Module, std: float = 0.01, *, generator: Generator | None = None) -> None:
    """Every weight and bias is drawn from N(0, std^2), whatever the layer's size."""
    for parameter in model.parameters():
        parameter.normal_(0.0, std, generator=generator)


def fan_in_std(fan_in: int, gain: float = 1.0) -> float:
    """gain / sqrt(fan_in)."""
    return gain / math.sqrt(fan_in)


@torch.no_grad()
def equal_var_init(
    model: nn.Module,
    gain: float = 1.0,
    bias: float = 0.0,
    bias_std: float = 0.0,
    *,
    generator: Generator | None = None,
) -> None:
    """Weights from N(0, gain^2 / fan_in): gain 1 keeps the variance of a linear network.

    `gain` and `bias_std` are the mean-field theory's sigma_w and sigma_b (Poole et al. 2016).
    """
    for _, weight, b in layers(model):
        draw(weight, fan_in_std(weight.shape[1], gain), "normal", generator)
        set_bias(b, bias, bias_std, generator)


def xavier_std(fan_in: int, fan_out: int, gain: float = 1.0) -> float:
    """gain * sqrt(2 / (fan_in + fan_out)), Glorot & Bengio 2010, eq. 12."""
    return gain * math.sqrt(2.0 / (fan_in + fan_out))


@torch.no_grad()
def xavier_init(
    model: nn.Module,
    distribution: str = "uniform",
    gain: float = 1.0,
    bias: float = 0.0,
    bias_std: float = 0.0,
    *,
    generator: Generator | None = None,
) -> None:
    """Variance gain^2 * 2 / (fan_in + fan_out) (Glorot & Bengio 2010, eq. 12 and 16).

    Args:
        distribution: "uniform" on +-sqrt(6 / (fan_in + fan_out)), or "normal".
    """
    for _, weight, b in layers(model):
        fan_out, fan_in = weight.shape
        draw(weight, xavier_std(fan_in, fan_out, gain), distribution, generator)
        set_bias(b, bias, bias_std, generator)


def kaiming_std(
    fan_in: int,
    fan_out: int,
    first: bool = False,
    mode: str = "fan_in",
    gain: float = math.sqrt(2.0),
    linear_input: bool = True,
) -> float:
    """gain / sqrt(fan), He et al. 2015, eq. 10 and 14; the first layer's gain is 1."""
    fan = {"fan_in": fan_in, "fan_out": fan_out, "average": (fan_in + fan_out) / 2}[mode]
    return (1.0 if first and linear_input else gain) / math.sqrt(fan)


@torch.no_grad()
def kaiming_init(
    model: nn.Module,
    distribution: str = "normal",
    mode: str = "fan_in",
    gain: float = math.sqrt(2.0),
    linear_input: bool = True,
    bias: float = 0.0,
    bias_std: float = 0.0,
    *,
    generator: Generator | None = None,
) -> None:
    """Variance gain^2 / fan, with gain sqrt(2) for ReLU (He et al. 2015, eq. 10 and 14).

    Args:
        distribution: "normal" or "uniform".
        mode: "fan_in" keeps the activations' variance, "fan_out" the gradients', "average"
            lies between.
        gain: makes up for what the activation removes.
        linear_input: give the first layer gain 1, because no activation has touched the pixels.
    """
    for first, weight, b in layers(model):
        fan_out, fan_in = weight.shape
        std = kaiming_std(fan_in, fan_out, first, mode, gain, linear_input)
        draw(weight, std, distribution, generator)
        set_bias(b, bias, bias_std, generator)


@torch.no_grad()
def lecun_init(
    model: nn.Module,
    distribution: str = "normal",
    gain: float = 1.0,
    bias: float = 0.0,
    bias_std: float = 0.0,
    *,
    generator: Generator | None = None,
) -> None:
    """Variance gain^2 / fan_in, normal or uniform (LeCun et al. 1998, eq. 16)."""
    for _, weight, b in layers(model):
        draw(weight, fan_in_std(weight.shape[1], gain), distribution, generator)
        set_bias(b, bias, bias_std, generator)


def orthogonal_std(fan_in: int, fan_out: int, gain: float = 1.0) -> float:
    """Root mean square entry of `gain` times a matrix with orthonormal rows or columns."""
    return gain / math.sqrt(max(fan_in, fan_out))


@torch.no_grad()
def orthogonal_init(
    model: nn.Module,
    gain: float = 1.0,
    bias: float = 0.0,
    bias_std: float = 0.0,
    *,
    generator: Generator | None = None,
) -> None:
    """`gain` times a random matrix with orthonormal rows or columns (Saxe et al. 2014): a linear
    network then keeps lengths and angles exactly, at any depth."""
    for _, weight, b in layers(model):
        nn.init.orthogonal_(weight, gain, generator=generator)
        set_bias(b, bias, bias_std, generator)


def truncation(cut: float) -> float:
    """Standard deviation of N(0, 1) cut off at +-cut: sqrt(1 - 2 cut p(cut) / P(|x| < cut))."""
    density = math.exp(-(cut**2) / 2) / math.sqrt(2 * math.pi)
    return math.sqrt(1 - 2 * cut * density / math.erf(cut / math.sqrt(2)))


@torch.no_grad()
def truncated_init(
    model: nn.Module,
    cut: float = 2.0,
    gain: float = 1.0,
    bias: float = 0.0,
    bias_std: float = 0.0,
    *,
    generator: Generator | None = None,
) -> None:
    """Normal without its tails, widened so that the variance is gain^2 / fan_in after the cut.

    Args:
        cut: values beyond +-cut standard deviations are drawn again.
    """
    for _, weight, b in layers(model):
        std = fan_in_std(weight.shape[1], gain) / truncation(cut)
        nn.init.trunc_normal_(weight, 0.0, std, -cut * std, cut * std, generator=generator)
        set_bias(b, bias, bias_std, generator)


@torch.no_grad()
def pytorch_init(model: nn.Module, *, generator: Generator | None = None) -> None:
    """What `torch.nn.Linear` does by itself: weights and biases uniform on +-1 / sqrt(fan_in).

    The weights' variance is 1 / (3 fan_in): a third of what a linear network needs.
    """
    for _, weight, b in layers(model):
        bound = 1 / math.sqrt(weight.shape[1])
        weight.uniform_(-bound, bound, generator=generator)
        b.uniform_(-bound, bound, generator=generator)


@torch.no_grad()
def lsuv_init(
    model: BaseNetwork,
    target: float = 1.0,
    *,
    images: Tensor | None = None,
    generator: Generator | None = None,
) -> None:
    """Layer-sequential unit variance (Mishkin & Matas 2016): orthogonal weights, then each layer
    is divided by the standard deviation that its output has on a real batch.

    Args:
        target: the standard deviation that every Linear layer's output gets.
        images: the batch [N, inputs].

    Raises:
        SettingError: without a batch.
    """
    if images is None:
        raise SettingError("LSUV looks at data: give it a batch, images=[N, inputs].")
    x = images.reshape(images.shape[0], -1)
    for layer in model.layers:
        if isinstance(layer, nn.Linear):
            nn.init.orthogonal_(layer.weight, generator=generator)
            layer.bias.zero_()
            for _ in range(10):  # one division is exact here; the paper repeats it until it fits
                std = float(layer(x).std())
                if not std > 0 or abs(std / target - 1) < 1e-6:
                    break
                layer.weight.mul_(target / std)
        x = layer(x)


_BIAS = (
    Parameter("bias", "Bias", 0.0, -2.0, 2.0, help="Value of every bias."),
    Parameter(
        "bias_std",
        "Bias spread",
        0.0,
        0.0,
        3.0,
        help="Normal noise on every bias, of this standard deviation.",
    ),
)


def _gain(default: float = 1.0, help: str = "Multiplies the standard deviation.") -> Parameter:
    return Parameter("gain", "Gain", default, 0.05, 5.0, help=help)


def _distribution(default: str) -> Parameter:
    return Parameter(
        "distribution",
        "Distribution",
        default,
        choices=("normal", "uniform"),
        help="Only the variance matters to the theory; a uniform draw has no outliers.",
    )


Values = Mapping[str, Any]


@dataclass(frozen=True)
class InitializerEntry(Entry):
    """One scheme.

    Args:
        call: changes a model in place; takes the settings and `generator=`.
        std: (fan_in, fan_out, first, settings) -> the standard deviation of a weight, which is what
            the theory needs to predict a network; without it the drawn weights are measured.
        bias_std: (fan_in, settings) -> that of a bias, where no setting of its own says it.
        random: False where all weights are equal, so that no theory of random weights applies.
        needs_images: whether `call` also takes `images=`, the batch.
    """

    std: Callable[[int, int, bool, Values], float] | None = None
    bias_std: Callable[[int, Values], float] | None = None
    random: bool = True
    needs_images: bool = False


INITIALIZERS: Registry[InitializerEntry] = Registry(
    "initializer",
    [
        InitializerEntry(
            "constant",
            "Constant",
            const_init,
            (Parameter("fill", "Value", 0.005, -1.0, 1.0, help="Value of every weight and bias."),),
            formula=r"W_{ij} = b_i = c",
            source="The tutorial's first experiment",
            help="Never: all units of a layer stay equal. It shows why randomness is needed.",
            random=False,
        ),
        InitializerEntry(
            "zeros",
            "Zeros",
            zeros_init,
            _BIAS,
            formula=r"W_{ij} = 0",
            source="The simplest mistake",
            help="Never for a whole network: every weight's gradient is zero except, with a "
            "bias, the last layer's.",
            random=False,
        ),
        InitializerEntry(
            "constant_variance",
            "Constant variance",
            var_init,
            (
                Parameter(
                    "std",
                    "Standard deviation",
                    0.01,
                    1e-4,
                    10.0,
                    "log",
                    help="Spread of every weight and bias, the same in all layers.",
                ),
            ),
            formula=r"W_{ij}, b_i \sim \mathcal{N}(0, \sigma^2)",
            source="Common before 2010",
            help="Rarely: one spread for every layer vanishes when too small and explodes when "
            "too large.",
            std=lambda fan_in, fan_out, first, s: s["std"],
            bias_std=lambda fan_in, s: s["std"],
        ),
        InitializerEntry(
            "equal_variance",
            "1 / fan-in",
            equal_var_init,
            (_gain(), *_BIAS),
            formula=r"W_{ij} \sim \mathcal{N}\left(0, \tfrac{g^2}{d_x}\right)",
            source="LeCun et al., Efficient BackProp, 1998, eq. 16",
            help="Linear networks: keeps the activations' variance. Its gain and bias spread are "
            "the axes of the phase map.",
            std=lambda fan_in, fan_out, first, s: fan_in_std(fan_in, s["gain"]),
        ),
        InitializerEntry(
            "xavier",
            "Xavier (Glorot)",
            xavier_init,
            (_distribution("uniform"), _gain(), *_BIAS),
            formula=r"\mathrm{Var}(W_{ij}) = \frac{2\,g^2}{d_x + d_y}",
            source="Glorot & Bengio, AISTATS 2010, eq. 12 and 16",
            help="Tanh and linear networks: balances activations and gradients.",
            std=lambda fan_in, fan_out, first, s: xavier_std(fan_in, fan_out, s["gain"]),
        ),
        InitializerEntry(
            "kaiming",
            "Kaiming (He)",
            kaiming_init,
            (
                _distribution("normal"),
                Parameter(
                    "mode",
                    "Fan",
                    "fan_in",
                    choices=("fan_in", "fan_out", "average"),
                    help="fan_in keeps the activations' variance, fan_out the gradients'.",
                ),
                _gain(math.sqrt(2.0), "Makes up for what the activation removes: √2 for ReLU."),
                Parameter(
                    "linear_input",
                    "First layer with gain 1",
                    True,
                    help="No activation has touched the pixels yet.",
                ),
                *_BIAS,
            ),
            formula=r"\mathrm{Var}(W_{ij}) = \frac{g^2}{d_x}, \quad g = \sqrt{2}",
            source="He et al., ICCV 2015, eq. 10 and 14",
            help="ReLU and its relatives: makes up for the half that ReLU removes.",
            std=lambda fan_in, fan_out, first, s: kaiming_std(
                fan_in, fan_out, first, s["mode"], s["gain"], s["linear_input"]
            ),
        ),
        InitializerEntry(
            "lecun",
            "LeCun",
            lecun_init,
            (_distribution("normal"), _gain(), *_BIAS),
            formula=r"\mathrm{Var}(W_{ij}) = \frac{g^2}{d_x}",
            source="LeCun et al., Efficient BackProp, 1998, eq. 16; Klambauer et al. 2017",
            help="SELU networks, which need exactly 1/fan-in to normalize themselves.",
            std=lambda fan_in, fan_out, first, s: fan_in_std(fan_in, s["gain"]),
        ),
        InitializerEntry(
            "orthogonal",
            "Orthogonal",
            orthogonal_init,
            (_gain(), *_BIAS),
            formula=r"W^\top W = g^2 I \ \text{ or }\ W W^\top = g^2 I",
            source="Saxe et al., ICLR 2014",
            help="Very deep or recurrent networks: no direction is stretched or squeezed.",
            std=lambda fan_in, fan_out, first, s: orthogonal_std(fan_in, fan_out, s["gain"]),
        ),
        InitializerEntry(
            "truncated_normal",
            "Truncated normal",
            truncated_init,
            (
                Parameter(
                    "cut", "Cut-off", 2.0, 0.5, 4.0, help="Nothing lies beyond ± this.", unit="σ"
                ),
                _gain(),
                *_BIAS,
            ),
            formula=r"W_{ij} \sim \mathcal{N}\left(0, \tfrac{g^2}{d_x}\right)"
            r"\ \text{cut at}\ \pm k\sigma",
            source="Abadi et al., TensorFlow, 2016; usual in vision transformers",
            help="Normal without outliers; here widened, so that the cut costs no variance.",
            std=lambda fan_in, fan_out, first, s: fan_in_std(fan_in, s["gain"]),
        ),
        InitializerEntry(
            "pytorch",
            "PyTorch's default",
            pytorch_init,
            formula=r"W_{ij}, b_i \sim U\left[-\tfrac{1}{\sqrt{d_x}}, \tfrac{1}{\sqrt{d_x}}\right]",
            source="torch.nn.Linear.reset_parameters (kaiming_uniform_ with a = √5)",
            help="What you get when you do nothing: variance 1/(3 fan-in), too small for depth.",
            std=lambda fan_in, fan_out, first, s: 1 / math.sqrt(3 * fan_in),
            bias_std=lambda fan_in, s: 1 / math.sqrt(3 * fan_in),
        ),
        InitializerEntry(
            "lsuv",
            "LSUV (data-dependent)",
            lsuv_init,
            (Parameter("target", "Target deviation", 1.0, 0.05, 5.0, help="Of every layer."),),
            formula=r"W \leftarrow W \cdot s / \mathrm{Std}(W x + b)",
            source="Mishkin & Matas, ICLR 2016",
            help="Any activation: measures instead of deriving, one batch layer by layer.",
            needs_images=True,
        ),
    ],
)


def initialize(
    model: nn.Module, name: str, settings: dict | None = None, *, seed: int = 0, images=None
) -> None:
    """Initialize `model` in place by the registry's entry `name`.

    Args:
        settings: values of the entry's parameters; defaults fill the rest.
        seed: of the draw; equal seeds give equal weights.
        images: batch [N, inputs], for the data-dependent schemes.

    Raises:
        SettingError: for an unknown name or an unusable setting.
    """
    entry = INITIALIZERS[name]
    device = next(model.parameters()).device
    generator = torch.Generator(device).manual_seed(int(seed))
    more = {"images": images} if entry.needs_images else {}
    entry.call(model, **entry.settings(settings), **more, generator=generator)
