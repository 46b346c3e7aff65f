"""Imports for unequal cores: annealed placements are valid, ``--subgraphs auto`` keeps what single operators reach."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import wnpopt
from tests.domain.test_merge import valid
from tests.samples import ordinarily
from wnpopt.cli.main import main
from wnpopt.domain.chip.devices import chip
from wnpopt.domain.files.graph import load_graph
from wnpopt.domain.network.placement import Transfers, place
from wnpopt.problems.wnp.imports.anneal import annealed
from wnpopt.problems.wnp.imports.assemble import Mesh
from wnpopt.problems.wnp.imports.network import coarsened, roofline_times

GRAPHS = Path(__file__).resolve().parents[2] / "instances/graphs"
MESH = Mesh((("a", 0, 0), ("b", 1, 0), ("c", 0, 1)), 1e-6, 1e8)


@pytest.mark.parametrize("seed", range(4))
def test_annealed_placements_are_valid_and_no_worse(seed: int) -> None:
    rng = np.random.default_rng(seed)
    count = 14
    times = np.where(rng.random((count, 3)) < 0.3, np.inf, 1e-4 * rng.random((count, 3)))
    times[np.arange(count), rng.integers(0, 3, count)] = 1e-4
    after: list[dict[int, float]] = [
        {j: float(rng.integers(0, 500)) for j in range(i + 1, count) if rng.random() < 0.15} for i in range(count)
    ]
    transfers = Transfers.on_mesh([(x, y) for _, x, y in MESH.cores], MESH.hop_s, MESH.bytes_per_s)
    made = annealed(MESH, times, after)
    assert made is not None
    valid(times, after, transfers, made)
    assert made.makespan <= place(times, after, transfers).makespan * 1.001
    assert annealed(MESH, times, after) == made
    with pytest.MonkeyPatch.context() as patched:  # a search that no bound ends finds the same
        patched.setattr("wnpopt.problems.wnp.imports.anneal.tails", lambda *_: np.full((count, 3), -(2**40)))
        assert annealed(MESH, times, after) == made


def test_a_chain_that_is_as_short_as_it_can_be_is_not_annealed(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object) -> None:
        raise AssertionError("annealed")

    monkeypatch.setattr("wnpopt.problems.wnp.imports.anneal.anneal_from_releases", never)
    times = np.array([[1e-4, 3e-5, 2e-4]] * 5)
    made = annealed(MESH, times, [{1: 8.0}, {2: 8.0}, {3: 8.0}, {4: 8.0}, {}])
    assert made is not None
    assert made.core == (1,) * 5
    assert made.makespan == pytest.approx(1.5e-4, rel=1e-3)  # whole ticks


@pytest.mark.parametrize("times", [np.zeros((2, 3)), np.full((2, 3), 1e250)])
def test_where_there_is_nothing_to_anneal(times: np.ndarray) -> None:
    assert annealed(MESH, times, [{1: 8.0}, {}]) is None


@pytest.mark.parametrize("bare", ordinarily(1, [True, False]))
def test_auto_is_within_five_per_cent_of_single_operators(bare: bool) -> None:
    graph = load_graph(GRAPHS / "exports" / "bert-small.json")
    cores = chip("edge-2x2").without_vector() if bare else chip("edge-2x2")
    times = roofline_times(graph, cores)
    count = len(graph.operators)
    by_pacs = []
    for number in (None, count):
        made = coarsened("net", graph, Mesh.of(cores), times, None, subgraphs=number, tick_s=1e-8)
        by_pacs.append(wnpopt.solve(made.instance, "pacs", threads=1).objective or 0)
        assert made.lost <= 0.05
    assert by_pacs[0] <= 1.05 * by_pacs[1]


def test_auto_on_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out.json"
    arguments = ["import", "onnx", str(GRAPHS / "squeezenet.json"), "--chip", "edge-2x2", "-o", str(out)]
    assert main([*arguments, "--subgraphs", "auto"]) == 0
    assert wnpopt.load(out).name == "squeezenet"
    for bad in ("0", "-1", "many", "1.5", ""):
        capsys.readouterr()
        assert main([*arguments, "--subgraphs", bad]) == 2
        told = capsys.readouterr().err
        assert "--subgraphs" in told
        assert "auto" in told
