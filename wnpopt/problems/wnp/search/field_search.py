"""Heuristics for the optional fields: other objectives, deadlines, limits, the exclusive bus, and a running plan.

Random-key list schedules that place transfers with their subgraphs, under several answers of the radio. Plans are
compared by how far they exceed deadlines and limits, then by the objective.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import count as counting

import numpy as np

from wnpopt.core.budget import Budget
from wnpopt.problems.wnp.instance import IntArray, WnpInstance
from wnpopt.problems.wnp.kernels.bus import list_schedule_with_transfers
from wnpopt.problems.wnp.kernels.problem import Problem
from wnpopt.problems.wnp.kernels.radio import Columns, least_makespan
from wnpopt.problems.wnp.kernels.schedule import Schedule
from wnpopt.problems.wnp.kernels.throughput import FloatArray
from wnpopt.problems.wnp.kernels.uplink import Arrivals
from wnpopt.problems.wnp.residual import residual
from wnpopt.problems.wnp.search.joint import least_makespan_or_exact, sequential_release
from wnpopt.problems.wnp.solution import WnpSolution
from wnpopt.problems.wnp.state import WnpState

_THRIFT = (0.0, 0.3, 1.0, 3.0, 30.0)
"""Weights of a core's energy against its finish, in multiples of what makes the two alike."""

_TURNS = 6
"""Of radio and schedule, from each estimate of the tails, at most."""

_NEAR = 1.03
"""Of the best makespan: a plan that runs is no longer improved from tails with which the radio alone takes longer."""

PlanValue = tuple[float, float]
"""By how much deadlines and limits are exceeded, and the objective."""


@dataclass(frozen=True)
class FieldPlan:
    """A plan with its value."""

    value: PlanValue
    arrivals: Arrivals
    release: IntArray
    rank: FloatArray
    dislike: FloatArray
    schedule: Schedule
    transfer: IntArray

    def key(self) -> PlanValue:
        """What plans are compared by."""
        return self.value


