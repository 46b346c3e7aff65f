"""What the README says is true: its example prints what it shows, its table lists what is registered."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from wnpopt.core import registry

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text()


def test_the_example_prints_what_is_shown() -> None:
    blocks = re.findall(r"```(\w*)\n(.*?)```", README, re.DOTALL)
    position = next(i for i, (language, _) in enumerate(blocks) if language == "python")
    done = subprocess.run(
        [sys.executable, "-c", blocks[position][1]], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == blocks[position + 1][1]


def test_the_table_lists_families_and_methods() -> None:
    rows = [
        f"| `{name}` | `{method.name}` | {method.summary} | {method.proof_told} |"
        for name in ["wnp", *(n for n in registry.family_names() if n != "wnp")]
        for method in registry.methods(name).values()
    ]
    table = README.split("<!-- table: families -->")[1].split("<!-- end -->")[0].strip().splitlines()
    assert table[2:] == rows


@pytest.mark.parametrize("link", re.findall(r"\]\(([^)#:]+)\)", README))
def test_links_lead_somewhere(link: str) -> None:
    assert (ROOT / link).exists()


def test_the_commands_parse() -> None:
    """Every command of the block is known to the program; those on stored instances run."""
    from wnpopt.cli.main import main

    block = README.split("## On the command line")[1].split("```")[1]
    lines = [line.split() for line in block.strip().splitlines()]
    assert all(line[0] == "wnpopt" for line in lines)
    for line in lines:
        assert main([line[1], "--help"]) == 0


def test_the_instance_of_the_wnp_page_is_valid() -> None:
    import json

    import wnpopt
    from wnpopt.core.jsonio import parse_json
    from wnpopt.problems.wnp.instance import WnpInstance

    page = (ROOT / "docs" / "wnp.md").read_text()
    text = page.split("```json\n")[1].split("```")[0]
    instance = WnpInstance.from_data(parse_json(text.encode()))
    assert json.loads(text)["name"] == instance.name
    results = [wnpopt.solve(instance, method) for method in ("milp", "cpsat", "lbbd")]
    assert {(r.status, r.objective) for r in results} == {("optimal", results[0].objective)}
