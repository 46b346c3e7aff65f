"""What is exported: network, input, exporter, opset and what is done to the file afterwards."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import torch
import torchvision.models as vision
from torch import Tensor, nn

from .networks import Keyword, Padded, Speech, TextDetector, Transformer, UNet


def _image(side: int) -> Tensor:
    return torch.rand(1, 3, side, side)


def _tokens(count: int, words: int) -> Tensor:
    return torch.randint(0, words, (1, count))


@dataclass(frozen=True)
class Export:
    """A file that one exporter makes of a network with random weights.

    ``dynamic`` names axes of the input that the file leaves open; ``after`` is a step of ``steps.py`` on the file.
    """

    build: Callable[[], nn.Module]
    example: Callable[[], Tensor]
    input: str
    exporter: str
    opset: int
    dynamic: dict[int, str] = field(default_factory=dict)
    half: bool = False
    after: str | None = None
    suite: bool = True
    """Whether the file is of the suite real-exports; the others are for trying the importer."""


EXPORTS = {
    "convnext-tiny": Export(lambda: vision.convnext_tiny(), lambda: _image(224), "image", "torchscript", 17),
    "efficientnet-b0": Export(lambda: vision.efficientnet_b0(), lambda: _image(224), "image", "dynamo", 20),
    "text-detector": Export(
        TextDetector, lambda: _image(640), "image", "torchscript", 12, dynamic={2: "height", 3: "width"}
    ),
    "unet": Export(UNet, lambda: _image(256), "image", "dynamo", 18),
    "swin-tiny": Export(lambda: vision.swin_t(), lambda: _image(224), "image", "torchscript", 17),
    "mobilenet-v2-int8": Export(
        lambda: vision.mobilenet_v2(), lambda: _image(224), "image", "torchscript", 13, after="qdq"
    ),
    "speech-lstm": Export(Speech, lambda: torch.rand(1, 80, 200), "spectrogram", "torchscript", 14),
    "resnet-50": Export(lambda: vision.resnet50(), lambda: _image(224), "image", "torchscript", 11),
    "vit-b-16": Export(lambda: vision.vit_b_16(), lambda: _image(224), "image", "dynamo", 18),
    "mobilenet-v3": Export(lambda: vision.mobilenet_v3_small(), lambda: _image(224), "image", "dynamo", 22),
    "keyword-1d": Export(Keyword, lambda: torch.rand(1, 64, 128), "coefficients", "torchscript", 9),
    "bert-small": Export(
        lambda: Transformer(512, 4, 8, 8000, 512), lambda: _tokens(64, 8000), "tokens", "torchscript", 14,
        dynamic={0: "batch", 1: "tokens"},
    ),
    "resnet-18-fp16": Export(
        lambda: vision.resnet18(), lambda: _image(224), "image", "torchscript", 17, half=True, suite=False
    ),
    "padded": Export(
        Padded, lambda: _image(97), "image", "torchscript", 11, dynamic={2: "height", 3: "width"}, suite=False
    ),
    "convnext-tiny-dynamo": Export(
        lambda: vision.convnext_tiny(), lambda: _image(224), "image", "dynamo", 18, suite=False
    ),
    "swin-tiny-dynamo": Export(lambda: vision.swin_t(), lambda: _image(224), "image", "dynamo", 18, suite=False),
    "bert-small-fused": Export(
        lambda: Transformer(512, 4, 8, 8000, 512), lambda: _tokens(64, 8000), "tokens", "torchscript", 14,
        dynamic={0: "batch", 1: "tokens"}, after="fused", suite=False,
    ),
    "bert-small-dynamic-int8": Export(
        lambda: Transformer(512, 4, 8, 8000, 512), lambda: _tokens(64, 8000), "tokens", "torchscript", 14,
        dynamic={0: "batch", 1: "tokens"}, after="dynamic", suite=False,
    ),
    "resnet-18-qoperator": Export(
        lambda: vision.resnet18(), lambda: _image(224), "image", "torchscript", 13, after="qoperator", suite=False
    ),
    "gpt2": Export(
        lambda: Transformer(768, 12, 12, 50257, 1024, causal=True), lambda: _tokens(64, 50257), "tokens", "dynamo", 18,
        suite=False,
    ),
}  # fmt: skip
"""By name of the file. The first twelve are the suite."""