class FieldSearch:
    """Plans of one problem, the residual one where a plan runs already (``state``)."""

    def __init__(self, problem: Problem, state: WnpState | None = None) -> None:
        self.problem, self.state = problem, state
        instance, plan = problem.instance, problem.plan
        names = [s.name for s in instance.subgraphs]
        self.begun = np.full(plan.source.size, -1, dtype=np.int64)
        self.now = self.bus_free = self.slot = 0
        if state is not None:
            self.now = self.bus_free = state.now_ticks
            self.slot = state.slot
            for e, edge in enumerate(instance.edges):
                at = state.transfers_begun.get(f"{edge.source}->{edge.target}")
                if at is not None:
                    self.begun[e] = at
                    longest = int(plan.width[e] + plan.hop.max())
                    self.bus_free = max(self.bus_free, at + longest)
        self.fixed = np.array([state is not None and name in state.begun for name in names], dtype=np.bool_)
        spent = np.array([core.active_w - core.idle_w for core in instance.chip.cores])
        joule = np.where(plan.able, plan.ticks, 0) * spent[None, :] * instance.tick_s
        spread = float((joule.max(axis=1) - joule.min(axis=1)).mean())
        self.energy_key = joule * (float(plan.least(plan.ticks).mean()) / spread if spread > 0 else 0.0)
        self.columns = Columns(problem.uplink)
        self.nothing = np.zeros(plan.ticks.shape)
        self.look_ahead = np.where(plan.able, problem.tail, 0).astype(np.float64)
        self.path = plan.least(plan.ticks + problem.tail).astype(np.float64)

    @staticmethod
    def going_on(instance: WnpInstance, state: WnpState) -> FieldSearch:
        """The search for what is left of ``instance`` in ``state``."""
        return FieldSearch(Problem.of(residual(instance, state)), state)

    def sequential(self, budget: Budget, *, exact: bool = True) -> FieldPlan | None:
        """RTFS: everything has arrived before anything that waits for it starts.

        Where rounding fails at the edge of what the radio can deliver, an integer programme decides if ``exact``.
        """
        nothing = np.zeros(self.problem.uplink.count, dtype=np.int64)
        if exact:
            arrivals, _ = least_makespan_or_exact(self.problem, nothing, budget, columns=self.columns)
        else:
            arrivals, _ = least_makespan(self.problem.uplink, nothing, budget, columns=self.columns)
        if arrivals is None:
            return None
        release = sequential_release(self.problem, self.problem.arrival(arrivals))
        return self._best_of_lists(arrivals, release)

    def pipelined(self, first: FieldPlan, budget: Budget) -> FieldPlan:
        """PACS: radio and schedule in turn, from three estimates of the tails; never worse than ``first``."""
        best = self._best_of_lists(first.arrivals, self.release(first.arrivals))
        best = min(best, first, key=FieldPlan.key)
        seen: set[tuple[int, ...]] = set()
        starts = [self.problem.modality_tails(self.path.astype(np.int64)), self._tails(first), self._tails(best)]
        for tail in starts if self.problem.uplink.count else []:
            current, reached = tail, (np.inf, np.inf)
            for _ in range(_TURNS):
                if budget.exhausted() or tuple(current.tolist()) in seen:
                    break
                seen.add(tuple(current.tolist()))
                arrivals = self._answer(current, best, budget)
                if arrivals is None:
                    break
                plan = self._best_of_lists(arrivals, self.release(arrivals))
                best = min(best, plan, key=FieldPlan.key)
                if plan.value >= reached:
                    break
                current, reached = self._tails(plan), plan.value
        return best

    def improved(
        self, first: FieldPlan, budget: Budget, rounds: int | None, tell: Callable[[FieldPlan], None], enough: float
    ) -> FieldPlan:
        """``first`` after random changes of priorities, choices of cores and the radio, for so many rounds."""
        rng = np.random.default_rng([budget.seed, 0x6669])
        best = current = first
        for turn in counting() if rounds is None else range(rounds):
            if budget.exhausted() or best.value <= (0.0, enough):
                break
            width = float(rng.choice([0.02, 0.1, 0.3])) * max(float(self.path.max()), 1.0)
            chosen = rng.random(self.path.size) < rng.choice([0.05, 0.2, 1.0])
            rank = current.rank + np.where(chosen, rng.normal(size=self.path.size) * width, 0.0)
            noise = rng.normal(size=self.nothing.shape) * width
            dislike = current.dislike + np.where(chosen[:, None] & (rng.random() < 0.6), noise, 0.0)
            arrivals, release = current.arrivals, current.release
            if self.problem.uplink.count and turn % 8 == 7:
                tail = self._tails(current) + rng.normal(size=self.problem.uplink.count) * width
                wanted = np.maximum(np.rint(tail), 0).astype(np.int64)
                answer = self._answer(wanted, best, budget)
                if answer is not None:
                    arrivals, release = answer, self.release(answer)
            plan = self.listed(arrivals, release, rank, dislike)
            worse = plan.value[1] - current.value[1]
            near = plan.value[0] <= current.value[0] and worse <= 0.002 * abs(current.value[1]) * -np.log1p(
                -rng.random()
            )
            if plan.value <= current.value or near:
                current = plan
            if plan.value < best.value:
                best = plan
                tell(plan)
        return best

    def _answer(self, tail: IntArray, best: FieldPlan, budget: Budget) -> Arrivals | None:
        """The radio's answer to tails (K',); while a plan runs, only to such as may lead below ``best``."""
        hurried = self.state is not None and self.problem.instance.objective == "makespan" and best.value[0] == 0
        limit = int(best.value[1] * _NEAR) + 1 if hurried else 2**62
        return least_makespan(self.problem.uplink, tail, budget, limit=limit, columns=self.columns)[0]

    def solution(self, plan: FieldPlan) -> WnpSolution:
        """The plan as a solution, of the residual instance where a plan runs."""
        instance = self.problem.instance
        made = self.problem.solution(plan.arrivals, plan.schedule)
        if not instance.chip.exclusive_bus:
            return made
        transfers = {
            f"{edge.source}->{edge.target}": int(at)
            for edge, at in zip(instance.edges, plan.transfer, strict=True)
            if at >= 0
        }
        return made.model_copy(update={"transfer_start": transfers})

    def release(self, arrivals: Arrivals) -> IntArray:
        """Earliest starts (I,) under these arrivals."""
        return self.problem.release(self.problem.arrival(arrivals))

    def _tails(self, plan: FieldPlan) -> IntArray:
        if self.problem.uplink.count == 0:
            return np.zeros(0, dtype=np.int64)
        return self.problem.slack_tails(plan.schedule)

    def _best_of_lists(self, arrivals: Arrivals, release: IntArray) -> FieldPlan:
        plans = (self._scheduled(arrivals, release, *variant) for variant in self._variants)
        return min(plans, key=FieldPlan.key)

    @cached_property
    def _variants(self) -> tuple[tuple[IntArray, FloatArray, FloatArray], ...]:
        return tuple((self._sequence(rank), rank, dislike) for rank in self._ranks() for dislike in self._dislikes())

    def _dislikes(self) -> Iterator[FloatArray]:
        cores = len(self.problem.instance.chip.cores)
        able = self.problem.plan.able
        for weight in _THRIFT if self.energy_key.any() else (0.0,):
            yield weight * self.energy_key
            yield self.look_ahead + weight * self.energy_key
        for m in range(min(cores, 4)):
            yield np.where(able & (np.arange(cores) != m), 1e15, 0.0)

    def _ranks(self) -> list[FloatArray]:
        instance = self.problem.instance
        ranks = [self.path]
        if instance.jobs:
            weight = np.array([0.0, *(job.weight for job in instance.jobs)])[instance.job_index + 1]
            due = [np.inf if job.deadline_ticks is None else job.deadline_ticks for job in instance.jobs]
            first = np.array([np.inf, *due])[instance.job_index + 1]
            scale = float(self.path.sum()) + 1.0
            work = np.bincount(instance.job_index + 1, weights=self.path, minlength=len(due) + 1)[
                instance.job_index + 1
            ]
            ranks.append(self.path + scale * weight / np.maximum(work, 1.0))
            ranks.append(self.path - np.where(np.isfinite(first), first, 2 * scale))
            ranks.append(self.path - 2.0 * self.problem.instance.release)
        return ranks

    def listed(self, arrivals: Arrivals, release: IntArray, rank: FloatArray, dislike: FloatArray) -> FieldPlan:
        """The list schedule by falling ``rank`` (I,), with ``dislike`` (I, M) of cores, under these arrivals."""
        return self._scheduled(arrivals, release, self._sequence(rank), rank, dislike)

    def _sequence(self, rank: FloatArray) -> IntArray:
        # What has begun comes first, in the order in which it did.
        order = np.where(self.fixed, 2.0**50 - self.problem.instance.release, rank) if self.fixed.any() else rank
        return self.problem.scheduler.by_rank(np.rint(order * 16).astype(np.int64))

    def _scheduled(
        self, arrivals: Arrivals, release: IntArray, sequence: IntArray, rank: FloatArray, dislike: FloatArray
    ) -> FieldPlan:
        plan = self.problem.plan
        makespan, core, start, transfer = list_schedule_with_transfers(
            *plan.forward,
            sequence,
            dislike,
            release,
            self.problem.instance.chip.exclusive_bus,
            self.bus_free,
            self.begun,
        )
        return self.judged(arrivals, release, rank, dislike, Schedule(int(makespan), core, start), transfer)

    def judged(
        self,
        arrivals: Arrivals,
        release: IntArray,
        rank: FloatArray,
        dislike: FloatArray,
        schedule: Schedule,
        transfer: IntArray,
    ) -> FieldPlan:
        """The plan with its value."""
        return FieldPlan(self._value(schedule, arrivals), arrivals, release, rank, dislike, schedule, transfer)

    def _value(self, schedule: Schedule, arrivals: Arrivals) -> PlanValue:
        instance, plan = self.problem.instance, self.problem.plan
        end = schedule.start + plan.ticks[np.arange(schedule.core.size), schedule.core]
        excess, latency = 0.0, 0.0
        for j, job in enumerate(instance.jobs):
            last = int(end[instance.job_index == j].max())
            latency += job.weight * (last - job.release_ticks)
            excess += max(0, last - job.deadline_ticks) if job.deadline_ticks is not None else 0
        if instance.makespan_limit_ticks is not None:
            excess += max(0, schedule.makespan - instance.makespan_limit_ticks)
        joule = 0.0
        if instance.objective == "energy" or instance.energy_limit_j is not None:
            joule = _joule(self.problem, schedule, arrivals)
            if instance.energy_limit_j is not None and joule > instance.energy_limit_j:
                excess += (joule / max(instance.energy_limit_j, 1e-300) - 1.0) * max(schedule.makespan, 1)
        value = {"makespan": float(schedule.makespan), "weighted_latency": latency, "energy": joule}
        return float(excess), value[instance.objective]


