"""A predictor of a candidate's makespan against computing it, on the decisions that pacs and pacs-ls take.

    python scripts/owin_predictor.py medium large --out predictor.jsonl

O-WiN has a "lightweight predictor" of what a candidate is worth, for scheduling on the fly. Here a candidate is

- ``order``: a mapping and an order, 1 to 8 changes away from pacs's schedule, for the arrivals of pacs. Computing it
  is one pass over the DNN. That is a move of pacs-ls's polish;
- ``radio``: arrivals, the radio's answer to perturbed tails. Computing it is list scheduling in all variants, which is
  the other half of a round of pacs;
- ``tails``: the tails before the radio is asked, so that both halves of the round are predicted.

Predictors:

- ``path``: the critical path, with the candidate's mapping (order), with the least tails behind its arrivals (radio),
  with its tails behind alone arrivals (tails); ``load``: that, and the fullest core;
- ``regression``: least squares on these and further features, trained on the other instances; ``own regression``:
  trained on a quarter of the instance's own candidates, whose computing counts as cost;
- ``cuts``, for tails: list schedules for the arrivals that the radio's cuts leave, as pacs-ls begins; the cuts are
  those of a quarter of the candidates.

Told for each: Spearman's rank correlation with the makespan, the regret of taking the candidate that is predicted to be
best (in % of the best makespan), the regret if the 5 best predicted ones are computed, and CPU microseconds a
candidate; features of orders are taken in compiled code, as the computing is.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.stats import spearmanr, t

from wnpopt.backends.compiled import compiled
from wnpopt.backends.stopping import never
from wnpopt.core.budget import Budget
from wnpopt.problems.wnp.generate import generate
from wnpopt.problems.wnp.instance import IntArray
from wnpopt.problems.wnp.kernels.problem import Problem
from wnpopt.problems.wnp.kernels.radio import Columns, least_makespan
from wnpopt.problems.wnp.kernels.schedule import retime
from wnpopt.problems.wnp.search.cut_pool import CutPool
from wnpopt.problems.wnp.search.joint import Joint, pipeline_aware, transmit_first

FloatArray = np.ndarray[tuple[int, ...], np.dtype[np.float64]]

SIZES = {
    "medium": {"subgraphs": 40, "cores": 4, "modalities": 4, "resource_blocks": 25, "slots": 60},
    "large": {"subgraphs": 100, "cores": 8, "modalities": 6, "resource_blocks": 50, "slots": 100},
}
REPEAT = 20
"""Times that what is timed is done."""


@dataclass(frozen=True)
class Candidates:
    """Candidates of one decision: ``value`` (C,) their makespans, ``features`` (C, F) over the scale of the instance.

    The first feature is the path, the second the load. ``computing_us`` and ``features_us`` are for one candidate.
    ``cuts`` are predicted makespans of all but the first quarter (tails alone), which cost ``cuts_us``.
    """

    value: FloatArray
    features: FloatArray
    computing_us: float
    features_us: float
    cuts: FloatArray | None = None
    cuts_us: float = 0.0


@compiled
def computed(
    ticks: IntArray,
    source: IntArray,
    width: IntArray,
    hop: IntArray,
    into_at: IntArray,
    into: IntArray,
    sequences: IntArray,
    cores: IntArray,
    release: IntArray,
    value: IntArray,
) -> None:
    """The makespan of each (sequence, cores) into ``value`` (C,)."""
    for c in range(value.size):
        value[c], _ = retime(ticks, source, width, hop, into_at, into, sequences[c], release, cores[c])


@compiled
def described(
    ticks: IntArray,
    source: IntArray,
    width: IntArray,
    hop: IntArray,
    into_at: IntArray,
    into: IntArray,
    order: IntArray,
    cores: IntArray,
    release: IntArray,
    features: FloatArray,
) -> None:
    """Features of each mapping into ``features`` (C, 6).

    Critical path, the most that a core has to do from its first release on, that without releases, the mean over the
    cores, the ticks of transfers, those on the critical path's last step.
    """
    count, chips = ticks.shape
    end = np.zeros(count, dtype=np.int64)
    load, first = np.zeros(chips, dtype=np.int64), np.zeros(chips, dtype=np.int64)
    for c in range(features.shape[0]):
        core = cores[c]
        load[:], first[:] = 0, 2**60
        path, moved = 0, 0
        for i in order:
            m = core[i]
            begin = release[i]
            for e in into[into_at[i] : into_at[i + 1]]:
                j = source[e]
                move = 0 if core[j] == m else hop[core[j], m] + width[e]
                moved += move
                begin = max(begin, end[j] + move)
            end[i] = begin + ticks[i, m]
            load[m] += ticks[i, m]
            first[m] = min(first[m], begin)
            path = max(path, end[i])
        fullest, total, most = 0, 0, 0
        for m in range(chips):
            if load[m] > 0:
                fullest = max(fullest, first[m] + load[m])
                most = max(most, load[m])
                total += load[m]
        features[c, 0], features[c, 1], features[c, 2] = path, max(path, fullest), most
        features[c, 3], features[c, 4], features[c, 5] = total / chips, moved, moved / max(1, path)


def cpu_us(work: Callable[[], object], count: int) -> float:
    """CPU microseconds a candidate, the least of several times."""
    work()
    spent = []
    for _ in range(REPEAT):
        began = time.process_time_ns()
        work()
        spent.append(time.process_time_ns() - began)
    return float(min(spent)) / 1000 / count


def orders(problem: Problem, joint: Joint, count: int, random: np.random.Generator) -> Candidates:
    """Mappings and orders near pacs's schedule."""
    plan, scheduler = problem.plan, problem.scheduler
    release = problem.release(problem.arrival(joint.arrivals))
    sequence = scheduler.sequence(joint.schedule)
    subgraphs = plan.ticks.shape[0]
    cores = np.tile(joint.schedule.core, (count, 1))
    sequences = np.empty((count, subgraphs), dtype=np.int64)
    for c in range(count):
        rank = np.empty(subgraphs)
        rank[sequence] = np.arange(subgraphs, 0, -1)
        for _ in range(int(random.integers(1, 9))):
            i = int(random.integers(subgraphs))
            if random.random() < 0.5:
                able = np.flatnonzero(plan.able[i])
                cores[c, i] = able[random.integers(able.size)]
            else:
                rank[i] += random.normal() * subgraphs / 8
        sequences[c] = scheduler.by_rank(np.rint(100 * rank).astype(np.int64))
    value = np.empty(count, dtype=np.int64)
    features = np.empty((count, 6))

    def compute() -> None:
        computed(*plan.forward, sequences, cores, release, value)

    def describe() -> None:
        described(*plan.forward, plan.order, cores, release, features)

    spent = cpu_us(compute, count), cpu_us(describe, count)
    return Candidates(value.astype(np.float64), features / joint.schedule.makespan, *spent)


