"""Primal gaps and integrals: the definition's cases, and numeric integration."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.bench.record_factory import record
from wnpopt.bench.analysis.primal import incumbents, normalised_integral, primal_gap, primal_integral
from wnpopt.bench.store.record import Failure

values = st.floats(-1e6, 1e6)


@given(st.one_of(st.none(), values), values)
def test_the_gap_lies_between_0_and_1(value: float | None, best: float) -> None:
    assert 0 <= primal_gap(value, best) <= 1


@given(values, values)
def test_the_gap_is_symmetric_and_zero_for_equals(value: float, best: float) -> None:
    assert primal_gap(value, best) == primal_gap(best, value)
    assert primal_gap(-value, -best) == primal_gap(value, best)
    assert primal_gap(best, best) == 0


@pytest.mark.parametrize(
    ("value", "best", "gap"),
    [(None, 5, 1), (0, 0, 0), (-1, 1, 1), (1, -1, 1), (0, 5, 1), (5, 0, 1), (5, 5, 0), (10, 5, 0.5), (5, 10, 0.5)],
)
def test_the_cases_of_the_definition(value: float | None, best: float, gap: float) -> None:
    assert primal_gap(value, best) == gap


def test_an_integral_by_hand() -> None:
    run = record(objective=100, time=8.0, trace=[(1, 200, None), (3, 125, 50), (4, 125, 60), (5, 100, 60)])
    # nothing for 1 s, 1/2 for 2 s, 1/5 for 2 s, then the best
    assert primal_integral(run, 100, 10) == pytest.approx(1 + 2 * 0.5 + 2 * 0.2)
    assert primal_integral(run, 100, 4) == pytest.approx(1 + 2 * 0.5 + 0.2)
    assert primal_integral(run, 100, 0.5) == pytest.approx(0.5)
    assert primal_integral(run, 100, 0) == 0
    assert primal_integral(run, 50, 6) == pytest.approx(1 + 2 * 0.75 + 2 * 0.6 + 0.5)


steps = st.lists(st.tuples(st.integers(0, 1200), st.integers(1, 60)), min_size=1, max_size=8)


@given(steps, st.integers(1, 60), st.integers(1, 1000), st.sampled_from(["min", "max"]))
def test_integrals_against_numeric_integration(
    found: list[tuple[int, int]], best: int, horizon: int, sense: str
) -> None:
    """Times are whole hundredths, so that the midpoints of a fine grid never meet a step."""
    trace: list[tuple[float, float | None, float | None]] = []
    incumbent: int | None = None
    for time, value in sorted(found):
        if incumbent is None or (value < incumbent if sense == "min" else value > incumbent):
            incumbent = value
            trace.append((time / 100, float(value), None))
    run = record(objective=incumbent, time=trace[-1][0], trace=trace, sense=sense)  # type: ignore[arg-type]
    middles = (np.arange(horizon) + 0.5) / 100
    gaps = []
    for middle in middles:
        held = next((v for t, v, _ in reversed(trace) if t <= middle), None)
        gaps.append(1.0 if held is None else abs(held - best) / max(held, best))
    assert primal_integral(run, best, horizon / 100) == pytest.approx(sum(gaps) / 100, rel=1e-9, abs=1e-12)


@pytest.mark.parametrize(("best", "horizon"), [(None, 5.0), (3.0, None), (None, None)])
def test_what_is_not_known_has_no_integral(best: float | None, horizon: float | None) -> None:
    assert primal_integral(record(objective=3), best, horizon) is None


def test_a_failed_run_has_no_incumbent() -> None:
    failed = record(objective=3, failure=Failure.ERROR, trace=[(0.0, 3.0, None)])
    assert incumbents(failed) == ()
    assert primal_integral(failed, 3, 5) == 5


def test_an_unverified_incumbent_does_not_count() -> None:
    assert incumbents(record(objective=None, trace=[(0.5, 3.0, None)])) == ()


@pytest.mark.parametrize("sign", [1, -1])
def test_promises_that_were_not_kept_do_not_count(sign: int) -> None:
    """The method said 3 after a second; the verifier found 5 in the end."""
    sense = "min" if sign == 1 else "max"
    trace = [(0.5, 8.0 * sign, None), (1.0, 3.0 * sign, None)]
    run = record(objective=5.0 * sign, time=4.0, trace=trace, sense=sense)  # type: ignore[arg-type]
    assert incumbents(run) == ((0.5, 8.0 * sign), (4.0, 5.0 * sign))


def test_rounding_is_no_broken_promise() -> None:
    run = record(objective=5.0, time=4.0, trace=[(1.0, 5.0 - 1e-9, None)])
    assert incumbents(run) == ((1.0, 5.0),)


def test_a_run_without_a_trace_has_its_value_at_the_end() -> None:
    assert incumbents(record(objective=5.0, time=4.0, trace=[])) == ((4.0, 5.0),)
    assert incumbents(record(objective=5.0, time=None, trace=[(2.0, None, 1.0)])) == ((2.0, 5.0),)


def test_bounds_alone_change_nothing() -> None:
    run = record(objective=5.0, time=4.0, trace=[(1.0, None, 1.0), (2.0, 5.0, 1.0), (3.0, 5.0, 2.0), (4.0, 5.0, 5.0)])
    assert incumbents(run) == ((2.0, 5.0),)


def test_the_share_of_the_time_limit() -> None:
    run = record(objective=5.0, time=4.0, time_limit=10.0)
    assert normalised_integral(run, 5.0) == pytest.approx(0.4)
    assert normalised_integral(record(objective=5.0, time_limit=None), 5.0) is None
    assert normalised_integral(record(objective=5.0, time_limit=0.0), 5.0) is None
    assert normalised_integral(record(failure=Failure.CRASH, time=None), 5.0) == 1.0
