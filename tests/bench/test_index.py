"""Index updates: what a store knows better reaches the suites, and nothing that is wrong does."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest

import wnpopt
from tests.bench.record_factory import record
from wnpopt.bench.index.row import IndexRow, References, read_index, write_index
from wnpopt.bench.index.update import Change, update_index
from wnpopt.bench.store.record import Failure, Record, Reference, versions_of
from wnpopt.bench.store.store import Store, write_records
from wnpopt.core.canonical import content_hash
from wnpopt.core.document import Instance
from wnpopt.core.errors import InputError
from wnpopt.core.jsonio import write_json

ROOT = Path(__file__).resolve().parents[2] / "instances"
WNP = ROOT / "wnp" / "tiny" / "tiny-14.json"
OPTIMUM = 134
SLIDE = ROOT / "slide" / "tiny" / "tiny-weights-1102.json"
SERVED = 20.436386873340663
INTRADP = ROOT / "intradp" / "tiny" / "intradp-chain-5x3-s0.json"
LATENCY = 0.103


class Suite:
    """A folder with one instance and an index, and a store of runs on it."""

    def __init__(self, folder: Path, source: Path = WNP) -> None:
        folder.mkdir()
        self.file = folder / source.name
        self.file.write_bytes(source.read_bytes())
        self.index = folder / "index.json"
        self.store = Store.create(folder.parent / "store")
        self.instance: Instance = wnpopt.load(source)
        self.other: IndexRow | None = None

    def rows(self, *rows: IndexRow) -> None:
        write_index(self.index, rows)

    def row(self, best: float | None, bound: float | None, proved: bool = False, how: str = "old") -> IndexRow:
        return IndexRow(self.file.name, best, bound, proved, how, instance_hash=self.instance.instance_hash)

    def run(self, method: str, bound: float | None = None, **changes: object) -> Record:
        """Solve, keep the solution, and store a record of it."""
        result = wnpopt.solve(self.instance, method, time_limit=20, threads=1)
        assert result.solution is not None
        data = result.solution.to_data()
        kept = content_hash(data)
        write_json(self.store.solution_path(kept), data)
        made = record(
            result.instance,
            method,
            objective=result.objective,
            bound=bound,
            file=str(self.file),
            family=result.family,
            sense=result.sense,
            instance_hash=self.instance.instance_hash,
            solution=kept,
            bound_by=None if bound is None else "prover",
        )
        made = msgspec.structs.replace(made, **changes)
        write_records(self.store, [made], label=method)
        return made

    def said(self, **claims: object) -> Record:
        """Store a record with a bound or failure and no solution."""
        made = record(
            self.instance.name,
            "said",
            file=str(self.file),
            family=self.instance.kind,
            instance_hash=self.instance.instance_hash,
            **claims,  # type: ignore[arg-type]
        )
        write_records(self.store, [made], label="said")
        return made

    def update(self, write: bool = True) -> list[Change]:
        return update_index(self.store, write=write)


@pytest.fixture
def suite(tmp_path: Path) -> Suite:
    return Suite(tmp_path / "suite")


def test_a_better_value_and_bound(suite: Suite) -> None:
    suite.rows(suite.row(200, 100), IndexRow("other.json", 7, 6, False, "somehow"))
    suite.run("lbbd", bound=OPTIMUM)
    (change,) = suite.update()
    assert change.action == "better"
    new, other = read_index(suite.index)
    assert new == change.after == suite.row(OPTIMUM, OPTIMUM, True, "lbbd, bound by prover")
    assert other == IndexRow("other.json", 7, 6, False, "somehow")
    assert f"best 200 -> {OPTIMUM}" in str(change)
    assert suite.update() == []


def test_numbers_keep_the_form_of_the_index(suite: Suite) -> None:
    """Whole values stay integers where the index has integers, and the file looks like those that scripts write."""
    suite.rows(suite.row(200, 100))
    suite.run("lbbd", bound=float(OPTIMUM))
    suite.update()
    row = '"file": "tiny-14.json", "best": 134, "bound": 134, "proved": true, "how": "lbbd, bound by prover"'
    assert suite.index.read_text() == f'[\n {{{row}, "instance_hash": "{suite.instance.instance_hash}"}}\n]\n'


def test_nothing_is_written_unless_asked(suite: Suite) -> None:
    suite.rows(suite.row(200, 100))
    suite.run("lbbd", bound=OPTIMUM)
    before = suite.index.read_bytes()
    assert [change.action for change in suite.update(write=False)] == ["better"]
    assert suite.index.read_bytes() == before


def test_a_new_row(suite: Suite) -> None:
    suite.rows(IndexRow("other.json", 7, 6, False, "somehow"))
    suite.run("pacs")
    (change,) = suite.update()
    assert (change.action, change.before) == ("new", None)
    assert [row.file for row in read_index(suite.index)] == ["other.json", suite.file.name]
    assert read_index(suite.index)[1].bound is None
    assert not read_index(suite.index)[1].proved


def test_only_the_bound_is_better(suite: Suite) -> None:
    suite.rows(suite.row(140, 100, how="auto, bound by radio, not proved in 30 s"))
    suite.said(bound=120.0, bound_by="path")
    (change,) = suite.update()
    assert read_index(suite.index) == (suite.row(140, 120, how="auto, bound by path, not proved"),)
    assert "bound 100 -> 120" in str(change)


def test_the_tightest_bound_counts(suite: Suite) -> None:
    suite.rows(suite.row(140, 100))
    for seed, bound in enumerate((110.0, 130.0, 120.0)):
        suite.said(seed=seed, bound=bound)
    suite.update()
    assert read_index(suite.index)[0].bound == 130


def test_a_skipped_row_stays_when_others_change(suite: Suite) -> None:
    other = suite.row(200, 100)
    suite.rows(IndexRow("gone.json", 7, 6, False, "somehow"), other)
    suite.said(seed=7, bound=6.5)
    made = suite.run("lbbd", bound=OPTIMUM)
    gone = msgspec.structs.replace(
        made, file=str(suite.file.parent / "gone.json"), key=msgspec.structs.replace(made.key, seed=9)
    )
    write_records(suite.store, [gone], label="gone")
    assert [(change.file, change.action) for change in suite.update()] == [
        ("gone.json", "skipped"), (suite.file.name, "better"),
    ]  # fmt: skip
    assert read_index(suite.index)[0] == IndexRow("gone.json", 7, 6, False, "somehow")


def test_only_the_value_is_better(suite: Suite) -> None:
    suite.rows(suite.row(200, 100, how="auto, bound by radio, not proved in 30 s"))
    suite.run("lbbd")
    suite.update()
    assert read_index(suite.index) == (suite.row(OPTIMUM, 100, how="lbbd, bound by radio, not proved"),)


def test_a_row_never_becomes_worse(suite: Suite) -> None:
    suite.rows(suite.row(OPTIMUM, 130))
    before = suite.index.read_bytes()
    suite.run("rtfs", bound=90)
    assert suite.update() == []
    assert suite.index.read_bytes() == before


def test_a_proved_row_is_not_touched(suite: Suite) -> None:
    suite.rows(suite.row(OPTIMUM, OPTIMUM, proved=True, how="exhaustion"))
    suite.run("lbbd", bound=OPTIMUM)
    assert suite.update() == []


def test_a_claimed_value_is_computed_anew(suite: Suite) -> None:
    """The record says 1; the verifier says what the solution is worth."""
    suite.rows(suite.row(200, None))
    made = suite.run("pacs")
    value = made.result.objective
    lie = msgspec.structs.replace(
        made, result=msgspec.structs.replace(made.result, objective=1.0), finished="2027-01-01T00:00:00.000000+00:00"
    )
    write_records(suite.store, [lie], label="lie")
    suite.update()
    assert read_index(suite.index)[0].best == value


def test_a_solution_that_is_rejected_is_reported(suite: Suite) -> None:
    suite.rows(suite.row(200, 100))
    made = suite.run("lbbd", bound=OPTIMUM)
    path = suite.store.solution_path(str(made.solution))
    data = json.loads(path.read_text())
    data["start"] = dict.fromkeys(data["start"], 0)
    path.write_text(json.dumps(data))
    (change,) = suite.update()
    assert change.action == "skipped"
    assert "rejects" in change.reason
    assert read_index(suite.index) == (suite.row(200, 100),)


def test_a_solution_that_is_gone_is_reported(suite: Suite) -> None:
    suite.rows(suite.row(200, 100))
    made = suite.run("lbbd")
    suite.store.solution_path(str(made.solution)).unlink()
    (change,) = suite.update()
    assert "no such file" in str(change)


def test_a_changed_file_is_another_instance(suite: Suite) -> None:
    suite.rows(suite.row(200, 100))
    suite.run("lbbd", bound=OPTIMUM)
    suite.file.write_bytes((ROOT / "wnp" / "tiny" / "tiny-01.json").read_bytes())
    (change,) = suite.update()
    assert "another instance" in change.reason
    assert read_index(suite.index) == (suite.row(200, 100),)


def test_another_name_is_the_same_instance(suite: Suite) -> None:
    suite.rows(suite.row(200, 100))
    suite.run("lbbd")
    data = json.loads(suite.file.read_text())
    suite.file.write_text(json.dumps({**data, "name": "renamed", "source": "elsewhere"}))
    suite.update()
    assert read_index(suite.index)[0].best == OPTIMUM


@pytest.mark.parametrize("content", [None, b"", b"{}", b'{"kind": "wnp"}'])
def test_a_missing_or_broken_file_is_reported(suite: Suite, content: bytes | None) -> None:
    suite.rows(suite.row(200, 100))
    suite.run("pacs")
    suite.file.unlink()
    if content is not None:
        suite.file.write_bytes(content)
    (change,) = suite.update()
    assert change.action == "skipped"


def test_a_bound_that_contradicts_the_value(suite: Suite) -> None:
    suite.rows(suite.row(200, 100))
    suite.run("lbbd", bound=OPTIMUM + 10)
    (change,) = suite.update()
    assert "contradiction" in change.reason
    assert read_index(suite.index) == (suite.row(200, 100),)


def test_a_bound_that_contradicts_the_index(suite: Suite) -> None:
    suite.rows(suite.row(OPTIMUM, OPTIMUM, proved=True))
    suite.said(bound=140.0)
    (change,) = suite.update()
    assert "the index's value 134 beats the bound 140 of said" in str(change)


def test_a_value_that_contradicts_the_index(suite: Suite) -> None:
    suite.rows(suite.row(200, 190))
    suite.run("lbbd")
    (change,) = suite.update()
    assert "the verified value 134 beats the index's bound 190" in str(change)
    assert read_index(suite.index) == (suite.row(200, 190),)


def test_failed_runs_say_nothing(suite: Suite) -> None:
    suite.rows(suite.row(200, 100))
    suite.said(bound=150.0, failure=Failure.ERROR)
    assert suite.update() == []
    suite.run("lbbd", bound=OPTIMUM, failure=Failure.ERROR)
    assert suite.update() == []


def test_infeasible_has_no_row(suite: Suite) -> None:
    suite.rows()
    suite.said(status="infeasible")
    (change,) = suite.update()
    assert "infeasible" in change.reason


def test_nothing_found_makes_no_row(suite: Suite) -> None:
    suite.rows()
    suite.said(bound=3.0)
    (change,) = suite.update()
    assert change.reason == "no run has a solution"
    assert read_index(suite.index) == ()


@pytest.mark.parametrize(
    "content",
    [
        '{"kind": "index", "graphs": []}',
        '[{"file": "a.json", "optimum": 3}]',
        '[{"file": "a.json", "best": 1, "bound": 1, "proved": true, "how": "x", "more": 1}]',
        "not JSON",
        '[{"file": "a", "best": 1, "bound": 1, "proved": true, "how": ""}, '
        '{"file": "a", "best": 1, "bound": 1, "proved": true, "how": ""}]',
    ],
)
def test_other_forms_are_left_alone(suite: Suite, content: str) -> None:
    suite.index.write_text(content)
    suite.run("pacs")
    (change,) = suite.update()
    assert (change.action, change.file) == ("skipped", "")
    assert "form" in change.reason
    assert suite.index.read_text() == content
    with pytest.raises(InputError, match=r"index\.json"):
        read_index(suite.index)


def test_folders_without_an_index_are_passed_over(suite: Suite) -> None:
    suite.run("pacs")
    assert suite.update() == []
    assert not suite.index.exists()


def test_two_spellings_of_a_folder_are_one(suite: Suite, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(suite.file.parent.parent)
    suite.rows(suite.row(200, 100))
    suite.run("pacs", file=f"./suite/{suite.file.name}")
    suite.run("lbbd", bound=OPTIMUM, file=f"suite/../suite/{suite.file.name}")
    assert [change.action for change in suite.update(write=False)] == ["better"]
    assert [change.action for change in suite.update()] == ["better"]
    assert read_index(suite.index)[0].proved


def test_a_maximum(tmp_path: Path) -> None:
    suite = Suite(tmp_path / "suite", SLIDE)
    suite.rows(suite.row(1.5, 90.0))
    suite.run("dp", bound=SERVED * (1 - 1e-12))
    suite.update()
    (row,) = read_index(suite.index)
    assert row.best == pytest.approx(SERVED)
    assert row.bound == row.best, "the noise of the last digits makes no bound worse than the value"
    assert row.proved
    suite.rows(suite.row(SERVED, 20.0))
    (change,) = suite.update()
    assert "beats the index's bound 20" in change.reason


def test_a_maximum_is_never_worsened(tmp_path: Path) -> None:
    suite = Suite(tmp_path / "suite", SLIDE)
    suite.rows(suite.row(SERVED, SERVED * 1.1))
    suite.run("random", bound=1000.0)
    assert suite.update() == []


def test_reals_prove_within_the_tolerance(tmp_path: Path) -> None:
    suite = Suite(tmp_path / "suite", INTRADP)
    suite.rows(suite.row(0.2, 0.01))
    suite.run("enumerate", bound=LATENCY * (1 - 1e-9))
    suite.update()
    (row,) = read_index(suite.index)
    assert row.best == pytest.approx(LATENCY)
    assert row.bound == LATENCY * (1 - 1e-9)
    assert row.proved
    suite.rows(suite.row(LATENCY * (1 + 1e-13), row.bound))
    (change,) = suite.update()
    assert change.after is not None
    assert change.after.proved


def test_noise_is_no_news(tmp_path: Path) -> None:
    suite = Suite(tmp_path / "suite", INTRADP)
    suite.rows(suite.row(LATENCY * (1 + 1e-13), 0.05))
    suite.run("enumerate", bound=0.05 * (1 + 1e-13))
    assert suite.update() == []


@pytest.mark.parametrize(
    "path",
    sorted(p for p in ROOT.glob("*/*/index.json") if p.parts[-3] != "graphs"),
    ids=lambda path: "/".join(path.parts[-3:-1]),
)
def test_indices_of_the_project_survive_being_rewritten(path: Path, tmp_path: Path) -> None:
    write_index(tmp_path / "index.json", read_index(path))
    assert (tmp_path / "index.json").read_bytes() == path.read_bytes()


def test_one_reader_for_a_batch_and_for_the_update(tmp_path: Path) -> None:
    """A batch takes what it can use of an index that is not quite one; the update writes only what it knows whole."""
    file = tmp_path / "index.json"
    row = {"file": "a.json", "best": 3, "bound": 2.5, "proved": False, "how": "auto"}
    odd = [3, {"file": "b.json", "best": True, "bound": None}, {"file": "c.json", "bound": 1, "mine": 0}, row]
    file.write_text(json.dumps([row]))
    assert read_index(file) == (IndexRow("a.json", 3, 2.5, False, "auto"),)
    file.write_text(json.dumps(odd))
    known = References()
    assert [known.of(str(tmp_path / f"{name}.json"), "0" * 64) for name in "abc"] == [
        Reference(3.0, 2.5), None, Reference(None, 1.0)
    ]  # fmt: skip
    for text in (json.dumps(odd), json.dumps(row), "[],", '[], "more": 1', "[NaN]", "[" * 100_000, ""):
        file.write_text(text)
        with pytest.raises(InputError, match=r"index\.json: is no list of rows"):
            read_index(file)
        assert text.startswith("[3") or References().of(str(tmp_path / "a.json"), "0" * 64) is None


def test_a_row_of_what_the_file_held_before_is_replaced(suite: Suite) -> None:
    """An index that was copied along knows the optimum of another instance: 20, proved, which nobody reaches here."""
    stale = msgspec.structs.replace(suite.row(20, 20, proved=True), instance_hash="0" * 64)
    suite.rows(stale)
    suite.run("lbbd", bound=OPTIMUM)
    (change,) = suite.update()
    assert (change.action, change.before) == ("new", None)
    assert read_index(suite.index) == (suite.row(OPTIMUM, OPTIMUM, True, "lbbd, bound by prover"),)


@pytest.mark.parametrize(("given", "used"), [("own", True), (None, True), ("0" * 64, False)])
def test_a_batch_compares_with_rows_of_its_own_content_alone(suite: Suite, given: str | None, used: bool) -> None:
    row = msgspec.structs.replace(suite.row(20, 10), instance_hash=given)
    suite.rows(row if given != "own" else suite.row(20, 10))
    known = References().of(str(suite.file), suite.instance.instance_hash)
    assert known == (Reference(20.0, 10.0) if used else None)


def test_the_project_s_indices_are_of_what_the_files_hold() -> None:
    indices = [path for path in ROOT.glob("*/*/index.json") if path.parts[-3] != "graphs"]
    of = {(path.parent / row.file): row.instance_hash for path in indices for row in read_index(path)}
    assert {path: wnpopt.load(path).instance_hash for path in of} == of


def test_a_changed_instance_is_not_held_against_the_index(tmp_path: Path) -> None:
    """A suite is copied, an instance made harder: its runs are no longer 30 % from a value that nobody can reach."""
    folder = tmp_path / "suite"
    folder.mkdir()
    (folder / "index.json").write_bytes((WNP.parent / "index.json").read_bytes())
    data = json.loads(WNP.read_text())
    for subgraph in data["subgraphs"]:
        subgraph["ticks"] = [None if ticks is None else 3 * ticks for ticks in subgraph["ticks"]]
    (folder / WNP.name).write_text(json.dumps(data))
    wnpopt.batch(folder, methods=["rtfs"], out=tmp_path / "store", workers=1)
    (made,) = Store(tmp_path / "store").latest().values()
    assert made.reference is None
    (folder / WNP.name).write_bytes(WNP.read_bytes())
    wnpopt.batch(folder, methods=["rtfs"], out=tmp_path / "store", workers=1)
    references = {made.reference for made in Store(tmp_path / "store").latest().values()}
    assert references == {None, Reference(float(OPTIMUM), float(OPTIMUM))}


def test_a_library_gets_the_better_solution(tmp_path: Path) -> None:
    """Where best known solutions are kept beside the suites, the new one is written, with whose it is."""
    (tmp_path / "wnp").mkdir()
    suite = Suite(tmp_path / "wnp" / "tiny")
    kept = tmp_path / "solutions" / "wnp" / "tiny" / suite.file.name
    (tmp_path / "solutions").mkdir()
    suite.rows(msgspec.structs.replace(suite.row(200, 100), method="ours", version="0.0.1", date="2020-01-01"))
    made = suite.run("lbbd", bound=OPTIMUM)
    assert suite.update(write=False)
    assert not kept.exists()
    suite.update()
    (row,) = read_index(suite.index)
    version = versions_of(made.result)["wnpopt"]
    assert (row.method, row.version, row.date) == ("lbbd", version, made.finished[:10])
    assert wnpopt.verify(suite.instance, wnpopt.load_solution(kept)).objective == OPTIMUM


def test_a_better_bound_alone_keeps_whose_the_solution_is(tmp_path: Path) -> None:
    (tmp_path / "wnp").mkdir()
    (tmp_path / "solutions").mkdir()
    suite = Suite(tmp_path / "wnp" / "tiny")
    whose = {"method": "ours", "version": "0.0.1", "date": "2020-01-01"}
    suite.rows(msgspec.structs.replace(suite.row(OPTIMUM, 100), **whose))
    suite.said(bound=OPTIMUM)
    suite.update()
    (row,) = read_index(suite.index)
    assert (row.proved, row.method, row.version, row.date) == (True, "ours", "0.0.1", "2020-01-01")
    assert list((tmp_path / "solutions").iterdir()) == []