def radios(problem: Problem, joint: Joint, count: int, random: np.random.Generator) -> tuple[Candidates, Candidates]:
    """Tails near those of pacs's schedule and the shortest ones: (the radio's answers, the tails themselves)."""
    scale, slot = joint.schedule.makespan, problem.uplink.slot_ticks
    short = problem.modality_tails(problem.shortest_tails())
    bases = [short, problem.slack_tails(joint.schedule)]
    columns, releases, arrivals, tails, asked = Columns(problem.uplink), [], [], [], 0
    while len(releases) < count:
        tail = bases[int(random.integers(2))] + scale * random.normal(size=short.size) * random.choice(
            [0.01, 0.03, 0.06]
        )
        tail = np.maximum(np.rint(tail), 0).astype(np.int64)
        began = time.process_time_ns()
        answer, _ = least_makespan(problem.uplink, tail, Budget(None), columns=columns)
        asked += time.process_time_ns() - began
        if answer is None:
            continue
        tails.append(tail)
        arrivals.append(problem.arrival(answer))
        releases.append(problem.release(arrivals[-1]))

    def compute() -> list[int]:
        return [listed(problem, joint, release) for release in releases]

    at = np.array(arrivals) * slot
    work = problem.plan.least(problem.plan.ticks).sum() / problem.plan.ticks.shape[1]

    def describe() -> FloatArray:
        after = at + short  # (C, K')
        path = after.max(axis=1)
        load = np.maximum(path, at.min(axis=1) + work)
        return np.column_stack(
            [path, load, at.max(axis=1), at.mean(axis=1), np.sort(after, axis=1), np.sort(at, axis=1)]
        )

    after = np.array(tails)
    alone = problem.uplink.alone()
    assert alone is not None, "the radio has answered"

    def describe_tails() -> FloatArray:
        ends = alone * slot + after
        path = ends.max(axis=1)
        return np.column_stack([path, np.maximum(path, work), np.sort(ends, axis=1), np.sort(after, axis=1)])

    value = np.array(compute(), dtype=np.float64)
    listing, radio = cpu_us(compute, count), asked / 1000 / count
    answered = Candidates(value, describe() / scale, listing, cpu_us(describe, count))
    began = time.process_time_ns()
    cuts = by_cuts(problem, joint, tails)
    cuts_us = (time.process_time_ns() - began) / 1000 / count
    features = describe_tails() / scale
    return answered, Candidates(value, features, radio + listing, cpu_us(describe_tails, count), cuts, cuts_us)


