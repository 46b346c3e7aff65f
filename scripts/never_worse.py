"""search against every other method of the family, and against a search over cuts, under the same limit.

    python scripts/never_worse.py                         60 networks and bandwidths, 10 s and one thread each
    python scripts/never_worse.py --seconds 30 --threads 2 --only densenet121,swin
    python scripts/never_worse.py --processor-time --seeds 3    in processor time, beside other work

Of several seeds, search is judged by its worst value, and ``spread`` is how much that is above its best.

`cuts` stands for what anyone would try first: a beam over places where rows are exchanged and the shares of both sides,
then joint shifts and annealing in turn until the time is over. It shares with search the moves, and no plan. The table
has, of each instance, the value of search, its gap, and by how much (in percent of it) the others are above; `cuts` is
left out where search has proved its plan.
"""

from __future__ import annotations

import argparse
import itertools
import sys
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT)]

from processor_time import OPTION, count_processor_time  # noqa: E402

if OPTION in sys.argv:
    count_processor_time()

import numpy as np  # noqa: E402

import wnpopt  # noqa: E402
from wnpopt.backends.stopping import never  # noqa: E402
from wnpopt.problems.intradp.generate import generate  # noqa: E402
from wnpopt.problems.intradp.instance import IntradpInstance  # noqa: E402
from wnpopt.problems.intradp.kernels.evaluate import expand, score, scratch  # noqa: E402
from wnpopt.problems.intradp.kernels.problem import Problem  # noqa: E402
from wnpopt.problems.intradp.search.improvement import improved  # noqa: E402
from wnpopt.problems.intradp.search.plans import PricedPlan, device_only, price  # noqa: E402

RIVALS = ("layer-cut", "min-cut", "de", "spso-ga")
SHARES = (0.0, 0.15, 0.3, 0.5, 0.7, 0.85, 1.0)
BEAM, EXCHANGES = 6, 3


def instances(only: str) -> Iterator[IntradpInstance]:
    """Those stored of real networks, and generated ones of each shape with skips."""
    stored = ROOT / "instances" / "intradp"
    for path in sorted([*(stored / "onnx-nine").glob("*.json"), *(stored / "real-exports").glob("*.json")]):
        if path.name != "index.json" and any(word in path.name for word in only.split(",")):
            instance = wnpopt.load(path)
            assert isinstance(instance, IntradpInstance)
            yield instance
    for shape in ("residual", "dense", "encoder-decoder"):
        instance = generate({"shape": shape, "operators": 60, "units": 56, "bandwidth": 4.0, "launch": 0.1}, 1)
        if any(word in instance.name for word in only.split(",")):
            yield instance


def cuts(problem: Problem, seconds: float) -> PricedPlan:
    """The best plan of a beam over exchanges, shifted and annealed until the time is over."""
    began, n, work = time.perf_counter(), problem.count, scratch(problem.count)
    a, b = np.zeros(n, np.int32), np.zeros(n, np.int32)
    none = np.full(n, -1, np.int32)
    beam = [(device_only(problem).value, none, none)]
    for _ in range(EXCHANGES):
        tried = {(value, tuple(device), tuple(server)): None for value, device, server in beam}
        for _, device, server in beam:
            for u, end, begin in itertools.product(range(1, n - 1), SHARES, SHARES):
                if begin > end:
                    continue
                rows = problem.arrays.units[u]
                old = device[u], server[u]
                device[u], server[u] = round(end * rows), round(begin * rows)
                expand(problem.arrays, device, server, a, b)
                value = score(problem.arrays, a, b, work, problem.by_energy, problem.limit)
                tried[value, tuple(device), tuple(server)] = None
                device[u], server[u] = old
            if time.perf_counter() - began > seconds / 2:
                break
        best = sorted(tried)[:BEAM]
        beam = [(value, np.array(device, np.int32), np.array(server, np.int32)) for value, device, server in best]
    _, device, server = beam[0]
    expand(problem.arrays, device, server, a, b)
    plan, rng = price(problem, a, b, "cuts"), np.random.default_rng(0)
    turn = 0
    while time.perf_counter() - began < seconds:
        plan = improved(problem, plan, rng, never(), turn=turn, effort=1 + turn)
        turn += 1
    return plan


def worst_and_best(instance: IntradpInstance, given: argparse.Namespace) -> tuple[wnpopt.Result, float]:
    """(what search finds with the seed that is worst for it, the best objective of all seeds)."""
    results = [
        wnpopt.solve(
            instance, "search", time_limit=given.seconds, threads=given.threads, seed=seed, isolate=not given.processor
        )
        for seed in range(given.seeds)
    ]
    objectives = [result.objective for result in results if result.objective is not None]
    assert len(objectives) == given.seeds
    return results[objectives.index(max(objectives))], min(objectives)


def main() -> int:
    """Print a table; 1 if search is worse than another somewhere."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--only", default="", help="parts of names, comma-separated")
    parser.add_argument(OPTION, dest="processor", action="store_true", help="seconds of one thread's processor time")
    given = parser.parse_args()
    if given.processor and given.threads != 1:
        parser.error(f"{OPTION} is for one thread")
    print(f"| instance | search | spread % | gap % | {' | '.join(RIVALS)} | cuts |")
    print("| --- " * (len(RIVALS) + 5) + "|")
    worse = 0
    for instance in instances(given.only):
        ours, best = worst_and_best(instance, given)
        assert ours.objective is not None
        others = [
            wnpopt.solve(instance, rival, time_limit=given.seconds, threads=1, isolate=not given.processor).objective
            for rival in RIVALS
        ]
        proved = ours.status is wnpopt.Status.OPTIMAL
        others.append(None if proved else cuts(Problem.of(instance), given.seconds).value)
        above = [None if value is None else 100 * (value / ours.objective - 1) for value in others]
        worse += any(loss is not None and loss < -1e-7 for loss in above)
        told = " | ".join("-" if loss is None else f"{loss:.3f}" for loss in above)
        spread, gap = 100 * (ours.objective / best - 1), 100 * (ours.gap or 0.0)
        print(f"| {instance.name} | {ours.objective:.6g} | {spread:.3f} | {gap:.3f} | {told} |", flush=True)
    print(f"search is worse than another on {worse}")
    return 1 if worse else 0


if __name__ == "__main__":
    raise SystemExit(main())
