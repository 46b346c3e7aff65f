"""Networks built from their architecture against published totals."""

from __future__ import annotations

import pytest

from wnpopt.core.errors import InputError
from wnpopt.domain.network.zoo import NETWORKS, build_network


@pytest.mark.parametrize(
    ("name", "arguments", "macs", "parameters", "source"),
    [
        ("mobilenet-v2", {}, 0.301e9, 3504872, "torchvision 0.20, MobileNet_V2_Weights"),
        ("vit-b-16", {}, 17.564e9, 86567656, "torchvision 0.20, ViT_B_16_Weights"),
        ("vgg-19", {}, 19.632e9, 143667240, "torchvision 0.20, VGG19_Weights"),
        ("resnet-152", {}, 11.514e9, 60192808, "torchvision 0.20, ResNet152_Weights"),
        ("densenet-121", {}, 2.834e9, 7978856, "torchvision 0.20, DenseNet121_Weights"),
        ("convnext-l", {}, 34.361e9, 197767336, "torchvision 0.20, ConvNeXt_Large_Weights"),
        ("bert-base", {"tokens": 128}, 22.5e9 / 2, 109e6, "Sun et al., MobileBERT, ACL 2020, Table 1"),
        ("gpt2", {"tokens": 1024}, 291648307200 / 2, 124439808, "nanoGPT, transformer_sizing.ipynb, forward_total"),
    ],
)
def test_totals_agree_with_published_ones(
    name: str, arguments: dict[str, int], macs: float, parameters: float, source: str
) -> None:
    graph = build_network(name, arguments)
    assert graph.macs == pytest.approx(macs, rel=0.02), source
    assert graph.parameters == pytest.approx(parameters, rel=0.02), source


@pytest.mark.parametrize("name", sorted(NETWORKS))
def test_a_batch_multiplies_arithmetic_not_parameters(name: str) -> None:
    one, two = (build_network(name, {"batch": batch}) for batch in (1, 2))
    assert two.macs == 2 * one.macs
    assert two.flop == 2 * one.flop
    assert two.parameters == one.parameters


def test_attention_grows_with_the_square_of_the_tokens() -> None:
    totals = [build_network("bert-base", {"tokens": tokens}).macs for tokens in (64, 128, 256)]
    per_token = [total - 768 * 768 for total in totals]  # without the pooler, which sees one token
    # a * t + b * t^2 through three points
    b = (per_token[2] - 2 * per_token[1]) / (256**2 - 2 * 128**2)
    assert b == pytest.approx(2 * 768 * 12)
    assert per_token[0] == pytest.approx((per_token[1] - b * 128**2) / 2 + b * 64**2)


@pytest.mark.parametrize(
    ("name", "arguments", "where"),
    [
        ("vgg-16", {}, ""),
        ("gpt2", {"words": 7}, "words"),
        ("gpt2", {"tokens": 0}, "tokens"),
        ("gpt2", {"tokens": 1025}, "tokens"),
        ("bert-base", {"tokens": 513}, "tokens"),
        ("vit-b-16", {"image": 225}, "image"),
        ("vgg-19", {"image": 225}, "image"),
        ("convnext-l", {"image": 225}, "image"),
    ],
)
def test_impossible_networks_are_refused(name: str, arguments: dict[str, int], where: str) -> None:
    with pytest.raises(InputError) as caught:
        build_network(name, arguments)
    assert caught.value.where == where
