"""How often does HiGHS call a wrong answer optimal? Thousands of small random MIPs against CP-SAT.

    python scripts/measure_highs.py                       # 20,000 MIPs: some minutes of one core
    python scripts/measure_highs.py --truths optima.json  # writes the optima; where the file exists, reads them
    python scripts/measure_highs.py --tolerance 1e-9      # other feasibility tolerances than those of wnp's MILP
    python scripts/measure_highs.py --orders              # does it load and solve beside OR-Tools, either first?
    python scripts/measure_highs.py --instance FILE=OPTIMUM   # wnp instances by the method milp, cold and warm

The MIPs are of the kinds that wnpopt makes and that have gone wrong: integers with ranges up to 10^5, near ties, big-M,
equality rows, zero gaps. All data are integers, so CP-SAT's optimum is exact. Only
highspy and numpy are needed where the truths are read from a file: so that other versions can be measured in an
environment of their own. What was measured is written in pyproject.toml beside the version that is asked for.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import numpy as np

TOLERANCE = 1e-6
LP_TOLERANCE = 1e-9
ORDERS = (
    "import highspy; from ortools.sat.python import cp_model",
    "from ortools.sat.python import cp_model; import highspy",
)
SOLVE_BOTH = """
import numpy as np
model = cp_model.CpModel(); x = model.new_int_var(0, 9, "x"); model.add(2 * x >= 7); model.minimize(x)
solver = cp_model.CpSolver(); assert solver.solve(model) == cp_model.OPTIMAL and solver.objective_value == 4
h = highspy.Highs(); h.setOptionValue("output_flag", False)
h.addVar(0, 9); h.changeColIntegrality(0, highspy.HighsVarType.kInteger); h.changeColCost(0, 1)
h.addRow(7, 1e30, 1, np.array([0], dtype=np.int32), np.array([2.0])); h.run()
assert h.getModelStatus() == highspy.HighsModelStatus.kOptimal and round(h.getInfo().objective_function_value) == 4
"""


@dataclass
class Mip:
    """Least ``cost`` under rows ``low <= coefficients <= high``; integers but for ``implied`` (whose vertices are)."""

    upper: list[int] = field(default_factory=list)
    implied: set[int] = field(default_factory=set)
    cost: dict[int, int] = field(default_factory=dict)
    rows: list[tuple[dict[int, int], int | None, int | None]] = field(default_factory=list)

    def add(self, upper: int, cost: int = 0) -> int:
        """A variable from 0 to ``upper``."""
        self.upper.append(upper)
        if cost:
            self.cost[len(self.upper) - 1] = cost
        return len(self.upper) - 1

    def row(self, terms: dict[int, int], low: int | None = None, high: int | None = None) -> None:
        """``low <= sum of terms <= high``."""
        self.rows.append((terms, low, high))


def draw(seed: int) -> Mip:
    """The MIP number ``seed``."""
    rng = random.Random(f"highs-{seed}")
    return rng.choice(KINDS)(rng)


def kind(seed: int) -> str:
    """What the MIP number ``seed`` is of."""
    return random.Random(f"highs-{seed}").choice(KINDS).__name__


def near(rng: random.Random) -> int:
    """A number near a power of ten up to 10^5, or near half of one: sums of a few tie but for a few units."""
    return rng.choice([1, 1, 2, 5]) * 10 ** rng.randint(1, 4) + rng.randint(0, 9)


def shop(rng: random.Random) -> Mip:
    """Jobs with releases and precedences on one machine, orders by big-M; makespan or sum of starts."""
    mip = Mip()
    jobs = rng.randint(3, 5)
    base = near(rng)
    ticks = [rng.choice([base, near(rng)]) + rng.randint(0, 5) for _ in range(jobs)]
    release = [rng.choice([0, base, near(rng)]) for _ in range(jobs)]
    horizon = max(release) + sum(ticks)
    makespan = rng.random() < 0.7
    last = mip.add(horizon, 1 if makespan else 0)
    start = [mip.add(horizon, 0 if makespan else 1) for _ in range(jobs)]
    if rng.random() < 0.5:
        mip.implied |= {last, *start}
    for j in range(jobs):
        mip.row({start[j]: 1}, low=release[j])
        mip.row({last: 1, start[j]: -1}, low=ticks[j])
    for i in range(jobs):
        for j in range(i + 1, jobs):
            if rng.random() < 0.25:
                mip.row({start[j]: 1, start[i]: -1}, low=ticks[i])
                continue
            first, second = mip.add(1), mip.add(1)
            mip.row({first: 1, second: 1}, low=1, high=1 if rng.random() < 0.5 else None)
            for a, b, order in ((i, j, first), (j, i, second)):
                big = horizon + ticks[a] if rng.random() < 0.5 else horizon
                mip.row({start[b]: 1, start[a]: -1, order: -big}, low=ticks[a] - big)
    return mip


def assignment(rng: random.Random) -> Mip:
    """Unrelated machines: each job on one, least greatest load; setup costs by big-M now and then."""
    mip = Mip()
    jobs, machines = rng.randint(4, 7), rng.randint(2, 3)
    base = near(rng)
    ticks = [
        [base + rng.randint(0, 9) if rng.random() < 0.6 else near(rng) for _ in range(machines)] for _ in range(jobs)
    ]
    horizon = sum(max(row) for row in ticks)
    last = mip.add(horizon, 1)
    if rng.random() < 0.5:
        mip.implied.add(last)
    on = [[mip.add(1) for _ in range(machines)] for _ in range(jobs)]
    for row in on:
        mip.row(dict.fromkeys(row, 1), low=1, high=1)
    for m in range(machines):
        mip.row({last: 1, **{on[j][m]: -ticks[j][m] for j in range(jobs)}}, low=0)
    return mip


def equality(rng: random.Random) -> Mip:
    """Wide integers under one or two equality rows; sometimes without any solution."""
    mip = Mip()
    for _ in range(rng.randint(3, 5)):
        mip.add(rng.choice([10, 1000, 10**5]), rng.randint(1, 50))
    for _ in range(rng.randint(1, 2)):
        weight = {v: rng.randint(1, 40) for v in range(len(mip.upper))}
        point = [rng.randint(0, top) for top in mip.upper]
        right = sum(w * point[v] for v, w in weight.items()) + rng.choice([0, 0, 1])
        mip.row(weight, low=right, high=right)
    return mip


def charge(rng: random.Random) -> Mip:
    """Fixed charges: x <= U*y with wide x, a demand as an equality, costs that nearly tie."""
    mip = Mip()
    sources = rng.randint(3, 6)
    wide = [near(rng) for _ in range(sources)]
    amount = [mip.add(top, rng.randint(1, 3)) for top in wide]
    for v, top in zip(amount, wide, strict=True):
        big = top if rng.random() < 0.5 else 10**5
        mip.row({v: 1, mip.add(1, near(rng)): -big}, high=0)
    demand = int(sum(wide) * rng.uniform(0.2, 0.9))
    mip.row(dict.fromkeys(amount, 1), low=demand, high=demand)
    return mip


def windows(rng: random.Random) -> Mip:
    """Differences that hold if a binary says so (big-M), a choice of windows, and a balance as an equality."""
    mip = Mip()
    horizon = 10 ** rng.randint(3, 5)
    points = [mip.add(horizon, rng.randint(0, 2)) for _ in range(rng.randint(3, 5))]
    if rng.random() < 0.5:
        mip.implied |= set(points)
    for a, b in pairwise(points):
        near_one, far_one = mip.add(1, rng.randint(0, 9)), mip.add(1, near(rng))
        mip.row({near_one: 1, far_one: 1}, low=1, high=1)
        short, long = sorted((rng.randint(0, horizon // 8), rng.randint(0, horizon // 5)))
        mip.row({b: 1, a: -1, near_one: -horizon - long}, low=-horizon)
        mip.row({a: 1, b: -1, far_one: -horizon - short}, low=-horizon)
    ends = rng.sample(points, 2)
    mip.row({ends[0]: 1, ends[1]: -1}, low=-rng.randint(0, horizon // 3), high=rng.randint(0, horizon // 3))
    return mip


KINDS = [shop, assignment, equality, charge, windows]


def truth(mip: Mip) -> int | str:
    """CP-SAT's optimum; "infeasible", or "unknown" after ten seconds."""
    from ortools.sat.python import cp_model

    model = cp_model.CpModel()
    x = [model.new_int_var(0, top, f"x{v}") for v, top in enumerate(mip.upper)]
    for terms, low, high in mip.rows:
        total = sum(w * x[v] for v, w in terms.items())
        if low is not None:
            model.add(total >= low)
        if high is not None:
            model.add(total <= high)
    model.minimize(sum(c * x[v] for v, c in mip.cost.items()))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.max_time_in_seconds = 10
    status = solver.solve(model)
    if status == cp_model.INFEASIBLE:
        return "infeasible"
    return round(solver.objective_value) if status == cp_model.OPTIMAL else "unknown"


