"""Each bound and each proof of infeasibility on instances on which its value is known by hand."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from wnpopt.backends import cpsat as cpsat_adapter
from wnpopt.backends import highs as highs_adapter
from wnpopt.backends.ending import Ending, Report
from wnpopt.core.budget import Budget
from wnpopt.core.errors import UnsupportedError
from wnpopt.core.result import WarmStart
from wnpopt.problems.wnp import bounds as of_bounds
from wnpopt.problems.wnp import infeasibility
from wnpopt.problems.wnp.bounds import branch_tails, load_bound, problem_bounds, radio_bound
from wnpopt.problems.wnp.field_bounds import bus_bound, energy_bound, latency_bound, least_energy
from wnpopt.problems.wnp.formulations import cpsat as cpsat_model
from wnpopt.problems.wnp.formulations import uplink as radio_model
from wnpopt.problems.wnp.instance import WnpInstance
from wnpopt.problems.wnp.kernels.cuts import cannot_deliver, cut_bound, cut_holds
from wnpopt.problems.wnp.kernels.problem import Problem
from wnpopt.problems.wnp.kernels.uplink import Uplink
from wnpopt.problems.wnp.methods import milp as milp_method

Data = dict[str, Any]


def made(
    subgraphs: dict[str, list[int | None]],
    edges: dict[str, int] | None = None,
    reads: dict[str, str] | None = None,
    payloads: dict[str, int] | None = None,
    rates: list[list[list[int]]] | None = None,
    slots: int = 6,
    block_slots: int | None = None,
    **changes: Any,
) -> WnpInstance:
    """Cores in a row; slots of 10 ticks; ``edges`` are "i>j" and bytes, ``reads`` modalities by subgraph."""
    cores = len(next(iter(subgraphs.values())))
    chip = {
        "cores": [{"name": f"c{m}", "x": m, "y": 0} for m in range(cores)],
        "hop_ticks": 0,
        "bytes_per_tick": 1,
        **changes.pop("chip", {}),
    }
    jobs = changes.pop("job_of", {})
    return WnpInstance.from_data(
        {
            "kind": "wnp",
            "schema_version": 1,
            "name": "made",
            "radio": {
                "slot_ticks": 10,
                "slots": slots,
                "block_slots": block_slots or slots,
                "bits_per_slot": rates or [[[5]] for _ in payloads or ()],
            },
            "modalities": [
                {"name": name, "payload_bits": bits, **changes.pop(f"of_{name}", {})}
                for name, bits in (payloads or {}).items()
            ],
            "chip": chip,
            "subgraphs": [
                {"name": name, "ticks": ticks, "modality": (reads or {}).get(name), "job": jobs.get(name)}
                for name, ticks in subgraphs.items()
            ],
            "edges": [
                {"from": pair.partition(">")[0], "to": pair.partition(">")[2], "bytes": size}
                for pair, size in (edges or {}).items()
            ],
            **changes,
        }
    )


def told(instance: WnpInstance, budget: Budget | None = None) -> dict[str, float]:
    return {bound.source: bound.value for bound in of_bounds.bounds(instance, budget or Budget())}


def problem(instance: WnpInstance) -> Problem:
    return Problem.of(instance)


OVER = Budget(0.0)


# --- the chip ---


def test_path_and_load_of_a_chip_alone() -> None:
    """Three times 10 ticks on two cores are 15; 10 and 4 with 3 ticks of bytes between cores are 17."""
    assert told(made({"a": [10, 10], "b": [10, 10], "c": [10, 10]})) == {"path": 10, "load": 15}
    assert told(made({"a": [10, None], "b": [None, 4]}, {"a>b": 3})) == {"path": 17, "load": 17}
    # On c1 all along 16 ticks; and after the 10 on c0 both cores together do b in 36/13 ticks.
    assert told(made({"a": [10, 12], "b": [9, 4]}, {"a>b": 30})) == {"path": 16, "load": 13}


def test_a_path_is_no_shorter_than_through_its_middle() -> None:
    """b is on one core, so one of c and d, each on its own, gets its 5 bytes over the mesh."""
    assert told(made({"b": [1, 1], "c": [10, None], "d": [None, 10]}, {"b>c": 5, "b>d": 5}))["path"] == 16


def test_no_bound_is_one_where_nothing_can_be_delivered() -> None:
    instance = made({"a": [10]}, reads={"a": "x"}, payloads={"x": 31})
    assert told(instance) == {}
    assert problem_bounds(problem(instance), Budget()) == []


def loads(ticks: list[list[int]], first: list[int], last: list[int], budget: Budget | None = None) -> int:
    return load_bound(np.array(ticks), np.array(first), np.array(last), budget or Budget())


def test_the_load_counts_what_begins_late_and_what_must_follow() -> None:
    three = [[10, 10]] * 3
    assert loads(three, [0, 0, 0], [0, 0, 0]) == 15
    assert loads(three, [2, 2, 2], [3, 3, 3]) == 20
    assert loads(three, [2, 2, 2], [3, 4, 5]) == 20
    # The first is left out of what begins at 5 or later, the last of what has 7 after it.
    assert loads([[1, 1], *three], [0, 5, 5, 5], [7, 7, 7, 7]) == 27
    assert loads([*three, [1, 1]], [5, 5, 5, 5], [7, 7, 7, 0]) == 27
    assert loads([[40, 40], [2, 2]], [0, 30], [0, 0]) == 31
    assert loads([[40, 40], [2, 2]], [0, 0], [0, 30]) == 31
    assert loads(three, [2, 2, 2], [3, 3, 3], OVER) == 0
    # Of unequal cores: 12 and 6 of which each takes what suits it, and one for which there is no choice.
    assert loads([[12, 100], [100, 6]], [0, 0], [0, 0]) == 12


def test_of_many_thresholds_a_sample_with_both_ends_is_tried() -> None:
    count = 40
    ticks = [[1, 1]] * count
    rising = list(range(0, 10 * count, 10))
    assert loads(ticks, rising, [0] * count) == 391
    assert loads(ticks, [0] * count, rising) == 391
    assert loads([[count, count], *ticks], [0, *rising], [0] * (count + 1)) == 391
    assert of_bounds._sample(np.arange(12)).tolist() == list(range(12))
    assert of_bounds._sample(np.arange(13)).tolist() == [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12]


def test_of_many_subgraphs_the_load_is_found_beside() -> None:
    assert loads([[2] * 50] * 50, [1] * 50, [1] * 50) == 4


# --- the radio ---


def test_the_radio_s_bounds() -> None:
    """Two payloads of two slots each; 7 ticks follow one, 1 the other: 3 slots and 7 or 4 and 1 ticks."""
    two = made({"a": [7], "b": [1]}, reads={"a": "x", "b": "y"}, payloads={"x": 10, "y": 10})
    assert told(two) == {"path": 27, "load": 28, "radio": 41}
    alone = made({"a": [7]}, reads={"a": "x"}, payloads={"x": 11})
    assert told(alone) == {"path": 37, "load": 37, "radio": 37}
    unread = made({"a": [7], "b": [1]}, reads={"a": "x"}, payloads={"x": 10, "y": 10})
    assert told(unread) == {"path": 27, "load": 27, "radio": 27}
    nothing = made({"a": [7]}, reads={"a": "x"}, payloads={"x": 0})
    assert told(nothing) == {"path": 7, "load": 7}


def test_what_waits_for_a_modality_loads_the_cores() -> None:
    """a of 5 ticks reads x, then 4 times 10 ticks on two cores: 25 ticks follow its arrival at 20, and not 15."""
    fan = made(
        {"a": [5, 5], **{n: [10, 10] for n in "bcde"}},
        {f"a>{n}": 0 for n in "bcde"},
        reads={"a": "x"},
        payloads={"x": 10},
    )
    assert told(fan) == {"path": 35, "load": 45, "radio": 35, "radio-load": 45}
    assert branch_tails(problem(fan), Budget()).tolist() == [25]
    # Also where nothing but one waits for another modality.
    two = made(
        {"a": [5, 5], **{n: [10, 10] for n in "bcde"}, "f": [1, 1]},
        {f"a>{n}": 0 for n in "bcde"},
        reads={"a": "x", "f": "y"},
        payloads={"x": 10, "y": 5},
    )
    assert told(two)["radio-load"] == 45
    assert branch_tails(problem(fan), OVER).tolist() == [0]
    # What waits for two is in the branches of both, with what comes from elsewhere left out: 5 + (10 + 10 + 10) / 2 and
    # not 90 before it; e alone by both cores together takes 5.
    both = made(
        {"a": [5, 5], "b": [90, 90], "c": [10, 10], "d": [10, 10], "e": [10, 10]},
        {"a>c": 0, "b>c": 0, "c>d": 0, "c>e": 0},
        reads={"a": "x", "e": "y"},
        payloads={"x": 10, "y": 5},
    )
    assert branch_tails(problem(both), Budget()).tolist() == [25, 5]


def test_a_radio_bound_of_tails() -> None:
    two = problem(made({"a": [7], "b": [1]}, reads={"a": "x", "b": "y"}, payloads={"x": 10, "y": 10}))
    assert [radio_bound(two, np.array(tail), Budget()) for tail in ([0, 0], [7, 0], [7, 7], [30, 0], [0, 10])] == [
        40,
        40,
        47,
        50,
        40,
    ]
    assert 27 <= radio_bound(two, np.array([7, 7]), OVER) <= 47
    assert cut_bound(two.uplink, np.array([7, 7]), np.array([1, 1]), 1000) == 47
    assert cut_bound(two.uplink, np.array([7, 7]), np.array([1, 1]), 45) == 45
    assert cut_bound(two.uplink, np.array([7, 7]), np.array([1, 0]), 1000) == 27
    assert cut_bound(two.uplink, np.array([7, 7]), np.array([0, 0]), 1000) is None


def test_the_tails_of_the_whole_branch_and_a_radio_bound_beyond_the_least_tail() -> None:
    row = made({"z": [1], "a": [1], "b": [5], "c": [7]}, {"a>b": 1, "a>c": 1}, reads={"a": "x"}, payloads={"x": 10})
    assert branch_tails(problem(row), Budget()).tolist() == [1 + 5 + 7]
    three = made(
        {"a": [1], "b": [1], "c": [1]},
        reads={"a": "x", "b": "y", "c": "z"},
        payloads={"x": 10, "y": 10, "z": 5},
    )
    assert radio_bound(problem(three), np.array([100, 100, 0]), Budget()) == 140


def test_what_cannot_be_delivered_has_no_bounds() -> None:
    parts: dict[str, list[int | None]] = {"p": [3, None], "r": [None, 4]}
    more: Data = {"reads": {"p": "x"}, "payloads": {"x": 31}}
    assert told(made(parts, {"p>r": 9}, **more, chip={"exclusive_bus": True})) == {}
    assert told(made(parts, {"p>r": 9}, **more, objective="energy")) == {}


def test_a_cut_is_of_no_more_than_was_asked_and_of_slots_of_a_tick() -> None:
    one = problem(made({"a": [7]}, reads={"a": "x"}, payloads={"x": 5})).uplink
    assert cut_bound(one, np.array([0]), np.array([1]), 0) == 0
    radio = {"slot_ticks": 1, "slots": 4, "block_slots": 4, "bits_per_slot": [[[5]]]}
    short = problem(made({"a": [7]}, reads={"a": "x"}, payloads={"x": 5}, radio=radio)).uplink
    assert cut_bound(short, np.array([0]), np.array([1]), 100) == 1


@pytest.mark.parametrize(("slots", "blocks"), [(4, 1), (1, 4)])
def test_weights_beyond_64_bits_are_exact(slots: int, blocks: int) -> None:
    """2^32 bits are all that the radio carries; weighted by 2^31 both sides are 2^63."""
    full = made(
        {"a": [1]}, reads={"a": "x"}, payloads={"x": 2**32}, rates=[[[2**30] for _ in range(blocks)]], slots=slots
    )
    uplink = Uplink.of(full)
    assert cut_holds(uplink, np.array([2**31]), np.array([slots]))
    assert not cut_holds(uplink, np.array([2**31]), np.array([slots - 1]))


def test_a_slot_is_worth_the_best_that_may_use_it() -> None:
    """y may use two slots, x all four, and x is worth more in each: 20."""
    both = made({"a": [7], "b": [1]}, reads={"a": "x", "b": "y"}, payloads={"x": 18, "y": 2}, rates=[[[5]], [[1]]])
    assert cut_holds(Uplink.of(both), np.array([1, 1]), np.array([4, 2]))
    assert not cut_holds(Uplink.of(both), np.array([1, 1]), np.array([3, 4]))


def test_weights_that_prove_something_and_weights_that_do_not() -> None:
    """4 slots of 5 bits, two payloads of 10: together they need all, alone two."""
    uplink = problem(made({"a": [7], "b": [1]}, reads={"a": "x", "b": "y"}, payloads={"x": 10, "y": 10})).uplink

    def holds(weight: list[int], deadline: list[int]) -> bool:
        return cut_holds(uplink, np.array(weight), np.array(deadline))

    assert holds([1, 1], [4, 4])
    assert not holds([1, 1], [3, 3])
    assert holds([1, 1], [2, 4])
    assert not holds([1, 1], [1, 4]) or not holds([1, 0], [1, 4])
    assert holds([1, 0], [2, 2])
    assert not holds([1, 0], [1, 6])
    assert not holds([2**40, 2**40], [3, 3])
    assert holds([2**40, 2**40], [4, 4])
    assert not holds([2**61, 2**61], [3, 3])
    assert holds([2**61, 2**61], [4, 4])


# --- optional fields ---


def test_latencies_are_paths_from_releases() -> None:
    instance = made(
        {"a": [10, 10], "b": [4, 6], "c": [20, 20]},
        {"a>b": 0},
        job_of={"a": "one", "b": "one", "c": "two"},
        jobs=[{"name": "one", "weight": 2, "release_ticks": 3}, {"name": "two", "weight": 5, "release_ticks": 1}],
        objective="weighted_latency",
    )
    assert latency_bound(problem(instance)).value == 2 * 14 + 5 * 20
    assert told(instance) == {"path": 128}


def test_the_bus_carries_what_cannot_stay() -> None:
    """p and q on c0 alone, r and s on c1 alone: 11 and 13 ticks one after the other, between 3 before and 4 after."""
    pairs = {"p": [3, None], "q": [5, None], "r": [None, 4], "s": [None, 6], "t": [2, 2]}
    chip = {"exclusive_bus": True, "hop_ticks": 2}
    instance = made(pairs, {"p>r": 9, "q>s": 11, "p>t": 50}, chip=chip)
    assert bus_bound(problem(instance)).value == 3 + 11 + 13 + 4
    assert told(instance)["bus"] == 31
    assert told(made(pairs, {"p>r": 1, "q>s": 40, "p>t": 50}, chip=chip))["bus"] == 5 + 42 + 6
    assert bus_bound(problem(made(pairs, {"p>t": 50}, chip=chip))).value == 0
    more = {"p": [3, None], "r": [None, 4], "u": [None, 5]}
    assert bus_bound(problem(made(more, {"p>r": 9, "r>u": 9}, chip=chip))).value == 3 + 11 + 4 + 5
    assert "bus" not in told(made(pairs, {"p>r": 9}))
    # The least way between cores that can: c0 to c1, and not to c2.
    three = made({"p": [3, None, None], "r": [None, 4, 4]}, {"p>r": 9}, chip=chip)
    assert bus_bound(problem(three)).value == 3 + 11 + 4


def powered(**changes: Any) -> WnpInstance:
    cores = [
        {"name": f"c{m}", "x": 3 * m, "y": 0, "active_w": active, "idle_w": idle}
        for m, (active, idle) in enumerate([(4.0, 1.0), (8.0, 0.5)])
    ]
    return made(
        {"a": [8, 4], "b": [6, None], "c": [None, 8]},
        {"b>c": 9},
        reads={"a": "x"},
        payloads={"x": 11},
        rates=[[[2, 4], [5, 1]]],
        block_slots=3,
        of_x={"transmit_j_per_rb_slot": 16.0},
        tick_s=0.5,
        chip={"cores": cores, "joule_per_byte_hop": 2.0},
        objective="energy",
        **changes,
    )


# a costs 8 * 3 on c0 and 4 * 7.5 on c1 beyond idling; b 6 * 3, c 8 * 7.5; 11 bits at 5 a slot are 3 slots.
LEAST = Fraction(1, 2) * (24 + 18 + 60) + 3 * 16


def test_energy_is_at_least_the_cheapest_of_everything() -> None:
    made_so = problem(powered())
    assert least_energy(made_so, 0) == LEAST
    assert least_energy(made_so, 100) == LEAST + Fraction(1, 2) * 100 * Fraction(3, 2)
    # And 9 bytes over 3 hops, that nothing avoids.
    exact = LEAST + Fraction(1, 2) * 100 * Fraction(3, 2) + 2 * 9 * 3
    bound = energy_bound(made_so, 100)
    assert bound.source == "energy"
    assert float(exact) * (1 - 1e-9) < bound.value < float(exact)
    # Weakened by 1e-11 of itself and of all that the cores could take in that time.
    weaker = exact - (exact + Fraction(1, 2) * 100 * Fraction(27, 2)) / 10**11
    assert bound.value == pytest.approx(float(weaker), rel=1e-15)
    # Over its own makespan: b 6 ticks, 9 bytes, c 8 ticks are 23; a arrives at 20 and takes 4.
    longest = max(value for source, value in told(made_of_makespan()).items() if source != "energy")
    (bound,) = of_bounds.bounds(powered(), Budget())
    exact = least_energy(made_so, int(longest)) + 54
    assert float(exact) * (1 - 1e-9) < bound.value < float(exact)


def made_of_makespan() -> WnpInstance:
    return WnpInstance.from_data({**powered().to_data(), "objective": "makespan"})


def test_bytes_go_one_hop_at_least() -> None:
    for x in (0, 1):
        cores = [{"name": "c0", "x": 0, "y": 0}, {"name": "c1", "x": x, "y": 0}]
        chip = {"cores": cores, "joule_per_byte_hop": 2.0}
        (bound,) = of_bounds.bounds(
            made({"a": [1, None], "b": [None, 1]}, {"a>b": 9}, chip=chip, objective="energy"), Budget()
        )
        assert bound.value == pytest.approx(18.0, rel=1e-9)


def test_slow_radios_need_many_slots() -> None:
    slow = made({"a": [1]}, reads={"a": "x"}, payloads={"x": 3}, rates=[[[1]]], of_x={"transmit_j_per_rb_slot": 16.0})
    assert least_energy(problem(slow), 0) == 48


def test_energy_that_costs_nothing_has_the_bound_zero() -> None:
    hot = {"cores": [{"name": "c0", "x": 0, "y": 0, "active_w": 8.0}]}
    assert energy_bound(problem(made({"a": [0]}, chip=hot)), 100).value == 0.0
    assert told(made({"a": [10]}, objective="energy")) == {"energy": 0.0}


def test_bounds_stop_with_their_time() -> None:
    instance = made({"a": [7], "b": [1]}, reads={"a": "x", "b": "y"}, payloads={"x": 10, "y": 10})
    assert told(instance, OVER) == {"path": 27}
    chip = {"exclusive_bus": True}
    assert told(made({"p": [3, None], "r": [None, 4]}, {"p>r": 9}, chip=chip), OVER) == {"path": 16}


# --- proofs ---


def proof(instance: WnpInstance, budget: Budget | None = None) -> str | None:
    return infeasibility.prove_infeasible(instance, budget or Budget())


def test_what_the_radio_cannot_carry() -> None:
    alone = made({"a": [1]}, reads={"a": "x"}, payloads={"x": 31})
    needs = "modality x needs 31 bits, and all resource blocks in all slots carry 30 for it"
    assert proof(alone) == of_bounds.prove_infeasible(alone, Budget()) == needs
    both = made({"a": [1], "b": [1]}, reads={"a": "x", "b": "y"}, payloads={"x": 15, "y": 16})
    weighted = proof(both)
    assert weighted is not None
    assert weighted.startswith("the payloads, weighted by modality (x: ")
    assert weighted.endswith("), exceed all that the resource blocks can carry in all slots")
    # Limits beside it change nothing of that.
    alone = made({"a": [1]}, reads={"a": "x"}, payloads={"x": 31}, makespan_limit_ticks=99)
    assert proof(alone) == needs
    fits = made({"a": [1], "b": [1]}, reads={"a": "x", "b": "y"}, payloads={"x": 15, "y": 15})
    assert proof(fits) is None
    assert cannot_deliver(Uplink.of(fits), Budget()) is None
    assert cannot_deliver(Uplink.of(made({"a": [1]})), Budget()) is None
    assert proof(made({"a": [1]})) is None
    second = made({"a": [1], "b": [1]}, reads={"a": "x", "b": "y"}, payloads={"x": 15, "y": 32})
    assert proof(second) == "modality y needs 32 bits, and all resource blocks in all slots carry 30 for it"


def test_the_first_that_the_radio_cannot_carry_alone_is_named() -> None:
    for x, y, named in ((31, 32, "x needs 31"), (30, 31, "y needs 31")):
        both = made({"a": [1], "b": [1]}, reads={"a": "x", "b": "y"}, payloads={"x": x, "y": y})
        assert proof(both) == f"modality {named} bits, and all resource blocks in all slots carry 30 for it"


def test_weights_are_told_by_modality() -> None:
    both = made({"a": [1], "b": [1]}, reads={"a": "x", "b": "y"}, payloads={"x": 20, "y": 20})
    told_of = cannot_deliver(Uplink.of(both), Budget())
    assert told_of is not None
    weights = re.search(r"\(x: (\d+), y: (\d+)\)", told_of)
    assert weights is not None
    assert weights[1] == weights[2]  # equal payloads at equal rates


def test_what_whole_slots_cannot_carry() -> None:
    """Each needs 1.2 slots of two: the fractions fit in three, whole slots are four."""
    whole = made({"a": [1], "b": [1]}, reads={"a": "x", "b": "y"}, payloads={"x": 6, "y": 6}, slots=3)
    assert proof(whole) == of_bounds.NONE_OF_ALL == "all plans were tried, and none keeps every limit"
    assert proof(made({"a": [1], "b": [1]}, reads={"a": "x", "b": "y"}, payloads={"x": 6, "y": 6}, slots=4)) is None
    assert proof(whole, OVER) is None


def test_of_larger_instances_two_solvers_are_asked_for_whole_slots(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(radio_model, "undeliverable", lambda uplink, _: f"{uplink.count} modalities do not fit")
    parts: dict[str, list[int | None]] = {n: [1] for n in "abcdefghi"}
    whole = made(parts, reads={"a": "x", "b": "y"}, payloads={"x": 6, "y": 6}, slots=3)
    assert proof(whole) == "2 modalities do not fit"


def interrupted() -> Budget:
    budget = Budget()
    budget.stop.set()
    return budget


def test_an_interrupted_run_proves_nothing() -> None:
    assert proof(made({"a": [1]}, reads={"a": "x"}, payloads={"x": 31}), interrupted()) is None
    assert proof(made({"a": [10]}, makespan_limit_ticks=9), interrupted()) is None


JOBS: Data = {"job_of": {"a": "one", "b": "one", "c": "two"}}


def due(**deadlines: int) -> list[Data]:
    return [{"name": name, "deadline_ticks": deadlines.get(name)} for name in ("one", "two")]


def test_deadlines_that_are_missed() -> None:
    parts: dict[str, list[int | None]] = {"a": [10, 20], "b": [4, 3], "c": [5, 5]}

    def due_at(**deadlines: int) -> str | None:
        return proof(made(parts, {"a>b": 0}, jobs=due(**deadlines), **JOBS))

    # a 10 ticks on c0, then b 3 on c1.
    assert due_at(one=13) is None
    assert due_at(one=12) == 'job "one" cannot end before tick 13, and its deadline is 12'
    assert due_at(two=4) == 'job "two" cannot end before tick 5, and its deadline is 4'
    assert due_at(one=13, two=5) is None
    assert due_at(one=40) is due_at(two=40) is None
    long = made({"a": [10], "b": [2], "c": [30]}, jobs=due(one=12), **JOBS)
    assert proof(long) is None
    # By load: three of 10 ticks on two cores.
    three = {name: [10, 10] for name in "abc"}
    jobs = [{"name": "one", "deadline_ticks": 14}]
    loaded = made(three, job_of=dict.fromkeys("abc", "one"), jobs=jobs)
    assert proof(loaded) == 'job "one" cannot end before tick 15, and its deadline is 14'
    # At 19 no bound says so, and all plans do: two of them on one core are 20.
    loaded = made(three, job_of=dict.fromkeys("abc", "one"), jobs=[{"name": "one", "deadline_ticks": 19}])
    assert proof(loaded) == of_bounds.NONE_OF_ALL
    loaded = made(three, job_of=dict.fromkeys("abc", "one"), jobs=[{"name": "one", "deadline_ticks": 20}])
    assert proof(loaded) is None


def test_ends_are_the_earliest_on_any_core() -> None:
    instance = made({"a": [10, 3], "b": [2, 9], "c": [1, 1]}, {"a>b": 50}, job_of={"a": "j"}, jobs=[
        {"name": "j", "release_ticks": 4}
    ])  # fmt: skip
    made_so = problem(instance)
    everything = np.arange(3)
    assert infeasibility.earliest_end(made_so, everything, Budget()) == 16
    assert infeasibility.earliest_end(made_so, np.array([0, 2]), Budget()) == 7
    assert infeasibility.earliest_end(made_so, np.array([2]), Budget()) == 1
    # Three of 10 ticks on two cores, after what cannot begin before 4.
    late = {"jobs": [{"name": "j", "release_ticks": 4}], "job_of": dict.fromkeys("abc", "j")}
    three = problem(made({name: [10, 10] for name in "abcd"}, **late))
    assert infeasibility.earliest_end(three, np.arange(3), Budget()) == 19
    assert infeasibility.earliest_end(three, np.arange(4), Budget()) == 20
    assert infeasibility.earliest_end(three, np.arange(3), OVER) == 14


def test_makespans_and_energies_that_are_too_little() -> None:
    chain: dict[str, list[int | None]] = {"a": [10, 20], "b": [4, 3]}
    assert proof(made(chain, {"a>b": 0}, makespan_limit_ticks=13)) is None
    assert proof(made(chain, {"a>b": 0}, makespan_limit_ticks=12)) == (
        "the makespan is at least 13 ticks, and its limit is 12"
    )
    three: dict[str, list[int | None]] = {name: [10, 10] for name in "abc"}
    assert proof(made(three, makespan_limit_ticks=14)) == "the makespan is at least 15 ticks, and its limit is 14"
    assert proof(made(three, makespan_limit_ticks=19)) == of_bounds.NONE_OF_ALL
    assert proof(made(three, makespan_limit_ticks=20)) is None
    # 8 W for 10 ticks of 0.5 s are 40 J.
    hot = {"cores": [{"name": "c0", "x": 0, "y": 0, "active_w": 8.0}]}
    one: dict[str, list[int | None]] = {"a": [10]}
    assert proof(made(one, chip=hot, tick_s=0.5, energy_limit_j=40.0)) is None
    assert proof(made(one, chip=hot, tick_s=0.5, energy_limit_j=39.0)) == (
        "the energy is at least 40 J, and its limit is 39 J"
    )
    assert proof(made(one, energy_limit_j=0.0)) is None
    # What the verifier lets pass is not called impossible.
    assert proof(made(one, chip=hot, tick_s=0.5, energy_limit_j=40 / (1 + 0.9e-9))) is None
    beyond = proof(made(one, chip=hot, tick_s=0.5, energy_limit_j=40 / (1 + 2.1e-9)))
    assert beyond is not None
    assert beyond.startswith("the energy is at least 40 J, and its limit is ")
    between = proof(made(one, chip=hot, tick_s=0.5, energy_limit_j=40 / (1 + 1.9e-9)))
    assert between is None or between == of_bounds.NONE_OF_ALL


def report(ending: Ending) -> Report:
    return Report(ending, None, None, None, WarmStart.NONE, "", 0.0)


# Nine subgraphs are not tiny: three of 10 ticks on two cores, within 19, and six of none.
LARGE: dict[str, list[int | None]] = {**{n: [10, 10] for n in "abc"}, **{n: [0, 0] for n in "defghi"}}


@pytest.mark.parametrize(
    ("first", "second", "agreed"),
    [
        (Ending.INFEASIBLE, Ending.INFEASIBLE, True),
        (Ending.INFEASIBLE, Ending.OPTIMAL, False),
        (Ending.INFEASIBLE, Ending.FAILED, False),
        (Ending.OPTIMAL, Ending.INFEASIBLE, False),
        (Ending.LIMIT, Ending.INFEASIBLE, False),
        (None, Ending.INFEASIBLE, False),
    ],
)
def test_of_larger_instances_two_solvers_have_to_agree(
    first: Ending | None, second: Ending, agreed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, Budget]] = []

    def cpsat(_: object, budget: Budget) -> Report:
        asked.append(("cpsat", budget))
        if first is None:
            raise UnsupportedError("numbers that are too large")
        return report(first)

    def highs(_: object, budget: Budget) -> Report:
        asked.append(("highs", budget))
        return report(second)

    monkeypatch.setattr(cpsat_adapter, "solve_cpsat", cpsat)
    monkeypatch.setattr(highs_adapter, "solve_highs", highs)
    budget = Budget(60.0, 2, 7)
    made_so = made(LARGE, makespan_limit_ticks=19)
    told_so = "CP-SAT and HiGHS both prove that no plan meets all deadlines and limits"
    assert proof(made_so, budget) == (told_so if agreed else None)
    assert [name for name, _ in asked] == (["cpsat", "highs"] if first is Ending.INFEASIBLE else ["cpsat"])
    if len(asked) == 2:
        own = asked[1][1]
        assert (own.threads, own.seed, own.stop) == (1, 7, budget.stop)
        assert own.time_limit is not None
        assert own.time_limit <= 60.0
    asked.clear()
    assert proof(made_so, OVER) is None
    assert proof(made(LARGE)) is None  # nothing is limited
    monkeypatch.setattr(milp_method, "ROWS_UP_TO", 10)
    assert proof(made_so) is None
    assert asked == []


def test_two_solvers_are_asked_while_there_is_time_and_a_model(monkeypatch: pytest.MonkeyPatch) -> None:
    budget = Budget(60.0)

    def ends(_: object, told: Budget) -> Report:
        told.stop.set()
        return report(Ending.INFEASIBLE)

    def never(*_: object) -> Report:
        raise AssertionError("the time is over")

    monkeypatch.setattr(cpsat_adapter, "solve_cpsat", ends)
    monkeypatch.setattr(highs_adapter, "solve_highs", never)
    assert proof(made(LARGE, makespan_limit_ticks=19), budget) is None
    monkeypatch.setattr(cpsat_adapter, "solve_cpsat", never)
    monkeypatch.setattr(cpsat_model, "compile_cpsat", lambda *_, **__: None)
    assert proof(made(LARGE, makespan_limit_ticks=19)) is None


def test_what_makes_an_instance_limited() -> None:
    """Without limits nothing but the radio can be in the way: then no model is made."""
    for limits in ({"makespan_limit_ticks": 5}, {"energy_limit_j": -1.0 + 1.0}):
        hot = {"cores": [{"name": "c0", "x": 0, "y": 0, "active_w": 8.0}]}
        assert proof(made({"a": [10]}, chip=hot, **limits)) is not None
    assert proof(made({"a": [10]}, job_of={"a": "j"}, jobs=[{"name": "j", "deadline_ticks": 5}])) is not None
    assert proof(made({"a": [10]}, job_of={"a": "j"}, jobs=[{"name": "j"}])) is None
