"""The guard before OR-Tools 9.15: no sum of Boolean terms may reach 2^31 (or-tools issue 5293)."""

from __future__ import annotations

import pytest

from wnpopt.backends.cpsat import solve_cpsat
from wnpopt.backends.narrow import affected, guard, widest
from wnpopt.core.budget import Budget
from wnpopt.core.errors import UnsupportedError

cp_model = pytest.importorskip("ortools.sat.python.cp_model")


def model_of(weight: int, terms: int, top: int = 1):
    model = cp_model.CpModel()
    x = [model.new_int_var(0, top, f"x{i}") for i in range(terms)]
    chosen = model.new_bool_var("chosen")
    model.add(sum(weight * v for v in x) >= weight).only_enforce_if(chosen)
    model.maximize(chosen - sum(x))
    return model


@pytest.mark.parametrize("version", ["9.15.6755", "9.15.0", "9.16.1", "10.0.3"])
def test_the_versions_with_the_defect(version: str) -> None:
    assert affected(version)


@pytest.mark.parametrize("version", ["9.12.4544", "9.14.6206"])
def test_the_versions_without(version: str) -> None:
    assert not affected(version)


def test_the_widest_sums() -> None:
    assert widest(model_of(10, 3)) == (30, 30)
    boolean, all_terms = widest(model_of(10, 3, top=7))
    assert (boolean, all_terms) == (1, 210)  # the objective's Boolean alone


def test_the_guard_leaves_the_model_as_it_is() -> None:
    model = cp_model.CpModel()
    x = [model.new_bool_var(f"x{i}") for i in range(3)]
    model.add_bool_or(x)
    model.add_exactly_one(x)
    model.add_no_overlap([model.new_optional_fixed_size_interval_var(0, 5, v, "") for v in x])
    before = str(model.proto)
    guard(model)
    assert str(model.proto) == before


def test_boolean_sums_of_2_to_the_31_are_refused() -> None:
    assert guard(model_of(2**29, 3)) is False
    with pytest.raises(UnsupportedError, match=r"2147483648.*5293"):
        guard(model_of(2**29, 4))
    with pytest.raises(UnsupportedError):
        guard(model_of(-(2**29), 4))


def test_two_values_are_a_boolean() -> None:
    model = cp_model.CpModel()
    x = model.new_int_var_from_domain(cp_model.Domain.from_values([3, 2**31 + 3]), "x")
    y = model.new_int_var(0, 5, "y")
    model.add(x + y >= 4)
    assert widest(model)[0] == 2**31


def test_a_negation_counts() -> None:
    model = cp_model.CpModel()
    x = [model.new_bool_var(f"x{i}") for i in range(4)]
    model.add(sum(2**29 * ~v for v in x) >= 1)
    assert widest(model)[0] == 2**31


def test_wide_sums_of_other_integers_leave_that_presolve_out() -> None:
    assert guard(model_of(2**20, 4, top=2**12)) is True
    assert guard(model_of(2**20, 4, top=3)) is False


def test_the_adapter_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    import ortools

    monkeypatch.setattr(ortools, "__version__", "9.15.6755")
    with pytest.raises(UnsupportedError):
        solve_cpsat(model_of(2**29, 4), Budget(5))
    assert solve_cpsat(model_of(2**20, 4, top=2**12), Budget(20)).objective == 0.0
