"""Trying all plans of a tiny instance: the optimum of another exhaustion, and no more than what is tiny."""

from __future__ import annotations

from typing import Any

import pytest

from tests.wnp.brute_fields import optimum
from tests.wnp.test_bound_values import made
from tests.wnp.tiny_fields import tiny_fields
from wnpopt.problems.wnp import exhaustion
from wnpopt.problems.wnp.exhaustion import _deliveries, exhaust
from wnpopt.problems.wnp.instance import WnpInstance
from wnpopt.problems.wnp.verify import verify

Data = dict[str, Any]

FIELDS: list[tuple[str, ...]] = [
    (),
    ("bus",),
    ("radio-release",),
    ("release", "latency"),
    ("deadline", "latency"),
    ("energy",),
    ("energy-limit",),
    ("makespan-limit",),
    ("bus", "release", "energy", "makespan-limit"),
]


def best_of(instance: WnpInstance) -> float | None:
    tried = exhaust(instance)
    assert tried.complete
    if tried.solution is None:
        return None
    certificate = verify(instance, tried.solution)
    assert certificate.accepted, certificate.violations
    return certificate.objective


def test_what_is_tiny() -> None:
    """Up to 8 subgraphs, and 5,000 choices of cores times orders."""
    assert exhaust(made({f"g{i}": [1] for i in range(9)})).complete is False
    six = {f"g{i}": [1] for i in range(6)}
    assert exhaust(made({**six, "g": [0]})).complete is False  # 5,040
    assert exhaust(made({**six})).complete
    # 720 times 6 and 720 times 7; what cannot run somewhere has less to choose from.
    cores: list[int | None] = [1] * 6
    one: list[int | None] = [1, *[None] * 5]
    assert exhaust(made({**{f"g{i}": one for i in range(5)}, "g": cores})).complete
    assert not exhaust(made({**{f"g{i}": [*one, None] for i in range(5)}, "g": [*cores, 1]})).complete


def test_a_radio_with_too_much_to_try_is_not_tiny() -> None:
    many = made(
        {f"g{k}": [1] for k in range(3)},
        reads={f"g{k}": f"m{k}" for k in range(3)},
        payloads={f"m{k}": 40 for k in range(3)},
        rates=[[[1 + k], [2 + k], [3 + k], [4 + k]] for k in range(3)],
        slots=9,
    )
    tried = exhaust(many)
    assert (tried.solution, tried.complete) == (None, False)


def test_the_radio_alone() -> None:
    """Two slots for each of two modalities on one resource block, one on two."""
    two: Data = {"reads": {"a": "x", "b": "y"}, "payloads": {"x": 10, "y": 10}}
    parts: dict[str, list[int | None]] = {"a": [7, 7], "b": [1, 1]}
    assert best_of(made(parts, **two, slots=4)) == 41
    assert best_of(made(parts, **two, slots=3)) is None
    assert best_of(made(parts, **two, rates=[[[5], [5]], [[5], [5]]], slots=2)) == 21
    # x may begin in slot 2 alone: it is there at 40, y waits for nobody.
    assert best_of(made(parts, **two, of_x={"release_slot": 2}, slots=4)) == 47
    # Another block's rates: 2 bits a slot in slots 0 and 1, 8 in slots 2 and 3.
    one: Data = {"reads": {"a": "x"}, "payloads": {"x": 10}}
    assert best_of(made({"a": [7]}, **one, rates=[[[2, 8]]], block_slots=2, slots=4)) == 37
    # What nobody reads need not come, and what has no bits is there.
    assert best_of(made(parts, reads={"a": "x"}, payloads={"x": 10, "y": 99}, slots=2)) == 27
    assert best_of(made(parts, reads={"a": "x"}, payloads={"x": 0}, slots=2)) == 7
    assert best_of(made(parts, reads={"a": "x"}, payloads={"x": 10}, slots=2**31, block_slots=2**31)) == 27


def test_deliveries_that_come_later_in_all_are_left_out() -> None:
    """Two slots each, in any order: x in slots 0 and 2 helps nobody."""
    both = made({"a": [1], "b": [1]}, reads={"a": "x", "b": "y"}, payloads={"x": 10, "y": 10}, slots=4)
    assert sorted(delivery.arrived for delivery in _deliveries(both)) == [(2, 4), (4, 2)]


def test_slots_cost_energy_where_it_counts() -> None:
    """x at 5 bits a slot from the start or 10 in slot 2: one slot is cheaper than two, and later."""
    late: Data = {
        "reads": {"a": "x"},
        "payloads": {"x": 10},
        "rates": [[[5, 10]]],
        "block_slots": 2,
        "slots": 4,
        "of_x": {"transmit_j_per_rb_slot": 3.0},
    }
    assert best_of(made({"a": [7]}, **late, objective="energy")) == 3.0
    assert best_of(made({"a": [7]}, **late)) == 27
    assert best_of(made({"a": [7]}, **late, energy_limit_j=3.0)) == 37
    assert best_of(made({"a": [7]}, **late, energy_limit_j=6.0)) == 27
    assert best_of(made({"a": [7]}, **late, energy_limit_j=2.9)) is None


