"""A loop of symbolic links in the place of a file is one line and exit code 2."""

from __future__ import annotations

from pathlib import Path

import pytest

COMMANDS = [
    ("solve", "LOOP"),
    ("plot", "LOOP", "-o", "OUT.png"),
    ("plot", "GOOD", "LOOP", "-o", "OUT.png"),
    ("decode", "GOOD", "LOOP", "--formulation", "milp", "-o", "OUT.json"),
    ("decode", "LOOP", "GOOD", "--formulation", "milp", "-o", "OUT.json"),
    ("simulate", "LOOP", "-o", "OUT.json"),
    ("simulate", "--stream", "LOOP", "-o", "OUT.json"),
    ("simulate", "GOOD", "LOOP", "-o", "OUT.json"),
    ("replay", "LOOP", "--trace", "LOOP", "--seconds", "1", "-o", "OUT.json"),
    ("pareto", "LOOP", "-o", "OUT.json"),
    ("explain", "LOOP"),
    ("verify", "GOOD", "LOOP"),
]


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_a_loop_of_links_is_no_file(command: tuple[str, ...], cli, instance: Path, tmp_path: Path) -> None:
    loop = tmp_path / "loop"
    loop.symlink_to(loop)
    places = {"LOOP": loop, "GOOD": instance, "OUT.png": tmp_path / "out.png", "OUT.json": tmp_path / "out.json"}
    code, out, err = cli(*(places.get(word, word) for word in command))
    assert (code, out) == (2, ""), err
    assert len(err.splitlines()) == 1
    assert "loop" in err
