"""The columnar form: the same instances, checks and answers as JSON."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import wnpopt
from tests.samples import ordinarily
from tests.slide.oracle import optimum
from tests.slide.random_columns import random_columns
from tests.slide.tiny import mixes, tiny_instance
from wnpopt.core.errors import InputError
from wnpopt.core.result import Status
from wnpopt.problems.slide.columnar.allocation import allocation_of, load_allocation
from wnpopt.problems.slide.columnar.columns import SlideColumns, load_columns, save_columns
from wnpopt.problems.slide.columnar.solve import solve_columns
from wnpopt.problems.slide.columnar.to_json import to_instance
from wnpopt.problems.slide.columnar.verify import verify_columns
from wnpopt.problems.slide.solution import SlideSolution
from wnpopt.problems.slide.verify import verify


def columns() -> SlideColumns:
    return tiny_instance(frozenset({"power", "lists", "weights", "cache", "blocks"}), 5).columns


def test_round_trips(tmp_path: Path) -> None:
    for variants, seed in list(mixes(80))[::2]:
        instance = tiny_instance(variants, seed)
        save_columns(instance.columns, tmp_path / "c.npz")
        again = to_instance(load_columns(tmp_path / "c.npz"))
        data, other = instance.to_data(), again.to_data()
        # A list of all models means the same as null.
        for user in data["users"]:  # type: ignore[attr-defined]
            if user["models"] is not None and len(user["models"]) == len(instance.models):
                user["models"] = None
        assert {k: v for k, v in data.items() if k != "source"} == {k: v for k, v in other.items() if k != "source"}


@pytest.mark.parametrize("part", ordinarily(1, range(4)))
def test_answers_are_those_of_json(part: int, tmp_path: Path) -> None:
    for variants, seed in list(mixes(120))[part::4]:
        instance = tiny_instance(variants, seed)
        result = solve_columns(instance.columns)
        solution = result.allocation.to_solution(instance.columns)
        assert verify(instance, solution).objective == pytest.approx(result.objective)
        assert verify(instance, solution).accepted
        best = wnpopt.solve(instance, "auto", threads=1).objective
        assert best is not None
        assert result.objective <= best * (1 + 1e-12) <= result.bound * (1 + 1e-9)
        if result.status is Status.OPTIMAL:
            assert result.objective == pytest.approx(best)
        else:
            assert "multicast" in variants
        result.allocation.save(tmp_path / "a.npz")
        again = load_allocation(tmp_path / "a.npz")
        assert again.to_solution(instance.columns) == solution
        assert np.array_equal(allocation_of(instance.columns, solution).user, again.user)


@pytest.mark.parametrize(
    ("field", "value", "where"),
    [
        ("bandwidth_hz", 0.0, "bandwidth_hz"),
        ("resource_block_hz", 0.0, "resource_block_hz"),
        ("cache_bits", float("nan"), "cache_bits"),
        ("name", "a->b", "name"),
        ("deadline_s", np.array([1.0]), "accuracy|efficiency|min|power|allowed|user_names|weight|frequency|flop"),
        ("deadline_s", "negative", r"deadline_s\[1\]"),
        ("deadline_s", "nan", r"deadline_s\[1\]"),
        ("weight", "inf", r"weight\[1\]"),
        ("energy_j", "negative", r"energy_j\[1\]"),
        ("frequency_min_hz", "huge", r"frequency_min_hz\[1\]"),
        ("flop_per_cycle", "zero", r"flop_per_cycle\[1\]"),
        ("flop_per_cycle", "huge", r"flop_per_cycle\[1\]"),
        ("power_w", "zero", r"power_w\[1\]"),
        ("gain", np.zeros(0), "gain"),
        ("efficiency", "one", r"power_w\[1\]"),
        ("allowed", "none", r"allowed\[1\]"),
        ("accuracy", np.zeros(0), "accuracy"),
        ("bits", "zeros", r"layer_start\[0\]"),
        ("layer_start", np.array([0, 0, 0, 0]), "layer_start|model_names"),
        ("weight", np.array(["1"]), "weight"),
    ],
)
def test_checks_name_column_and_row(field: str, value: Any, where: str) -> None:
    good = columns()
    assert good.users >= 3
    if isinstance(value, str) and field != "name":
        changed = getattr(good, field).copy()
        change = {"negative": -1.0, "nan": np.nan, "inf": np.inf, "huge": 1e305, "zero": 0.0, "one": 1.0, "none": False}
        if value == "zeros":
            changed[:] = 0.0
        else:
            changed[1] = change[value]
        value = changed
    with pytest.raises(InputError) as caught:
        replace(good, **{field: value})
    import re

    assert re.fullmatch(where, caught.value.where) or re.match(where, caught.value.where), caught.value


@pytest.mark.parametrize(
    ("names", "row"), [(["a", "b", "a"], 2), (["a", "", "c"], 1), (["a", "b->c", "d"], 1), (["a", "b\n", "c"], 1)]
)
def test_names_are_checked(names: list[str], row: int) -> None:
    good = columns()
    padded = np.array([*names, *(f"x{i}" for i in range(good.users - 3))])
    with pytest.raises(InputError) as caught:
        replace(good, user_names=padded)
    assert caught.value.where == f"user_names[{row}]"


def test_files_that_are_none(tmp_path: Path) -> None:
    bad = tmp_path / "bad.npz"
    with pytest.raises(InputError, match="no such file"):
        load_columns(bad)
    bad.write_bytes(b"not a zip")
    with pytest.raises(InputError, match=r"not an \.npz file"):
        load_columns(bad)
    np.savez(bad, format=np.array(1), name=np.array({"a": 1}, dtype=object))
    with pytest.raises(InputError, match=r"name: .*object"):
        load_columns(bad)
    save_columns(columns(), bad)
    with np.load(bad) as stored:
        arrays = dict(stored)
    for change, where in (
        ({"format": np.array(2)}, "format"),
        ({"extra": np.zeros(1)}, "extra"),
        ({"name": np.zeros(3)}, "name"),
        ({"bandwidth_hz": np.array("x")}, "bandwidth_hz"),
    ):
        np.savez(bad, **{**arrays, **change})
        with pytest.raises(InputError) as caught:
            load_columns(bad)
        assert caught.value.where == where
        assert caught.value.file == str(bad)
    np.savez(bad, **{k: v for k, v in arrays.items() if k != "weight"})
    with pytest.raises(InputError, match="missing column"):
        load_columns(bad)


@pytest.mark.parametrize("receive", [False, True])
def test_many_users_are_served_optimally(receive: bool) -> None:
    many = random_columns(20_000, 5, 50, 1, receive=receive)
    result = solve_columns(many)
    assert result.status is Status.OPTIMAL
    assert verify_columns(many, result.allocation).accepted
    assert 5_000 < result.objective < 20_000


def test_a_few_of_many_agree_with_the_plain_judge() -> None:
    some = random_columns(300, 4, 20, 2, receive=True, weighted=True)
    result = solve_columns(some)
    instance = to_instance(some)
    solution = result.allocation.to_solution(some)
    assert isinstance(solution, SlideSolution)
    assert verify(instance, solution).accepted
    assert wnpopt.solve(instance, "milp", threads=1).objective == result.objective


@pytest.mark.parametrize("seed", range(6))
def test_multicast_with_a_choice_of_models_is_proved_in_columns(seed: int) -> None:
    instance = tiny_instance(frozenset({"multicast", *(("weights",) if seed % 2 else ())}), 300 + seed)
    result = solve_columns(instance.columns)
    assert result.status is Status.OPTIMAL
    assert result.objective == pytest.approx(optimum(instance), rel=1e-12)
    early = solve_columns(instance.columns, time_limit=0.0)
    assert early.bound >= optimum(instance) >= early.objective
