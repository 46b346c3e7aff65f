"""What ``wnpopt bench DIR`` prints and writes."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from tests.bench.record_factory import record
from wnpopt.bench.analysis.analysis import analyse
from wnpopt.bench.analysis.profile import target_of
from wnpopt.bench.analysis.table import Column, Table, to_latex
from wnpopt.bench.store.record import Failure, Record
from wnpopt.bench.store.store import Store, write_records
from wnpopt.cli.bench.tables import show
from wnpopt.core.bound import Sense
from wnpopt.core.errors import InputError

SENSES: dict[str, Sense] = {"wnp": "min", "slide": "max"}


def some() -> list[Record]:
    return [
        record(f"{family}-{i}", method, seed, objective=10.0 + i, bound=bound, time=1.0 + i + seed,
               family=family, sense=sense, file=f"mine/{family}/small/{family}-{i}.json")
        for family, sense in SENSES.items()
        for i in range(3)
        for method, bound in (("a-heuristic-with-a-rather-long-name", None), ("exact", 10.0 + i))
        for seed in (0, 1)
    ]  # fmt: skip


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("COLUMNS", raising=False)
    return Store.create(tmp_path / "store")


def filled(store: Store, *more: Record) -> Path:
    write_records(store, [*some(), *more])
    return store.path


def test_the_terminal_shows_every_view_in_100_columns(
    store: Store, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    failed = record("wnp-0", "exact", 2, failure=Failure.TIMEOUT, time=None, message="killed [after] 70 s " * 9)
    assert show(filled(store, failed)) == 0
    out, err = capsys.readouterr()
    lines = [line.rstrip() for line in out.splitlines()]
    assert max(map(len, lines)) <= 100
    titles = ("Time", "Quality", "Failures", "Spread over seeds", "Failed runs",
              "Performance profile: wnp: time until proved", "Performance profile: slide: value found")  # fmt: skip
    assert [title for title in titles if title not in lines] == []
    assert "[after]" in out
    assert "…" not in out
    assert "Instances of wnp: 3 of 3 are proved" in lines
    for heading in ("mean time", "mean gap", "unsolved", "timeout", "worst", "solved"):
        assert all(word in out for word in heading.split()), heading
    assert err == ""


def test_a_cut_line_is_told_once(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    path = filled(store)
    (path / "runs" / "zz.jsonl").write_bytes(b'{"key": {"instance')
    assert show(path, update_index=True) == 0
    err = capsys.readouterr().err.splitlines()
    assert len(err) == 1
    assert err[0].startswith("wnpopt: warning: ")
    assert "is cut" in err[0]


def test_contradictions_come_last_and_on_stderr(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    path = filled(store, record("bad", "x", objective=9, bound=9), record("bad", "y", objective=5))
    assert show(path) == 0
    out, err = capsys.readouterr()
    assert any(line.startswith("CONTRADICTION in suite, bad: ") for line in out.splitlines()[-2:])
    assert "1 instance(s) with answers that contradict each other" in err


def test_json_is_one_object_with_everything(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    path = filled(store, record("bad", "x", objective=9, bound=9), record("bad", "y", objective=5))
    assert show(path, json=True, update_index=True, profile_target="0.1") == 0
    data = json.loads(capsys.readouterr().out)
    assert data["runs"] == 26
    assert set(data["tables"]) == {
        "gaps", "contradictions", "failures", "seeds", "instances-slide", "instances-wnp",
    }  # fmt: skip
    assert data["tables"]["contradictions"]["rows"][0]["instance"] == "bad"
    row = next(r for r in data["tables"]["gaps"]["rows"] if r["label"] == "exact" and r["suite"] == "wnp/small")
    assert (row["runs"], row["proved"], row["gap_worst"]) == (6, 1.0, 0.0)
    assert [p["name"] for p in data["profiles"]] == [
        "profile-within-0.1-slide", "profile-quality-slide", "profile-within-0.1-wnp", "profile-quality-wnp",
    ]  # fmt: skip
    assert data["profiles"][0]["curves"][1]["shares"] == [1.0]
    assert data["index_changes"] == []


def test_files_of_every_table(store: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "deep" / "tables"
    assert show(filled(store), out=out) == 0
    names = {path.name for path in out.iterdir()}
    assert {
        "gaps.csv",
        "gaps.tex",
        "gaps-time.tex",
        "gaps-quality.tex",
        "gaps-failures.tex",
        "failures.csv",
        "instances-wnp.csv",
        "profile-proved-wnp.tex",
    } <= names
    assert "profile-proved-wnp-steps.csv" in names
    with (out / "gaps.csv").open() as stream:
        rows = list(csv.DictReader(stream))
    assert [row["label"] for row in rows if row["suite"] == "wnp/small"] == [
        "a-heuristic-with-a-rather-long-name", "exact",
    ]  # fmt: skip
    assert f"{len(names)} files" in capsys.readouterr().out
    first = {path.name: path.read_bytes() for path in out.iterdir()}
    show(store.path, out=out, formats=("csv",))
    assert {path.name: path.read_bytes() for path in out.iterdir()} == first


def test_formats_are_chosen(store: Store, tmp_path: Path) -> None:
    analyse(filled(store)).write(tmp_path / "t", ["latex"])
    assert {path.suffix for path in (tmp_path / "t").iterdir()} == {".tex"}
    with pytest.raises(InputError, match="the formats are csv and latex"):
        show(store.path, out=tmp_path / "x", formats=("xlsx",))
    with pytest.raises(InputError, match="the formats are"):
        show(store.path, formats=())


def test_latex_that_compiles(store: Store) -> None:
    columns = (Column("a", "≤ 2x", "percent"), Column("b", "name"))
    text = to_latex(Table("t", "two\nlines", columns, ((0.5, "a_1\n\n& 10 %"), (None, "{}"), (1.0, "[x] * <y>"))))
    assert text.splitlines() == [
        "% two\\nlines",
        r"\begin{tabular}{rl}",
        r"\toprule",
        r"$\leq$ 2x & name \\",
        r"\midrule",
        r"50.00 \% & a\_1\textbackslash{}n\textbackslash{}n\& 10 \% \\",
        r"- & \{\} \\",
        r"100.00 \% & {[}x] {*} \textless{}y\textgreater{} \\",
        r"\bottomrule",
        r"\end{tabular}",
    ]
    assert all(to_latex(table).isascii() for table in analyse(filled(store)).all_tables())


def test_titles_are_not_folded(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    write_records(store, [record("a", "m", objective=1, bound=1)])
    assert show(store.path, profile_target=0.01) == 0
    lines = [line.rstrip() for line in capsys.readouterr().out.splitlines()]
    assert "Performance profile: wnp: time until within 1 % of the best known" in lines
    assert "Over 1 problem (an instance with a seed)." in lines


def test_a_folder_that_cannot_be_made(store: Store, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="cannot be made"):
        show(filled(store), out=tmp_path / "file" / "x")


def test_tables_that_cannot_be_written_are_printed_all_the_same(
    store: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = filled(store)
    assert show(path) == 0
    printed = capsys.readouterr().out
    (tmp_path / "out" / "gaps.csv").mkdir(parents=True)
    (tmp_path / "out" / "gaps.csv" / "taken").write_text("")
    assert show(path, out=tmp_path / "out") == 3
    told = capsys.readouterr()
    assert told.out == printed
    assert told.err.count("\n") == 1
    assert "gaps.csv: cannot be written" in told.err


def test_methods_that_are_not_compared_are_named(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    path = filled(store, record("wnp-0", "rare", objective=10))
    assert show(path) == 0
    assert "Profiles of wnp leave out rare" in capsys.readouterr().out
    assert show(path, json=True) == 0
    assert json.loads(capsys.readouterr().out)["not_compared"] == {"wnp": ["rare"]}


def test_an_empty_store(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    assert show(store.path) == 0
    assert capsys.readouterr().out == "no run is stored here yet\n"


def test_no_store(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such directory"):
        show(tmp_path / "nowhere")


@pytest.mark.parametrize("text", ["-1", "nan", "inf", "soon", ""])
def test_a_bad_target_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="--profile-target: found"):
        target_of(text, "--profile-target")


def test_targets() -> None:
    assert target_of("proved") == "proved"
    assert target_of("0.01") == target_of(0.01) == 0.01


def test_index_changes_are_printed(store: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    suite = tmp_path / "suite"
    suite.mkdir()
    (suite / "index.json").write_text("{}")
    path = filled(store, record("a", objective=3, file=str(suite / "a.json")))
    assert show(path, update_index=True) == 0
    out = capsys.readouterr().out
    assert f"{suite / 'index.json'}: skipped: its form is not known" in out
    assert "nothing to gain" in out


def test_long_tables_are_cut_in_the_terminal_only(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    write_records(store, [record(f"i{n:02}", objective=100, bound=100 - n) for n in range(30)])
    write_records(store, [record("impossible", status="infeasible"), record("hard")])
    assert show(store.path) == 0
    out = capsys.readouterr().out
    assert "Instances of wnp without a proof, the largest gaps" in out
    assert "10 more; --out DIR writes all of them" in out
    assert "Instances of wnp: 2 of 32 are proved" in out
    shown = {line.split()[0] for line in out.splitlines() if line.strip()}
    assert {"hard", "i29", "i11"} <= shown
    assert not {"impossible", "i10", "i05", "i00"} & shown