def judged(mip: Mip, best: int | str, tolerance: float, lp: float) -> str:
    """What HiGHS makes of a MIP, measured by the truth."""
    import highspy

    class Silent(highspy.Highs):
        def enableCallbacks(self) -> None:  # noqa: N802
            self.setOptionValue("log_to_console", False)
            super().enableCallbacks()

    h = Silent()
    settings: dict[str, object] = {"output_flag": False, "threads": 1, "parallel": "off", "time_limit": 10.0}
    settings |= {"mip_rel_gap": 0.0, "mip_abs_gap": 0.0}
    settings |= {"mip_feasibility_tolerance": tolerance}
    settings |= {"primal_feasibility_tolerance": lp, "dual_feasibility_tolerance": lp}
    for name, value in settings.items():
        h.setOptionValue(name, value)
    for v, top in enumerate(mip.upper):
        h.addVar(0, top)
        h.changeColCost(v, mip.cost.get(v, 0))
        if v not in mip.implied:
            h.changeColIntegrality(v, highspy.HighsVarType.kInteger)
    for terms, low, high in mip.rows:
        columns = np.array(list(terms), dtype=np.int32)
        weights = np.array(list(terms.values()), dtype=np.float64)
        h.addRow(-math.inf if low is None else low, math.inf if high is None else high, columns.size, columns, weights)
    h.run()
    status, info = h.modelStatusToString(h.getModelStatus()), h.getInfo()
    if best == "unknown" or status == "Time limit reached":
        return "not decided"
    if status == "Infeasible":
        return "infeasible, rightly" if best == "infeasible" else "INFEASIBLE, WRONGLY"
    if best == "infeasible":
        return "SOLVED, but infeasible" if status == "Optimal" else f"ended in {status}"
    if status != "Optimal":
        return f"ended in {status}"
    found, bound = info.objective_function_value, info.mip_dual_bound
    if found > float(best) + 0.5:
        return "WRONG OPTIMUM"
    if bound > float(best) + 1e-3:
        return "BOUND ABOVE THE OPTIMUM"
    return "right" if found > float(best) - 0.5 else "below the optimum (within tolerances)"


