"""instances/check.py as a command, and on whole libraries: what it prints, and its exit codes."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from tests.intradp import hand as intradp
from tests.library import test_check_wnp
from tests.library.referee import CHECK
from tests.slide import hand as slide

Captured = pytest.CaptureFixture[str]
WNP, SLIDE, INTRADP = test_check_wnp.INSTANCE, slide.INSTANCE, intradp.INSTANCE
SERVED = slide.plan(slide.U, slide.V)


def written(file: Path, data: object) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(data))
    return file


def told(capsys: Captured, *arguments: object) -> tuple[int, str, str]:
    code = CHECK.main([str(argument) for argument in arguments])
    out, err = capsys.readouterr()
    return code, out, err


def test_an_instance(tmp_path: Path, capsys: Captured) -> None:
    file = written(tmp_path / "i.json", WNP)
    assert told(capsys, file) == (0, "hand: a valid instance of wnp\n", "")
    assert told(capsys, "--json", file) == (0, '{"instance": "hand", "objective": null, "violations": []}\n', "")
    written(file, {**WNP, "more": 1})
    code, out, err = told(capsys, file)
    assert (code, out) == (2, "")
    assert err.startswith(f"error: {file}: more: is not known; the fields here are kind, schema_version,")
    assert err.count("\n") == 1
    code, out, err = told(capsys, file, "--json")
    assert (code, out, list(json.loads(err))) == (2, "", ["error"])
    assert json.loads(err)["error"].startswith(f"{file}: more: is not known")
    for data in ([], {}, {"kind": "other"}, {"kind": None}):
        written(file, data)
        assert told(capsys, file) == (2, "", "error: kind: one of wnp, slide, intradp is needed\n")


def test_an_instance_and_a_solution(tmp_path: Path, capsys: Captured) -> None:
    instance, plan = written(tmp_path / "i.json", SLIDE), written(tmp_path / "s.json", SERVED)
    assert told(capsys, instance, plan) == (0, "objective: 2\nno rule is broken\n", "")
    written(plan, slide.plan(slide.U, instance="other"))
    rule = "the solution is of the instance other"
    assert told(capsys, instance, plan) == (1, f"objective: 1\nbroken: {rule}\n", "")
    code, out, _ = told(capsys, instance, plan, "--json")
    assert (code, json.loads(out)) == (1, {"instance": "hand", "objective": 1, "violations": [rule]})
    written(plan, slide.plan(("x", "a", 1e6, 1e9)))
    rule = "served[0]: there is no such user or model"
    assert told(capsys, instance, plan) == (1, f"objective: none\nbroken: {rule}\n", "")
    written(plan, slide.plan(slide.U, slide.U, instance="other"))
    assert told(capsys, instance, plan)[1].splitlines() == [
        "objective: 1", "broken: the solution is of the instance other", "broken: served[1]: u is served twice",
    ]  # fmt: skip
    written(plan, SERVED | {"value": 2})
    known = "value: is not known; the fields here are kind, instance, served"
    assert told(capsys, instance, plan) == (2, "", f"error: {plan}: {known}\n")
    assert told(capsys, plan, plan) == (2, "", "error: kind: one of wnp, slide, intradp is needed\n")
    none = tmp_path / "none.json"
    assert told(capsys, instance, none) == (2, "", f"error: {none}: cannot be read: No such file or directory\n")
    written(instance, INTRADP)
    written(plan, intradp.PLAN)
    assert told(capsys, instance, plan) == (0, f"objective: {intradp.LATENCY}\nno rule is broken\n", "")


def test_help_and_too_many_arguments(capsys: Captured) -> None:
    for arguments, code in (
        (["-h"], 0), (["--help"], 0), ([], 2), (["a", "b", "c"], 2), (["-x"], 2), (["-x", "b"], 2), (["-h", "b"], 2),
        (["--all", "a", "b"], 2), (["--json"], 2),
    ):  # fmt: skip
        assert told(capsys, *arguments) == (code, f"{CHECK.__doc__}\n", ""), arguments


LIBRARY: dict[str, tuple[dict[str, Any], dict[str, Any], dict[str, Any]]] = {
    "wnp/one/a.json": (WNP, test_check_wnp.PLAN, {"best": 42, "bound": 42, "proved": True, "method": "m"}),
    "wnp/one/b.json": (WNP, test_check_wnp.PLAN, {"best": 42, "bound": 41, "proved": False, "method": "m"}),
    "slide/two/a.json": (SLIDE, SERVED, {"best": 2, "bound": 3, "proved": False, "method": "m"}),
    "intradp/three/a.json": (INTRADP, intradp.PLAN, {"best": 12.875, "bound": None, "method": "m"}),
}  # fmt: skip


def library(root: Path, **changes: dict[str, Any]) -> Path:
    """A library of three suites, with changes of rows by the file's place, of which / and . are written _."""
    rows: dict[Path, list[dict[str, Any]]] = {}
    for place, (instance, plan, row) in LIBRARY.items():
        written(root / place, instance)
        written(root / "solutions" / place, plan)
        name = place.removesuffix(".json").replace("/", "_")
        rows.setdefault((root / place).parent / "index.json", []).append(
            {"file": Path(place).name, **row, **changes.get(name, {})}
        )
    for file, entries in rows.items():
        written(file, entries)
    return root


