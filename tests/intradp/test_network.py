"""Instances of published networks on the paper's testbed, from the package alone."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from wnpopt.core.errors import InputError
from wnpopt.domain.chip.devices import device
from wnpopt.domain.files.graph import load_graph
from wnpopt.domain.network.zoo import build_network
from wnpopt.problems.intradp.imports.classify import classify
from wnpopt.problems.intradp.imports.fuse import fuse
from wnpopt.problems.intradp.imports.graph import from_graph
from wnpopt.problems.intradp.imports.network import PAPER_NETWORKS, network_instance

GRAPHS = Path(__file__).resolve().parents[2] / "instances" / "graphs"


@pytest.mark.parametrize(
    ("network", "share"),
    # Intra-DP, Table 1: local and global operators; which members of the families are meant is not said there.
    [("resnet-152", 341 / 344), ("densenet-121", 428 / 431), ("convnext-l", 340 / 346)],
)
def test_almost_all_operators_are_local_as_in_the_paper(network: str, share: float) -> None:
    local, global_ = classify(build_network(network, {})).counts()
    assert local / (local + global_) == pytest.approx(share, abs=0.01)


def test_vgg_is_the_stored_graph() -> None:
    """An instance of the network that the onnx package carries has the same rows, bytes and times."""
    stored = load_graph(GRAPHS / "vgg-19.json")
    read = fuse(from_graph(stored, device("jetson-xavier-nx-fp32"), device("rtx-3080"), uplink_bytes_per_s=1e7))
    built = network_instance("vgg-19", bytes_per_s=1e7)
    assert len(built.operators) == pytest.approx(len(read.instance.operators), abs=4)
    for side in ("device", "server"):
        whole, other = (sum(getattr(o, side).full_s for o in i.operators) for i in (built, read.instance))
        assert whole == pytest.approx(other, rel=0.02)
    rows = [(o.units, o.output_bytes) for o in built.operators if o.units > 1]
    assert rows == [(o.units, o.output_bytes) for o in read.instance.operators if o.units > 1]


@pytest.mark.parametrize("network", PAPER_NETWORKS)
def test_the_link_and_the_server_are_what_was_asked_for(network: str) -> None:
    one = network_instance(network, bytes_per_s=3e6)
    fast = network_instance(network, bytes_per_s=3e6, server_speed=2.0)
    assert (one.link.uplink_bytes_per_s, one.link.downlink_bytes_per_s) == (3e6, 3e6)
    assert (one.power_w.compute, one.power_w.communicate, one.power_w.standby) == (13.35, 4.25, 4.04)
    for a, b in zip(one.operators, fast.operators, strict=True):
        assert a.device == b.device
        assert a.server.fixed_s == b.server.fixed_s
        assert a.server.full_s - a.server.fixed_s == pytest.approx(2 * (b.server.full_s - b.server.fixed_s))


def test_scatter_is_of_the_seed_alone() -> None:
    plain = network_instance("densenet-121", bytes_per_s=1e7)
    factors = {}
    for seed in (1, 2):
        for rate in (1e6, 1e7):
            drawn = network_instance("densenet-121", bytes_per_s=rate, scatter=0.1, seed=seed)
            pairs = [(a.device.full_s, b.device.full_s) for a, b in zip(drawn.operators, plain.operators, strict=True)]
            factors[seed, rate] = np.log([a / b for a, b in pairs if b > 0])
            for operator in drawn.operators:
                assert operator.device.fixed_s <= operator.device.full_s
    assert (factors[1, 1e6] == factors[1, 1e7]).all()
    assert not np.allclose(factors[1, 1e7], factors[2, 1e7])
    assert np.std(factors[1, 1e7]) == pytest.approx(0.1, rel=0.3)
    assert abs(np.mean(factors[1, 1e7])) < 0.03


@pytest.mark.parametrize(
    ("options", "where"),
    [
        ({"bytes_per_s": 0.0}, "bytes_per_s"),
        ({"bytes_per_s": float("nan")}, "bytes_per_s"),
        ({"bytes_per_s": 1e6, "server_speed": -1.0}, "server_speed"),
        ({"bytes_per_s": 1e6, "scatter": 2.0}, "scatter"),
    ],
)
def test_bad_numbers_are_refused(options: dict[str, float], where: str) -> None:
    with pytest.raises(InputError) as caught:
        network_instance("vgg-19", **options)  # type: ignore[arg-type]
    assert caught.value.where == where


def test_unknown_networks_are_refused() -> None:
    with pytest.raises(InputError, match="vgg-19"):
        network_instance("vgg-20", bytes_per_s=1e6)
