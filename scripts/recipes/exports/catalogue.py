"""What is exported: network, input, exporter, opset and what is done to the file afterwards."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import torch
import torchvision.models as vision
from recipes.exports.networks import Keyword, Padded, Repeated, Speech, TextDetector, Transformer, UNet
from torch import Tensor, nn


def _image(side: int) -> Tensor:
    return torch.rand(1, 3, side, side)


def _tokens(count: int, words: int) -> Tensor:
    return torch.randint(0, words, (1, count))


@dataclass(frozen=True)
class Export:
    """A file that one exporter makes of a network with random weights.

    ``exporter`` is torchscript (of a trace), scripted (TorchScript that keeps control flow) or dynamo. ``dynamic``
    names axes of the first input that the file leaves open; ``after`` is a step of ``steps.py`` on the file.
    """

    build: Callable[[], nn.Module]
    example: Callable[[], Tensor | tuple[Tensor, ...]]
    input: str
    """Of several inputs, their names with commas."""
    exporter: str
    opset: int
    dynamic: dict[int, str] = field(default_factory=dict)
    half: bool = False
    after: str | None = None


EXPORTS = {
    "convnext-tiny": Export(vision.convnext_tiny, lambda: _image(224), "image", "torchscript", 17),
    "efficientnet-b0": Export(vision.efficientnet_b0, lambda: _image(224), "image", "dynamo", 20),
    "text-detector": Export(
        TextDetector, lambda: _image(640), "image", "torchscript", 12, dynamic={2: "height", 3: "width"}
    ),
    "unet": Export(UNet, lambda: _image(256), "image", "dynamo", 18),
    "swin-tiny": Export(vision.swin_t, lambda: _image(224), "image", "torchscript", 17),
    "mobilenet-v2-int8": Export(
        vision.mobilenet_v2, lambda: _image(224), "image", "torchscript", 13, after="qdq"
    ),
    "speech-lstm": Export(Speech, lambda: torch.rand(1, 80, 200), "spectrogram", "torchscript", 14),
    "resnet-50": Export(vision.resnet50, lambda: _image(224), "image", "torchscript", 11),
    "vit-b-16": Export(vision.vit_b_16, lambda: _image(224), "image", "dynamo", 18),
    "mobilenet-v3": Export(vision.mobilenet_v3_small, lambda: _image(224), "image", "dynamo", 22),
    "keyword-1d": Export(Keyword, lambda: torch.rand(1, 64, 128), "coefficients", "torchscript", 9),
    "bert-small": Export(
        lambda: Transformer(512, 4, 8, 8000, 512), lambda: _tokens(64, 8000), "tokens", "torchscript", 14,
        dynamic={0: "batch", 1: "tokens"},
    ),
    "resnet-18-fp16": Export(
        vision.resnet18, lambda: _image(224), "image", "torchscript", 17, half=True
    ),
    "padded": Export(
        Padded, lambda: _image(97), "image", "torchscript", 11, dynamic={2: "height", 3: "width"}
    ),
    "convnext-tiny-dynamo": Export(
        vision.convnext_tiny, lambda: _image(224), "image", "dynamo", 18
    ),
    "swin-tiny-dynamo": Export(vision.swin_t, lambda: _image(224), "image", "dynamo", 18),
    "bert-small-fused": Export(
        lambda: Transformer(512, 4, 8, 8000, 512), lambda: _tokens(64, 8000), "tokens", "torchscript", 14,
        dynamic={0: "batch", 1: "tokens"}, after="fused",
    ),
    "bert-small-dynamic-int8": Export(
        lambda: Transformer(512, 4, 8, 8000, 512), lambda: _tokens(64, 8000), "tokens", "torchscript", 14,
        dynamic={0: "batch", 1: "tokens"}, after="dynamic",
    ),
    "resnet-18-qoperator": Export(
        vision.resnet18, lambda: _image(224), "image", "torchscript", 13, after="qoperator"
    ),
    "scripted": Export(
        Repeated, lambda: (torch.rand(1, 3, 64, 64), torch.tensor(1)), "image,more", "scripted", 16,
        dynamic={2: "height"},
    ),
    "gpt2": Export(
        lambda: Transformer(768, 12, 12, 50257, 1024, causal=True), lambda: _tokens(64, 50257), "tokens", "dynamo", 18,
    ),
}  # fmt: skip
"""By name of the file. Those that made.json tells about are the suite real-exports; the others try the importer."""
