"""Performance profiles against the definition, computed slowly and by itself."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.bench.record_factory import record
from wnpopt.bench.analysis.profile import (
    PerformanceProfile,
    profile_labels,
    profile_table,
    quality_profile,
    steps_table,
    time_profile,
)
from wnpopt.bench.analysis.runs import Runs
from wnpopt.bench.store.record import Failure, Record
from wnpopt.core.bound import Sense
from wnpopt.core.errors import InputError

METHODS = "abcd"
Matrix = list[list[int | None]]


def matrices(smallest: int) -> st.SearchStrategy[Matrix]:
    """A row a problem, a column a method; None is a failure. Few values, so that ties are common."""
    cell = st.one_of(st.none(), st.integers(smallest, 6))
    width = st.integers(1, len(METHODS))
    return width.flatmap(lambda n: st.lists(st.lists(cell, min_size=n, max_size=n), min_size=1, max_size=12))


def direct(row: list[int | None], method: int, tau: Fraction) -> bool:
    """Definition: the method solves the problem in at most tau times the time of any other that solves it."""
    own = row[method]
    if own is None:
        return False
    return all(other is None or own <= tau * other for other in row)


def timed(matrix: Matrix) -> list[Record]:
    return [
        record(f"p{i}", METHODS[j], objective=None if cell is None else 7, bound=None if cell is None else 7, time=cell)
        if cell is not None
        else record(f"p{i}", METHODS[j], failure=(None, Failure.TIMEOUT)[i % 2], time=10.0)
        for i, row in enumerate(matrix)
        for j, cell in enumerate(row)
    ]


def check(profile: PerformanceProfile, matrix: Matrix, ratios: list[Fraction]) -> None:
    for j, curve in enumerate(profile.curves):
        assert curve.label == METHODS[j]
        for tau in ratios:
            expected = Fraction(sum(direct(row, j, tau) for row in matrix), len(matrix))
            # between two ratios nothing changes, and at a ratio the curve has jumped already
            assert curve.at(float(tau)) == float(expected)
        assert curve.solved == sum(row[j] is not None for row in matrix)
        assert curve.at(math.inf) == curve.solved / len(matrix)
        assert curve.at(0.999) == 0.0
        assert list(curve.taus) == sorted(set(curve.taus))
        assert list(curve.shares) == sorted(curve.shares)
        assert curve.taus[0] == 1.0


GRID = sorted({Fraction(a, b) for a in range(1, 7) for b in range(1, 7) if a >= b})
GRID += [ratio + Fraction(1, 1000) for ratio in GRID]


@given(matrices(1))
def test_times_against_the_definition(matrix: Matrix) -> None:
    profile = time_profile(Runs.of(timed(matrix)), "wnp")
    assert (profile.problems, profile.left_out) == (len(matrix), 0)
    check(profile, matrix, GRID)


@given(matrices(1), st.sampled_from(["min", "max"]))
def test_values_against_the_definition(matrix: Matrix, sense: Sense) -> None:
    """For a maximum the ratios of v are those of 60/v for a minimum."""
    records = [
        record(f"p{i}", METHODS[j], sense=sense, objective=cell if sense == "min" or cell is None else 60 / cell)
        for i, row in enumerate(matrix)
        for j, cell in enumerate(row)
    ]
    check(quality_profile(Runs.of(records), "wnp"), matrix, [tau + Fraction(1, 10**9) for tau in GRID])


@given(matrices(1), st.integers(1, 1000))
def test_units_do_not_matter(matrix: Matrix, factor: int) -> None:
    scaled = [[None if cell is None else cell * factor * 2.0**-10 for cell in row] for row in matrix]
    one, other = (time_profile(Runs.of(timed(m)), "wnp") for m in (matrix, scaled))  # type: ignore[arg-type]
    for first, second in zip(one.curves, other.curves, strict=True):
        assert first.shares == second.shares
        assert first.taus == pytest.approx(second.taus)


@given(st.data(), matrices(1))
def test_the_order_does_not_matter(data: st.DataObject, matrix: Matrix) -> None:
    records = timed(matrix)
    shuffled = data.draw(st.permutations(records))
    assert time_profile(Runs.of(shuffled), "wnp") == time_profile(Runs.of(records), "wnp")


def test_problems_that_nobody_solves_stay_in_the_denominator() -> None:
    profile = time_profile(Runs.of(timed([[1, 2], [None, None]])), "wnp")
    assert [curve.at(math.inf) for curve in profile.curves] == [0.5, 0.5]


def test_problems_that_not_all_ran_are_left_out_and_counted() -> None:
    records = [
        record("p", "exact", 0, objective=1, bound=1, time=4.0),
        *(record("p", "random", seed, objective=1, bound=1, time=2.0) for seed in range(3)),
    ]
    profile = time_profile(Runs.of(records), "wnp")
    assert (profile.problems, profile.left_out) == (1, 2)
    assert "2" in profile.note
    alone = time_profile(Runs.of(records), "wnp", labels=["random"])
    assert (alone.problems, alone.left_out) == (3, 0)


def test_methods_that_ran_on_few_instances_are_not_compared() -> None:
    records = [
        *(record(f"p{i}", "random", seed, objective=1) for i in range(4) for seed in range(5)),
        *(record(f"p{i}", "once", objective=1) for i in range(4)),
        *(record(f"p{i}", "half", objective=1) for i in range(2)),
        record("p0", "rare", objective=1),
        record("q0", "elsewhere", objective=1, family="slide", sense="max"),
    ]
    runs = Runs.of(records)
    assert profile_labels(runs, "wnp") == ("half", "once", "random")
    assert quality_profile(runs, "wnp", labels=profile_labels(runs, "wnp")).problems == 2
    assert profile_labels(runs, "intradp") == ()


def test_no_common_problem_has_no_shares() -> None:
    records = [record("p", "a", objective=1, bound=1), record("q", "b", objective=1, bound=1)]
    profile = time_profile(Runs.of(records), "wnp")
    assert (profile.problems, profile.left_out) == (0, 2)
    assert [(curve.taus, curve.at(2)) for curve in profile.curves] == [((), None)] * 2
    assert profile_table(profile).rows == (("a", *[None] * 6), ("b", *[None] * 6))


def test_time_to_a_share_of_the_best_value() -> None:
    records = [
        record("p", "a", objective=100, time=9.0, trace=[(1, 150, None), (2, 104, None), (8, 100, 90)]),
        record("p", "b", objective=105, time=9.0, trace=[(1.0, 105, None)]),
    ]
    runs = Runs.of(records)
    within = time_profile(runs, "wnp", target=0.05)
    assert [curve.taus for curve in within.curves] == [(1.0, 2.0), (1.0,)]
    exact = time_profile(runs, "wnp", target=0.0)
    assert [curve.solved for curve in exact.curves] == [1, 0]
    assert within.name != exact.name


def test_time_to_a_share_for_a_maximum() -> None:
    trace = [(1.0, 10.0, None), (3.0, 19.5, None), (4.0, 20.0, None)]
    records = [
        record("p", "a", objective=20, sense="max", time=5.0, trace=trace),
        record("p", "b", objective=20, sense="max", time=5.0, trace=[(1.5, 20.0, None)]),
        record("p", "c", objective=19, sense="max"),
    ]
    profile = time_profile(Runs.of(records), "wnp", target=0.03)
    assert [curve.taus for curve in profile.curves] == [(1.0, 2.0), (1.0,), (1.0,)]
    assert [curve.solved for curve in profile.curves] == [1, 1, 0]


def test_a_contradicted_proof_is_none() -> None:
    records = [record("p", "liar", objective=9, bound=9, time=1.0), record("p", "m", objective=8, bound=7, time=2.0)]
    profile = time_profile(Runs.of(records), "wnp")
    assert [curve.solved for curve in profile.curves] == [0, 0]


def test_equal_zeros_tie_and_zero_against_more_is_infinite() -> None:
    def shares(sense: Sense, *values: float) -> list[float | None]:
        records = [record("p", METHODS[j], objective=value, sense=sense) for j, value in enumerate(values)]
        return [curve.at(math.inf) for curve in quality_profile(Runs.of(records), "wnp").curves]

    assert shares("min", 0, 0, 5) == [1.0, 1.0, 0.0]
    assert shares("max", 5, 0, 0) == [1.0, 0.0, 0.0]
    assert shares("max", 0, 0) == [1.0, 1.0]
    assert shares("min", -2, -1, 1) == [1.0, 1.0, 0.0]


def test_rounding_is_a_tie() -> None:
    runs = Runs.of([record("p", "a", objective=0.1 + 0.2), record("p", "b", objective=0.3)])
    assert [curve.taus for curve in quality_profile(runs, "wnp").curves] == [(1.0,), (1.0,)]


def test_proofs_of_infeasibility_tie() -> None:
    records = [record("p", "a", status="infeasible", time=2.0), record("p", "b", time=1.0)]
    for profile in (quality_profile(Runs.of(records), "wnp"), time_profile(Runs.of(records), "wnp", target=0.1)):
        assert [curve.solved for curve in profile.curves] == [1, 0]


def test_no_time_at_all_is_a_tie() -> None:
    runs = Runs.of([record("p", m, objective=1, bound=1, time=t) for m, t in (("a", 0.0), ("b", 1e-9), ("c", 1.0))])
    assert [curve.at(1) for curve in time_profile(runs, "wnp").curves] == [1.0, 1.0, 0.0]


@pytest.mark.parametrize("target", [-0.1, math.inf, math.nan])
def test_a_bad_target_is_refused(target: float) -> None:
    with pytest.raises(InputError, match="target"):
        time_profile(Runs.of([record("p", objective=1)]), "wnp", target=target)


def test_an_unknown_label_is_refused() -> None:
    with pytest.raises(InputError, match="the labels of wnp are m"):
        quality_profile(Runs.of([record("p", objective=1)]), "wnp", labels=["x"])


def test_families_are_apart() -> None:
    runs = Runs.of([record("p", objective=1), record("q", objective=1, family="slide", sense="max")])
    assert [quality_profile(runs, family).problems for family in ("wnp", "slide")] == [1, 1]


def test_tables_of_a_profile() -> None:
    profile = time_profile(Runs.of(timed([[1, 2], [4, 2], [3, None]])), "wnp")
    table = profile_table(profile, taus=(1, 2))
    assert [column.key for column in table.columns] == ["label", "tau_1", "tau_2", "solved"]
    assert table.rows == (("a", 2 / 3, 1.0, 1.0), ("b", 1 / 3, 2 / 3, 2 / 3))
    assert steps_table(profile).rows == (("a", 1.0, 2 / 3), ("a", 2.0, 1.0), ("b", 1.0, 1 / 3), ("b", 2.0, 2 / 3))
