"""The page docs/bench.md says what is so."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.bench.record_factory import record
from wnpopt.bench.analysis.analysis import analyse
from wnpopt.bench.analysis.gap import gap_table
from wnpopt.bench.analysis.runs import Runs
from wnpopt.bench.store.record import Failure
from wnpopt.bench.store.store import Store, write_records
from wnpopt.cli.main import main

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "bench.md").read_text()


def filled(path: Path) -> Store:
    store = Store.create(path)
    write_records(store, [
        record("a", "auto", objective=3, bound=3),
        record("a", "fast", objective=4),
        record("a", "fast", 1, objective=3),
        record("b", "fast", failure=Failure.CRASH),
    ])  # fmt: skip
    return store


def test_the_examples_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(tmp_path)
    filled(tmp_path / "results")
    names: dict[str, object] = {}
    for code in re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)[:3]:
        exec(code, names)
    header, auto, fast, factors, steps, *curves = capsys.readouterr().out.splitlines()
    assert header.split() == ["label", "runs", "time_mean_s", "gap_mean", "proved"]
    assert auto.split()[1:3] == ["auto", "1"]
    assert fast.split()[1:3] == ["fast", "3"]
    assert (factors.split(), steps.split()[1:]) == (["factor", "share"], ["1.0", "1.0"])
    assert curves == ["auto 1.0 1 2", "fast 0.0 1 2"]
    assert "tabular" in (tmp_path / "gaps.tex").read_text()
    assert (tmp_path / "tables" / "gaps.csv").is_file()


def test_the_commands_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    filled(tmp_path / "results")
    block = PAGE.split("```")[1].removeprefix("sh\n")
    commands = [line.partition("#")[0].split() for line in block.strip().splitlines()]
    assert commands[0][:2] == ["wnpopt", "batch"]
    for command in commands[1:]:
        assert command[:3] == ["wnpopt", "bench", "results"]
        assert main(command[1:]) == 0


def test_every_column_is_told() -> None:
    for column in gap_table(Runs.of([])).columns[2:]:
        assert f"`{column.key}`" in PAGE or column.key in {f"failed_{kind}" for kind in Failure}, column.key


def test_every_table_is_told(tmp_path: Path) -> None:
    for table in analyse(filled(tmp_path)).all_tables():
        generic = table.name.replace("-wnp", "-<family>")
        assert generic in PAGE or generic.endswith("-steps"), table.name
