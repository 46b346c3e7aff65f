"""Standard task graphs and measured profiles."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from wnpopt.core.errors import InputError
from wnpopt.domain.chip.measured import MeasuredTimes
from wnpopt.domain.files.profile import read_profile
from wnpopt.domain.files.stg import read_stg
from wnpopt.domain.network.graph import Graph
from wnpopt.domain.network.taskgraph import Task

PLAIN = """
          4
          0          0          0
          1         20          1          0
          2          3          1          0
          3          4          2          1          2
          4          9          1          1
          5          0          2          3          4
# Standard Task Graph Set Project
#   Tasks             : 4 (+dummy tasks : 2)
"""

COSTLY = """
 4
 0 0 0
 1 20 1
   0 0
 2 3 1
   0 0
 3 4 2
   1 7
   2 5
 4 9 1  1 11
 5 0 2  3 0  4 0
"""

PROTOTYPE = """
     4     3
     1    20     0
     2     3     0
     3     4     2     1     2
     4     9     1     1
     5     0     2     3     4
"""


def written(folder: Path, text: str | bytes, name: str = "g.stg") -> Path:
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def test_the_last_dummy_may_be_missing(tmp_path: Path) -> None:
    lines = PLAIN.splitlines()
    without = "\n".join(line for line in lines if not line.startswith("          5 "))
    assert without != PLAIN
    assert read_stg(written(tmp_path, without)) == read_stg(written(tmp_path, PLAIN))


@pytest.mark.parametrize(("text", "costs"), [(PLAIN, (0, 0, 0)), (COSTLY, (7, 11, 5)), (PROTOTYPE, (0, 0, 0))])
def test_all_forms_give_the_same_graph(tmp_path: Path, text: str, costs: tuple[int, ...]) -> None:
    graph = read_stg(written(tmp_path, text))
    assert graph.tasks == (Task("1", 20), Task("2", 3), Task("3", 4), Task("4", 9))
    assert graph.edges == ((0, 2, costs[0]), (0, 3, costs[1]), (1, 2, costs[2]))
    assert graph.work == 36
    assert graph.critical_path == 29


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", ("empty",)),
        ("# only a remark\n", ("empty",)),
        ("1 2 3\n", ("line 1",)),
        (b"\xff\xfe", ("ASCII",)),
        ("two\n", ("'two'",)),
        ("99999999999999999\n", ("2^53",)),
        ("2\n0 0 0\n1 5 1 0\n", ("task 2", "ends")),
        ("2\n0 0 0\n1 5 1 0\n2 5\n", ("task 2", "ends")),
        ("1\n0 0 0\n7 5 1 0\n2 0 1 1\n", ("task 1", "7")),
        ("1\n0 0 0\n1 5 9 0\n", ("task 1", "9 predecessors")),
        ("1\n0 0 0\n1 5 1 0\n2 0 1 1\n9 9 9\n", ("task 2", "behind")),
        ("1\n0 0 0\n1 -5 1 0\n2 0 1 1\n", ("task 1", "-5")),
        ("1\n0 0 0\n1 5 1 44\n2 0 1 1\n", ("task 1", "44")),
        ("2\n0 0 0\n1 5 2 0 0\n2 5 1 1\n3 0 1 2\n", ("task 1", "twice")),
        ("2\n0 0 0\n1 5 1 2\n2 5 1 1\n3 0 1 2\n", ("cycle",)),
        ("0\n0 0 0\n1 0 1 0\n", ("no task",)),
    ],
)
def test_wrong_task_graphs_are_refused(tmp_path: Path, text: str | bytes, words: tuple[str, ...]) -> None:
    path = written(tmp_path, text)
    with pytest.raises(InputError) as caught:
        read_stg(path)
    for word in (str(path), *words):
        assert word in str(caught.value), str(caught.value)


def test_the_published_graphs_have_their_published_lengths() -> None:
    """Each file says its own critical path and number of edges."""
    folder = Path(__file__).parents[3] / "shared/data/stg"
    files = sorted(folder.glob("*/*.stg"))
    if not files:
        pytest.skip("the Standard Task Graph Set lies outside the repository and is absent here")
    for file in files:
        said = {
            line.split(":")[0].strip("# ").strip(): line.split(":")[1].split()[0]
            for line in file.read_text().splitlines()
            if line.startswith("#") and ":" in line and line.split(":")[1].split()
        }
        graph = read_stg(file)
        assert len(graph.tasks) == int(said["Tasks"])
        assert len(graph.edges) == int(said["Edges"])
        assert graph.critical_path == int(said["CP Length"])


def profile_json(rows: list[dict[str, object]]) -> str:
    return json.dumps({"kind": "profile", "schema_version": 1, "name": "p", "rows": rows})


def test_a_profile_in_both_forms(tmp_path: Path) -> None:
    text = 'core,operator,time_ms\ngpu,conv,1.5\nnpu,conv,\ngpu,"odd, name",0\n'
    table = read_profile(written(tmp_path, text, "p.csv"))
    rows = [
        {"operator": "conv", "core": "gpu", "time_s": 0.0015},
        {"operator": "conv", "core": "npu", "time_s": None},
        {"operator": "odd, name", "core": "gpu", "time_s": 0},
    ]
    assert read_profile(written(tmp_path, profile_json(rows), "p.json")) == table
    assert table.cores == ("gpu", "npu")
    assert table.operators == ("conv", "odd, name")
    assert table.seconds == ((0.0015, None), (0.0, None))


def test_a_profile_of_a_real_network(tmp_path: Path, light: Callable[[str], Graph]) -> None:
    graph = light("vgg19")
    path = tmp_path / "vgg.csv"
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(["operator", "core", "time_us"])
        for i, operator in enumerate(graph.operators):
            if not operator.is_view:
                writer.writerow([operator.name, "gpu", i + 1])
    times = read_profile(path).of_graph(graph)
    assert len(times) == len(graph.operators)
    assert times[0] == (1e-6,)
    assert {times[i] for i, operator in enumerate(graph.operators) if operator.is_view} == {(0.0,)}
    with pytest.raises(InputError, match="no time for the operator"):
        MeasuredTimes.of("p", [("other", "gpu", 1.0)]).of_graph(graph)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", ("empty",)),
        ("operator,core\nconv,gpu\n", ("line 1", "time_s")),
        ("operator,core,time_s,time_ms\nconv,gpu,1,1\n", ("line 1",)),
        ("operator,core,time_s\n", ("at least one",)),
        ("operator\tcore\ttime_s\nconv\tgpu\t1\n", ("row 1", "separated by tabs; commas")),
        ("operator,core,time_s\nconv,gpu\n", ("rows[0]", "2 cells")),
        ("operator,core,time_s\nconv,gpu,fast\n", ("rows[0].time_s", "'fast'")),
        ("operator,core,time_s\nconv,gpu,nan\n", ("rows[0].time_s",)),
        ("operator,core,time_s\nconv,gpu,1e999\n", ("rows[0].time_s",)),
        ("operator,core,time_s\nconv,gpu,-1\n", ("rows[0].time_s",)),
        ("operator,core,time_s\n,gpu,1\n", ("rows[0].operator",)),
        ("operator,core,time_s\nconv,gpu,1\nconv,gpu,2\n", ("rows[1]", "twice")),
        ("operator,core,time_s\nconv,gpu,\n", ("no core",)),
        ('operator,core,time_s\n"conv,gpu,1\n', ("CSV",)),
        (b"operator,core,time_s\n\xff,gpu,1\n", ("UTF-8",)),
    ],
)
def test_wrong_tables_are_refused(tmp_path: Path, text: str | bytes, words: tuple[str, ...]) -> None:
    path = written(tmp_path, text, "p.csv")
    with pytest.raises(InputError) as caught:
        read_profile(path)
    for word in (str(path), *words):
        assert word in str(caught.value), str(caught.value)


def test_wrong_profiles_are_refused(tmp_path: Path) -> None:
    for rows, where in (
        ([{"operator": "a", "core": "c", "time_s": -1}], "rows[0].time_s"),
        ([{"operator": "a", "core": "c"}], "rows[0].time_s"),
        ([{"operator": "a", "core": "c", "time_s": 1, "x": 1}], "rows[0].x"),
        ([], "rows"),
    ):
        with pytest.raises(InputError) as caught:
            read_profile(written(tmp_path, profile_json(rows), "p.json"))
        assert caught.value.where == where
    for name in ("none.csv", "none.json"):
        with pytest.raises(InputError, match="no such file"):
            read_profile(tmp_path / name)


def test_task_graphs_from_other_editors(tmp_path: Path) -> None:
    """A byte order mark and the line ends of Windows change nothing; NUL is no text."""
    plain = b"2\n0 0 0\n1 5 1 0\n2 5 1 1\n3 0 1 2\n"
    (tmp_path / "g.stg").write_bytes(plain)
    wanted = read_stg(tmp_path / "g.stg")
    for raw in (b"\xef\xbb\xbf" + plain, plain.replace(b"\n", b"\r\n"), b"\xef\xbb\xbf# a remark\r\n" + plain):
        (tmp_path / "g.stg").write_bytes(raw)
        assert read_stg(tmp_path / "g.stg") == wanted
    (tmp_path / "g.stg").write_bytes(plain + b"\0")
    with pytest.raises(InputError, match="byte 32 is NUL"):
        read_stg(tmp_path / "g.stg")


def test_profiles_from_other_editors(tmp_path: Path) -> None:
    plain = "operator,core,time_s\nconv,gpu,1e-3\n"
    path = tmp_path / "p.csv"
    path.write_bytes(plain.encode())
    wanted = read_profile(path)
    for raw in (b"\xef\xbb\xbf" + plain.encode(), plain.replace("\n", "\r\n").encode()):
        path.write_bytes(raw)
        assert read_profile(path) == wanted
    path.write_bytes(plain.encode() + b"\0")
    with pytest.raises(InputError, match="is NUL"):
        read_profile(path)
    for cell in ("1_000", "٣", "0x10", "nan", "infinity", "1e400", "1e", "1 2"):
        path.write_text(plain + f"relu,gpu,{cell}\n", encoding="utf-8")
        with pytest.raises(InputError) as caught:
            read_profile(path)
        assert caught.value.where == "rows[1].time_s"