def _joule(problem: Problem, schedule: Schedule, arrivals: Arrivals) -> float:
    instance, plan = problem.instance, problem.plan
    watts = np.array([core.active_w - core.idle_w for core in instance.chip.cores])
    busy = plan.ticks[np.arange(schedule.core.size), schedule.core]
    total = float((busy * watts[schedule.core]).sum()) * instance.tick_s
    total += schedule.makespan * instance.tick_s * sum(core.idle_w for core in instance.chip.cores)
    for k, index in enumerate(problem.uplink.index.tolist()):
        total += instance.modalities[index].transmit_j_per_rb_slot * int(arrivals.count[k].sum())
    for e, edge in enumerate(instance.edges):
        m, c = int(schedule.core[plan.source[e]]), int(schedule.core[plan.target[e]])
        if m != c:
            total += instance.chip.joule_per_byte_hop * edge.bytes * max(1, int(instance.hops[m, c]))
    return total


def needs_field_search(instance: WnpInstance) -> bool:
    """True where plans differ in more than makespan, or transfers in more than distance."""
    limited = instance.makespan_limit_ticks is not None or instance.energy_limit_j is not None
    due = any(job.deadline_ticks is not None for job in instance.jobs)
    return instance.chip.exclusive_bus or limited or due or instance.objective != "makespan"
