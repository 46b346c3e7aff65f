"""Measures the figures of docs/slide.md: each the least of several runs, after compilation, answers checked first.

Run from the repository: python scripts/slide_speed.py
"""

from __future__ import annotations

import argparse
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.slide.random_columns import random_columns  # noqa: E402
from wnpopt.core.budget import Budget  # noqa: E402
from wnpopt.core.jsonio import read_json  # noqa: E402
from wnpopt.problems.slide import SlideInstance  # noqa: E402
from wnpopt.problems.slide.columnar.columns import load_columns, save_columns  # noqa: E402
from wnpopt.problems.slide.columnar.solve import solve_columns  # noqa: E402
from wnpopt.problems.slide.columnar.verify import verify_columns  # noqa: E402
from wnpopt.problems.slide.fixed_set.division import Goal, divide_set  # noqa: E402
from wnpopt.problems.slide.fixed_set.served import ServedSet  # noqa: E402
from wnpopt.problems.slide.generate import generate  # noqa: E402
from wnpopt.problems.slide.kernels.needs import Needs  # noqa: E402
from wnpopt.problems.slide.methods.convex import divide_convex  # noqa: E402
from wnpopt.problems.slide.selection.exact import exact_selection  # noqa: E402
from wnpopt.problems.slide.selection.plan import allocate  # noqa: E402
from wnpopt.problems.slide.selection.unicast import everything_open, most_users  # noqa: E402


def least(what: str, work: Callable[[], object], runs: int) -> None:
    """Print the least time of ``runs`` runs, with the processor time of that run (all threads) and the peak memory."""
    times = []
    for _ in range(runs):
        began, spent = time.perf_counter(), time.process_time()
        work()
        times.append((time.perf_counter() - began, time.process_time() - spent))
    elapsed, busy = min(times)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(f"{what:58s} {elapsed:7.3f} s  (processor {busy:.3f} s, worst {max(times)[0]:.3f} s, peak {peak:.2f} GiB)")


def checked(needs: Needs) -> Needs:
    """``needs``, after the verifier accepted its best selection."""
    selected = exact_selection(needs)
    assert selected is not None
    certificate = verify_columns(needs.columns, allocate(needs, selected.plan))
    assert certificate.accepted, certificate
    return needs


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--users", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=5)
    arguments = parser.parse_args()
    users, runs = arguments.users, arguments.runs
    for receive in (False, True):
        columns = random_columns(users, 5, 50, 1, receive=receive)
        needs = checked(Needs.of(columns))
        label = "with receive energy" if receive else "without receive energy"
        least(f"least bandwidths, {users} x 5 x 50, {label}", lambda c=columns: Needs.of(c).costs, runs)
        least("  selection", lambda n=needs: most_users(n, everything_open(n)), runs)
        least("  all of it, proved and verified", lambda c=columns: solve_columns(c), 3)
        print(f"  {solve_columns(columns).status}: {solve_columns(columns).objective:g}")
        if receive:
            with tempfile.TemporaryDirectory() as folder:
                file = Path(folder) / "columns.npz"
                least("  written as .npz", lambda c=columns, f=file: save_columns(c, f), 3)
                least("  read from .npz and checked", lambda f=file: load_columns(f), 3)
        del needs, columns
    columns = random_columns(3000, 5, 50, 2, receive=True, weighted=True)
    needs = checked(Needs.of(columns))
    least("dp, 3000 weighted users", lambda: exact_selection(needs), runs)
    columns = random_columns(4000, 5, 50, 3, multicast=True, requested=True)
    group = checked(Needs.of(columns))
    least("multicast, 4000 users, one model asked for each", lambda: exact_selection(group), runs)
    columns = random_columns(4000, 5, 50, 3, multicast=True, requested=True, weighted=True)
    heavy = checked(Needs.of(columns))
    least("  weighted", lambda: exact_selection(heavy), runs)
    convex(runs)
    json(runs)


def convex(runs: int) -> None:
    """A CVXPY model of 1000 users, beside the dual method."""
    columns = random_columns(1000, 5, 50, 4, receive=True, served_share=4.0)
    needs = Needs.of(columns)
    plan = most_users(needs, everything_open(needs)).plan
    served = ServedSet.of(columns, plan)
    for goal in Goal:
        dual = divide_set(served, goal)
        found = divide_convex(served, goal, Budget(60.0))
        assert dual is not None
        assert found is not None
        difference = abs(found[1] - dual.value) / max(abs(dual.value), 1.0 if goal is not Goal.LEAST_BANDWIDTH else 0.0)
        assert difference < 1e-6, (goal, found[1], dual.value)
        least(f"CVXPY, {served.size} users, {goal}", lambda g=goal: divide_convex(served, g, Budget(60.0)), runs)
        least("  dual method", lambda g=goal: divide_set(served, g), runs)


def json(runs: int) -> None:
    """Reading 10^5 users as JSON."""
    from wnpopt.core.jsonio import write_json

    instance = generate({"users": 100_000, "mix": "synthetic", "bandwidth_hz": 1e12}, 0)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "users.json"
        write_json(file, instance.to_data())
        print(f"JSON of 100000 users: {file.stat().st_size / 2**20:.0f} MiB")
        least("  parsed strictly", lambda: read_json(file), min(runs, 3))
        data = read_json(file)
        least("  validated", lambda: SlideInstance.from_data(data), min(runs, 3))
        least("  to columns", lambda: SlideInstance.columns.func(instance), min(runs, 3))  # type: ignore[attr-defined]
        least("  hashed", lambda: _fresh_hash(instance), min(runs, 3))
    assert np.array_equal(instance.columns.deadline_s, [u.deadline_s for u in instance.users])


def _fresh_hash(instance: SlideInstance) -> str:
    instance.__dict__.pop("_instance_hash", None)
    return instance.instance_hash


if __name__ == "__main__":
    main()
