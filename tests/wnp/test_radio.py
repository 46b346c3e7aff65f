"""The radio kernel against linear and integer programmes solved by HiGHS, and against the verifier."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.samples import ordinarily
from wnpopt.backends.stopping import never
from wnpopt.core.budget import Budget
from wnpopt.problems.wnp.formulations.uplink import allocate, undeliverable
from wnpopt.problems.wnp.kernels.cuts import cannot_deliver, cut_bound, cut_holds
from wnpopt.problems.wnp.kernels.radio import Columns, deadlines, least_makespan
from wnpopt.problems.wnp.kernels.slots import arrival_slots, slot_table
from wnpopt.problems.wnp.kernels.throughput import concurrent_throughput, mixture
from wnpopt.problems.wnp.kernels.uplink import Uplink

QUIET = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def uplink(rates: np.ndarray, payload: np.ndarray, slots: int, block_slots: int, slot_ticks: int = 10) -> Uplink:
    start = np.arange(-(-slots // block_slots), dtype=np.int64) * block_slots
    share = np.ascontiguousarray((rates / payload[:, None, None]).transpose(1, 2, 0))
    names = tuple(f"m{k}" for k in range(payload.size))
    length = np.minimum(start + block_slots, slots) - start
    return Uplink(np.arange(payload.size), names, rates, payload, share, start, length, slots, slot_ticks)


def random_uplink(seed: int) -> tuple[Uplink, np.ndarray]:
    rng = np.random.default_rng(seed)
    count, width, slots, block = rng.integers(1, 5), rng.integers(1, 5), rng.integers(2, 15), rng.integers(1, 6)
    blocks = -(-int(slots) // int(block))
    rates = rng.integers(0, int(rng.choice([2, 10, 100])), (count, width, blocks)).astype(np.int64)
    capacity = (rates.sum(axis=1) * int(block)).sum(axis=1)
    payload = np.maximum(1, (capacity * rng.uniform(0.1, 0.9, count) / count)).astype(np.int64)
    return uplink(rates, payload, int(slots), int(block)), rng.integers(0, 60, count).astype(np.int64)


def relaxation_is_feasible(link: Uplink, deadline: np.ndarray) -> bool:
    """The linear relaxation by HiGHS, with Hall's condition for prefixes of the deadlines."""
    from scipy.optimize import linprog

    usable = link.usable(deadline)
    shape = link.rates.shape
    rows, limits = [], []
    for b in range(shape[2]):
        for limit in sorted(set(usable[:, b].tolist())):
            for n in range(shape[1]):
                row = np.zeros(shape)
                row[usable[:, b] <= limit, n, b] = 1
                rows.append(row.ravel())
                limits.append(limit)
    for k in range(shape[0]):
        row = np.zeros(shape)
        row[k] = -link.rates[k]
        rows.append(row.ravel() / link.payload[k])
        limits.append(-1.0)
    result = linprog(np.zeros(link.rates.size), A_ub=np.array(rows), b_ub=limits, bounds=(0, None), method="highs")
    return bool(result.status == 0)


@pytest.mark.parametrize("seed", ordinarily(25, range(60)))
def test_the_bound_is_the_linear_relaxations(seed: int) -> None:
    link, tail = random_uplink(seed)
    alone = link.alone()
    arrivals, cut = least_makespan(link, tail, Budget())
    values = sorted({int(tail[k] + t * 10) for k in range(link.count) for t in range(link.slots + 1)})
    reference = next(
        (v for v in values if (v >= tail).all() and relaxation_is_feasible(link, deadlines(v, tail, 10, link.slots))),
        None,
    )
    if reference is None:
        assert arrivals is None
        assert cannot_deliver(link, Budget()) is not None
        return
    assert alone is not None
    assert cannot_deliver(link, Budget()) is None
    simple = int((tail + 10 * alone).max())
    bound = simple if cut is None else max(simple, cut_bound(link, tail, cut.weight, cut.value) or 0)
    assert bound == reference
    if arrivals is not None:
        assert arrivals.value >= reference


@pytest.mark.parametrize("seed", range(60))
def test_allocations_keep_their_deadlines(seed: int) -> None:
    link, tail = random_uplink(seed)
    arrivals, _ = least_makespan(link, tail, Budget())
    if arrivals is None:
        return
    assert ((arrivals.count * link.rates).sum(axis=(1, 2)) >= link.payload).all()
    assert (arrival_slots(link, arrivals) <= arrivals.deadline).all()
    table = slot_table(link, arrivals, link.rates.shape[1])
    got = np.zeros(link.count, dtype=np.int64)
    block = np.repeat(np.arange(link.block_length.size), link.block_length)
    for t, row in enumerate(table):
        for n, k in enumerate(row):
            if k is not None:
                assert t < arrivals.deadline[k]
                got[k] += link.rates[k, n, block[t]]
    assert (got >= link.payload).all()


