"""``wnpopt completion``: what can stand on the command line is offered, and nothing else."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from wnpopt.core import registry

SHELLS = ("bash", "zsh", "fish")


@pytest.fixture(scope="module")
def scripts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    import contextlib
    import io

    from wnpopt.cli.main import main

    folder = tmp_path_factory.mktemp("completion")
    for shell in SHELLS:
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            assert main(["completion", shell]) == 0
        (folder / f"wnpopt.{shell}").write_text(out.getvalue())
    return folder


def completed(scripts: Path, lines: list[list[str]]) -> list[list[str]]:
    """What bash offers for the last word of each line."""
    quoted = "\n".join(
        "COMP_WORDS=(" + " ".join(f"'{word}'" for word in line) + f"); COMP_CWORD={len(line) - 1}; _wnpopt; "
        'echo "${COMPREPLY[*]}"'
        for line in lines
    )
    source = f"source '{scripts / 'wnpopt.bash'}'\n{quoted}"
    run = subprocess.run(["bash", "-c", source], capture_output=True, text=True, check=True)
    assert run.stderr == ""
    return [line.split() for line in run.stdout.split("\n")[:-1]]


@pytest.mark.parametrize("shell", SHELLS)
def test_the_shell_reads_it(scripts: Path, shell: str) -> None:
    if shutil.which(shell) is None:
        pytest.skip(f"there is no {shell}")
    run = subprocess.run([shell, "-n", str(scripts / f"wnpopt.{shell}")], capture_output=True, text=True, check=False)
    assert (run.returncode, run.stderr) == (0, "")


@pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash")
def test_what_bash_offers(scripts: Path) -> None:
    cases = {
        "wnpopt solv": ["solve"],
        "wnpopt solve --solver-": ["--solver-option"],
        "wnpopt solve file.json --method pacs-": ["pacs-ls"],
        "wnpopt solve --method = cpsa": ["cpsat"],
        "wnpopt batch folder --methods rtfs,spso": ["rtfs,spso-ga"],
        "wnpopt batch folder --rerun out": ["outdated"],
        "wnpopt solve --solver gl": ["glpk"],
        "wnpopt solve --warm-start non": ["none"],
        "wnpopt generate int": ["intradp"],
        "wnpopt generate wnp --heterog": ["--heterogeneity"],
        "wnpopt bench slide-mult": ["slide-multicast"],
        "wnpopt bench advers": ["adversarial"],
        "wnpopt bench adversarial --agai": ["--against"],
        "wnpopt import on": ["onnx"],
        "wnpopt import onnx --fus": ["--fused"],
        "wnpopt replay --estim": ["--estimator"],
        "wnpopt completion z": ["zsh"],
        "wnpopt solve inst": [],  # a file: bash's own
        "wnpopt solve --out pl": [],
    }
    offered = completed(scripts, [line.split() for line in cases])
    assert dict(zip(cases, offered, strict=True)) == cases


@pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash")
def test_every_method_suite_and_family(scripts: Path) -> None:
    families = [registry.family(name) for name in registry.family_names()]
    wanted = [
        {method for family in families for method in registry.methods(family.name)},
        {suite for family in families for suite in family.suites} | {"adversarial"},
        {family.name for family in families},
    ]
    lines = [["wnpopt", "solve", "--method", ""], ["wnpopt", "bench", ""], ["wnpopt", "generate", ""]]
    assert [set(words) for words in completed(scripts, lines)] == wanted


@pytest.mark.skipif(shutil.which("fish") is None, reason="there is no fish")
def test_what_fish_offers(scripts: Path) -> None:
    asked = ["wnpopt solve --method pacs-", "wnpopt import ", "wnpopt solve --solver-"]
    source = f"source {scripts / 'wnpopt.fish'}; " + "; ".join(f"complete -C '{line}'; echo" for line in asked)
    run = subprocess.run(["fish", "-N", "-c", source], capture_output=True, text=True, check=True)
    blocks = [[line.partition("\t")[0] for line in block.split("\n") if line] for block in run.stdout.split("\n\n")]
    assert blocks[:3] == [["pacs-ls"], ["onnx", "profile", "stg"], ["--solver-option"]]


def test_a_shell_that_is_none(cli) -> None:
    code, out, err = cli("completion", "tcsh")
    assert (code, out) == (2, "")
    assert "one of bash, zsh, fish" in err


def test_every_command_and_option_says_what_it_is() -> None:
    from wnpopt.cli.completion.words import commands_of
    from wnpopt.cli.main import _functions

    commands = commands_of(_functions())
    assert {("solve",), ("bench", "adversarial"), ("import", "onnx"), ("simulate",)} <= {c.words for c in commands}
    assert not [command.words for command in commands if not command.help]
    assert not [(command.words, option.flags) for command in commands for option in command.options if not option.help]
