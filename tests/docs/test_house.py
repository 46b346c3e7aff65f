"""The pages for people who work on wnpopt: their links lead somewhere, and what they name is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import wnpopt
from wnpopt.core.lazy import resolve

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "CONTRIBUTING.md", ROOT / "docs/api.md", ROOT / "docs/glossary.md"]
PAGES += sorted([*(ROOT / "docs/adr").glob("*.md"), *(ROOT / "docs/maintain").glob("*.md")])


def cells(page: str, heads: int = 1) -> list[list[str]]:
    """The rows of all tables of a page, without their ``heads``."""
    rows: list[list[str]] = []
    for table in re.findall(r"(?:^\|.*\n)+", (ROOT / page).read_text(encoding="utf-8"), re.MULTILINE):
        lines = table.splitlines()[heads + 1 :]
        rows += [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return rows


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for link in re.findall(r"\]\(([^):]+)\)", text):
        name, _, anchor = link.partition("#")
        target = (page.parent / name).resolve()
        assert target.exists(), link
        if anchor:
            titles = re.findall(r"^#+ (.+)$", target.read_text(encoding="utf-8"), re.MULTILINE)
            assert anchor in [re.sub(r"[^\w -]", "", title).lower().replace(" ", "-") for title in titles], link


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_files_that_are_named_are_there(page: Path) -> None:
    named = re.findall(r"`((?:wnpopt|tests|scripts|docs)/[\w./-]+|\.ci/run)`", page.read_text(encoding="utf-8"))
    assert not [name for name in named if not (ROOT / name).exists()]


def test_make_knows_the_targets() -> None:
    known = set(re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    for page in PAGES:
        assert set(re.findall(r"`make ([\w-]+)", page.read_text(encoding="utf-8"))) <= known


def test_every_room_of_the_house_is_told_of() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    rooms = {path.name for path in (ROOT / "wnpopt").iterdir() if path.is_dir() and path.name[0] not in "_."}
    told = set(re.findall(r"\[`wnpopt/(\w+)`\]\(wnpopt/\1\)", text))
    assert told == rooms - {"testing"}


def test_the_example_of_a_method_is_one() -> None:
    from wnpopt.core.method import Method

    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    (code,) = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    module: dict[str, object] = {}
    exec(compile(code, "CONTRIBUTING.md", "exec", dont_inherit=True), module)
    method = module["METHOD"]
    assert isinstance(method, Method)
    assert method.run is module["solve"]


def test_decisions_are_numbered_and_dated() -> None:
    records = sorted((ROOT / "docs/adr").glob("0*.md"))
    listed = re.findall(r"\[(\d{4})\]\((\S+)\)", (ROOT / "docs/adr/README.md").read_text(encoding="utf-8"))
    assert [int(number) for number, _ in listed] == list(range(1, len(records) + 1))
    assert [name for _, name in listed] == [path.name for path in records]
    for (number, _), path in zip(listed, records, strict=True):
        lines = path.read_text(encoding="utf-8").splitlines()
        assert path.name.startswith(f"{number}-")
        assert lines[0].startswith(f"# {int(number)}. ")
        assert re.fullmatch(r"[A-Z][a-z]+ 20\d\d, (accepted|replaced by \[\d{4}\].*)\.", lines[2])
        assert [line for line in lines if line.startswith("## ")] == ["## Context", "## Decision", "## Consequences"]


def test_the_glossary_has_each_word_once_and_names_what_there_is() -> None:
    rows = cells("docs/glossary.md")
    words = [word for word, _, _ in rows]
    assert len(words) == len(set(words))
    sections = (ROOT / "docs/glossary.md").read_text(encoding="utf-8").split("\n## ")[1:]
    for section in sections:
        own = [word for word in re.findall(r"^\| ([^|`]+) \|", section, re.MULTILINE) if word in words]
        assert own == sorted(own)
    classes = [cell.strip("`") for _, _, cell in rows if cell]
    assert len(classes) > 30
    for name in classes:
        module, _, attribute = name.rpartition(".")
        assert isinstance(resolve(f"wnpopt.{module}:{attribute}"), type), name


def test_the_page_of_public_names_has_them_all() -> None:
    named = [name for cell, _ in cells("docs/api.md") for name in re.findall(r"`(\w+)`", cell)]
    assert sorted(named) == sorted(wnpopt.__all__)


def test_the_example_of_the_public_names_runs(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    (code,) = re.findall(r"```python\n(.*?)```", (ROOT / "docs/api.md").read_text(encoding="utf-8"), re.DOTALL)
    exec(compile(code, "docs/api.md", "exec", dont_inherit=True), {})
    assert capsys.readouterr().out


def test_the_reference_has_every_public_name() -> None:
    text = "".join(page.read_text(encoding="utf-8") for page in (ROOT / "docs/reference").glob("*.md"))
    named = set(re.findall(r"^\.\. auto(?:function|class|exception):: (\w+)$", text, re.MULTILINE))
    modules = re.findall(r"^\.\. automodule:: wnpopt\.problems\.(\w+)\.construct$", text, re.MULTILINE)
    assert named | set(modules) == set(wnpopt.__all__) - {"__version__"}
