"""`verify --store`: whatever is changed in a record or beside it is found, and what is right is accepted."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from wnpopt.bench.store.recheck import recheck
from wnpopt.bench.store.store import DamageWarning, Store
from wnpopt.cli.main import main

FROZEN = Path(__file__).parent / "data" / "store-1"

Data = dict[str, Any]
Change = Callable[[Data], object]


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return Path(shutil.copytree(FROZEN, tmp_path / "out"))


def change(out: Path, family: str | None, method: str, edit: Change) -> None:
    """Edit the first record of this family and method."""
    for file in sorted((out / "runs").iterdir()):
        lines = file.read_text().splitlines()
        for number, line in enumerate(lines):
            data = json.loads(line)
            same = (data["result"]["family"], data["key"]["method"]) == (family, method)
            if same and not data["file"].endswith("never.json"):
                edit(data)
                lines[number] = json.dumps(data)
                file.write_text("\n".join(lines) + "\n")
                return
    raise AssertionError(f"no record of {method}")


def told(out: Path) -> list[str]:
    """What is wrong, of each record that is not accepted."""
    return [str(c.deviation or c.unreadable or c.certificate) for c in recheck(Store(out)) if not c.accepted]


def result(**fields: object) -> Change:
    return lambda data: data["result"].update(fields)


def asked(**fields: object) -> Change:
    """In the key and in the result alike: a record that agrees with itself."""

    def edit(data: Data) -> None:
        data["key"].update(fields)
        data["result"].update(fields)

    return edit


def shift(**by: float) -> Change:
    return lambda data: data["result"].update({name: data["result"][name] + step for name, step in by.items()})


def trace(*points: tuple[float, float | None, float | None]) -> Change:
    rows = [dict(zip(("time_s", "objective", "bound"), point, strict=True)) for point in points]
    return result(trace=rows)


CHANGES: list[tuple[str | None, str, Change, str]] = [
    # status, termination and gap against value and bound
    ("wnp", "rtfs", result(status="optimal"), "the status is optimal"),
    ("wnp", "rtfs", result(status="optimal", termination="proved"), "the status is optimal"),
    ("wnp", "rtfs", result(status="unknown"), "the status is unknown"),
    ("wnp", "rtfs", result(status="infeasible"), "the status is infeasible"),
    ("wnp", "rtfs", result(termination="proved"), "the termination is proved, the status feasible"),
    ("wnp", "rtfs", result(termination="error"), "the termination is error, the failure none"),
    ("wnp", "rtfs", result(termination="magic"), "which nothing ends with"),
    ("wnp", "rtfs", result(gap=0.0), "the gap is"),
    ("wnp", "rtfs", result(gap=None), "the gap is"),
    ("wnp", "milp", result(gap=1e-6), "the gap is 0, the record says"),
    ("wnp", "milp", result(status="feasible", termination="heuristic"), "make it optimal"),
    ("intradp", "milp", result(gap=2e-9), "the gap is"),
    ("wnp", "rtfs", result(sense="max"), "the sense is min, the record says max"),
    ("slide", "greedy", result(sense="min"), "the sense is max, the record says min"),
    # value and bound
    ("wnp", "rtfs", shift(objective=1), "the value is"),
    ("wnp", "rtfs", shift(objective=1e-7), "is no integer"),
    ("wnp", "milp", shift(objective=-1, bound=-1), "the value is"),
    ("wnp", "milp", shift(bound=-0.5), "is no integer"),
    ("wnp", "milp", shift(bound=1), "is contradicted by the value"),
    (
        "intradp",
        "layer-cut",
        lambda d: d["result"].update(objective=d["result"]["objective"] * (1 + 1e-6)),
        "the value",
    ),
    ("wnp", "rtfs", result(bound=None, bound_by=None, gap=None), ""),  # see below
    ("wnp", "rtfs", result(bound=None, gap=None), "a source without a bound"),
    ("wnp", "rtfs", result(bound_by=None), "a bound without a source"),
    ("wnp", "rtfs", result(found_by=None), "but not a finder"),
    ("wnp", "rtfs", result(verified=False), "but not a verified value"),
    ("wnp", "rtfs", result(objective=None, gap=None), "but not a value"),
    ("wnp", "rtfs", lambda data: data.update(solution=None), "but not a solution"),
    ("wnp", "rtfs", result(violations=[{"rule": "core", "where": "x", "amount": 1.0}]), "violated rules"),
    # how it ended
    ("wnp", "rtfs", lambda data: data.update(failure="crash"), "the failure crash"),
    ("wnp", "abort", lambda data: data.update(failure=None), "the failure none"),
    ("wnp", "rtfs", result(runtime_s=-1.0), "runtime_s is -1"),
    ("wnp", "rtfs", result(build_s=-0.5), "build_s is -0.5"),
    ("wnp", "rtfs", result(runtime_s=None), "runtime_s is not known"),
    ("wnp", "rtfs", result(warm_start="tepid"), "the warm start is tepid"),
    ("wnp", "rtfs", asked(time_limit_s=-5.0), "the time limit is -5 s"),
    ("wnp", "rtfs", lambda data: data.update(finished="2026-13-41T25:61:00"), "which is no time"),
    (None, "rtfs", result(objective=3.0), "there is no instance"),
    (None, "rtfs", lambda data: data.update(failure=None), "there is no instance, and the run did not fail"),
    # the trace
    ("wnp", "rtfs", trace(), "the trace ends with not known"),
    ("wnp", "rtfs", trace((0.2, 1e9, 1.0), (0.1, 1e8, 1.0)), "the trace goes back at point 2"),
    ("wnp", "rtfs", trace((0.1, 10.0, 1.0), (0.2, 11.0, 1.0)), "the trace goes back at point 2"),
    ("wnp", "rtfs", trace((0.1, 1e9, 2.0), (0.2, 1e8, 1.0)), "the trace goes back at point 2"),
    ("wnp", "rtfs", trace((0.1, 10.0, 1.0), (0.2, None, 1.0)), "the trace goes back at point 2"),
    ("wnp", "rtfs", trace((-0.1, 1.0, 1.0)), "the trace goes back at point 1"),
    ("wnp", "rtfs", trace((0.1, 1e9, 1e9)), "the trace ends with 1000000000"),
    ("wnp", "milp", trace((0.1, 1.0, 1e9)), "of the trace is contradicted by"),
    # the key
    ("wnp", "rtfs", result(method="auto"), "the result is that of another run"),
    ("wnp", "rtfs", result(seed=7), "the result is that of another run"),
    ("wnp", "rtfs", result(instance_hash="0" * 64), "the result is that of another run"),
    ("wnp", "rtfs", asked(instance_hash="0" * 64), "no such file"),
    ("wnp", "rtfs", result(family="slide"), "the family is wnp, the record says slide"),
    ("wnp", "rtfs", result(family="tsp"), "found 'tsp'; the families are"),
    ("wnp", "rtfs", lambda data: data.update(solution="0" * 64), "no such file"),
    ("wnp", "rtfs", lambda data: data.update(integral=False), "the objective is an integer"),
]


@pytest.mark.parametrize(("family", "method", "edit", "words"), [row for row in CHANGES if row[3]])
def test_a_changed_record_is_found_out(out: Path, family: str | None, method: str, edit: Change, words: str) -> None:
    change(out, family, method, edit)
    (found,) = told(out)
    assert words in found


def test_a_run_may_know_less_than_another(out: Path) -> None:
    """A record without a bound is weaker, not wrong."""
    change(out, "wnp", "rtfs", result(bound=None, bound_by=None, gap=None))
    assert told(out) == []


def test_runs_of_one_instance_are_compared(out: Path) -> None:
    """A record that agrees with itself and is beaten by a verified solution of another one."""

    def deny(data: Data) -> None:
        data["result"].update(
            status="infeasible", termination="proved", objective=None, bound=None, gap=None, found_by=None,
            bound_by=None, verified=False, trace=[],
        )  # fmt: skip
        data["solution"] = None

    change(out, "wnp", "rtfs", deny)
    (found,) = told(out)
    assert "the status is infeasible, contradicted by the value" in found

    def boast(data: Data) -> None:
        deny(data)
        data["result"].update(status="unknown", termination="time_limit", bound=1e9, bound_by="x",
                              trace=[{"time_s": 0.0, "objective": None, "bound": 1e9}])  # fmt: skip

    change(out, "wnp", "rtfs", boast)
    (found,) = told(out)
    assert "the bound 1000000000 is contradicted by the value" in found


def swap(folder: Path) -> None:
    """Give a file of wnp the content of another one."""
    first, second, *_ = sorted(f for f in folder.iterdir() if json.loads(f.read_text())["kind"].startswith("wnp"))
    first.write_bytes(second.read_bytes())


@pytest.mark.parametrize(
    ("folder", "damage", "words"),
    [
        ("solutions", swap, "the solution is not the one that was stored"),
        ("instances", swap, "the instance is not the one that was solved"),
        ("solutions", lambda f: min(f.iterdir()).write_text("{"), "is not JSON"),
        ("solutions", lambda f: min(f.iterdir()).unlink(), "no such file"),
        ("instances", lambda f: min(f.iterdir()).unlink(), "no such file"),
        ("instances", lambda f: min(f.iterdir()).write_bytes(b"\xff\xfe"), "is not UTF-8"),
        ("instances", lambda f: min(f.iterdir()).write_text('{"kind": ' + "[" * 100_000), "nested too deeply"),
    ],
)
def test_a_changed_file_is_found_out(out: Path, folder: str, damage: Callable[[Path], object], words: str) -> None:
    damage(out / folder)
    assert words in " ".join(told(out))


def test_exit_codes_and_what_is_printed(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", "--store", str(out)]) == 0
    assert (
        "30 solutions verified: 30 accepted, 0 violated, 0 unreadable; records checked: 54" in capsys.readouterr().out
    )
    change(out, "wnp", "rtfs", result(status="optimal"))
    assert main(["verify", "--store", str(out)]) == 1
    assert "w1.json rtfs seed 0: the status is optimal" in capsys.readouterr().out
    change(out, "slide", "greedy", lambda data: data.update(solution="0" * 64))
    assert main(["verify", "--store", str(out), "--json"]) == 2
    shown = json.loads(capsys.readouterr().out)
    assert (shown["runs"], shown["checked"], len(shown["violated"]), len(shown["unreadable"])) == (54, 30, 1, 1)


@pytest.mark.parametrize("name", ["../../x", "/etc/passwd", "a" * 63, "A" * 64, "a" * 64 + "\n", "", "a" * 64 + "/.."])
def test_what_is_no_hash_never_becomes_a_path(out: Path, name: str) -> None:
    from wnpopt.core.errors import InputError

    edits = [lambda d: d.update(solution=name), asked(instance_hash=name)]
    edits += [result(family=name)] if "/" in name else []
    for edit in edits:
        change(out, "wnp", "rtfs", edit)
        with pytest.warns(DamageWarning, match="is no record"):
            assert len(Store(out).latest()) < 54
        shutil.rmtree(out)
        shutil.copytree(FROZEN, out)
    for path in (Store(out).instance_path, Store(out).solution_path):
        with pytest.raises(InputError, match="64 hexadecimal digits are needed"):
            path(name)
