"""One rule for the arguments of the API: what counts as an integer, a number, a flag, a name."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest

from wnpopt.core import arguments
from wnpopt.core.errors import InputError


@pytest.mark.parametrize("value", [3, np.int64(3), np.uint8(3), np.int32(3)])
def test_integers_are_python_and_numpy_integers(value: object) -> None:
    found = arguments.integer("seed", value, 0, 10)
    assert type(found) is int
    assert found == 3


@pytest.mark.parametrize(
    "value",
    [None, "3", b"3", True, np.True_, 3.0, np.float64(3.0), math.nan, 3 + 0j, [3], np.array([3]), -1, 11, 10**400],
)
def test_nothing_else_is_an_integer(value: object) -> None:
    with pytest.raises(InputError, match=r"an integer of 0 to 10 is needed") as caught:
        arguments.integer("seed", value, 0, 10)
    assert caught.value.where == "seed"
    assert len(str(caught.value)) < 200


@pytest.mark.parametrize("value", [2, 2.0, np.int64(2), np.float32(2), np.float64(2)])
def test_numbers_are_integers_and_reals(value: object) -> None:
    found = arguments.seconds("time_limit", value)
    assert type(found) is float
    assert found == 2.0


@pytest.mark.parametrize("value", [None, "2", True, np.False_, math.nan, math.inf, -1, -1e-300, 10**400, 1j, [1.0]])
def test_nothing_else_is_a_time(value: object) -> None:
    with pytest.raises(InputError, match="seconds, at least 0, is needed") as caught:
        arguments.seconds("time_limit", value)
    assert caught.value.where == "time_limit"


def test_none_is_accepted_where_it_means_something_and_nowhere_else() -> None:
    assert arguments.seconds_or_none("time_limit", None) is None
    assert arguments.threads_or_none("threads", None) is None
    assert arguments.number_or_none("gap", None, 0.0) is None
    assert arguments.integer_or_none("iterations", None, 1) is None
    for refusing in (arguments.seed, arguments.threads, arguments.seconds, arguments.flag, arguments.text):
        with pytest.raises(InputError, match="found None"):
            refusing("here", None)


@pytest.mark.parametrize(
    ("check", "message"),
    [
        (lambda: arguments.number("gap", -0.1, 0.0), "gap: found -0.1; a finite number of at least 0 is needed"),
        (lambda: arguments.number("gap", 2, 0.0, 1.0), "gap: found 2; a finite number of 0 to 1 is needed"),
        (lambda: arguments.number("gap", 0, 0.0, above=True), "gap: found 0; a finite number above 0 is needed"),
        (lambda: arguments.number("gap", "1"), "gap: found '1'; a finite number is needed"),
        (lambda: arguments.threads("threads", 0), "threads: found 0; an integer of 1 to 4096 is needed"),
        (lambda: arguments.seed("seed", 2**31), "seed: found 2147483648; an integer of 0 to 2147483647 is needed"),
        (lambda: arguments.flag("isolate", 1), "isolate: found 1; True or False is needed"),
        (lambda: arguments.choice("method", "x", ("a", "b")), "method: found 'x'; one of a, b is needed"),
        (lambda: arguments.choice("method", ["a"], ("a", "b")), r"method: found ['a']; one of a, b is needed"),
        (lambda: arguments.text("log", 3), "log: found 3; a text is needed"),
    ],
)
def test_messages_name_the_argument_what_was_found_and_what_would_be_right(
    check: Callable[[], object], message: str
) -> None:
    with pytest.raises(InputError) as caught:
        check()
    assert str(caught.value) == message


@pytest.mark.parametrize("value", [True, np.True_])
def test_flags(value: object) -> None:
    assert arguments.flag("deterministic", value) is True


def test_an_integer_too_long_to_print_is_refused_like_any_other() -> None:
    with pytest.raises(InputError, match="found a int; an integer of 0 to 10 is needed"):
        arguments.integer("seed", 10**9999, 0, 10)


@pytest.mark.parametrize("value", [None, 3, b"a", ["a"]])
def test_nothing_but_a_path_is_a_path(value: object) -> None:
    with pytest.raises(InputError, match=r"path: found .*; the path of a file is needed"):
        arguments.path("path", value)


@pytest.mark.parametrize("value", [None, 3, "12", b"12"])
def test_one_value_is_not_several(value: object) -> None:
    with pytest.raises(InputError, match=r"seeds: found .*; a list is needed"):
        arguments.several("seeds", value)


def test_several_are_any_finite_collection() -> None:
    assert arguments.several("seeds", np.arange(2)) == [0, 1]
    assert arguments.several("seeds", range(2)) == arguments.several("seeds", (0, 1)) == [0, 1]


def test_the_api_names_arguments_of_the_wrong_kind() -> None:
    import wnpopt
    from wnpopt.core.registry import family

    of = family("wnp")
    assert of.doctor is not None
    instance = of.instance_type.from_data(dict(of.doctor.instance))
    result = wnpopt.solve(instance, "rtfs")
    calls: list[tuple[str, Callable[[], object]]] = [
        ("instance", lambda: wnpopt.verify("a.json", result.solution)),
        ("solution", lambda: wnpopt.verify(instance, result)),
        ("solution", lambda: wnpopt.verify(instance, None)),
        ("document", lambda: wnpopt.save(result, "x.json")),
        ("path", lambda: wnpopt.load(instance)),
        ("path", lambda: wnpopt.load_solution(None)),
        ("instance", lambda: wnpopt.compile_model(None, "milp")),
        ("formulation", lambda: wnpopt.compile_model(instance, ["milp"])),
        ("on_progress", lambda: wnpopt.solve(instance, "rtfs", on_progress=3)),
        ("warm_start", lambda: wnpopt.solve(instance, "lbbd", warm_start="magic")),
        ("seeds", lambda: wnpopt.batch("x", methods=["rtfs"], out="y", seeds=3)),
    ]
    for where, call in calls:
        with pytest.raises(InputError) as caught:
            call()
        assert caught.value.where == where