def test_cores_orders_and_ways() -> None:
    assert best_of(made({"a": [10, 10], "b": [10, 10], "c": [10, 10]})) == 20
    assert best_of(made({"a": [10, None], "b": [None, 4]}, {"a>b": 3}, chip={"hop_ticks": 2})) == 19
    assert best_of(made({"a": [10, 9], "b": [9, 4]}, {"a>b": 30})) == 13
    assert best_of(made({"a": [10, 3], "b": [9, 4]}, {"a>b": 30}, chip={"bytes_per_tick": 7})) == 7
    # Two transfers of 9 and 11 ticks on a bus, and side by side without one.
    pairs: dict[str, list[int | None]] = {"p": [3, None], "q": [3, None], "r": [None, 4], "s": [None, 4]}
    edges = {"p>r": 9, "q>s": 11}
    assert best_of(made(pairs, edges, chip={"exclusive_bus": True})) == 3 + 9 + 11 + 4
    assert best_of(made({"p": [0, None], "r": [None, 4]}, {"p>r": 9}, chip={"exclusive_bus": True})) == 13
    assert best_of(made(pairs, edges)) == 6 + 9 + 4 + 2


def test_bytes_are_moved_at_the_rate_of_the_chip() -> None:
    assert best_of(made({"a": [3, None], "b": [None, 4]}, {"a>b": 30}, chip={"bytes_per_tick": 7})) == 3 + 5 + 4


def test_what_begins_at_0_begins_once() -> None:
    """A subgraph without ticks ends at 0, and a transfer may begin there: both have been placed."""
    jobs = [{"name": "one", "weight": 10}, {"name": "two", "weight": 1}]
    parts: dict[str, list[int | None]] = {"b": [3], "c": [5], "a": [0]}
    of = {"b": "one", "c": "two"}
    assert best_of(made(parts, {"a>b": 1}, job_of=of, jobs=jobs, objective="weighted_latency")) == 30 + 8
    on_three: dict[str, list[int | None]] = {
        "r": [None, None, 4],
        "p": [3, None, None],
        "a": [0, None, None],
        "b": [None, 50, None],
    }
    assert best_of(made(on_three, {"p>r": 1, "a>b": 9}, chip={"exclusive_bus": True})) == 9 + 50


def test_an_order_that_is_too_late_ends_no_other() -> None:
    jobs = [{"name": "soon", "deadline_ticks": 5}]
    assert best_of(made({"a": [10], "b": [5], "c": [10]}, job_of={"b": "soon"}, jobs=jobs)) == 25


def test_better_is_less_and_of_energies_by_a_millionth() -> None:
    instant, long = made({"a": [0]}), made({"a": [3_000_000]})
    assert exhaust(instant, 1).solution is not None
    assert exhaust(instant, 0).solution is None
    assert exhaust(long, 3_000_001).solution is not None
    assert exhaust(long, 3_000_000).solution is None
    hot = {"cores": [{"name": "c0", "x": 0, "y": 0, "active_w": 8.0}]}
    energy = made({"a": [10]}, chip=hot, tick_s=0.5, objective="energy")
    assert exhaust(energy, 40.0 * (1 + 5e-7)).solution is None
    assert exhaust(energy, 40.0 * (1 + 2e-6)).solution is not None


def test_releases_and_deadlines() -> None:
    jobs = [
        {"name": "one", "release_ticks": 6, "deadline_ticks": 20},
        {"name": "two", "weight": 3, "deadline_ticks": 9},
    ]
    of = {"a": "one", "b": "two"}
    parts: dict[str, list[int | None]] = {"a": [10], "b": [5]}
    assert best_of(made(parts, job_of=of, jobs=jobs)) == 16
    assert best_of(made(parts, job_of=of, jobs=jobs, objective="weighted_latency")) == 10 + 15
    assert best_of(made(parts, job_of=of, jobs=[{**jobs[0], "deadline_ticks": 15}, jobs[1]])) is None
    assert (
        best_of(made(parts, job_of=of, jobs=[{**jobs[0], "deadline_ticks": 16}, {**jobs[1], "deadline_ticks": 5}]))
        == 16
    )
    assert best_of(made(parts, job_of=of, jobs=[jobs[0], {**jobs[1], "deadline_ticks": 4}])) is None
    assert best_of(made(parts, job_of=of, jobs=[{"name": "one"}, {"name": "two"}], makespan_limit_ticks=15)) == 15
    assert best_of(made(parts, job_of=of, jobs=[{"name": "one"}, {"name": "two"}], makespan_limit_ticks=14)) is None


