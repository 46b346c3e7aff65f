"""Options declared as fields: what they take, what they refuse, and what is said then."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wnpopt.core import registry
from wnpopt.core.errors import InputError
from wnpopt.core.options import (
    GeneratorOption,
    argument,
    checked,
    name_of,
    option,
    options_of,
    parsed,
    range_of,
    read,
    required,
)


@dataclass(frozen=True)
class Everything:
    """One option of each kind, and a field that is none."""

    file: Path = argument("a file")
    out: Path = required("a target", flags=("--out", "-o"), writes=True)
    jobs: int = option(4, "number of jobs", least=1, most=100)
    weighted: int = option(0, "1 for weights", least=0, most=1)
    share: float = option(0.5, "a share", least=0, most=1)
    rate: float = option(1e6, "a rate", above=0)
    kind: str = option("chain", "a kind", choices=("chain", "tree", "mesh"))
    goal: str = option("time", "what is minimised", choices=("time", "energy"))
    label: str | None = option(None, "a label")
    limit: float | None = option(None, "a limit", above=0, most=60)
    fused: bool = option(False, "fuse", flags=("--fuse/--no-fuse",))
    dim: tuple[str, ...] = option((), "dimensions")
    plain: int = 3


NEEDED: dict[str, object] = {"file": Path("a"), "out": Path("b")}
BY_NAME = {known.name: known for known in options_of(Everything)}


def made(**given: object) -> Everything:
    return read(Everything, NEEDED | given)


def test_fields_are_options_in_order_with_their_kinds() -> None:
    assert [(known.name, known.kind) for known in options_of(Everything)] == [
        ("file", "path"), ("out", "path"), ("jobs", "integer"), ("weighted", "integer"), ("share", "number"),
        ("rate", "number"), ("kind", "text"), ("goal", "text"), ("label", "text"), ("limit", "number"),
        ("fused", "flag"), ("dim", "texts"),
    ]  # fmt: skip
    assert [BY_NAME[name].flag for name in ("file", "out", "jobs", "fused")] == ["FILE", "--out", "--jobs", "--fuse"]
    assert made() == Everything(Path("a"), Path("b"))


@pytest.mark.parametrize(
    ("name", "value", "becomes"),
    [
        ("jobs", 7, 7),
        ("jobs", 7.0, 7),
        ("jobs", np.int64(7), 7),
        ("jobs", np.float32(7), 7),
        ("weighted", True, 1),
        ("weighted", False, 0),
        ("share", 1, 1.0),
        ("share", np.float32(0.25), 0.25),
        ("share", np.int32(1), 1.0),
        ("rate", 5e-324, 5e-324),
        ("limit", None, None),
        ("limit", 60, 60.0),
        ("label", "", ""),
        ("kind", "tree", "tree"),
        ("fused", True, True),
        ("dim", ("n=1",), ("n=1",)),
    ],
)
def test_values_become_those_of_the_field(name: str, value: object, becomes: object) -> None:
    read_value = getattr(made(**{name: value}), name)
    assert read_value == becomes
    assert type(read_value) is type(becomes)


@pytest.mark.parametrize(
    ("name", "value", "what"),
    [
        ("jobs", 0, "found 0; an integer of 1 to 100 is needed"),
        ("jobs", 101, "found 101; an integer of 1 to 100 is needed"),
        ("jobs", 2.5, "found 2.5; an integer of 1 to 100 is needed"),
        ("jobs", True, "found True; an integer of 1 to 100 is needed"),
        ("jobs", "3", "found '3'; an integer of 1 to 100 is needed"),
        ("jobs", None, "found None; an integer of 1 to 100 is needed"),
        ("jobs", math.nan, "found nan; an integer of 1 to 100 is needed"),
        ("jobs", math.inf, "found inf; an integer of 1 to 100 is needed"),
        ("jobs", 1e300, "found 1e+300; an integer of 1 to 100 is needed"),
        ("jobs", 3 + 0j, "found (3+0j); an integer of 1 to 100 is needed"),
        ("jobs", [3], "found [3]; an integer of 1 to 100 is needed"),
        ("weighted", 2, "found 2; an integer of 0 to 1 is needed"),
        ("share", -1e-300, "found -1e-300; a number of 0 to 1 is needed"),
        ("share", math.nan, "found nan; a number of 0 to 1 is needed"),
        ("share", True, "found True; a number of 0 to 1 is needed"),
        ("rate", 0, "found 0; a finite number above 0 is needed"),
        ("rate", math.inf, "found inf; a finite number above 0 is needed"),
        ("rate", 10**400, f"found {'1' + 118 * '0'}…; a finite number above 0 is needed"),
        ("limit", 61, "found 61; a finite number above 0, at most 60, is needed"),
        ("kind", "ring", "found 'ring'; one of chain, tree, mesh is needed"),
        ("kind", ["chain"], "found ['chain']; one of chain, tree, mesh is needed"),
        ("goal", 3, "found 3; time or energy is needed"),
        ("goal", "x" * 500, f"found '{118 * 'x'}…; time or energy is needed"),
        ("label", 3, "found 3; a text is needed"),
        ("fused", "yes", "found 'yes'; true or false is needed"),
    ],
)
def test_what_is_wrong_is_said_with_what_would_be_right(name: str, value: object, what: str) -> None:
    with pytest.raises(InputError) as caught:
        made(**{name: value})
    assert (caught.value.where, caught.value.what) == (name, what)


def test_a_number_too_long_to_be_written() -> None:
    for name in ("jobs", "share", "kind", "fused"):
        with pytest.raises(InputError, match="found an integer of thousands of digits; "):
            made(**{name: 10**5000})


def test_unknown_and_missing_names() -> None:
    with pytest.raises(InputError) as caught:
        read(Everything, {"job": 3}, ignored=("name",))
    assert caught.value.where == "job"
    assert caught.value.what.startswith("unknown option; the options are name, file, out, jobs, weighted,")
    assert "plain" not in caught.value.what
    with pytest.raises(InputError) as caught:
        read(Everything, {"file": Path("a")}, where=lambda known: known.flag)
    assert (caught.value.where, caught.value.what) == ("--out", "is needed")
    assert read(Everything, NEEDED | {"name": object()}, ignored=("name",)) == made()


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("jobs", "12", 12),
        ("share", "1e-3", 1e-3),
        ("share", "1", 1.0),
        ("kind", "mesh", "mesh"),
        ("label", "12", "12"),
        ("fused", "true", True),
        ("fused", "false", False),
    ],
)
def test_texts_are_read_by_their_kind(name: str, text: str, value: object) -> None:
    assert parsed(BY_NAME[name], text, "--x") == value


@pytest.mark.parametrize(
    ("name", "text", "what"),
    [
        ("jobs", "twelve", "found 'twelve'; an integer of 1 to 100 is needed"),
        ("jobs", "1.0", "found '1.0'; an integer of 1 to 100 is needed"),
        ("jobs", "101", "found 101; an integer of 1 to 100 is needed"),
        ("share", "nan", "found nan; a number of 0 to 1 is needed"),
        ("rate", "1e400", "found inf; a finite number above 0 is needed"),
        ("rate", "", "found ''; a finite number above 0 is needed"),
        ("kind", "Mesh", "found 'Mesh'; one of chain, tree, mesh is needed"),
        ("fused", "1", "found '1'; true or false is needed"),
    ],
)
def test_texts_that_are_none_are_refused(name: str, text: str, what: str) -> None:
    with pytest.raises(InputError) as caught:
        parsed(BY_NAME[name], text, "--x")
    assert (caught.value.where, caught.value.what) == ("--x", what)


@pytest.mark.parametrize(
    ("name", "limits"),
    [
        ("jobs", "1 to 100"), ("rate", "above 0"), ("limit", "above 0, at most 60"), ("label", ""),
        ("kind", "one of chain, tree, mesh"), ("goal", "time or energy"),
    ],
)  # fmt: skip
def test_ranges_as_a_help_page_has_them(name: str, limits: str) -> None:
    assert range_of(BY_NAME[name]) == limits


@given(st.one_of(st.integers(), st.floats(), st.text(), st.booleans(), st.none(), st.complex_numbers(), st.binary()))
def test_whatever_comes_is_in_the_range_or_refused(value: Any) -> None:
    for known in options_of(Everything):
        if known.kind not in ("integer", "number", "text"):
            continue
        try:
            kept: Any = checked(known, value, known.name)
        except InputError:
            continue
        if kept is None:
            assert known.default is None
        elif known.kind == "text":
            assert not known.choices or kept in known.choices
        else:
            assert type(kept) is (int if known.kind == "integer" else float)
            assert math.isfinite(kept)
            assert kept == type(kept)(value)  # integers beyond 2^53 become the nearest number
            assert known.least is None or kept >= known.least
            assert known.most is None or kept <= known.most
            assert known.above is None or kept > known.above


def test_names_of_instances() -> None:
    assert name_of({"name": "mine"}, "toy-1") == "mine"
    assert name_of({}, "toy-1") == name_of({"name": ""}, "toy-1") == "toy-1"
    for name in (3, 10**5000, ["a"]):
        with pytest.raises(InputError, match="a text is needed") as caught:
            name_of({"name": name}, "toy-1")
        assert caught.value.where == "name"


def test_the_options_of_generators_as_they_were_in_0_1() -> None:
    """A family of another package names its options one by one; the kind is that of the default."""
    known = [GeneratorOption("jobs", 3, "a"), GeneratorOption("load", 0.5, "b"), GeneratorOption("kind", "x", "c")]
    assert [entry.kind for entry in known] == ["integer", "number", "text"]
    assert [parsed(entry, "7", entry.flag) for entry in known] == [7, 7.0, "7"]
    assert {range_of(entry) for entry in known} == {""}


@pytest.mark.parametrize("family", registry.family_names())
def test_every_generator_keeps_to_what_its_options_declare(family: str) -> None:
    """The default is taken; what is just out of the range, of another kind or unknown is refused by its name."""
    described = registry.family(family)
    for known in described.generator_options:
        assert checked(known, known.default, known.name) == known.default
        wrong: list[object] = [[1], 1j, math.nan, math.inf, 10**5000]
        wrong += [3, "none such"] if known.kind == "text" else [None, "3", -1]
        if known.most is not None:
            wrong.append(known.most * 2 + 1)
        for value in wrong:
            with pytest.raises(InputError) as caught:
                described.generate(cast(Any, {known.name: value}), 0)
            assert caught.value.where == known.name, (known.name, value)
    with pytest.raises(InputError) as caught:
        described.generate({"none_such": 3}, 0)
    assert caught.value.where == "none_such"
    assert described.generator_options[-1].name in caught.value.what
