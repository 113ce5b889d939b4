"""Layers of the translator: a convolution that one style bakes into a plain one, and resampling without aliasing.

Shapes: n pictures, c channels, h×w pixels, o outputs, i inputs, k kernel, S styles, r rank.
"""

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F

DEMODULATION_EPS = 1e-8
VARIANCE_EPS = 1e-3  # an input that hardly varies is not blown up more than 32 times
STATISTICS = ("mean", "variance", "observed")
ENOUGH = 1000  # observations that are counted
MOMENTUM = 0.05  # of one observation in the statistics; the first ones count as their mean


class StyledConv(nn.Module):
    """A convolution modulated per style and demodulated by its weights (StyleGAN2, Karras et al. 2020, eq. 1-3).

    For style s:  W_s = exp(gain_s) · V / ‖V‖,  V = W · exp(scale_s),  the norm over inputs and kernel. Both factors are
    positive, so that any style's weights can be had from any other's (the exported file holds the first style's). The
    output gain and bias per style follow the norm. Since nothing here looks at the picture, one style is one plain
    convolution. With a `rank`, a style's W is its own by a matrix of that rank, Σ_r own_out · own_in / √r (low-rank
    adaptation, Hu et al. 2021), which starts at zero: styles then need not agree on what all of them are painted with.
    With `statistics`, inputs are brought to mean 0 and deviation 1 by what the layer has lately seen in training, style
    by style. Unlike batch normalization's (Ioffe and Szegedy 2015) these are the same in training as in painting, no
    gradient passes through them, and they too bake: a picture cannot change them.
    """

    per_style: tuple[str, ...] = ("scale", "gain", "bias")  # parameters and buffers whose rows are styles
    from_nothing = ("own_out", "own_in")  # a new style's rows begin as they are drawn, not as the mean of the others
    mean: Tensor
    variance: Tensor
    observed: Tensor
    noted: Tensor

    def __init__(
        self,
        inputs: int,
        outputs: int,
        kernel: int,
        styles: int,
        *,
        gain: float = 1.0,
        dilation: int = 1,
        rank: int = 0,
        statistics: bool = False,
    ) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(outputs, inputs, kernel, kernel))  # (o, i, k, k)
        self.scale = nn.Parameter(torch.zeros(styles, inputs))
        self.gain = nn.Parameter(torch.full((styles, outputs), math.log(gain)))
        self.bias = nn.Parameter(torch.zeros(styles, outputs))
        rank = min(rank, outputs)
        if rank:
            self.own_out = nn.Parameter(torch.zeros(styles, outputs, rank))
            self.own_in = nn.Parameter(torch.randn(styles, rank, inputs * kernel * kernel))
            self.per_style = (*self.per_style, *self.from_nothing)
        if statistics:
            self.register_buffer("mean", torch.zeros(styles, inputs))
            self.register_buffer("variance", torch.zeros(styles, inputs))
            self.register_buffer("observed", torch.zeros(styles))  # how often
            self.register_buffer("noted", torch.zeros(styles, 1 + 2 * inputs), persistent=False)
            self.blank()
            self.per_style = (*self.per_style, *STATISTICS)
        self.statistics, self.observing = statistics, False
        self.rank = rank
        self.dilation = dilation
        self.radius = dilation * (kernel // 2)

    def weights(self, mix: Tensor) -> Tensor:
        """The weights before modulation (n, o, i, k, k) for mixes (n, S); without a rank (1, o, i, k, k), for all."""
        if not self.rank:
            return self.weight[None]
        own = torch.einsum("ns,sor,srk->nok", mix, self.own_out, self.own_in) / math.sqrt(self.rank)
        return self.weight + own.reshape(len(mix), *self.weight.shape)

    def factors(self, mix: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Input scale (n, i), output factor (n, o) with the norm in it, and bias (n, o) for mixes (n, S) of styles, the
        statistics within them."""
        scale, bias = torch.exp(mix @ self.scale), mix @ self.bias
        weights = self.weights(mix)
        factor = self._norm(weights, scale) * torch.exp(mix @ self.gain)
        if self.statistics:
            scale = scale * torch.rsqrt(mix @ self.variance + VARIANCE_EPS)
            bias = bias - factor * self._level(weights, scale * (mix @ self.mean))
        return scale, factor, bias

    @torch.no_grad()
    def become(self, scale: Tensor, factor: Tensor, bias: Tensor) -> None:
        """Modulate so that `factors` gives these for all styles, (S, i), (S, o), (S, o), by the statistics there are
        now. The weights stay."""
        weights = self.weights(torch.eye(len(self.scale), device=self.scale.device))
        if self.statistics:
            bias = bias + factor * self._level(weights, scale * self.mean)
            scale = scale * (self.variance + VARIANCE_EPS).sqrt()
        self.scale.copy_(scale.log())
        self.gain.copy_((factor / self._norm(weights, scale)).log())
        self.bias.copy_(bias)

    def blank(self) -> None:
        """Statistics that change nothing, as of inputs that were never seen."""
        self.mean.zero_()
        self.variance.fill_(1 - VARIANCE_EPS)
        self.observed.zero_()

    @torch.no_grad()
    def observe(self, x: Tensor, mix: Tensor) -> None:
        """Note what goes into it, x (n, i, h, w) of styles (n, S) or (1, S), for `fold`."""
        variance, mean = torch.var_mean(x[:, :, ::2, ::2].float(), (2, 3), correction=0)  # a quarter says enough
        said = torch.cat((torch.ones_like(mean[:, :1]), mean, variance + mean.square()), 1)
        self.noted += mix.expand(len(x), -1).to(said.dtype).T @ said

    @torch.no_grad()
    def fold(self, noted: Tensor) -> None:
        """Take into the statistics what was noted (S, 1 + 2i): of each style the pictures, and the sums over them of
        each input's mean and mean square."""
        pictures, sums = noted[:, :1], noted[:, 1:] / noted[:, :1].clamp_min(1e-6)
        mean, square = sums.chunk(2, 1)
        step = (1 / (self.observed + 1)).clamp_min(MOMENTUM)[:, None] * (pictures > 0)
        self.mean.lerp_(mean, step.expand_as(mean))
        self.variance.lerp_((square - mean.square()).clamp_min(0), step.expand_as(mean))
        self.observed.add_(pictures[:, 0] > 0).clamp_(max=ENOUGH)

    @staticmethod
    def _norm(weights: Tensor, scale: Tensor) -> Tensor:
        """1 / ‖V‖ (n, o) of weights (n or 1, o, i, k, k) under input scales (n, i)."""
        energy = weights.square().sum((3, 4))
        return torch.rsqrt((energy * scale.square()[:, None]).sum(2) + DEMODULATION_EPS)

    @staticmethod
    def _level(weights: Tensor, inputs: Tensor) -> Tensor:
        """What weights (n or 1, o, i, k, k) make of even inputs (n, i): (n, o)."""
        return (weights.sum((3, 4)) * inputs[:, None]).sum(2)

    def forward(self, x: Tensor, mix: Tensor, padded: bool) -> Tensor:
        """x (n, i, h, w), mix (n, S), or (1, S) for one style all over → (n, o, h, w) if padded, else the valid part.

        For one style the weights are baked, as they are when painting. For many the modulation multiplies activations
        rather than weights: equal, and one convolution serves the whole batch; styles with weights of their own are
        convolved group by group.
        """
        if self.observing:
            self.observe(x.detach(), mix)
        x = same(x, self.radius) if padded else x
        if len(mix) == 1:
            weight, bias = self.baked(mix[0])
            return F.conv2d(x, weight, bias, dilation=self.dilation)
        scale, factor, bias = self.factors(mix)
        x = x * scale[:, :, None, None].to(x.dtype)
        weights = self.weights(mix)
        if self.rank:
            groups = weights.flatten(0, 1).to(x.dtype)  # (n·o, i, k, k)
            y = F.conv2d(x.reshape(1, -1, *x.shape[2:]), groups, dilation=self.dilation, groups=len(mix))
            x = y.reshape(len(mix), -1, *y.shape[2:])
        else:
            x = F.conv2d(x, weights[0], dilation=self.dilation)
        return x * factor[:, :, None, None].to(x.dtype) + bias[:, :, None, None].to(x.dtype)

    def baked(self, mix: Tensor) -> tuple[Tensor, Tensor]:
        """Weight (o, i, k, k) and bias (o,) of the plain convolution that this is for one mix (S,)."""
        scale, factor, bias = self.factors(mix[None])
        weight = self.weights(mix[None])[0]
        return weight * scale[0][None, :, None, None] * factor[0][:, None, None, None], bias[0]


def same(x: Tensor, radius: int) -> Tensor:
    """Reflect padding for training crops, where the scene around the crop is not there to be seen."""
    return F.pad(x, (radius,) * 4, mode="reflect") if radius else x


def halved(x: Tensor, padded: bool) -> Tensor:
    """Half the size by the binomial filter [1 3 3 1], so that a moving edge does not shimmer with the stride's phase
    (Zhang 2019). h → h/2 if padded, else h/2 - 1."""
    taps = torch.tensor([1.0, 3.0, 3.0, 1.0], dtype=x.dtype, device=x.device) / 8
    kernel = (taps[:, None] * taps[None]).expand(x.shape[1], 1, 4, 4)
    return F.conv2d(same(x, 1) if padded else x, kernel, stride=2, groups=x.shape[1])


def doubled(x: Tensor, padded: bool) -> Tensor:
    """Twice the size, bilinear. h → 2h if padded, else 2h - 2: the outermost pixels would need neighbors unseen."""
    x = F.interpolate(x, scale_factor=2.0, mode="bilinear", align_corners=False)
    return x if padded else x[:, :, 1:-1, 1:-1]


def blurred(pictures: Tensor, padded: bool) -> Tensor:
    """A picture without its finest octave: halved and doubled. h → h if padded, else h - 4."""
    return doubled(halved(pictures, padded), padded)


def washed(pictures: Tensor, padded: bool) -> Tensor:
    """A picture's light and color without its detail: halved twice and doubled twice. h → h if padded, else h - 14."""
    x = pictures if padded else inset(pictures, 1)  # one pixel, so that what is halved twice stays centered
    x = halved(halved(x, padded), padded)
    return doubled(doubled(x, padded), padded)


def inset(x: Tensor, cells: int) -> Tensor:
    """x without so many cells at each edge."""
    return x[:, :, cells:-cells, cells:-cells]


def cropped(x: Tensor, like: Tensor) -> Tensor:
    """The center of x at the size of `like`; their sizes differ by an even number."""
    cut = (x.shape[2] - like.shape[2]) // 2
    return x[:, :, cut : x.shape[2] - cut, cut : x.shape[3] - cut] if cut else x
