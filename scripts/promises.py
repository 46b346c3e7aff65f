"""Writes docs/promises.md: what wnpopt promises, and the tests behind each promise with their number.

``python scripts/promises.py`` collects all tests (slow ones too) and counts them; nothing is run. Which files stand
behind a promise is said in docs/promises.toml; what a file tests is the first line of its own docstring.
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "promises.md"

PROMISES = tomllib.loads((ROOT / "docs" / "promises.toml").read_text(encoding="utf-8"))["promise"]


def counts() -> dict[str, int]:
    """How many tests each file has, slow ones included."""
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "--collect-only", "-qq", "-m", "", "tests"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return {name: int(number) for name, number in re.findall(r"^tests/(\S+): (\d+)$", done.stdout, re.MULTILINE)}


def what_it_tests(name: str) -> str:
    """The first line of a test file's docstring."""
    tree = ast.parse((ROOT / "tests" / name).read_text(encoding="utf-8"))
    return (ast.get_docstring(tree) or "").splitlines()[0]


def page(number: dict[str, int]) -> str:
    """The page, with the number of tests of each file."""
    parts = [
        "# The promises, and the tests behind them\n\n"
        f"{len(number)} files with {sum(number.values()):,} tests, slow ones included, counted by "
        "`python scripts/promises.py`, which makes this page. A test with parameters counts for each of its cases; "
        "a test over thousands of random instances counts once.\n"
    ]
    for promise in PROMISES:
        files = promise["files"]
        rows = [f"| [`{name}`](../tests/{name}) | {number[name]} | {what_it_tests(name)} |" for name in files]
        parts.append(
            f"\n## {promise['title']}\n\n{promise['promise']}\n\n"
            f"{promise['how']} {sum(number[name] for name in files):,} tests:\n\n"
            "| file | tests | what they are about |\n| --- | --- | --- |\n" + "\n".join(rows) + "\n"
        )
    return "".join(parts)


if __name__ == "__main__":
    PAGE.write_text(page(counts()), encoding="utf-8")
