"""Networks that torchvision does not have, with the operators that such networks really export."""

from __future__ import annotations

import itertools

import torch
from torch import Tensor, nn
from torch.nn import functional


def _block(inputs: int, outputs: int, stride: int = 1) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False), nn.BatchNorm2d(outputs), nn.ReLU(inplace=True)
    )


class UNet(nn.Module):
    """U-Net (Ronneberger et al., MICCAI 2015): four skips that stay live through the whole contracting path."""

    def __init__(self, channels: tuple[int, ...] = (32, 64, 128, 256, 512), classes: int = 2) -> None:
        super().__init__()
        widths = (3, *channels)
        self.down = nn.ModuleList(
            nn.Sequential(_block(a, b), _block(b, b)) for a, b in zip(widths, channels, strict=False)
        )
        back = tuple(zip(channels[:0:-1], channels[-2::-1], strict=True))
        self.up = nn.ModuleList(nn.ConvTranspose2d(a, b, 2, 2) for a, b in back)
        self.merge = nn.ModuleList(nn.Sequential(_block(2 * b, b), _block(b, b)) for _, b in back)
        self.head = nn.Conv2d(channels[0], classes, 1)

    def forward(self, image: Tensor) -> Tensor:
        skips = []
        x = image
        for level, down in enumerate(self.down):
            x = down(x if level == 0 else functional.max_pool2d(x, 2))
            skips.append(x)
        for up, merge, skip in zip(self.up, self.merge, skips[-2::-1], strict=True):
            x = merge(torch.cat([skip, up(x)], 1))
        return self.head(x)


