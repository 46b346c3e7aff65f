"""The pages on solvers, logs and completion: their commands work, and what they name is there."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from wnpopt.backends.solvers.catalogue import SOLVERS
from wnpopt.cli.main import main
from wnpopt.core.phase import Phase

ROOT = Path(__file__).resolve().parents[2]
PAGES = ("solvers.md", "log.md", "completion.md")


def text_of(page: str) -> str:
    return (ROOT / "docs" / page).read_text(encoding="utf-8")


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "instances").symlink_to(ROOT / "instances")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES)
def test_the_commands_of_the_page_work(page: str, here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = [line for block in re.findall(r"```sh\n(.*?)```", text_of(page), re.DOTALL) for line in block.splitlines()]
    assert lines
    for line in lines:
        words = shlex.split(line.partition(" > ")[0])
        assert main(words[1:]) == 0, line
    assert capsys.readouterr().out
    if page == "log.md":
        assert "solver" in (here / "solve.log").read_text()


@pytest.mark.slow
@pytest.mark.usefixtures("here")
def test_the_example_runs() -> None:
    (block,) = re.findall(r"```python\n(.*?)```", text_of("solvers.md"), re.DOTALL)
    exec(compile(block, "docs/solvers.md", "exec", dont_inherit=True), {})


def test_what_is_named_is_all_there_is() -> None:
    page = text_of("solvers.md")
    assert all(f"`{name}`" in page for name in SOLVERS)
    assert re.findall(r"^\| `(\w+)` \|", text_of("log.md"), re.MULTILINE) == [str(phase) for phase in Phase]
