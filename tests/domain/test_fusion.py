"""Multimodal composition: origins kept, nothing lost, arithmetic adds up."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from wnpopt.core.errors import InputError
from wnpopt.domain.network.builder import GraphBuilder
from wnpopt.domain.network.coarsen import coarsen
from wnpopt.domain.network.fusion import Branch, Composition, Fusion, FusionKind, fuse
from wnpopt.domain.network.graph import Graph


def conv_net(name: str, channels: int) -> Graph:
    build = GraphBuilder(name)
    x = build.input("image", (1, 3, 32, 32))
    x = build.unary("relu", "Relu", build.conv("conv", x, channels, 3, padding=1))
    x = build.global_pool("pool", x)
    x = build.reshape("flatten", x, (1, channels))
    return build.build([build.linear("classify", x, 10)])


def token_net(name: str, width: int) -> Graph:
    build = GraphBuilder(name)
    x = build.linear("embed", build.input("tokens", (1, 7, 5)), width)
    return build.build([build.layer_norm("norm", x)])


def composition(kind: FusionKind) -> Composition:
    token_tap = None
    branches = (Branch("camera", conv_net("cnn", 16), 8192), Branch("audio", token_net("tokens", 24), 4096, token_tap))
    return Composition("pair", branches, Fusion(kind, classes=4, width=32, heads=4, layers=2))


@pytest.mark.parametrize("kind", ["late", "mid", "attention"])
def test_each_operator_knows_its_origin(kind: FusionKind) -> None:
    graph = fuse(composition(kind))
    assert graph.inputs == ("camera/image", "audio/tokens")
    for i, operator in enumerate(graph.operators):
        origins = {
            name.split("/")[0] if name in graph.inputs else graph.operators[graph.producer[name]].modality
            for name in operator.inputs
        }
        if operator.modality is None:
            assert operator.name.startswith("fusion.")
        else:
            assert operator.name.startswith(f"{operator.modality}/")
            assert origins == {operator.modality}, i
    (meeting,) = (o for o in graph.operators if o.name == "fusion.concat")
    assert meeting.modality is None
    assert graph.tensor(graph.outputs[0]).shape == (1, 4)


def test_late_fusion_adds_one_linear_layer() -> None:
    pair = composition("late")
    graph = fuse(pair)
    alone = sum(branch.graph.macs for branch in pair.branches)
    assert graph.macs == alone + (10 + 7 * 24) * 4
    assert graph.parameters == sum(b.graph.parameters for b in pair.branches) + (10 + 7 * 24) * 4 + 4


def test_mid_fusion_leaves_the_heads_out() -> None:
    graph = fuse(composition("mid"))
    names = {operator.name for operator in graph.operators}
    assert "camera/classify" not in names
    assert "camera/relu" in names
    # Tapped convolution and embedding, two projections, a hidden layer, a classifier.
    assert graph.macs == 16 * 32 * 32 * 27 + 7 * 5 * 24 + 16 * 32 + 24 * 32 + 64 * 32 + 32 * 4


def test_attention_fusion_counts_as_a_transformer() -> None:
    graph = fuse(composition("attention"))
    tokens, width, layers = 32 * 32 + 7, 32, 2
    layer = tokens * 12 * width * width + 2 * tokens * tokens * width
    project = 32 * 32 * 16 * width + 7 * 24 * width
    assert graph.macs == 16 * 32 * 32 * 27 + 7 * 5 * 24 + project + layers * layer + width * 4


def test_subgraphs_of_a_fused_network_have_one_origin(light: Callable[[str], Graph]) -> None:
    branches = (Branch("camera", light("squeezenet"), 1), Branch("lidar", light("shufflenet"), 1))
    graph = fuse(Composition("pair", branches, Fusion("mid", 10)))
    result = coarsen(graph, 9)
    assert set(result.labels) == {"camera", "lidar", None}
    for group, label in zip(result.groups, result.labels, strict=True):
        assert {graph.operators[i].modality for i in group} == {label}


def test_a_tap_can_be_chosen() -> None:
    pair = composition("mid")
    early = Branch("camera", pair.branches[0].graph, 8192, tap="conv")
    graph = fuse(Composition("pair", (early, pair.branches[1]), pair.fusion))
    assert "camera/relu" not in {operator.name for operator in graph.operators}


@pytest.mark.parametrize(
    ("make", "where"),
    [
        (lambda _: Composition("c", (), Fusion("late", 2)), "branches"),
        (lambda b: Composition("c", (b, b), Fusion("late", 2)), "branches[1].modality"),
        (lambda b: Composition("c", (Branch("a", b.graph, -1),), Fusion("late", 2)), "branches[0].payload_bits"),
        (lambda b: Composition("c", (b,), Fusion("late", 0)), "fusion.classes"),
        (lambda b: Composition("c", (b,), Fusion("attention", 2, width=30, heads=4)), "fusion.heads"),
        (lambda b: fuse(Composition("c", (Branch("a", b.graph, 1, tap="none"),), Fusion("mid", 2))), "branches[0].tap"),
    ],
)
def test_wrong_compositions_are_refused(make: Callable[[Branch], object], where: str) -> None:
    with pytest.raises(InputError) as caught:
        make(Branch("camera", conv_net("cnn", 4), 1))
    assert caught.value.where == where


def test_branches_of_different_batches_are_refused() -> None:
    build = GraphBuilder("batch of two")
    graph = build.build([build.unary("y", "Relu", build.input("x", (2, 6)))])
    branches = (Branch("a", conv_net("cnn", 4), 1), Branch("b", graph, 1))
    with pytest.raises(InputError, match="batch size 2"):
        fuse(Composition("c", branches, Fusion("late", 2)))