def wrong(root: Path) -> list[str]:
    result: list[str] = CHECK.check_library(root)[1]
    return result


def test_a_library_that_holds(tmp_path: Path, capsys: Captured) -> None:
    library(tmp_path)
    written(tmp_path / "other/suite/index.json", [{}])  # of no family
    lines = [
        "intradp/three: 1 instances, 0 proved", "slide/two: 1 instances, 0 proved", "wnp/one: 2 instances, 1 proved",
        "every solution has the value that the index says", "",
    ]  # fmt: skip
    assert told(capsys, "--all", tmp_path) == (0, "\n".join(lines), "")
    code, out, _ = told(capsys, "--all", tmp_path, "--json")
    assert (code, json.loads(out)) == (
        0,
        {
            "suites": [
                {"suite": suite, "instances": count, "proved": proved, "without_solution": []}
                for suite, count, proved in (("intradp/three", 1, 0), ("slide/two", 1, 0), ("wnp/one", 2, 1))
            ],
            "wrong": [],
        },
    )


def test_a_value_without_its_solution(tmp_path: Path, capsys: Captured) -> None:
    library(tmp_path, wnp_one_b={"method": None})
    assert wrong(tmp_path) == []
    (tmp_path / "solutions/wnp/one/b.json").unlink()
    code, out, _ = told(capsys, "--all", tmp_path)
    assert code == 0
    assert "wnp/one/b.json: a value without its solution\n" in out
    assert json.loads(told(capsys, "--all", tmp_path, "--json")[1])["suites"][2]["without_solution"] == ["b.json"]
    # The instance is looked at all the same.
    written(tmp_path / "wnp/one/b.json", {**WNP, "more": 1})
    assert "more: is not known" in wrong(tmp_path)[0]
    library(tmp_path)
    (tmp_path / "solutions/wnp/one/b.json").unlink()
    assert "b.json: cannot be read" in wrong(tmp_path)[0]


def test_a_library_that_does_not_hold(tmp_path: Path, capsys: Captured) -> None:
    library(tmp_path, wnp_one_a={"best": 41})
    rule = "wnp/one/a.json: the solution is worth 42, the index says 41"
    code, out, _ = told(capsys, "--all", tmp_path)
    assert (code, out.splitlines()[3:]) == (1, [rule])
    code, out, _ = told(capsys, "--all", tmp_path, "--json")
    assert (code, json.loads(out)["wrong"]) == (1, [rule])
    written(tmp_path / "wnp/one/c.json", WNP)
    written(tmp_path / "solutions/slide/two/b.json", {})
    rules = [
        f"{tmp_path / 'solutions/slide/two/b.json'}: stands in no index", rule,
        f"{tmp_path / 'wnp/one/c.json'}: stands in no index",
    ]  # fmt: skip
    assert wrong(tmp_path) == rules
    assert told(capsys, "--all", tmp_path)[1].splitlines()[3:] == rules


@pytest.mark.parametrize(
    ("name", "row", "told"),
    [
        # exact: integers
        ("wnp_one_a", {"best": 42 + 1e-8}, ["the solution is worth 42, the index says 42.00000001"]),
        ("wnp_one_a", {"best": "42"}, ["the solution is worth 42, the index says '42'"]),
        ("wnp_one_a", {"best": 42.0}, []),
        ("wnp_one_a", {"bound": 43}, ["the value 42 beats the bound 43", "the bound 43 does not prove 42"]),
        ("wnp_one_a", {"bound": 42 - 1e-8}, ["the bound 41.99999999 does not prove 42"]),
        ("wnp_one_a", {"bound": None}, ["the bound None does not prove 42"]),
        ("wnp_one_a", {"bound": 42.0}, []),
        ("wnp_one_b", {"bound": 0}, []),
        ("wnp_one_b", {"bound": 42}, []),
        ("wnp_one_b", {"bound": 42 + 1e-8}, ["the value 42 beats the bound 42.00000001"]),
        # more is better
        ("slide_two_a", {"bound": 2}, []),
        ("slide_two_a", {"bound": 1}, ["the value 2 beats the bound 1"]),
        ("slide_two_a", {"bound": 2.5, "proved": True}, ["the bound 2.5 does not prove 2"]),
        # reals
        ("intradp_three_a", {"best": 12.875 * (1 + 0.9e-9)}, []),
        ("intradp_three_a", {"best": 12.875 * (1 - 0.9e-9)}, []),
        ("intradp_three_a", {"bound": 12.875 * (1 + 0.9e-9), "proved": True}, []),
        ("intradp_three_a", {"bound": 12.875 * (1 - 0.9e-6), "proved": True}, []),
    ],
)
def test_rows_of_an_index(tmp_path: Path, name: str, row: dict[str, Any], told: list[str]) -> None:
    place = "{}/{}/{}.json".format(*name.split("_"))
    assert wrong(library(tmp_path, **{name: row})) == [f"{place}: {each}" for each in told]


