"""Moves on documents of a family that is none of the project's: where they change, in which range, and when not."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Literal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import model_validator

from wnpopt.core.document import Count, Document, Instance, Name, Real, require
from wnpopt.core.errors import InputError
from wnpopt.core.perturbation import (
    FACTOR,
    Addition,
    Exchange,
    Move,
    NumberMove,
    Range,
    Removal,
    Walk,
    change,
    count_range,
)
from wnpopt.core.unique import require_unique


class Job(Document):
    """A job; its parts are in groups, as a rate is by block and slot."""

    name: Name
    release: Count
    weight: Real = 1.0
    due_s: Real | None = None
    parts: tuple[tuple[Real, ...], ...] = ()


class Machine(Document):
    setup_s: Real


class Toy(Instance):
    """Jobs of names all different on a machine."""

    kind: Literal["toy"] = "toy"
    machine: Machine | None = None
    jobs: tuple[Job, ...]

    @model_validator(mode="after")
    def _check(self) -> Toy:
        require_unique("jobs", (job.name for job in self.jobs))
        require(sum(job.release for job in self.jobs) < 10_000, "jobs", "less is needed")
        return self


def toy(*jobs: dict[str, object], **fields: object) -> Toy:
    named = [{"name": f"j{i}", "release": 0, **job} for i, job in enumerate(jobs)]
    return Toy.from_data({"kind": "toy", "schema_version": 1, "name": "toy", "jobs": named, **fields})


def walked(origin: Toy, move: Move[Toy], steps: int = 60, seed: int = 0) -> list[Toy]:
    """What one move makes of ``origin`` again and again."""
    rng, visited = np.random.default_rng(seed), [origin]
    for _ in range(steps):
        visited.append(change(visited[-1], rng, origin, {move: 1}))
    return visited


def fixed(instance: Toy, *fields: str) -> dict[str, object]:
    """All of an instance but these fields of its jobs."""
    return instance.model_dump(exclude={"jobs": {"__all__": set(fields)}})


@given(values=st.lists(st.floats(0, 1e9), min_size=1, max_size=4), seed=st.integers(0, 2**32))
def test_ranges_hold_what_they_draw(values: list[float], seed: int) -> None:
    rng = np.random.default_rng(seed)
    allowed = Range.around(values)
    value = values[0]
    for _ in range(20):
        value = allowed.real(value, rng)
        assert allowed.low <= value <= allowed.high
    whole = round(values[0])
    for _ in range(20):
        drawn = allowed.integer(whole, rng)
        assert int(allowed.low) <= drawn <= int(allowed.high) + 1
        whole = drawn


def test_integers_stay_integers_within_the_range_of_all_entries() -> None:
    origin = toy({"release": 10}, {"release": 40}, {"release": 20})
    visited = walked(origin, NumberMove("jobs.*.release"))
    releases = [[job.release for job in instance.jobs] for instance in visited]
    assert all(10 / FACTOR <= release <= 40 * FACTOR for row in releases for release in row)
    assert all(len(set(column)) > 5 for column in zip(*releases, strict=True))
    # one number a step, and nothing else
    assert all(sum(a != b for a, b in zip(now, then, strict=True)) == 1 for now, then in pairwise(releases))
    assert all(fixed(instance, "release") == fixed(origin, "release") for instance in visited)


def test_none_stays_none_and_is_of_no_range() -> None:
    visited = walked(toy({"due_s": None}, {"due_s": 8.0}), NumberMove("jobs.*.due_s"))
    assert {instance.jobs[0].due_s for instance in visited} == {None}
    dues = [instance.jobs[1].due_s or 0 for instance in visited]
    assert min(dues) >= 8 / FACTOR
    assert max(dues) <= 8 * FACTOR
    assert len(set(dues)) > 20
    bare = toy({})
    for path in ("jobs.*.due_s", "jobs.*.parts.*.*", "machine.setup_s"):
        assert change(bare, np.random.default_rng(0), bare, {NumberMove(path): 1}) is bare
        with pytest.raises(InputError, match="nothing to change"):
            Walk(bare, np.random.default_rng(0), bare).pick(path)
    # a limit that the origin does not set has no range
    limited = toy({"due_s": 3.0})
    assert change(limited, np.random.default_rng(0), bare, {NumberMove("jobs.*.due_s"): 1}) is limited


def test_the_range_of_the_same_entry_alone() -> None:
    origin = toy({"parts": [[1.0, 2.0], [3.0]]}, {"parts": [[1000.0], [2000.0]]})
    visited = walked(origin, NumberMove("jobs.*.parts.*.*", within="jobs.*"), steps=200)
    for job, (low, high) in enumerate([(1.0, 3.0), (1000.0, 2000.0)]):
        parts = [part for i in visited for group in i.jobs[job].parts for part in group]
        assert low / FACTOR <= min(parts)
        assert max(parts) <= high * FACTOR
        assert max(parts) > 2 * high
    mixed = walked(origin, NumberMove("jobs.*.parts.*.*"), steps=200)
    assert max(part for i in mixed for group in i.jobs[0].parts for part in group) > 3.0 * FACTOR


def test_whole_numbers_stay_whole_where_all_are() -> None:
    move = NumberMove("jobs.*.weight", whole=True)
    weights = [job.weight for i in walked(toy({"weight": 1.0}, {"weight": 3.0}), move) for job in i.jobs]
    assert all(weight.is_integer() and 1 <= weight <= 3 * FACTOR for weight in weights)
    assert len(set(weights)) > 5
    broken = [job.weight for i in walked(toy({"weight": 1.5}, {"weight": 3.0}), move) for job in i.jobs]
    assert not all(weight.is_integer() for weight in broken[2:])


def test_values_are_exchanged_at_once() -> None:
    """So that what must differ may change places; None is a value like others."""
    origin = toy({"name": "a", "due_s": None}, {"name": "b", "due_s": 2.0}, {"name": "c", "due_s": 3.0})
    names = {tuple(job.name for job in i.jobs) for i in walked(origin, Exchange("jobs.*.name"))}
    assert len(names) == 6
    dues = {tuple(job.due_s for job in i.jobs) for i in walked(origin, Exchange("jobs.*.due_s"))}
    assert len(dues) == 6
    same = toy({"due_s": 1.0}, {"due_s": 1.0})
    assert change(same, np.random.default_rng(0), same, {Exchange("jobs.*.due_s"): 1}) is same


def job_more(walk: Walk[Toy]) -> Job | None:
    taken = {job.name for job in walk.instance.jobs}
    return next((Job(name=f"j{i}", release=1) for i in range(11) if f"j{i}" not in taken), None)


def test_entries_more_and_less_within_a_quarter() -> None:
    origin = toy(*({} for _ in range(8)))
    assert count_range(8) == (6, 10)
    rng, visited = np.random.default_rng(3), [origin]
    for _ in range(60):
        visited.append(change(visited[-1], rng, origin, {Addition("jobs", job_more): 1, Removal("jobs"): 1}))
    assert {len(instance.jobs) for instance in visited} == {6, 7, 8, 9, 10}
    none = toy()
    assert change(none, rng, none, {Removal("jobs"): 1}) is none
    assert (count_range(0), count_range(1), count_range(3)) == ((0, 1), (0, 2), (2, 4))


def test_what_is_not_valid_is_drawn_again() -> None:
    """Releases may add up to less than 10,000: no step leaves that, though the range of one goes to 25,000."""
    visited = walked(toy({"release": 4999}, {"release": 5000}), NumberMove("jobs.*.release"), steps=100)
    assert all(sum(job.release for job in i.jobs) < 10_000 for i in visited)
    assert len({i.instance_hash for i in visited}) > 50


def test_a_field_that_does_not_exist_is_a_fault_of_the_family() -> None:
    origin = toy({})
    with pytest.raises(AttributeError, match="relase"):
        change(origin, np.random.default_rng(0), origin, {NumberMove("jobs.*.relase"): 1})


def test_moves_are_drawn_by_their_weight() -> None:
    drawn = {"often": 0, "seldom": 0}

    def counting(name: str) -> Callable[[Walk[Toy]], Toy | None]:
        def move(_walk: Walk[Toy]) -> Toy | None:
            drawn[name] += 1
            return None

        return move

    origin, rng = toy({}), np.random.default_rng(5)
    for _ in range(20):
        assert change(origin, rng, origin, {counting("often"): 4, counting("seldom"): 1}) is origin
    assert 3 < drawn["often"] / drawn["seldom"] < 5


def test_the_same_seed_walks_the_same_way() -> None:
    origin = toy({"release": 3, "due_s": 2.0}, {"release": 5})
    one, two = (walked(origin, NumberMove("jobs.*.release"), seed=9) for _ in range(2))
    assert [i.instance_hash for i in one] == [i.instance_hash for i in two]
