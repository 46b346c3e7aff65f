"""What coarsening costs: makespans of coarse partitions against those of single operators, both by the same method.

    python scripts/coarsening.py                          the networks of instances/graphs/exports on edge-2x2
    python scripts/coarsening.py --chip edge-2x3 --seconds 5 --networks unet,swin-tiny

Chip only: all data are there at time 0. Each number is a makespan in ticks of 10 ns (so that rounding up 500 operators
is no loss), of `pacs` and of `pacs-ls` with one seed and as many iterations on each partition: single operators,
--subgraphs auto, and the balanced partition of 20 that does not know the cores.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT)]

import numpy as np  # noqa: E402

import wnpopt  # noqa: E402
from wnpopt.domain.chip.devices import chip  # noqa: E402
from wnpopt.domain.files.graph import load_graph  # noqa: E402
from wnpopt.domain.network.coarsen import coarsen, grouped  # noqa: E402
from wnpopt.problems.wnp.imports.assemble import Mesh, assemble  # noqa: E402
from wnpopt.problems.wnp.imports.network import coarsened, roofline_times  # noqa: E402
from wnpopt.problems.wnp.instance import WnpInstance  # noqa: E402

NETWORKS = (
    "convnext-tiny", "efficientnet-b0", "text-detector", "unet", "swin-tiny", "mobilenet-v2-int8", "speech-lstm",
    "resnet-50", "vit-b-16", "mobilenet-v3", "keyword-1d", "bert-small",
)  # fmt: skip


TICK_S = 1e-8


def makespans(instance: WnpInstance, iterations: int, seconds: float) -> tuple[int, int]:
    """Of pacs, and of pacs-ls with seed 0."""
    short = wnpopt.solve(instance, "pacs", threads=1).objective
    long = wnpopt.solve(instance, "pacs-ls", threads=1, seed=0, time_limit=seconds, iterations=iterations).objective
    assert short is not None
    assert long is not None
    return int(short), int(long)


def main() -> int:
    """Print a table; 1 if auto loses more than 5 % on some network by either method."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--chip", default="edge-2x2")
    parser.add_argument("--bare", action="store_true", help="arrays that run no vector work at all")
    parser.add_argument("--networks", default=",".join(NETWORKS))
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--iterations", type=int, default=6)
    given = parser.parse_args()
    cores = chip(given.chip).without_vector() if given.bare else chip(given.chip)
    mesh = Mesh.of(cores)
    print("| network | operators | fine: pacs, pacs-ls | auto | pacs, pacs-ls | loss | s | balanced 20 | loss |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- | --- |")
    worst = 0.0
    for name in given.networks.split(","):
        graph = load_graph(ROOT / "instances" / "graphs" / "exports" / f"{name}.json")
        times = roofline_times(graph, cores)
        every = grouped(graph, np.arange(len(graph.operators)), [1.0] * len(graph.operators))
        fine = assemble(f"{name}-fine", graph, every, mesh, times, None, tick_s=TICK_S, source=None)
        began = time.perf_counter()
        made = coarsened(name, graph, mesh, times, None, subgraphs=None, tick_s=TICK_S)
        took = time.perf_counter() - began
        old = assemble(f"{name}-20", graph, coarsen(graph, 20), mesh, times, None, tick_s=TICK_S, source=None)
        a, b, c = (makespans(i, given.iterations, given.seconds) for i in (fine, made.instance, old))
        loss = max(y / x - 1 for x, y in zip(a, b, strict=True))
        worst = max(worst, loss)
        counts = f"{len(fine.subgraphs)} | {a[0]}, {a[1]} | {len(made.instance.subgraphs)} | {b[0]}, {b[1]}"
        print(f"| {name} | {counts} | {loss:+.1%} | {took:.1f} | {c[0]}, {c[1]} | {c[1] / a[1] - 1:+.1%} |", flush=True)
    return int(worst > 0.05)


if __name__ == "__main__":
    raise SystemExit(main())
