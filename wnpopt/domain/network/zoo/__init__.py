"""Published networks, built from their architecture alone."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from types import MappingProxyType

from wnpopt.core.errors import InputError
from wnpopt.domain.network.graph import Graph
from wnpopt.domain.network.zoo.bert import bert_base
from wnpopt.domain.network.zoo.convnext import convnext_large
from wnpopt.domain.network.zoo.densenet import densenet_121
from wnpopt.domain.network.zoo.gpt2 import gpt2
from wnpopt.domain.network.zoo.mobilenet import mobilenet_v2
from wnpopt.domain.network.zoo.resnet import resnet_152
from wnpopt.domain.network.zoo.vgg import vgg_19
from wnpopt.domain.network.zoo.vit import vit_b_16

NETWORKS: Mapping[str, Callable[..., Graph]] = MappingProxyType(
    {
        "bert-base": bert_base,
        "convnext-l": convnext_large,
        "densenet-121": densenet_121,
        "gpt2": gpt2,
        "mobilenet-v2": mobilenet_v2,
        "resnet-152": resnet_152,
        "vgg-19": vgg_19,
        "vit-b-16": vit_b_16,
    }
)
"""Builders by name; their arguments are whole numbers of at least 1."""


def build_network(name: str, arguments: Mapping[str, int]) -> Graph:
    """The network called ``name``; raises :class:`InputError` for an unknown name or argument."""
    if name not in NETWORKS:
        raise InputError(f"the network {name!r} is not known; known are {', '.join(NETWORKS)}")
    known = inspect.signature(NETWORKS[name]).parameters
    for key, value in arguments.items():
        if key not in known:
            raise InputError(f"{name} has no such argument; it has {', '.join(known)}", where=key)
        if value < 1:
            raise InputError(f"found {value}; at least 1 is needed", where=key)
    return NETWORKS[name](**arguments)
