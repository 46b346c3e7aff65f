"""``wnpopt sweep``: the grid, the points, the table, and that nothing is run twice."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

import wnpopt
from wnpopt.bench.analysis.table import Column, Table, to_markdown
from wnpopt.bench.sweep.axes import Axis
from wnpopt.bench.sweep.points import points, write_points
from wnpopt.cli.main import main
from wnpopt.core import registry
from wnpopt.core.document import Instance
from wnpopt.core.errors import InputError


@pytest.fixture(scope="module")
def instance() -> Instance:
    case = registry.family("intradp").doctor
    assert case is not None
    made: Instance = registry.family("intradp").instance_type.from_data(dict(case.instance))
    return made


@pytest.mark.parametrize(
    ("text", "field", "values"),
    [
        ("a.b=1,2.5,4", "a.b", (1, 2.5, 4)),
        ("a=1:5:3", "a", (1, 3, 5)),
        ("a=1:4:3", "a", (1, 2.5, 4)),
        ("a=1.0:5:3", "a", (1.0, 3.0, 5.0)),
        ("a=1e6:16e6:5:log", "a", (1e6, 2e6, 4e6, 8e6, 16e6)),
        ("a=5:5:1", "a", (5,)),
        ("transfers=any,small", "transfers", ("any", "small")),
        ("deadline_s=null,0.5", "deadline_s", (None, 0.5)),
        ("a=2,2,3", "a", (2, 3)),
        ("users[*].deadline_s=0.1", "users[*].deadline_s", (0.1,)),
    ],
)
def test_grids(text: str, field: str, values: tuple[object, ...]) -> None:
    axis = Axis.parse(text)
    assert (axis.field, axis.values) == (field, values)
    assert [type(value) for value in axis.values] == [type(value) for value in values]


@pytest.mark.parametrize(
    "text", ["a", "=1", "a=", "a=1:2", "a=1:2:x", "a=1:2:0", "a=0:2:3:log", "a=1:inf:3", "a=1:2:3:4"]
)
def test_grids_that_are_none(text: str) -> None:
    with pytest.raises(InputError, match="needed"):
        Axis.parse(text)


def test_every_combination_is_a_point(instance: Instance, tmp_path: Path) -> None:
    axes = [Axis.parse("link.uplink_bytes_per_s=1e6,2e6"), Axis.parse("link.latency_s=0,0.01,0.02")]
    made = points(instance, axes)
    assert [point.values for point in made] == [(a, b) for a in (1e6, 2e6) for b in (0, 0.01, 0.02)]
    for point in made:
        link = point.instance.link  # type: ignore[attr-defined]
        assert (link.uplink_bytes_per_s, link.latency_s) == point.values
    files = write_points(made, tmp_path)
    assert [wnpopt.load(file) for file in files] == [point.instance for point in made]


@pytest.mark.parametrize(
    ("grids", "what"),
    [
        (["link.uplink_byte_per_s=1,2"], 'did you mean "uplink_bytes_per_s"'),
        (["link.latency_s=-1"], "at least 0"),
        (["deadline_s=1", "deadline_s=2"], "given twice"),
        (["deadline_s=1:2:1000", "link.latency_s=1:2:1000"], "1000000 points"),
    ],
)
def test_axes_that_do_not_fit(instance: Instance, grids: list[str], what: str) -> None:
    with pytest.raises(InputError, match=what) as refused:
        points(instance, [Axis.parse(grid) for grid in grids])
    assert refused.value.where.startswith("--set")


def test_a_sweep_goes_on_where_it_was(instance: Instance, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file, out = tmp_path / "i.json", tmp_path / "out"
    wnpopt.save(instance, file)
    rates = "link.uplink_bytes_per_s=1e5,1e6"
    command = ["sweep", str(file), "--methods", "device-only,layer-cut", "-o", str(out), "--workers", "1", "--json"]
    assert main([*command, "--set", rates]) == 0
    first = json.loads(capsys.readouterr().out)
    assert [(row["link.uplink_bytes_per_s"], row["method"]) for row in first["rows"]] == [
        (rate, method) for rate in (1e5, 1e6) for method in ("device-only", "layer-cut")
    ]
    for row in first["rows"]:
        posed = instance.replace({"link.uplink_bytes_per_s": row["link.uplink_bytes_per_s"]})
        assert row["objective"] == wnpopt.solve(posed, row["method"]).objective
    journals = {path: path.read_bytes() for path in (out / "runs").rglob("*") if path.is_file()}
    assert main([*command, "--set", rates]) == 0
    again = json.loads(capsys.readouterr().out)
    assert again == first
    assert journals == {path: path.read_bytes() for path in journals}
    with (out / "sweep.csv").open() as stream:
        rows = list(csv.DictReader(stream))
    assert [float(row["objective"]) for row in rows] == [row["objective"] for row in first["rows"]]
    assert len((out / "sweep.md").read_text().splitlines()) == 4 + len(rows)
    for ending in ("svg", "pdf", "png"):
        assert (out / f"sweep.{ending}").stat().st_size > 1000
    assert main([*command, "--set", f"{rates},1e7"]) == 0
    assert len(json.loads(capsys.readouterr().out)["rows"]) == 6


def test_markdown_of_names_that_act() -> None:
    table = Table("t", "a|b", (Column("x", "<i>x</i>"), Column("n", "n", "number")), (("`c` | d\n", 2.0),))
    assert to_markdown(table).splitlines() == [
        r"**a\|b**", "", r"| \<i\>x\</i\> | n |", "| --- | ---: |", r"| \`c\` \| d\\n | 2 |"
    ]  # fmt: skip
