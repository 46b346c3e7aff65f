"""The stored networks are what the script writes, and the page about the domain tells no lies."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from wnpopt.domain.files.graph import load_graph

ROOT = Path(__file__).parents[2]
STORED = ROOT / "instances/graphs"


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)} | environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("seed", ["0", "4711"])
def test_the_script_writes_the_stored_files_bit_for_bit(seed: str) -> None:
    pytest.importorskip("onnx", reason="the extra onnx is not installed")
    done = run("scripts/graphs_build.py", "--check", PYTHONHASHSEED=seed)
    assert done.returncode == 0, done.stderr


def test_pieces_and_channels_do_not_depend_on_the_hash_seed() -> None:
    program = (
        "from wnpopt.domain.network.coarsen import coarsen; from wnpopt.domain.files.graph import load_graph\n"
        "from wnpopt.domain.radio.scenario import *\n"
        "graph = load_graph('instances/graphs/inception-v2.json')\n"
        "print(coarsen(graph, 17, barriers=[graph.operators[40].outputs[0], graph.operators[200].outputs[0]]))\n"
        "scenario = Scenario('UMi', 3.5e9, Numerology(1), 24, 50, 10)\n"
        "print(draw_channel(scenario, [Link('a', 50), Link('b', 150)], seed=3).bits_per_slot.tolist())\n"
    )
    first, second = (run("-c", program, PYTHONHASHSEED=seed) for seed in ("0", "4711"))
    assert first.returncode == 0, first.stderr
    assert first.stdout == second.stdout


def test_the_index_says_what_the_graphs_are() -> None:
    entries = json.loads((STORED / "index.json").read_text(encoding="utf-8"))["graphs"]
    assert {entry["file"] for entry in entries} == {path.name for path in STORED.glob("*.json")} - {"index.json"}
    for entry in entries:
        graph = load_graph(STORED / entry["file"])
        assert graph.name == Path(entry["file"]).stem
        assert graph.source == entry["source"]
        for total in ("macs", "flop", "parameters", "parameter_bytes", "activation_bytes"):
            assert getattr(graph, total) == entry[total]
        assert len(graph.operators) == entry["operators"]


def test_the_page_about_the_domain_runs(tmp_path: Path) -> None:
    """Its Python is one program, cut by prose; what it prints stands in comments."""
    page = (ROOT / "docs/domain.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^```python\n(.*?)^```", page, re.DOTALL | re.MULTILINE)
    files = re.findall(r"^`([\w./-]+)`:\n\n```(?:json|csv|text)\n(.*?)^```", page, re.DOTALL | re.MULTILINE)
    assert len(blocks) >= 5
    assert len(files) >= 3
    for name, content in files:
        (tmp_path / name).write_text(content, encoding="utf-8")
    (tmp_path / "instances").symlink_to(ROOT / "instances")
    program = tmp_path / "page.py"
    program.write_text("\n".join(blocks), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, str(program)],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    expected = [line.partition("# prints: ")[2] for line in "\n".join(blocks).splitlines() if "# prints: " in line]
    assert expected
    assert done.stdout.splitlines() == expected
