"""Exact methods on intradp instances whose sides differ by up to 10^9: wrong optima, bounds beyond optima, errors.

The truth is the least objective over all plans by the verifier alone (plain Python, no kernel), so that instances are
tiny. Times run from 10^-12 to 10^6 s. Not in CI:

    python scripts/intradp_extremes.py --count 500 --methods milp,search,enumerate,auto
"""

from __future__ import annotations

import argparse
import itertools
import sys
from collections import Counter
from collections.abc import Iterator

import numpy as np

from wnpopt.api import solve
from wnpopt.problems.intradp.instance import IntradpInstance
from wnpopt.problems.intradp.solution import IntradpSolution
from wnpopt.problems.intradp.verify import verify

METHODS = ("milp", "search", "enumerate", "auto")
ACCURACY = 1e-6
"""An optimum may be called so within this, relatively."""


def instance_of(seed: int, most_plans: int, **fields: object) -> IntradpInstance:
    """The instance of ``seed``: three to six operators, odd windows, durations over up to 18 powers of ten."""
    rng = np.random.default_rng([seed, 0x65787472])
    while True:
        instance = _draw(rng, seed, fields)
        if 2 <= len_of_plans(instance) <= most_plans:
            return instance


def len_of_plans(instance: IntradpInstance) -> int:
    """Number of plans."""
    total = 1
    for operator in instance.operators[1:-1]:
        total *= (operator.units + 1) * (operator.units + 2) // 2
    return total


def plans(instance: IntradpInstance) -> Iterator[IntradpSolution]:
    """All plans."""
    units = [operator.units for operator in instance.operators]
    inner = [[(a, b) for a in range(u + 1) for b in range(a + 1)] for u in units[1:-1]]
    for chosen in itertools.product(*inner):
        ends = (units[0], *(a for a, _ in chosen), units[-1])
        begins = (units[0], *(b for _, b in chosen), units[-1])
        yield IntradpSolution.model_construct(
            kind="intradp-solution", instance=instance.name, device_end=ends, server_begin=begins
        )


def truth(instance: IntradpInstance) -> float | None:
    """The least objective that the verifier accepts; None if it accepts no plan."""
    certificates = (verify(instance, plan) for plan in plans(instance))
    values = [c.objective for c in certificates if c.accepted and c.objective is not None]
    return min(values, default=None)


def _window(rng: np.random.Generator) -> dict[str, int] | str:
    kind = int(rng.integers(0, 6))
    if kind == 0:
        return "all"
    if kind == 1:
        return {"kernel": 1, "stride": 1, "padding": 0}
    if kind == 2:
        return {"kernel": 3, "stride": 1, "padding": 1}
    return {
        "kernel": int(rng.integers(0, 5)),
        "stride": int(rng.integers(1, 3)),
        "padding": int(rng.integers(-1, 3)),
        "upsample": int(rng.integers(1, 3)),
    }


def _draw(rng: np.random.Generator, seed: int, fields: dict[str, object]) -> IntradpInstance:
    n = int(rng.integers(3, 7))
    scale = 10.0 ** float(rng.integers(-12, 7))
    ratio = 10.0 ** float(rng.integers(-9, 10))
    wild = rng.random() < 0.4  # every duration with an order of its own
    operators: list[dict[str, object]] = []
    for v in range(n):
        sources = [v - 1] if v else []
        if v > 1 and rng.random() < 0.4:
            sources.append(int(rng.integers(0, v)))
        cost = {}
        for side, factor in (("device", 1.0), ("server", 1.0 / ratio)):
            full = 0.0 if v in (0, n - 1) else scale * factor * float(rng.choice([1.0, 1.5, rng.random(), 1 + 1e-6]))
            full *= 10.0 ** float(rng.integers(-9, 1)) if wild else 1.0
            cost[side] = {"fixed_s": full * float(rng.choice([0.0, 0.1, 0.5, 1.0])), "full_s": full}
        operators.append(
            {
                "name": f"op{v}",
                "units": int(rng.integers(1, 4)),
                "output_bytes": float(rng.choice([0.0, 1.0, 5.0, 10.0, 1e6])),
                "inputs": [{"from": f"op{u}", "window": _window(rng)} for u in sources],
                **cost,
            }
        )
    rate = 10.0 / scale * 10.0 ** float(rng.integers(-3, 10))
    data: dict[str, object] = {
        "kind": "intradp",
        "schema_version": 1,
        "name": f"extreme-{seed}",
        "operators": operators,
        "link": {
            "uplink_bytes_per_s": rate,
            "downlink_bytes_per_s": rate * float(rng.choice([1.0, 1e-3, 1e3])),
            "latency_s": float(rng.choice([0.0, 0.0, scale, scale / ratio])),
        },
        "power_w": {"compute": 10.0, "communicate": float(rng.choice([0.0, 4.0])), "standby": 0.0},
        **fields,
    }
    return IntradpInstance.from_data(data)


def faults(instance: IntradpInstance, best: float | None, method: str, warm_start: str, limit: float) -> list[str]:
    """What is wrong with the method's answer; empty if nothing is."""
    result = solve(instance, method, time_limit=limit, threads=1, warm_start=warm_start)
    found = []
    if result.termination == "error" or "defect" in result.message:
        found.append(f"error: {result.message}")
    if best is None:
        return found + ([] if result.objective is None else ["a solution where there is none"])
    least = max(abs(best), 1e-12)
    if result.status == "infeasible":
        found.append("called infeasible")
    if result.bound is not None and result.bound > best + 1e-9 * least:
        found.append(f"bound {result.bound!r} beyond the optimum {best!r}")
    if result.status == "optimal" and result.objective is not None and result.objective > best + ACCURACY * least:
        found.append(f"called optimal {result.objective!r}, optimum {best!r}")
    if result.objective is None:
        found.append("no solution")
    if result.status != "optimal":
        found.append("open: not proved")
    return found


def main() -> int:
    """Counts and every fault; exit code 1 if there is one ("open" is none)."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=500)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--most-plans", type=int, default=2000)
    parser.add_argument("--time-limit", type=float, default=30.0)
    parser.add_argument("--methods", default=",".join(METHODS))
    chosen = parser.parse_args()
    tally: Counter[str] = Counter()
    for seed in range(chosen.first, chosen.first + chosen.count):
        objective = "energy" if seed % 5 == 4 else "latency"
        instance = instance_of(seed, chosen.most_plans, objective=objective)
        best = truth(instance)
        for method in chosen.methods.split(","):
            if method == "milp" and objective == "energy":
                continue
            for warm_start in ("auto", "none"):
                tally[f"{method} runs"] += 1
                for fault in faults(instance, best, method, warm_start, chosen.time_limit):
                    kind = fault.split(":")[0].split(" ")[0]
                    tally[f"{method} {kind}"] += 1
                    if kind != "open":
                        print(f"seed {seed} {objective} {method} {warm_start}: {fault}", flush=True)
    for key, value in sorted(tally.items()):
        print(f"{key}: {value}")
    return int(any(not key.endswith((" runs", " open")) for key in tally))


if __name__ == "__main__":
    sys.exit(main())