def main() -> int:
    """Measure, and print the counts; 1 if HiGHS was wrong."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=20_000)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--truths", type=Path)
    parser.add_argument("--tolerance", type=float, default=TOLERANCE, help="feasibility and integrality of MIPs")
    parser.add_argument("--lp", type=float, default=LP_TOLERANCE, help="primal and dual feasibility of LPs")
    parser.add_argument("--orders", action="store_true")
    parser.add_argument("--instance", action="append", default=[], metavar="FILE=OPTIMUM")
    given = parser.parse_args()
    if given.orders:
        return orders()
    if given.instance:
        return instances(given.instance)
    import highspy

    seeds = range(given.first, given.first + given.count)
    known: dict[str, int | str] = {}
    if given.truths is not None and given.truths.exists():
        known = json.loads(given.truths.read_text())
    counts: Counter[str] = Counter()
    for seed in seeds:
        mip = draw(seed)
        if str(seed) not in known:
            known[str(seed)] = truth(mip)
        verdict = judged(mip, known[str(seed)], given.tolerance, given.lp)
        counts[verdict] += 1
        if verdict[:2].isupper():
            print(f"{seed} ({kind(seed)}): {verdict}", flush=True)
    if given.truths is not None:
        given.truths.write_text(json.dumps(known))
    tolerances = f"{given.tolerance:g} (MIP) and {given.lp:g} (LP)"
    print(f"highspy {highspy.Highs().version()}: {given.count} MIPs, tolerances {tolerances}")
    for verdict, count in sorted(counts.items()):
        print(f"{count:8d}  {verdict}")
    return int(any(verdict[:2].isupper() for verdict in counts))


def orders() -> int:
    """Load and solve in a fresh process, highspy first and OR-Tools first."""
    failed = 0
    for order in ORDERS:
        done = subprocess.run([sys.executable, "-c", f"{order}\n{SOLVE_BOTH}"], check=False)
        print(f"{order}: {'solves' if done.returncode == 0 else f'exit code {done.returncode}'}")
        failed |= done.returncode != 0
    return int(failed)


def instances(given: list[str]) -> int:
    """wnp instances by the method milp, cold and warm."""
    import wnpopt

    failed = 0
    for entry in given:
        path, _, optimum = entry.rpartition("=")
        for start in ("none", "auto"):
            result = wnpopt.solve(wnpopt.load(Path(path)), "milp", warm_start=start, threads=1)
            right = result.status == "optimal" and result.objective == int(optimum)
            failed |= not right
            print(f"{path}, warm start {start}: {result.status} {result.objective}, {'right' if right else 'WRONG'}")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
