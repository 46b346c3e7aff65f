"""pacs-ls: annealing over cores and orders under the radio's cuts, polished under the arrivals that the radio gives.

A state is a core for each subgraph and a linear order; no radio is solved for a change. What is met is handed on as it
is met, best first; the verifier prices it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from wnpopt.backends.stopping import Flag, never
from wnpopt.core.budget import Budget
from wnpopt.problems.wnp.instance import IntArray
from wnpopt.problems.wnp.kernels.annealing import anneal_from_releases, anneal_with_radio
from wnpopt.problems.wnp.kernels.problem import Problem
from wnpopt.problems.wnp.kernels.radio import Columns, least_makespan
from wnpopt.problems.wnp.kernels.schedule import Schedule
from wnpopt.problems.wnp.kernels.uplink import Arrivals
from wnpopt.problems.wnp.search.cut_pool import CutPool
from wnpopt.problems.wnp.search.joint import Joint, pipeline_aware

_ELITE = 6
_ALIKE = 2  # of the elite may agree in the two modalities of the shortest tails
_CHANGES = 100_000
_HOT, _COOLED = 0.003, 60  # of the first makespan; the end is that much colder
_CHIP_HOT = 0.03
_CLOSE = 1.006  # of the best value: only what comes as close is worth the radio's time
_AMPLITUDE, _NOISE = 0.06, 0.01  # of the first makespan: by how much tails are changed for a new start
_REPAIRS = 30
_POLISH = 30_000


_QUICK_UP_TO = 100  # subgraphs: beyond, it would take longer than PACS itself
_QUICK_STARTS, _QUICK_CHANGES, _QUICK_POLISH = 2, 4_000, 4_000


@dataclass(frozen=True)
class State:
    """A schedule's decisions (I,) each, the value that they reached, and the tails (K,) that the radio gets."""

    value: int
    core: IntArray
    sequence: IntArray
    tail: IntArray


