"""Cores and chips: the roofline, what cannot run, distances."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from wnpopt.core.errors import InputError
from wnpopt.domain.chip.hardware import Chip, Core, Placed, mesh
from wnpopt.domain.network.graph import Graph


def test_the_roofline_by_hand(light: Callable[[str], Graph]) -> None:
    graph = light("vgg19")
    by_type = {operator.op_type: operator for operator in graph.operators}
    core = Core("c", peak_flop_per_s=1e9, memory_bytes_per_s=1e9, launch_s=1e-5)
    conv, relu, view = by_type["Conv"], by_type["Relu"], by_type["Reshape"]
    assert conv.flop > conv.memory_bytes
    assert core.seconds(conv) == pytest.approx(conv.flop / 1e9 + 1e-5)
    assert relu.flop < relu.memory_bytes
    assert core.seconds(relu) == pytest.approx((relu.input_bytes + relu.output_bytes) / 1e9 + 1e-5)
    assert core.seconds(view) == 0


def test_precision_shrinks_traffic_only(light: Callable[[str], Graph]) -> None:
    relu = next(o for o in light("vgg19").operators if o.op_type == "Relu")
    full, eighth = Core("f", 1e15, 1e9), Core("e", 1e15, 1e9, element_bits=8)
    assert eighth.seconds(relu) == pytest.approx((full.seconds(relu) or 0) / 4)


def test_what_a_core_cannot_run_has_no_time(light: Callable[[str], Graph]) -> None:
    graph = light("vgg19")
    core = Core("c", 1e9, 1e9, unsupported=("Softmax",))
    softmax = len(graph.operators) - 1
    assert core.seconds(graph.operators[softmax]) is None
    assert core.joules(graph.operators[softmax]) is None
    assert core.group_seconds(graph, [0, softmax]) is None
    assert core.group_seconds(graph, [0, 1]) == pytest.approx(
        sum(core.seconds(graph.operators[i]) or 0 for i in (0, 1))
    )


def test_energy_is_arithmetic_and_traffic(light: Callable[[str], Graph]) -> None:
    relu = light("vgg19").operators[1]
    core = Core("c", 1e9, 1e9, energy_per_flop_j=2e-12, energy_per_byte_j=1e-10)
    assert core.joules(relu) == pytest.approx(relu.flop * 2e-12 + relu.memory_bytes * 1e-10)


def test_mesh_distances() -> None:
    core = Core("c", 1e9, 1e9)
    chip = mesh("m", [core] * 6, columns=3, hop_s=1e-6, bytes_per_s=1e9, energy_per_byte_hop_j=1e-12)
    assert [placed.name for placed in chip.cores][:4] == ["c.0.0", "c.0.1", "c.0.2", "c.1.0"]
    assert chip.hops(0, 5) == 3
    assert chip.transfer_seconds(0, 5, 1000) == pytest.approx(3e-6 + 1e-6)
    assert chip.transfer_seconds(2, 2, 1000) == 0
    assert chip.transfer_joules(0, 5, 1000) == pytest.approx(3e-9)


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"peak_flop_per_s": 0.0}, "peak_flop_per_s"),
        ({"peak_flop_per_s": float("inf")}, "peak_flop_per_s"),
        ({"memory_bytes_per_s": -1.0}, "memory_bytes_per_s"),
        ({"launch_s": float("nan")}, "launch_s"),
        ({"efficiency": 1.5}, "efficiency"),
        ({"element_bits": 0}, "element_bits"),
    ],
)
def test_impossible_cores_are_refused(change: dict[str, float], where: str) -> None:
    arguments: dict[str, float] = {"peak_flop_per_s": 1e9, "memory_bytes_per_s": 1e9} | change
    with pytest.raises(InputError) as caught:
        Core("c", **arguments)  # type: ignore[arg-type]
    assert caught.value.where == where


def test_impossible_chips_are_refused() -> None:
    core = Core("c", 1e9, 1e9)
    for cores in (
        (),
        (Placed("a", core, 0, 0), Placed("a", core, 1, 0)),
        (Placed("a", core, 0, 0), Placed("b", core, 0, 0)),
    ):
        with pytest.raises(InputError):
            Chip("x", cores, 1e-6, 1e9)
    with pytest.raises(InputError):
        Chip("x", (Placed("a", core, 0, 0),), 1e-6, 0.0)