def test_a_solution_that_is_kept_is_checked(tmp_path: Path) -> None:
    library(tmp_path, wnp_one_b={"method": None, "best": 41})
    assert wrong(tmp_path) == ["wnp/one/b.json: the solution is worth 42, the index says 41"]


def test_bounds_of_reals_hold_within_their_tolerance_whatever_the_sense(tmp_path: Path) -> None:
    library(tmp_path, wnp_one_b={"best": 34.375, "bound": 34.375 * (1 + 0.9e-9)})
    written(tmp_path / "wnp/one/b.json", WNP | {"objective": "energy"})
    weighted = SLIDE | {"objective": "weighted"}
    rows = [{"file": "a.json", "best": 3.25, "bound": 3.25 * (1 - 0.9e-9), "method": "m"}]
    written(tmp_path / "slide/two/a.json", weighted)
    written(tmp_path / "slide/two/index.json", rows)
    assert wrong(tmp_path) == []


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ({"best": 12.875 * (1 + 1.1e-9)}, "the solution is worth 12.875"),
        ({"best": 12.875 * (1 - 1.1e-9)}, "the solution is worth 12.875"),
        ({"bound": 12.875 * (1 + 1.1e-9)}, "the value 12.875 beats the bound"),
        ({"bound": 12.875 * (1 - 1.1e-6), "proved": True}, "does not prove 12.875"),
    ],
)
def test_reals_hold_within_their_tolerance(tmp_path: Path, row: dict[str, Any], told: str) -> None:
    [line] = wrong(library(tmp_path, intradp_three_a=row))
    assert told in line


def test_solutions_that_break_a_rule(tmp_path: Path) -> None:
    library(tmp_path)
    written(tmp_path / "solutions/wnp/one/a.json", test_check_wnp.PLAN | {"instance": "other"})
    written(tmp_path / "solutions/slide/two/a.json", slide.plan(("x", "a", 1e6, 1e9)))
    written(tmp_path / "solutions/intradp/three/a.json", {})
    assert wrong(tmp_path) == [
        "intradp/three/a.json: kind: is missing",
        "slide/two/a.json: served[0]: there is no such user or model",
        "wnp/one/a.json: the solution is of the instance other",
    ]


@pytest.mark.parametrize("rows", [{}, {"a.json": {}}, [1], [[]], "rows", None, [{}, None]])
def test_an_index_that_is_none(tmp_path: Path, capsys: Captured, rows: object) -> None:
    library(tmp_path)
    index = written(tmp_path / "wnp/one/index.json", rows)
    assert told(capsys, "--all", tmp_path) == (2, "", f"error: {index}: a list of objects is needed\n")


def test_no_library(tmp_path: Path, capsys: Captured) -> None:
    assert told(capsys, "--all", tmp_path) == (2, "", f"error: {tmp_path}: has no FAMILY/SUITE/index.json\n")


def test_which_objectives_are_integers() -> None:
    def weighted(*weights: object) -> dict[str, Any]:
        data = copy.deepcopy(SLIDE) | {"objective": "weighted"}
        for user, weight in zip(data["users"], weights, strict=True):
            user.pop("weight", None)
            if weight is not None:
                user["weight"] = weight
        return data

    for exact, data in (
        (True, WNP), (True, WNP | {"objective": "weighted_latency"}), (False, WNP | {"objective": "energy"}),
        (True, SLIDE), (True, weighted(1, 2, None)), (True, weighted(1.0, 0, 7)), (False, weighted(1, 2, 0.5)),
        (False, INTRADP), (False, INTRADP | {"objective": "energy"}),
    ):  # fmt: skip
        assert CHECK.is_exact(data) is exact


def test_the_library_beside_the_file_is_the_default(monkeypatch: pytest.MonkeyPatch, capsys: Captured) -> None:
    asked = []

    def check_library(root: Path) -> tuple[list[Any], list[str]]:
        asked.append(root)
        return [], []

    monkeypatch.setitem(CHECK.main.__globals__, "check_library", check_library)
    assert told(capsys, "--all") == (0, "every solution has the value that the index says\n", "")
    assert asked == [Path(CHECK.__file__).resolve().parent]
