"""The page of promises names tests that are there, and says of each what it says of itself."""

from __future__ import annotations

import re
import runpy
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROW = re.compile(r"^\| \[`(.+)`\]\(\.\./tests/(.+)\) \| (\d+) \| (.+) \|$", re.MULTILINE)


def test_the_page_is_what_the_script_makes_of_its_numbers() -> None:
    """Other numbers than those on the page need a collection of all tests, so they are taken from the page."""
    text = (ROOT / "docs/promises.md").read_text(encoding="utf-8")
    made = runpy.run_path(str(ROOT / "scripts/promises.py"))
    numbers = {name: int(number) for name, _, number, _ in ROW.findall(text)}
    assert sorted(numbers) == sorted({name for promise in made["PROMISES"] for name in promise["files"]})
    assert all(number > 0 for number in numbers.values())
    _, *told = made["page"](numbers).split("\n## ")
    _, *shown = text.split("\n## ")
    assert shown == told, "python scripts/promises.py makes the page anew"


def test_every_file_has_tests() -> None:
    text = (ROOT / "docs/promises.md").read_text(encoding="utf-8")
    for name, link, _, about in ROW.findall(text):
        assert name == link
        source = (ROOT / "tests" / name).read_text(encoding="utf-8")
        assert "def test_" in source, name
        assert about, name
