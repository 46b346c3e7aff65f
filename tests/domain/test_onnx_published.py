"""Multiply-accumulates and parameters of the bundled networks against published totals."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from wnpopt.domain.files.onnx.reader import read_onnx
from wnpopt.domain.network.builder import GraphBuilder
from wnpopt.domain.network.graph import Graph, Window


@dataclass(frozen=True)
class Published:
    network: str
    macs: float
    parameters: float
    source: str
    dims: tuple[tuple[str, int], ...] = ()


TORCHVISION = "torchvision 0.20, models/*.py, fields num_params and _ops (GFLOPS, counting multiply-accumulates)"
SZE = "Sze, Chen, Yang, Emer, Efficient processing of deep neural networks, Proc. IEEE 105(12), 2017, Table II"
OPEN_MODEL_ZOO = "OpenVINO Open Model Zoo, models/public/index.md, GFLOPs (2 per multiply-accumulate) and MParams"

PUBLISHED = [
    # Published for inputs of 227 x 227: the bundled file says 224, which loses a row in every later layer.
    Published("bvlc_alexnet", 724e6, 61e6, SZE, (("data_0[2]", 227), ("data_0[3]", 227))),
    Published("vgg19", 19.632e9, 143667240, TORCHVISION),
    Published("resnet50", 4.089e9, 25557032, TORCHVISION),
    Published("densenet121", 2.834e9, 7978856, TORCHVISION),
    Published("squeezenet", 0.349e9, 1235496, TORCHVISION + " (SqueezeNet 1.1)"),
    Published("inception_v1", 1.43e9, 7e6, SZE),
    Published("inception_v2", 4.058e9 / 2, 11.185e6, OPEN_MODEL_ZOO),
]


@pytest.mark.parametrize("published", PUBLISHED, ids=lambda p: p.network)
def test_totals_agree_with_published_ones(published: Published, light_path: Callable[[str], Path]) -> None:
    graph = read_onnx(light_path(published.network), dims=dict(published.dims))
    assert graph.macs == pytest.approx(published.macs, rel=0.02), published.source
    assert graph.parameters == pytest.approx(published.parameters, rel=0.02), published.source
    assert 2 * graph.macs <= graph.flop <= 2.1 * graph.macs


NAMES = [
    "bvlc_alexnet", "densenet121", "inception_v1", "inception_v2", "resnet50", "shufflenet", "squeezenet", "vgg19",
    "zfnet512",
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_no_constant_is_left_as_an_operator(name: str, light: Callable[[str], Graph]) -> None:
    graph = light(name)
    types = {operator.op_type for operator in graph.operators}
    assert types.isdisjoint({"Constant", "ConstantOfShape", "Unsqueeze"})
    assert all(operator.inputs for operator in graph.operators)
    assert len(graph.inputs) == 1
    assert graph.tensor(graph.inputs[0]).shape == (1, 3, 224, 224)
    assert graph.tensor(graph.outputs[0]).elements == 1000


@pytest.mark.parametrize("name", NAMES)
def test_bytes_are_those_of_float32(name: str, light: Callable[[str], Graph]) -> None:
    for tensor in light(name).tensors:
        assert tensor.dtype == "float32"
        assert tensor.bytes == 4 * tensor.elements


def test_arithmetic_grows_with_the_batch(light_path: Callable[[str], Path]) -> None:
    one = read_onnx(light_path("squeezenet"))
    three = read_onnx(light_path("squeezenet"), dims={"data_0[0]": 3})
    assert three.flop == 3 * one.flop
    assert three.parameters == one.parameters
    assert three.activation_bytes == 3 * one.activation_bytes


# Zhang et al., "ShuffleNet", CVPR 2018. No total is published for the variant in the onnx package: its bottlenecks are
# as wide as its outputs. So the paper's own network is built and compared with the paper's Table 1, and the bundled
# one with the paper's formula for a unit (section 3.2) and with its published file size.


def shufflenet(groups: int, widths: tuple[int, int, int]) -> Graph:
    """ShuffleNet 1x of the paper's Table 1."""
    build = GraphBuilder("shufflenet")
    x = build.conv("conv1", build.input("x", (1, 3, 224, 224)), 24, 3, stride=2, padding=1, bias=False)
    window = Window((3, 3), (2, 2), (1, 1), (1, 1), (1, 1))
    x = build.add("pool1", "MaxPool", [x], (1, 24, 56, 56), window=window)
    for stage, (repeats, width) in enumerate(zip((4, 8, 4), widths, strict=True)):
        for unit in range(repeats):
            name, stride = f"stage{stage}.{unit}", 2 if unit == 0 else 1
            made = width - x.shape[1] if stride == 2 else width
            first = 1 if stage == 0 and unit == 0 else groups
            y = build.conv(f"{name}.reduce", x, width // 4, 1, groups=first, bias=False)
            y = build.conv(
                f"{name}.depthwise", y, width // 4, 3, stride=stride, padding=1, groups=width // 4, bias=False
            )
            y = build.conv(f"{name}.expand", y, made, 1, groups=groups, bias=False)
            if stride == 2:
                window = Window((3, 3), (2, 2), (1, 1), (1, 1), (1, 1))
                pooled = build.add(f"{name}.pool", "AveragePool", [x], (1, x.shape[1], *y.shape[2:]), window=window)
                x = build.concat(f"{name}.concat", [pooled, y], 1)
            else:
                x = build.binary(f"{name}.add", "Add", x, y)
    x = build.reshape("flatten", build.global_pool("pool", x), (1, widths[2]))
    return build.build([build.linear("classify", x, 1000)])


@pytest.mark.parametrize(
    ("groups", "widths", "macs"),
    [
        (1, (144, 288, 576), 143e6),
        (2, (200, 400, 800), 140e6),
        (3, (240, 480, 960), 137e6),
        (4, (272, 544, 1088), 133e6),
    ],
)
def test_the_shufflenets_of_the_paper(groups: int, widths: tuple[int, int, int], macs: float) -> None:
    assert shufflenet(groups, widths).macs == pytest.approx(macs, rel=0.02)


def test_the_bundled_shufflenet_by_the_formula_of_the_paper(light: Callable[[str], Graph]) -> None:
    groups = 4

    def unit(side: int, width: int, hidden: int) -> float:
        return side * side * (2 * width * hidden / groups + 9 * hidden)

    total = 112 * 112 * 27 * 24 + 544 * 1000.0
    for side, width, repeats in ((28, 136, 3), (14, 272, 7), (7, 544, 3)):
        total += repeats * unit(side, width, width)
    # In the first unit of a stage the stride comes before the second grouped convolution.
    for before, made, side in ((24, 112, 28), (136, 136, 14), (272, 272, 7)):
        total += (2 * side) ** 2 * before * made / groups + side * side * (9 * made + made * made / groups)
    assert light("shufflenet").macs == total
    # https://huggingface.co/onnxmodelzoo/legacy_models: shufflenet-9.onnx has 5.72 MB, nearly all of it weights.
    assert light("shufflenet").parameter_bytes == pytest.approx(5.72e6, rel=0.02)
