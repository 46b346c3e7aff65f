"""Annealing over exchanges of slots: what it calls delivered is, checked slot by slot, where rounding fails."""

from __future__ import annotations

import numpy as np
import pytest

from tests.wnp.test_radio import uplink
from wnpopt.backends.stopping import never
from wnpopt.core.budget import Budget
from wnpopt.problems.wnp.kernels.exchange import exchange
from wnpopt.problems.wnp.kernels.rounding import repair
from wnpopt.problems.wnp.kernels.throughput import concurrent_throughput
from wnpopt.problems.wnp.kernels.uplink import Uplink
from wnpopt.problems.wnp.search.radio_check import RadioCheck

ROOM = 5e-4
"""Of the payloads: a third of a slot of some 700."""

IMPOSSIBLE = {4, 8}
"""Seeds of which CP-SAT proves that whole slots cannot do, in seconds; all others are served."""


def tight(seed: int) -> tuple[Uplink, np.ndarray]:
    """Three to five modalities with so much to send that the relaxation has hardly any room."""
    rng = np.random.default_rng(seed)
    count, width, blocks = int(rng.integers(3, 6)), 25, 6
    rates = rng.integers(100, 1000, (count, width, blocks)).astype(np.int64)
    deadline = rng.integers(10, 31, count).astype(np.int64)
    deadline[0] = 30
    payload = rng.integers(10_000, 40_000, count).astype(np.int64)
    link = uplink(rates, payload, 30, 5)
    _, most, _, _ = concurrent_throughput(link.share, link.usable(deadline), link.all_weights(), False, never())
    return uplink(rates, (payload * most / (1 + ROOM)).astype(np.int64), 30, 5), deadline


def delivers(link: Uplink, deadline: np.ndarray, count: np.ndarray) -> bool:
    """Every payload arrives, and in each cell earliest deadline first finds a slot before the deadline for each."""
    if (count < 0).any() or ((count * link.rates).sum(axis=(1, 2)) < link.payload).any():
        return False
    usable = link.usable(deadline)
    for b in range(link.block_length.size):
        order = np.argsort(usable[:, b], kind="stable")
        if (np.cumsum(count[order, :, b], axis=0) > usable[order, b][:, None]).any():
            return False
    return True


def fractional(link: Uplink, deadline: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    usable = link.usable(deadline)
    _, most, weight, count = concurrent_throughput(link.share, usable, link.all_weights(), False, never())
    assert most > 1.0
    return usable, weight, count


@pytest.mark.parametrize("seed", sorted(set(range(12)) - IMPOSSIBLE))
def test_what_rounding_just_misses_is_delivered(seed: int) -> None:
    link, deadline = tight(seed)
    usable, weight, count = fractional(link, deadline)
    rounded = count.copy()
    by_rounding = repair(link.rates, link.payload, usable, weight, rounded, never())
    assert delivers(link, deadline, rounded) == by_rounding
    assert exchange(link.rates, link.payload, usable, weight, count, 24, 100_000, 0, never())
    assert delivers(link, deadline, count)


def test_rounding_does_miss_some() -> None:
    missed = 0
    for seed in range(12):
        link, deadline = tight(seed)
        usable, weight, count = fractional(link, deadline)
        missed += not repair(link.rates, link.payload, usable, weight, count, never())
    assert missed >= 3


def test_equal_arguments_give_equal_allocations() -> None:
    link, deadline = tight(3)
    usable, weight, count = fractional(link, deadline)
    one, other = count.copy(), count.copy()
    for trial in (one, other):
        assert exchange(link.rates, link.payload, usable, weight, trial, 24, 100_000, 7, never())
    assert (one == other).all()


def test_nothing_is_changed_where_whole_slots_cannot_do() -> None:
    """Two modalities need one and a half slots each of three."""
    link = uplink(np.full((2, 1, 1), 2, dtype=np.int64), np.array([3, 3], dtype=np.int64), 3, 3)
    deadline = np.array([3, 3], dtype=np.int64)
    count = np.array([[[2]], [[1]]])
    before = count.copy()
    usable, weight = link.usable(deadline), np.full(2, 0.5)
    assert not exchange(link.rates, link.payload, usable, weight, count, 5, 1000, 0, never())
    assert (count == before).all()
    assert RadioCheck(link, []).ask(deadline, Budget(60)).refuted


def test_the_check_serves_what_rounding_misses() -> None:
    for seed in (0, 3, 10):
        link, deadline = tight(seed)
        answer = RadioCheck(link, []).ask(deadline, Budget())
        assert answer.count is not None
        assert delivers(link, deadline, answer.count)