def by_cuts(problem: Problem, joint: Joint, tails: list[IntArray]) -> FloatArray:
    """List schedules for the arrivals that cuts leave to tails; the cuts are separated for the first quarter of them.

    pacs-ls has its cuts from its start and its rounds likewise.
    """
    pool, uplink = CutPool(problem.uplink), problem.uplink
    quarter = len(tails) // 4
    for tail in tails[:quarter]:
        pool.separate(tail, 0, never())
    predicted = []
    for tail in tails[quarter:]:
        left = np.clip((pool.value(tail, 0) - tail) // uplink.slot_ticks, 0, uplink.slots)
        predicted.append(listed(problem, joint, problem.release(left)))
    return np.array(predicted, dtype=np.float64)


def listed(problem: Problem, joint: Joint, release: IntArray) -> int:
    """The makespan of the best of the list schedules that pacs tries."""
    return min(
        problem.scheduler.schedule(release).makespan,
        problem.scheduler.retimed(joint.schedule, release).makespan,
        problem.scheduler.gathered(release).makespan,
    )


def fitted(features: FloatArray, value: FloatArray) -> Callable[[FloatArray], FloatArray]:
    """Least squares with a little ridge, on standardised features."""
    mean, spread = features.mean(axis=0), features.std(axis=0) + 1e-12
    x = np.column_stack([(features - mean) / spread, np.ones(value.size)])
    weight = np.linalg.solve(x.T @ x + 1e-3 * value.size * np.eye(x.shape[1]), x.T @ value)
    return lambda other: np.asarray(np.column_stack([(other - mean) / spread, np.ones(other.shape[0])]) @ weight)


def judged(value: FloatArray, predicted: FloatArray) -> dict[str, float]:
    """Rank correlation and regrets in % of a prediction."""
    best, order = value.min(), np.argsort(predicted, kind="stable")
    flat = np.ptp(predicted) == 0 or np.ptp(value) == 0
    return {
        "rank": 0.0 if flat else float(spearmanr(value, predicted)[0]),
        "regret_%": 100 * float(value[order[0]] / best - 1),
        "regret_5_%": 100 * float(value[order[:5]].min() / best - 1),
    }


def rows(decision: str, size: str, made: list[Candidates]) -> list[dict[str, object]]:
    """A row a predictor and instance; regressions are trained on all instances but the one they are judged on."""
    told: list[dict[str, object]] = []
    scaled = [one.value / one.value.min() for one in made]
    for at, one in enumerate(made):
        others = [n for n in range(len(made)) if n != at]
        learnt = fitted(
            np.vstack([made[n].features for n in others]),
            np.concatenate([scaled[n] for n in others]),
        )
        quarter = one.value.size // 4
        own = fitted(one.features[:quarter], scaled[at][:quarter])
        rest = slice(quarter, None)
        began = time.process_time_ns()
        for _ in range(REPEAT):
            learnt(one.features)
        applied = (time.process_time_ns() - began) / 1000 / REPEAT / one.value.size
        cases = {
            "path": (one.value, one.features[:, 0], one.features_us),
            "load": (one.value, one.features[:, 1], one.features_us),
            "regression": (one.value, learnt(one.features), one.features_us + applied),
            "own regression": (
                one.value[rest],
                own(one.features[rest]),
                one.features_us + applied + one.computing_us / 4,
            ),
        }
        if one.cuts is not None:
            cases["cuts"] = (one.value[rest], one.cuts, one.cuts_us)
        random = float(np.mean(one.value) / one.value.min() - 1)
        for name, (value, predicted, spent) in cases.items():
            told.append(
                {"decision": decision, "size": size, "predictor": name, **judged(value, predicted), "us": spent}
                | {"computing_us": one.computing_us, "random_regret_%": 100 * random}
            )
    return told


def table(told: list[dict[str, object]]) -> None:
    """Means over the instances with 95 % intervals, in Markdown."""
    head = ["decision", "size", "predictor", "rank correlation", "regret, %", "of the 5 best computed, %", "random, %"]
    print("| " + " | ".join([*head, "predicting, us", "computing, us"]) + " |")
    print("|" + " --- |" * 9)
    for key in dict.fromkeys((row["decision"], row["size"], row["predictor"]) for row in told):
        chosen = [row for row in told if (row["decision"], row["size"], row["predictor"]) == key]
        cells = []
        for name in ("rank", "regret_%", "regret_5_%", "random_regret_%"):
            values = np.array([row[name] for row in chosen], dtype=np.float64)
            half = t.ppf(0.975, values.size - 1) * values.std(ddof=1) / np.sqrt(values.size)
            cells.append(f"{values.mean():.2f} ± {half:.2f}")
        spent = [f"{np.median([float(str(row[name])) for row in chosen]):.2f}" for name in ("us", "computing_us")]
        print("| " + " | ".join([*map(str, key), *cells, *spent]) + " |")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sizes", nargs="+", choices=list(SIZES))
    parser.add_argument("--seeds", type=int, default=4, help="instances of each heterogeneity 0, 0.5 and 1.5")
    parser.add_argument("--orders", type=int, default=256)
    parser.add_argument("--radios", type=int, default=48)
    parser.add_argument("--out", type=Path, help="file of the rows (JSON lines)")
    arguments = parser.parse_args()
    told: list[dict[str, object]] = []
    for size in arguments.sizes:
        made: dict[str, list[Candidates]] = {"order": [], "radio": [], "tails": []}
        for heterogeneity in (0.0, 0.5, 1.5):
            for seed in range(arguments.seeds):
                problem = Problem.of(generate({**SIZES[size], "heterogeneity": heterogeneity}, seed))
                first = transmit_first(problem, Budget(None))
                assert first is not None
                joint = pipeline_aware(problem, first, Budget(None))
                random = np.random.default_rng([seed, 17])
                made["order"].append(orders(problem, joint, arguments.orders, random))
                for name, one in zip(("radio", "tails"), radios(problem, joint, arguments.radios, random), strict=True):
                    made[name].append(one)
        for decision, candidates in made.items():
            told += rows(decision, size, candidates)
    table(told)
    if arguments.out is not None:
        arguments.out.write_text("".join(json.dumps(row) + "\n" for row in told), encoding="utf-8")


if __name__ == "__main__":
    main()
