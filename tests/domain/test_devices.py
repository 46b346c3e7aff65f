"""The library of devices and chips, and chip files."""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest

from wnpopt.core.errors import InputError
from wnpopt.domain.chip.devices import CHIPS, DEVICES, chip, device
from wnpopt.domain.files.chip import load_chip
from wnpopt.domain.network.graph import Graph


@pytest.mark.parametrize(
    ("name", "peak", "bandwidth", "source"),
    [
        ("rtx-3080", 29.77e12, 760e9, "GA102 white paper: 29.8 TFLOPS"),
        ("gtx-1080-ti", 11.34e12, 484e9, "GTX 1080 Ti: 11.3 TFLOPS"),
        ("jetson-agx-orin-fp32", 5.3e12, 204.8e9, "AGX Orin technical brief: 5.3 TFLOPS"),
        ("jetson-agx-orin-fp16", 42.5e12, 204.8e9, "AGX Orin technical brief: 170 sparse INT8 TOPS of the GPU"),
        ("jetson-xavier-nx-fp32", 0.845e12, 51.2e9, "Xavier NX data sheet: 384 cores at 1.1 GHz"),
        ("tpu-v1", 92e12, 34e9, "Jouppi et al., ISCA 2017: 92 TOPS"),
        ("eyeriss", 67.2e9, 480e6, "Chen et al., JSSC 2017: 33.6 GMAC/s at 200 MHz"),
        ("phone-npu", 15e12, 44e9, "Snapdragon 865: 15 TOPS, 44 GB/s"),
    ],
)
def test_devices_have_their_published_figures(name: str, peak: float, bandwidth: float, source: str) -> None:
    assert device(name).peak_flop_per_s == pytest.approx(peak, rel=0.01), source
    assert device(name).memory_bytes_per_s == pytest.approx(bandwidth, rel=0.01), source


def test_every_device_says_where_it_comes_from() -> None:
    for name, core in DEVICES.items():
        assert core.name == name
        assert core.source
        assert core.launch_s > 0
        assert core.energy_per_flop_j > 0


@pytest.mark.parametrize("name", CHIPS)
def test_every_chip_can_run_every_operator_of_the_networks(name: str, light: Callable[[str], Graph]) -> None:
    cores = chip(name).cores
    assert len({placed.core.name for placed in cores}) >= 4
    for network in ("bvlc_alexnet", "inception_v2", "shufflenet"):
        for operator in light(network).operators:
            assert any(placed.core.supports(operator) for placed in cores)


def test_faster_devices_are_faster(light: Callable[[str], Graph]) -> None:
    graph = light("resnet50")
    everything = range(len(graph.operators))
    times = [
        device(name).group_seconds(graph, everything)
        for name in ("jetson-xavier-nx-fp32", "jetson-agx-orin-fp32", "gtx-1080-ti", "rtx-3080")
    ]
    assert all(a is not None and b is not None and a > b for a, b in pairwise(times))


def written(folder: Path, **changes: object) -> Path:
    data: dict[str, object] = {
        "kind": "chip",
        "schema_version": 1,
        "name": "mine",
        "hop_s": 3e-9,
        "bytes_per_s": 16e9,
        "cores": [
            {"name": "a", "x": 0, "y": 0, "type": "systolic-64"},
            {"name": "b", "x": 1, "y": 2, "peak_flop_per_s": 2e11, "memory_bytes_per_s": 1e10, "unsupported": ["LRN"]},
        ],
    }
    path = folder / "chip.json"
    path.write_text(json.dumps(data | changes), encoding="utf-8")
    return path


def test_a_chip_file(tmp_path: Path, light: Callable[[str], Graph]) -> None:
    mine = load_chip(written(tmp_path))
    assert mine.cores[0].core == device("systolic-64")
    assert mine.hops(0, 1) == 3
    lrn = next(o for o in light("bvlc_alexnet").operators if o.op_type == "LRN")
    assert mine.cores[1].core.seconds(lrn) is None
    assert load_chip("edge-2x2") == chip("edge-2x2")


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"cores": []}, "cores"),
        ({"cores": [{"name": "a", "x": 0, "y": 0}]}, "cores[0]"),
        ({"cores": [{"name": "a", "x": 0, "y": 0, "type": "abacus"}]}, "cores[0].type"),
        ({"cores": [{"name": "a", "x": 0, "y": 0, "type": "eyeriss", "launch_s": 1.0}]}, "cores[0].launch_s"),
        ({"cores": [{"name": "a", "x": 0, "y": 0.5, "type": "eyeriss"}]}, "cores[0].y"),
        ({"cores": [{"name": "a", "x": 0, "y": 0, "type": "eyeriss"}] * 2}, "cores[1].name"),
        ({"bytes_per_s": 0}, "bytes_per_s"),
        ({"hop_s": -1}, "hop_s"),
        (
            {"cores": [{"name": "a", "x": 0, "y": 0, "peak_flop_per_s": 1, "memory_bytes_per_s": 1, "efficiency": 2}]},
            "cores[0].efficiency",
        ),
    ],
)
def test_wrong_chip_files_are_refused(tmp_path: Path, changes: dict[str, object], where: str) -> None:
    with pytest.raises(InputError) as caught:
        load_chip(written(tmp_path, **changes))
    assert caught.value.where == where


def test_unknown_names_list_the_known_ones() -> None:
    with pytest.raises(InputError, match="rtx-3080"):
        device("abacus")
    with pytest.raises(InputError, match="edge-2x2"):
        chip("abacus")
