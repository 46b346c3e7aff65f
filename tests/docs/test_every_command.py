"""Every command on every page is one that wnpopt takes: name, options and their values, files of the library.

Pages whose commands are quick are followed by tests of their own; what takes longer is at least said as it is.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from wnpopt.cli.main import main
from wnpopt.core import registry

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted(
    [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md"), *(ROOT / "models").rglob("*.md")]
)
FENCE = re.compile(r"^ *```\w*\n(.*?)^ *```", re.DOTALL | re.MULTILINE)


def lines(page: Path) -> Iterator[str]:
    """The commands in the fenced blocks of a page, continued lines put together."""
    for block in FENCE.findall(page.read_text(encoding="utf-8")):
        for line in block.replace("\\\n", " ").splitlines():
            said = re.sub(r"^\s*(?:\w*\$ )?", "", line)
            for one in re.split(r" (?:&&|\|) ", said):
                if re.match(r"(?:python -m )?wnpopt |(?:\.venv/bin/)?python scripts/", one):
                    yield one


@pytest.fixture
def parsed_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands are taken apart and their values converted, and then nothing is done."""
    from typer.core import TyperCommand

    does = next(kind for kind in TyperCommand.__mro__ if "invoke" in vars(kind))
    monkeypatch.setattr(does, "invoke", lambda *_: None)


def missing(words: list[str]) -> list[str]:
    """Files of the library that are named and are not there."""
    return [
        word for word in words if word.startswith(("instances/", "models/")) and not list(ROOT.glob(word.rstrip("/")))
    ]


def generated(words: list[str]) -> list[str]:
    """Options of ``generate`` that its family does not have."""
    own = {"--count", "--seed", "--out", "-o", "--name", "--help"}
    known = own | {f"--{option.name.replace('_', '-')}" for option in registry.family(words[1]).generator_options}
    return [word for word in words[2:] if re.match("-[a-z-]", word) and word not in known]


@pytest.mark.usefixtures("parsed_alone")
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_commands_are_those_of_wnpopt(page: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for line in lines(page):
        words = shlex.split(line, comments=True)
        words = words[: words.index(">")] if ">" in words else words
        if page.name == "family.md" and "singlemachine" in line:
            continue  # a family that is not installed
        if "wnpopt" in words[:3]:
            words = words[words.index("wnpopt") + 1 :]
            assert main(words) == 0, (line, capsys.readouterr().err)
            assert words[0] != "generate" or not generated(words), line
        else:
            script = ROOT / words[1]
            text = script.read_text(encoding="utf-8")
            options = [word.partition("=")[0] for word in words[2:] if word.startswith("--")]
            assert not [option for option in options if f'"{option}"' not in text], line
        assert not missing(words), line


def test_a_command_that_there_is_not_is_seen(parsed_alone: None, capsys: pytest.CaptureFixture[str]) -> None:
    del parsed_alone
    for line in ("solve i.json --methd rtfs", "import onyx net.onnx", "solve i.json --time-limit soon", "slove i.json"):
        assert main(line.split()) == 2
    assert capsys.readouterr().err.count("\n") == 4
    assert missing(["instances/wnp/tiny", "instances/wnp/tinny"]) == ["instances/wnp/tinny"]
    assert generated(["generate", "wnp", "--subgraphs", "3", "--subgrafs", "4"]) == ["--subgrafs"]
    assert sum(1 for page in PAGES for _ in lines(page)) > 150