class JointAnnealing:
    """One search with its own random numbers, cuts and elite, from ``first``.

    ``improved`` gets each better allocation and schedule. A round makes one to four times ``changes``, and ``polish``
    under the radio's answer. ``enough`` is a proven bound: nothing below is looked for.
    """

    def __init__(
        self,
        problem: Problem,
        first: Joint,
        seed: int,
        enough: int,
        improved: Callable[[Joint], None],
        changes: int = _CHANGES,
        polish: int = _POLISH,
    ) -> None:
        self.changes, self.polish = changes, polish
        self.problem, self.best, self.improved, self.stop = problem, first, improved, never()
        self.scale = max(first.schedule.makespan, 1)
        self.enough = enough
        self.rng = np.random.default_rng([seed, 0x6C73])
        self.pool = CutPool(problem.uplink)
        self.columns = Columns(problem.uplink)
        self.reader_of = np.full(problem.plan.order.size, -1, dtype=np.int64)
        for k, members in enumerate(problem.readers):
            self.reader_of[members] = k
        self.short = problem.modality_tails(problem.shortest_tails())
        state = self._state(first.schedule)
        self.elite = [state]

    def run(self, rounds: int | None, stop: Flag) -> None:
        """Anneal, ``rounds`` times or until ``stop`` is raised or the best is known to be optimal."""
        self.stop = stop
        if self.problem.uplink.count and self.pool.usable and self.pool.used == 0:
            self.pool.separate(self.elite[0].tail, self.scale, stop)
        done = 0
        while not self.stop[0] and self.best.schedule.makespan > self.enough and (rounds is None or done < rounds):
            self._round()
            done += 1

    def _round(self) -> None:
        if self.problem.uplink.count == 0:
            self._without_radio()
            return
        changes = self.changes * int(self.rng.choice([1, 2, 4]))
        if len(self.elite) < 2 or self.rng.random() < 0.5:
            started = self._new_start()
            if started is None:
                return
            state, hot = started, _HOT * self.scale
        else:
            state = self.elite[int(len(self.elite) * self.rng.random() ** 2)]
            hot = _HOT * self.scale * float(self.rng.choice([0.5, 1, 2, 4]))
        if not self.pool.usable:
            self._respond(state)
            return
        whole = 1 if self.rng.random() < 0.5 else self.pool.fine
        state = self._settled(state, changes, hot, whole)
        if not self.stop[0] and state.value <= max(self.best.schedule.makespan * _CLOSE, self.elite[-1].value):
            self._respond(state)

    def briefly(self, starts: int) -> None:
        """Anneal from so many starts, once more from the best of them, and ask the radio about that alone."""
        self.pool.separate(self.elite[0].tail, self.scale, self.stop)
        hot = _HOT * self.scale
        states = [self._settled(self._estimated_start(), self.changes, 2 * hot, 1) for _ in range(starts)]
        best = min(states, key=lambda state: state.value)
        self._respond(self._settled(best, self.changes, hot, 1))

    def _settled(self, state: State, changes: int, hot: float, whole: int) -> State:
        """``state`` annealed under the pool's cuts, and again until the radio's relaxation serves it at its value."""
        core, sequence = self._annealed(state, changes, hot, whole)
        value, tail = 0, state.tail
        for _ in range(_REPAIRS):
            schedule = self._schedule(core, sequence)
            tail = self._tails(schedule, sequence)
            value, added = self.pool.separate(tail, schedule.makespan, self.stop)
            if added == 0 or self.stop[0]:
                break
            again = State(value, core, sequence, tail)
            core, sequence = self._annealed(again, changes // 5, hot / 3, whole)
        return State(value, core, sequence, tail)

    def _new_start(self) -> State | None:
        """The list schedule for the radio's answer to tails that suggest another order of arrivals."""
        arrivals = self._radio(self._perturbed_tails())
        if arrivals is None:
            return None
        schedule = self._listed(self.problem.release(self.problem.arrival(arrivals)))
        self._offer(Joint(arrivals, schedule))
        return self._state(schedule)

    def _estimated_start(self) -> State:
        """The same for the arrivals that the pool's cuts leave: no allocation is made."""
        tail, uplink = self._perturbed_tails(), self.problem.uplink
        value, _ = self.pool.separate(tail, 0, self.stop)
        return self._state(
            self._listed(self.problem.release(np.clip((value - tail) // uplink.slot_ticks, 0, uplink.slots)))
        )

    def _perturbed_tails(self) -> IntArray:
        known = self.short if self.rng.random() < 0.5 else self.elite[int(self.rng.integers(len(self.elite)))].tail
        count = known.size
        tail = known.astype(float)
        order = self.rng.permutation(count)
        width = _AMPLITUDE * self.scale * self.rng.random() * float(self.rng.choice([0.5, 1, 2]))
        tail[order] += np.arange(count) / max(count - 1, 1) * width
        tail += self.rng.normal(size=count) * _NOISE * self.scale
        return np.asarray(np.maximum(np.rint(tail), 0), dtype=np.int64)

    def _listed(self, release: IntArray) -> Schedule:
        scheduler = self.problem.scheduler
        schedules = (
            scheduler.schedule(release),
            scheduler.retimed(self.best.schedule, release),
            scheduler.gathered(release),
        )
        return min(schedules, key=lambda schedule: schedule.makespan)

    def _respond(self, state: State) -> None:
        """Ask the radio about the state's tails, polish the schedule under the arrivals, and remember both."""
        arrivals = self._radio(state.tail)
        if arrivals is None:
            return
        problem = self.problem
        release = problem.release(problem.arrival(arrivals))
        core, sequence = self._polished(state, release, self.polish, 0.001 * self.scale)
        schedule = problem.scheduler.retimed(Schedule(0, core, release), release, sequence)
        self._offer(Joint(arrivals, schedule))
        self._remember(State(schedule.makespan, core, sequence, self._tails(schedule, sequence)))

    def _without_radio(self) -> None:
        release = np.array(self.problem.instance.release)
        state = self.elite[int(len(self.elite) * self.rng.random() ** 2)]
        changes = self.changes * int(self.rng.choice([1, 3, 10]))
        hot = _CHIP_HOT * self.scale * float(self.rng.choice([0.1, 0.3, 1]))
        core, sequence = self._polished(state, release, changes, hot)
        schedule = self.problem.scheduler.retimed(Schedule(0, core, release), release, sequence)
        self._offer(Joint(self.best.arrivals, schedule))
        self._remember(State(schedule.makespan, core, sequence, state.tail))

    def _remember(self, state: State) -> None:
        """Keep the best states, few of them with the same modalities last."""
        known = [s for s in self.elite if s.value != state.value or (s.tail != state.tail).any()]
        seen: dict[tuple[int, ...], int] = {}
        kept = []
        for candidate in sorted([*known, state], key=lambda s: s.value):
            shortest = tuple(np.argsort(candidate.tail, kind="stable")[:2].tolist())
            seen[shortest] = seen.get(shortest, 0) + 1
            if seen[shortest] <= _ALIKE or not shortest:
                kept.append(candidate)
        self.elite = kept[:_ELITE]

    def _offer(self, joint: Joint) -> None:
        if joint.schedule.makespan < self.best.schedule.makespan:
            self.best = joint
            self.improved(joint)

    def _radio(self, tail: IntArray) -> Arrivals | None:
        """The radio's answer; its cut is taken up."""
        arrivals, cut = least_makespan(self.problem.uplink, tail, Budget(None), stop=self.stop, columns=self.columns)
        if cut is not None and self.pool.usable:
            self.pool.add(cut.weight * self.problem.uplink.payload.astype(float))
        return arrivals

    def _annealed(self, state: State, changes: int, hot: float, whole: int) -> tuple[IntArray, IntArray]:
        core, sequence, plan, pool = state.core.copy(), state.sequence.copy(), self.problem.plan, self.pool
        anneal_with_radio(
            plan.ticks, plan.source, plan.target, plan.width, plan.hop, plan.into_at, plan.into, plan.outof_at,
            plan.outof, self.reader_of, pool.tables, pool.used, pool.alone, pool.step_ticks, pool.steps, whole, core,
            sequence, changes, hot, _HOT * self.scale / _COOLED, self._seed(), self.enough, self.stop,
        )  # fmt: skip
        return core, sequence

    def _polished(self, state: State, release: IntArray, changes: int, hot: float) -> tuple[IntArray, IntArray]:
        core, sequence, plan = state.core.copy(), state.sequence.copy(), self.problem.plan
        anneal_from_releases(
            plan.ticks, plan.source, plan.target, plan.width, plan.hop, plan.into_at, plan.into, plan.outof_at,
            plan.outof, release, core, sequence, changes, hot, hot / 30, self._seed(), self.enough, self.stop,
        )  # fmt: skip
        return core, sequence

    def _seed(self) -> int:
        return int(self.rng.integers(2**31))

    def _state(self, schedule: Schedule) -> State:
        sequence = self.problem.scheduler.sequence(schedule)
        return State(schedule.makespan, schedule.core.copy(), sequence, self._tails(schedule, sequence))

    def _schedule(self, core: IntArray, sequence: IntArray) -> Schedule:
        """The schedule of these decisions if nothing had to arrive; its makespan is the longest path."""
        release = np.zeros(core.size, dtype=np.int64)
        return self.problem.scheduler.retimed(Schedule(0, core, release), release, sequence)

    def _tails(self, schedule: Schedule, sequence: IntArray) -> IntArray:
        """What follows each modality's arrival on the longest path behind a reader, shape (K,)."""
        latest = self.problem.scheduler.latest_starts(schedule, sequence)
        return self.problem.modality_tails(schedule.makespan - latest)


def pipelined_and_annealed(problem: Problem, first: Joint, budget: Budget) -> Joint:
    """PACS as a whole: :func:`~wnpopt.problems.wnp.search.joint.pipeline_aware`, never worse than ``first``.

    Up to 100 subgraphs it is brief, and a short annealing from two starts follows, which takes some milliseconds.
    """
    if problem.plan.order.size <= _QUICK_UP_TO and problem.uplink.count > 0:
        joint = pipeline_aware(problem, first, budget, brief=True)
        search = JointAnnealing(problem, joint, budget.seed, 0, lambda _joint: None, _QUICK_CHANGES, _QUICK_POLISH)
        if search.pool.usable:
            search.briefly(_QUICK_STARTS)
            return search.best
    return pipeline_aware(problem, first, budget)
