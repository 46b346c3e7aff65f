"""Names, files, messages and stored records that look like mark-up or would act on a terminal, in every command."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import wnpopt
from tests.bench.record_factory import record
from wnpopt.bench.store.record import Failure
from wnpopt.bench.store.store import Store, write_records
from wnpopt.cli.batch.progress import line
from wnpopt.core.registry import family
from wnpopt.core.text import one_line

NAMES = ("[/red]x", "[bold]b[/] :smile:", r"$x$ \frac{a}", "%d %{y} & <b>", "模型 😀", "x" * 200, r"\[red]")
ACTING = "evil \x1b[31m\x07 \u202e [/red] $x$ \r\nnext \x9b2J"
COMPILING = "wnpopt: compiling, once (kept on disk)\n"
"""What the first run on a machine may say besides."""
WIDTHS = ("20", "30", "40", "80", None)


def width(monkeypatch: pytest.MonkeyPatch, columns: str | None) -> None:
    if columns is None:
        monkeypatch.delenv("COLUMNS", raising=False)
    else:
        monkeypatch.setenv("COLUMNS", columns)


@pytest.mark.parametrize("name", NAMES)
def test_an_instance_is_called_what_it_is_called(name: str, cli, data, tmp_path: Path, monkeypatch) -> None:
    path = tmp_path / f"{name[:40].replace('/', ' ')}.json"
    path.write_text(json.dumps(data | {"name": name, "source": ACTING}))
    out = tmp_path / "[plan] $x$.json"
    for columns in WIDTHS:
        width(monkeypatch, columns)
        code, text, err = cli("solve", path, "--method", "rtfs", "--out", out)
        assert (code, err.replace(COMPILING, "")) == (0, "")
        assert name in text
        assert f"solution: {out}\n" in text
        assert "108" in text
        assert "…" not in text
    code, text, _ = cli("verify", path, out)
    assert (code, text) == (0, "accepted: value 108 ticks\n")


def test_the_case_of_a_closing_tag(cli, tmp_path: Path) -> None:
    """A rebuilt case: a name that rich's mark-up would refuse, with the method that was asked for then."""
    instance = family("wnp").generate({"subgraphs": 4}, 114).model_copy(update={"name": "[/red]x"})
    wnpopt.save(instance, tmp_path / "instance.json")
    code, out, err = cli("solve", tmp_path / "instance.json", "--method", "pacs")
    assert (code, err.replace(COMPILING, "")) == (0, "")
    assert out.startswith("[/red]x\n")


def test_what_is_wrong_is_told_in_one_safe_line(cli, tmp_path: Path) -> None:
    path = tmp_path / "a\x1b[31m\u202e[red].json"
    for content in (r'{"kind": "wnp\u202e\u001b[31m"}', '{"\u202e": 1, "\u202e": 2}', '{"a\x07": 1}'):
        path.write_text(content)
        code, out, err = cli("solve", path)
        assert (code, out) == (2, "")
        assert err.endswith("\n")
        assert err[:-1].isprintable()
        assert r"a\x1b[31m\u202e[red].json" in err
    code, out, err = cli("solve", path, "--method\u202e")
    assert (code, out) == (2, "")
    assert err[:-1].isprintable()


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """A store whose every text tries something."""
    found = Store.create(tmp_path / "results")
    records = [
        record(name, method, seed, objective=10.0001, bound=10.00008, family="intradp", file=f"{ACTING}/{name}.json")
        for name in NAMES
        for method in ("a", "[b]")
        for seed in (0, 1)
    ]
    records.append(record("bad", "a", objective=9, bound=9, file=f"suite/{ACTING}"))
    records.append(record("bad", "[b]", objective=5, file=f"suite/{ACTING}"))
    records.append(record("failed", "a", failure=Failure.CRASH, message=ACTING * 9, file=f"suite/{ACTING}"))
    write_records(found, records)
    return found.path


@pytest.mark.parametrize("columns", WIDTHS)
def test_a_store_shows_its_texts_and_numbers(columns: str | None, cli, store: Path, monkeypatch) -> None:
    width(monkeypatch, columns)
    code, out, err = cli("bench", store)
    assert code == 0
    assert (out + err).replace("\n", "").isprintable()
    assert "…" not in out
    # The value and its bound differ in the seventh digit: they are not shown as the same.
    assert out.count("10.00008") >= len(NAMES)
    assert "2.0e-04 %" in out
    if columns is None:
        assert all(name in out for name in NAMES)
        assert one_line(ACTING) in out
        assert all(row == row.rstrip() for row in out.splitlines())


def test_files_made_of_a_store_hold_nothing_that_acts(cli, store: Path, tmp_path: Path) -> None:
    page, tables = tmp_path / "[r] $.html", tmp_path / "tables"
    code, out, err = cli("report", store, "-o", page, "--tables", tables)
    assert (code, err) == (0, "")
    assert out.startswith(f"{page}: ")
    for path in tables.iterdir():
        assert path.read_text().replace("\n", "").isprintable()
    data = page.read_text().partition('id="data">')[2].partition("</script>")[0]
    assert data.isprintable()
    assert not set(data) & set("<>&")
    assert "[/red]x" in {row["name"] for row in json.loads(data)["instances"]}
    code, out, _ = cli("bench", store, "--json")
    assert out.replace("\n", "").isprintable()
    failure = json.loads(out)["tables"]["failures"]["rows"][0]
    assert failure["message"] == ACTING * 9


def test_a_run_that_is_told_of_is_one_line() -> None:
    told = line(record(NAMES[0], "a\x1b", failure=Failure.CRASH, message=ACTING))
    assert told.isprintable()
    assert told == f"[/red]x a\\x1b seed 0: crash: {one_line(ACTING)}"