class Squeeze(nn.Module):
    """Squeeze-and-excitation (Hu et al., CVPR 2018) with the hard sigmoid of MobileNetV3."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.reduce = nn.Conv2d(channels, channels // 4, 1)
        self.expand = nn.Conv2d(channels // 4, channels, 1)

    def forward(self, x: Tensor) -> Tensor:
        scale = self.expand(functional.relu(self.reduce(functional.adaptive_avg_pool2d(x, 1))))
        return x * functional.hardsigmoid(scale)


class Inverted(nn.Module):
    """Inverted residual (Sandler et al., CVPR 2018) with squeeze-and-excitation."""

    def __init__(self, inputs: int, outputs: int, stride: int) -> None:
        super().__init__()
        middle = 4 * inputs
        self.body = nn.Sequential(
            nn.Conv2d(inputs, middle, 1, bias=False), nn.BatchNorm2d(middle), nn.Hardswish(),
            nn.Conv2d(middle, middle, 3, stride, 1, groups=middle, bias=False), nn.BatchNorm2d(middle), nn.Hardswish(),
            Squeeze(middle),
            nn.Conv2d(middle, outputs, 1, bias=False), nn.BatchNorm2d(outputs),
        )  # fmt: skip
        self.same = stride == 1 and inputs == outputs

    def forward(self, x: Tensor) -> Tensor:
        return x + self.body(x) if self.same else self.body(x)


class TextDetector(nn.Module):
    """Differentiable binarisation (Liao et al., AAAI 2020) on a feature pyramid, shaped as PP-OCR's mobile detector."""

    def __init__(self, width: int = 96) -> None:
        super().__init__()
        widths = (16, 24, 40, 96, 160)
        self.stem = _block(3, widths[0], 2)
        self.stages = nn.ModuleList(
            nn.Sequential(Inverted(a, b, 2), Inverted(b, b, 1), Inverted(b, b, 1))
            for a, b in itertools.pairwise(widths)
        )
        self.lateral = nn.ModuleList(nn.Conv2d(b, width, 1, bias=False) for b in widths[1:])
        self.smooth = nn.ModuleList(nn.Conv2d(width, width // 4, 3, 1, 1, bias=False) for _ in widths[1:])
        self.head = nn.Sequential(
            _block(width, width // 4),
            nn.ConvTranspose2d(width // 4, width // 4, 2, 2), nn.BatchNorm2d(width // 4), nn.ReLU(),
            nn.ConvTranspose2d(width // 4, 1, 2, 2), nn.Sigmoid(),
        )  # fmt: skip

    def forward(self, image: Tensor) -> Tensor:
        x = self.stem(image)
        levels = []
        for stage, lateral in zip(self.stages, self.lateral, strict=True):
            x = stage(x)
            levels.append(lateral(x))
        for upper in range(len(levels) - 2, -1, -1):
            levels[upper] = levels[upper] + functional.interpolate(levels[upper + 1], scale_factor=2.0)
        parts = [
            functional.interpolate(smooth(level), scale_factor=float(2**number)) if number else smooth(level)
            for number, (smooth, level) in enumerate(zip(self.smooth, levels, strict=True))
        ]
        return self.head(torch.cat(parts[::-1], 1))


class Speech(nn.Module):
    """Convolutions over a spectrogram, three LSTM layers and a character head (DeepSpeech 2: Amodei et al., 2016)."""

    def __init__(self, mels: int = 80, width: int = 320, characters: int = 32) -> None:
        super().__init__()
        self.front = nn.Sequential(
            nn.Conv1d(mels, width, 5, 2, 2), nn.ReLU(), nn.Conv1d(width, width, 5, 1, 2), nn.ReLU()
        )
        self.recur = nn.LSTM(width, width, 3, batch_first=True)
        self.head = nn.Linear(width, characters)

    def forward(self, spectrogram: Tensor) -> Tensor:
        x, _ = self.recur(self.front(spectrogram).transpose(1, 2))
        return functional.log_softmax(self.head(x), -1)


class Keyword(nn.Module):
    """Depthwise separable convolutions in time on a waveform's coefficients (MatchboxNet: Majumdar, Ginsburg, 2020)."""

    def __init__(self, coefficients: int = 64, width: int = 128, words: int = 35) -> None:
        super().__init__()

        def separable(inputs: int, outputs: int, kernel: int, dilation: int = 1, stride: int = 1) -> nn.Sequential:
            pad = dilation * (kernel - 1) // 2
            return nn.Sequential(
                nn.Conv1d(inputs, inputs, kernel, stride, pad, dilation, inputs, bias=False),
                nn.Conv1d(inputs, outputs, 1, bias=False), nn.BatchNorm1d(outputs),
            )  # fmt: skip

        self.front = nn.Sequential(separable(coefficients, width, 11, stride=2), nn.ReLU())
        kernels = (13, 15, 17)
        sizes = (width, 64, 64, 64)
        pairs = tuple(zip(sizes, sizes[1:], kernels, strict=False))
        self.blocks = nn.ModuleList(
            nn.Sequential(separable(a, b, k), nn.ReLU(), nn.Dropout(0.1), separable(b, b, k)) for a, b, k in pairs
        )
        self.around = nn.ModuleList(nn.Sequential(nn.Conv1d(a, b, 1), nn.BatchNorm1d(b)) for a, b, _ in pairs)
        self.back = nn.Sequential(separable(64, 128, 29, 2), nn.ReLU(), nn.Conv1d(128, 128, 1), nn.ReLU())
        self.head = nn.Conv1d(128, words, 1)

    def forward(self, coefficients: Tensor) -> Tensor:
        x = self.front(coefficients)
        for block, around in zip(self.blocks, self.around, strict=True):
            x = functional.relu(block(x) + around(x))
        return self.head(self.back(x)).mean(2)


class Padded(nn.Module):
    """Convolutions with TensorFlow's "same" padding: amounts computed from the input's size, as ported models do."""

    def __init__(self, widths: tuple[int, ...] = (32, 64, 96, 128)) -> None:
        super().__init__()
        self.layers = nn.ModuleList(
            nn.Conv2d(a, b, 3, 2 - number % 2) for number, (a, b) in enumerate(zip((3, *widths), widths, strict=False))
        )
        self.head = nn.Linear(widths[-1], 10)

    def forward(self, image: Tensor) -> Tensor:
        x = image
        for layer in self.layers:
            pads = []
            for size, kernel, stride in zip(x.shape[:1:-1], layer.kernel_size[::-1], layer.stride[::-1], strict=True):
                total = max((-(-size // stride) - 1) * stride + kernel - size, 0)
                pads += [total // 2, total - total // 2]
            x = functional.relu(layer(functional.pad(x, pads)))
        return self.head(x.mean((2, 3)))


class Attention(nn.Module):
    """Scaled dot-product attention from matrix products, as encoders exported it before the fused operator."""

    def __init__(self, width: int, heads: int, *, causal: bool = False) -> None:
        super().__init__()
        self.heads, self.causal = heads, causal
        self.q, self.k, self.v, self.out = (nn.Linear(width, width) for _ in range(4))

    def forward(self, x: Tensor) -> Tensor:
        batch, tokens, width = x.shape
        q, k, v = (
            part(x).view(batch, tokens, self.heads, width // self.heads).transpose(1, 2)
            for part in (self.q, self.k, self.v)
        )
        scores = q @ k.transpose(2, 3) / (width // self.heads) ** 0.5
        if self.causal:
            mask = torch.ones(tokens, tokens, dtype=torch.bool, device=x.device).tril()
            scores = torch.where(mask, scores, torch.full((), -1e9))
        mixed = (scores.softmax(-1) @ v).transpose(1, 2).reshape(batch, tokens, width)
        return self.out(mixed)


class Transformer(nn.Module):
    """Encoder of BERT (post-norm: Devlin et al., 2019) or decoder of GPT-2 (pre-norm, causal: Radford et al., 2019)."""

    def __init__(self, width: int, layers: int, heads: int, words: int, longest: int, *, causal: bool = False) -> None:
        super().__init__()
        self.causal = causal
        self.words, self.places = nn.Embedding(words, width), nn.Embedding(longest, width)
        self.start = nn.LayerNorm(width)
        self.attention = nn.ModuleList(Attention(width, heads, causal=causal) for _ in range(layers))
        self.first = nn.ModuleList(nn.LayerNorm(width) for _ in range(layers))
        self.feed = nn.ModuleList(
            nn.Sequential(nn.Linear(width, 4 * width), nn.GELU(), nn.Linear(4 * width, width)) for _ in range(layers)
        )
        self.second = nn.ModuleList(nn.LayerNorm(width) for _ in range(layers))

    def forward(self, tokens: Tensor) -> Tensor:
        x = self.words(tokens) + self.places(torch.arange(tokens.shape[1], device=tokens.device))
        if not self.causal:
            x = self.start(x)
        for attention, first, feed, second in zip(self.attention, self.first, self.feed, self.second, strict=True):
            if self.causal:
                x = x + attention(first(x))
                x = x + feed(second(x))
            else:
                x = first(x + attention(x))
                x = second(x + feed(x))
        return self.start(x) @ self.words.weight.T if self.causal else x


class Repeated(nn.Module):
    """A convolution applied once for each 16 rows, and once more where an input says so: scripted, a Loop and an If."""

    def __init__(self, width: int = 16) -> None:
        super().__init__()
        self.first, self.again = nn.Conv2d(3, width, 3, 2, 1), nn.Conv2d(width, width, 3, 1, 1)

    def forward(self, image: Tensor, more: Tensor) -> Tensor:
        x = self.first(image)
        for _ in range(image.shape[2] // 16):
            x = x + functional.relu(self.again(x))
        if bool(more > 0):
            x = functional.relu(self.again(x))
        return x.mean((2, 3))
