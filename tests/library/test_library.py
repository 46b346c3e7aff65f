"""scripts/library.py and scripts/archive.py: what is better is taken in, nothing becomes worse; one archive."""

from __future__ import annotations

import hashlib
import json
import re
import runpy
import shutil
import subprocess
import sys
import zipfile
from argparse import Namespace
from pathlib import Path

import pytest

from wnpopt.bench.index.row import IndexRow, read_index, write_index

ROOT = Path(__file__).resolve().parents[2]
TINY = Path("wnp/tiny/tiny-00.json")
OPTIMUM, WORSE = 26, 40
LIBRARY = runpy.run_path(str(ROOT / "scripts" / "library.py"))
RESULTS = runpy.run_path(str(ROOT / "scripts" / "results.py"))
ARCHIVE = runpy.run_path(str(ROOT / "scripts" / "archive.py"))


def test_the_page_says_what_is_open() -> None:
    page = (ROOT / "docs" / "library.md").read_text(encoding="utf-8")
    assert LIBRARY["BEGIN"] + LIBRARY["table"]() + LIBRARY["END"] in page


def test_the_page_of_results_is_what_the_stores_say() -> None:
    made = RESULTS["page"]()
    assert (ROOT / "docs" / "results.md").read_text(encoding="utf-8") == made
    for store in (ROOT / "docs" / "results").iterdir():
        machine = json.loads((store / "machine.json").read_text(encoding="utf-8"))
        assert {"cpu", "cores", "python", "commit", "date"} <= set(machine)
        assert f"## {store.name}\n" in made


@pytest.fixture
def library(tmp_path: Path) -> Path:
    """A library of one instance whose best known value is worse than the optimum."""
    for folder in (tmp_path, tmp_path / "solutions"):
        (folder / TINY).parent.mkdir(parents=True)
    shutil.copy(ROOT / "instances" / TINY, tmp_path / TINY)
    (tmp_path / "solutions" / TINY).write_text(json.dumps(later(WORSE - OPTIMUM)))
    write_index(tmp_path / "wnp/tiny/index.json", [IndexRow("tiny-00.json", WORSE, OPTIMUM, False, "somehow")])
    return tmp_path


def later(by: int) -> dict[str, object]:
    """The stored plan of the optimum with every start later: it takes that much longer."""
    plan = json.loads((ROOT / "instances" / "solutions" / TINY).read_text())
    return {**plan, "start": {name: start + by for name, start in plan["start"].items()}}


def submit(library: Path, solution: Path) -> int:
    return int(LIBRARY["submit"](Namespace(instance=library / TINY, solution=solution, method="by hand")))


def test_a_better_solution_is_taken_in(library: Path, capsys: pytest.CaptureFixture[str]) -> None:
    best = ROOT / "instances" / "solutions" / TINY
    assert submit(library, best) == 0
    (row,) = read_index(library / "wnp/tiny/index.json")
    assert (row.best, row.bound, row.proved, row.method, row.how) == (OPTIMUM, OPTIMUM, True, "by hand", "somehow")
    assert row.version is not None
    assert row.date is not None
    assert json.loads((library / "solutions" / TINY).read_text()) == json.loads(best.read_text())
    before = (library / "wnp/tiny/index.json").read_bytes()
    assert submit(library, best) == 1
    assert "as good as the library's 26: nothing is changed" in capsys.readouterr().out
    assert (library / "wnp/tiny/index.json").read_bytes() == before


def test_a_worse_or_a_wrong_one_is_not(library: Path, capsys: pytest.CaptureFixture[str]) -> None:
    kept = (library / "solutions" / TINY).read_text()
    mine = library / "mine.json"
    mine.write_text(json.dumps(later(100)))
    assert submit(library, mine) == 1
    assert "worse than the library's 40" in capsys.readouterr().out
    mine.write_text(json.dumps({**later(0), "start": dict.fromkeys(json.loads(kept)["start"], 0)}))
    with pytest.raises(SystemExit, match=r"rejected by instances/check\.py"):
        submit(library, mine)
    assert (library / "solutions" / TINY).read_text() == kept
    assert read_index(library / "wnp/tiny/index.json") == (IndexRow("tiny-00.json", WORSE, OPTIMUM, False, "somehow"),)


def test_a_value_without_a_solution_makes_way_for_one_that_has_it(library: Path) -> None:
    """Nobody can check the former."""
    (library / "solutions" / TINY).unlink()
    mine = library / "mine.json"
    mine.write_text(json.dumps(later(100)))
    assert submit(library, mine) == 0
    (row,) = read_index(library / "wnp/tiny/index.json")
    assert (row.best, row.bound, row.proved, row.method) == (OPTIMUM + 100, OPTIMUM, False, "by hand")
    assert json.loads((library / "solutions" / TINY).read_text()) == later(100)


def test_every_value_of_the_library_has_its_solution() -> None:
    for index in sorted((ROOT / "instances").glob("*/*/index.json")):
        if index.parents[1].name in ("graphs", "solutions"):
            continue
        kept = ROOT / "instances" / "solutions" / index.parents[1].name / index.parent.name
        rows = read_index(index)
        assert rows, index
        lacking = [row.file for row in rows if row.method is None or not (kept / row.file).exists()]
        assert lacking == [], index


def test_a_solution_that_beats_a_bound_is_an_error(library: Path) -> None:
    write_index(library / "wnp/tiny/index.json", [IndexRow("tiny-00.json", 40, 30, False, "wrongly")])
    with pytest.raises(SystemExit, match="26 beats the index's bound 30: one of the two is wrong"):
        submit(library, ROOT / "instances" / "solutions" / TINY)


def test_the_archive_is_the_same_twice_and_whole(tmp_path: Path) -> None:
    first, second = ARCHIVE["archive"](tmp_path / "a"), ARCHIVE["archive"](tmp_path / "b")
    assert first.read_bytes() == second.read_bytes()
    with zipfile.ZipFile(first) as made:
        names = made.namelist()
        assert names == sorted(names)
        sums = made.read(f"{first.stem}/SHA256SUMS").decode().splitlines()
        for line in sums:
            digest, _, name = line.partition("  ")
            assert hashlib.sha256(made.read(f"{first.stem}/{name}")).hexdigest() == digest
        told = json.loads(made.read(f"{first.stem}/.zenodo.json"))
        made.extractall(tmp_path / "c")
    assert len(sums) == len(names) - 1
    assert {f"{first.stem}/{name}" for name in ("README.md", "LICENSE", "CITATION.cff", "check.py")} <= set(names)
    assert told["version"] in first.name
    assert told["creators"]
    assert [entry["scheme"] for entry in told["related_identifiers"]] == ["arxiv", "arxiv", "arxiv", "url"]
    folder = tmp_path / "c" / first.stem
    command = [sys.executable, "-I", str(folder / "check.py"), str(folder / TINY), str(folder / "solutions" / TINY)]
    assert subprocess.run(command, capture_output=True, check=False).returncode == 0


def test_the_example_of_the_page_runs(capsys: pytest.CaptureFixture[str]) -> None:
    (code,) = re.findall(r"```python\n(.*?)```", (ROOT / "docs/library.md").read_text(encoding="utf-8"), re.DOTALL)
    exec(compile(code, "docs/library.md", "exec", dont_inherit=True), {})
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == ["wnp/tiny-00", "wnp/tiny-01", "wnp/tiny-02"]
    assert all(line.endswith(" True") for line in lines)