def test_energy_is_priced_as_the_verifier_does() -> None:
    """8 and 2 W on unlike cores of which the slower spends less; the bytes over 3 hops cost more than that."""
    cores = [
        {"name": "c0", "x": 0, "y": 0, "active_w": 8.0, "idle_w": 0.5},
        {"name": "c1", "x": 2, "y": 1, "active_w": 2.0, "idle_w": 0.25},
    ]
    chip = {"cores": cores, "joule_per_byte_hop": 0.5}
    parts: dict[str, list[int | None]] = {"a": [10, 20], "b": [4, None]}
    fields: Data = {"chip": chip, "tick_s": 0.5, "objective": "energy"}
    # a on c1: 20 ticks beside the 4 of b: 0.5 * (32 + 16 * 0.5 + 40); on c0 0.5 * (112 + 14 * 0.25).
    assert best_of(made(parts, **fields)) == 40.0
    # With 20 bytes between them 30 J more, and 20 ticks of idling where a goes before b.
    assert best_of(made(parts, {"a>b": 20}, **fields)) == 57.75
    assert best_of(made(parts, {"a>b": 8}, **fields)) == 0.5 * (32 + 28 * 0.5 + 40 + 12 * 0.25) + 12
    # With 9 bytes one core is the better choice by 0.625 J.
    assert best_of(made(parts, {"a>b": 9}, **fields)) == 57.75
    # One place: the bytes count one hop.
    near = {"cores": [{**core, "x": 0, "y": 0} for core in cores], "joule_per_byte_hop": 0.5}
    only: dict[str, list[int | None]] = {"a": [None, 20], "b": [4, None]}
    assert best_of(made(only, {"a>b": 2}, chip=near, tick_s=0.5, objective="energy")) == (
        0.5 * (32 + 22 * 0.5 + 40 + 6 * 0.25) + 1
    )


def test_bytes_between_cores_count_towards_a_limit_in_both_directions() -> None:
    cores = [
        {"name": "c0", "x": 0, "y": 0, "active_w": 8.0, "idle_w": 0.5},
        {"name": "c1", "x": 0, "y": 0, "active_w": 2.0, "idle_w": 0.25},
    ]
    there: dict[str, list[int | None]] = {"a": [None, 20], "b": [4, None]}
    back: dict[str, list[int | None]] = {"a": [4, None], "b": [None, 20]}
    joule = 0.5 * (32 + 22 * 0.5 + 40 + 6 * 0.25) + 1
    for parts in (there, back):
        fields: Data = {"chip": {"cores": cores, "joule_per_byte_hop": 0.5}, "tick_s": 0.5}
        assert best_of(made(parts, {"a>b": 2}, **fields, energy_limit_j=joule)) == 26
        assert best_of(made(parts, {"a>b": 2}, **fields, energy_limit_j=joule - 0.5)) is None


def test_an_energy_at_its_limit_is_within_it() -> None:
    hot = {"cores": [{"name": "c0", "x": 0, "y": 0, "active_w": 8.0}]}
    for factor, best in ((1.0, 10), (1 - 0.9e-9, 10), (1 - 4e-9, None)):
        assert best_of(made({"a": [10]}, chip=hot, tick_s=0.5, energy_limit_j=40.0 * factor)) == best


def test_what_is_tried_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exhaustion, "_STATES", 1)
    parts: dict[str, list[int | None]] = {"a": [1, 1], "b": [1, 1]}
    tried = exhaust(made(parts))
    assert (tried.solution, tried.complete) == (None, False)
    assert exhaust(made({"a": [1]})).complete


@pytest.mark.parametrize("fields", FIELDS, ids="+".join)
def test_the_best_of_all_plans(fields: tuple[str, ...]) -> None:
    for seed in range(40, 48):
        instance = tiny_fields(seed, fields)
        best, tried = optimum(instance), exhaust(instance)
        assert tried.complete, seed
        if best is None:
            assert tried.solution is None, seed
            continue
        assert tried.solution is not None, seed
        certificate = verify(instance, tried.solution)
        assert certificate.accepted, (seed, certificate.violations)
        assert certificate.objective == pytest.approx(best, rel=1e-12), seed
        # Nothing is better than the best; an energy, by a millionth at least.
        assert exhaust(instance, best).solution is None, seed
        more = best * (1 + 2e-6) if instance.objective == "energy" else best + 1
        if best > 0:
            better = exhaust(instance, more).solution
            assert better is not None, seed
            assert verify(instance, better).objective == pytest.approx(best, rel=1e-12)