@pytest.mark.parametrize("seed", range(60))
def test_cuts_hold_for_every_feasible_vector(seed: int) -> None:
    """No weights exclude deadlines for which an integer allocation exists."""
    link, _ = random_uplink(seed)
    rng = np.random.default_rng(seed + 1000)
    for _ in range(10):
        deadline = rng.integers(0, link.slots + 1, link.count)
        count, impossible = allocate(link, deadline, Budget(600))
        assert (count is None) == impossible
        for _ in range(5):
            weight = rng.integers(0, 50, link.count)
            if count is not None:
                assert cut_holds(link, weight, deadline)


@QUIET
@given(st.integers(0, 10_000))
def test_later_deadlines_stay_feasible(seed: int) -> None:
    """Feasible arrival vectors are an up-set."""
    link, _ = random_uplink(seed)
    rng = np.random.default_rng(seed)
    deadline = rng.integers(0, link.slots + 1, link.count)
    later = np.minimum(deadline + rng.integers(0, 4, link.count), link.slots)
    if allocate(link, deadline, Budget(600))[0] is not None:
        assert allocate(link, later, Budget(600))[0] is not None


def test_huge_weights_do_not_overflow() -> None:
    """Rates near 2^45: exact arithmetic goes beyond 64 bits and must not wrap round."""
    rates = np.array([[[2**45]], [[2**45 - 1]]], dtype=np.int64)
    link = uplink(rates, np.array([2**47, 2**47], dtype=np.int64), 8, 8)
    weight = np.array([2**20, 2**20 - 1], dtype=np.int64)
    assert cut_holds(link, weight, np.array([8, 8]))
    assert not cut_holds(link, weight, np.array([7, 7]))


def test_whole_slots_can_be_the_only_obstacle() -> None:
    """Two modalities need one and a half slots each of three: the relaxation fits, whole slots do not."""
    link = uplink(np.full((2, 1, 1), 2, dtype=np.int64), np.array([3, 3], dtype=np.int64), 3, 3)
    assert cannot_deliver(link, Budget()) is None
    assert undeliverable(link, Budget(600)) is not None
    arrivals, _ = least_makespan(link, np.zeros(2, dtype=np.int64), Budget())
    assert arrivals is None


def test_a_deliverable_radio_is_never_called_undeliverable() -> None:
    for seed in range(40):
        link, _ = random_uplink(seed)
        if least_makespan(link, np.zeros(link.count, dtype=np.int64), Budget())[0] is not None:
            assert cannot_deliver(link, Budget()) is None
            assert undeliverable(link, Budget(600)) is None


@QUIET
@given(st.integers(0, 10**6))
def test_the_columns_of_other_deadlines_lead_to_the_same_throughput(seed: int) -> None:
    link, tail = random_uplink(seed)
    rng = np.random.default_rng(seed)
    columns = link.all_weights()[np.newaxis]
    for _ in range(4):
        usable = link.usable(rng.integers(1, link.slots + 1, tail.size))
        cold = concurrent_throughput(link.share, usable, link.all_weights(), False, never())
        lower, upper, weight, part, columns = mixture(link.share, usable, columns, False, np.inf, never())
        assert lower == pytest.approx(cold[0], abs=1e-6)
        assert upper == pytest.approx(cold[1], abs=1e-6)
        assert (weight >= 0).all()
        assert weight.sum() == pytest.approx(1)
        assert (part >= 0).all()


@QUIET
@given(st.integers(0, 10**6))
def test_answers_that_begin_with_known_columns_are_feasible_and_bounded(seed: int) -> None:
    link, tail = random_uplink(seed)
    rng = np.random.default_rng(seed)
    columns = Columns(link)
    for _ in range(3):
        arrivals, cut = least_makespan(link, tail, Budget(None), columns=columns)
        cold, _ = least_makespan(link, tail, Budget(None))
        assert (arrivals is None) == (cold is None) or cut is not None
        if arrivals is not None:
            assert (arrivals.count >= 0).all()
            assert ((link.rates * arrivals.count).sum(axis=(1, 2)) >= link.payload).all()
            assert int((tail + arrival_slots(link, arrivals) * link.slot_ticks).max()) <= arrivals.value
            if cut is not None:
                proved = cut_bound(link, tail, cut.weight, arrivals.value)
                assert proved is None or proved <= arrivals.value
        tail = rng.integers(0, 60, tail.size).astype(np.int64)


def test_a_large_radio_is_served_near_its_bound() -> None:
    rng = np.random.default_rng(5)
    rates = rng.integers(1, 200, (6, 150, 120)).astype(np.int64)
    payload = (rates.sum(axis=(1, 2)) * rng.uniform(0.5, 1.2, 6)).astype(np.int64)
    link = uplink(rates, payload, slots=1200, block_slots=10)
    columns = Columns(link)
    for _ in range(3):
        tail = rng.integers(0, 4000, 6).astype(np.int64)
        arrivals, cut = least_makespan(link, tail, Budget(None), columns=columns)
        assert arrivals is not None
        assert cut is not None
        assert ((link.rates * arrivals.count).sum(axis=(1, 2)) >= link.payload).all()
        proved = cut_bound(link, tail, cut.weight, arrivals.value)
        assert proved is not None
        assert proved <= arrivals.value <= 1.01 * proved
