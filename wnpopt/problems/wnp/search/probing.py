"""Destructive bounds with radio cuts: masters that only have to be feasible, at makespans near the bound.

A master that is minimised with the incumbent as its horizon has wide windows, and its bound hardly moves. Asked whether
anything ends by C, a little above the bound, the same master is refuted in seconds: windows, cores and arrivals shrink
before the search begins. What it finds instead is either served by the radio, a better incumbent, or refuted by it, a
new cut. After Klein and Scholl, "Computing lower bounds by destructive improvement", EJOR 112(2), 1999.

Each master has one of CP-SAT's workers: half a dozen refutations without a linear relaxation took a third of the
processor's time of two workers with it, but others fail without it. So threads ask the same question with and without
one, or different ones, and one may search beside them.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import numpy as np

from wnpopt.core.budget import Budget
from wnpopt.core.method import Outcome
from wnpopt.core.result import Termination
from wnpopt.problems.wnp.search.decomposition import Decomposition
from wnpopt.problems.wnp.search.questions import MasterRun, Question
from wnpopt.problems.wnp.solution import WnpSolution

if TYPE_CHECKING:
    from wnpopt.backends.ending import Report
    from wnpopt.problems.wnp.formulations.cpsat_model import CpsatModel
    from wnpopt.problems.wnp.search.beside import SearchBeside

_FIRST_STEP = 0.1  # of the gap
_SHARE = 0.1  # of the time that is left, for the first probes; later ones get more
_LEAST_S, _MOST_S = 1.5, 8.0
_INCUMBENT_EVERY = 4  # probes, one is made just below the incumbent, where all are made by one thread
_SURPLUS, _SMALLEST = 0.01, 1e-3  # of the payloads: a quarter of it next time, while it is more than that
_RADIO_SHARE = 0.05  # of the time that is left, for deciding exactly about one vector of arrivals
_UNDECIDED = 20  # schedules that the radio may leave open in a row where no time limit ends the probing
_MINIMISED_UP_TO, _MINIMISING = 60, 0.1  # subgraphs, and the share of the time left for a master that is minimised
_CUTS = 3  # times as many as at first, before a master is minimised; twice as many again, before the next one is
_PATIENCE, _MOST = 0.1, 0.5  # of the time, for a search beside it without an improvement, and in all at first
_LARGE_PATIENCE = 0.15  # beyond ``_MINIMISED_UP_TO`` subgraphs, where masters lead to less
_ALONE_FROM = 150  # subgraphs, searches have all threads until they rest: masters take too long to lead anywhere
_FRUITLESS = 2  # masters in a row without any answer, before a search that rests goes on
_BROKEN_OFF, _FAILS = 5, "CP-SAT ends again and again without an answer, though it has time"  # so often in a row
_POLL_S = 0.05


def probe(state: Decomposition, beside: SearchBeside | None = None) -> Outcome[WnpSolution]:
    """Probe until the gap is closed or the time is over; ``state`` has an incumbent.

    Threads ask different questions at the same time; one of them searches, where there is a search ``beside`` it.
    With one thread, and in deterministic runs, one question follows the other.
    """
    prober = Prober(state, beside)
    try:
        while not state.closed:
            ended = prober.turn()
            if ended is not None:
                return ended
    finally:
        prober.end()
    return state.outcome(Termination.PROVED)


class Prober:
    """What is asked next, and what follows from the answers."""

    def __init__(self, state: Decomposition, beside: SearchBeside | None) -> None:
        budget = state.context.budget
        self.state, self._beside = state, beside
        self._slots = 1 if budget.deterministic else max(1, budget.threads)
        self._news = threading.Event()
        self._asked: list[MasterRun] = []
        self._step = max(1, int(self._gap() * _FIRST_STEP))
        self._cap: int | None = None
        self._turn = 0
        self._seconds = self._far_seconds = min(max(_SHARE * budget.remaining(), _LEAST_S), _MOST_S)
        self._surplus: dict[int, float] = {}
        self._undecided = 0
        self._relaxed = False  # what answered the last near question
        self._open_ones: set[tuple[int, bool]] = set()
        self._too_large = False
        small = state.problem.plan.order.size <= _MINIMISED_UP_TO
        self._minimising = beside is not None and small
        self._cuts = _CUTS * max(1, len(state.check.weights))  # with fewer, minimising leads nowhere
        self._failures = self._passed = 0  # of questions just below the incumbent, and turns since the last one
        self._until = budget.elapsed() + _MOST * budget.remaining()
        self._patience = max(1.0, (_PATIENCE if small else _LARGE_PATIENCE) * budget.remaining())
        self._fruitless = self._broken_off = 0
        self._alone = state.problem.plan.order.size >= _ALONE_FROM
        self._searchers = self._slots if self._alone else max(1, self._slots - 1)
        if beside is not None:
            beside.begin(self._searchers)

    def turn(self) -> Outcome[WnpSolution] | None:
        """Ask what there is room for, and hear what has been answered; the outcome if that is the end."""
        state, budget = self.state, self.state.context.budget
        self._hear_search()
        if state.closed:
            return None
        if budget.exhausted():
            return state.outcome(budget.why_over(), message=_FAILS if self._broken_off >= _BROKEN_OFF else "")
        if self._beside is None and self._broken_off >= _BROKEN_OFF:
            return state.outcome(Termination.ERROR, message=_FAILS)
        if self._too_large and self._beside is None:
            return state.outcome(budget.why_over(), message="there was not enough time to build the master problem")
        if self._undecided > _UNDECIDED and budget.time_limit is None:
            # Neither an allocation nor a proof that there is none: the bound must not move past these vectors.
            return state.outcome(Termination.TIME_LIMIT)
        self._fill()
        self._news.wait(_POLL_S)
        self._news.clear()
        for asked in [asked for asked in self._asked if asked.done]:
            self._asked.remove(asked)
            asked.end()
            if not asked.cancelled and not state.closed:
                self._broken_off = self._broken_off + 1 if asked.broke_off else 0
                self.hear(asked.question, asked.answer)
        for asked in self._asked:
            if self._idle(asked.question):
                asked.cancel()
        return None

    def end(self) -> None:
        """Nothing is under way any more."""
        for asked in self._asked:
            asked.cancel()
        for asked in self._asked:
            asked.end()
        if self._beside is not None:
            self._beside.rest()

    def _fill(self) -> None:
        searching = 0 if self._beside is None else self._beside.threads
        if self._too_large or self._broken_off >= _BROKEN_OFF:
            if self._beside is not None and searching < self._slots:
                self._beside.begin(self._slots - searching)
            return
        if self._beside is not None and searching == 0 and self._fruitless >= _FRUITLESS:
            # Where masters neither refute nor find anything, all that can be improved is the incumbent.
            self._fruitless = 0
            self._until = np.inf
            self._beside.begin(self._searchers)
            searching = self._beside.threads
        if self._alone and searching:
            return
        while len(self._asked) + searching < max(self._slots, searching + 1):
            self._turn += 1
            if self._beside is not None:
                for weight in self._beside.weights():
                    self.state.check.remember(weight)
            question = self._next()
            seconds = self._seconds if question.near else self._far_seconds
            if question.least:
                seconds = _MINIMISING * self.state.context.budget.remaining()
            self._asked.append(MasterRun(self.state, question, seconds, self._turn, self._news))

    def _next(self) -> Question:
        lower, far = self.state.lower, self._value() - 1
        asked = [one.question for one in self._asked]
        if self._minimising and len(self.state.check.weights) > self._cuts and not any(one.least for one in asked):
            self._cuts = 2 * len(self.state.check.weights)
            return Question(far + 1, least=True)
        nearest = min(lower + self._step - 1, lower + (far - lower) // 2)
        if self._slots == 1:
            return self._near(nearest, self._first(nearest)) if self._turn % _INCUMBENT_EVERY else Question(far)
        near = {(one.horizon, one.relaxed) for one in asked if one.near}
        first = self._first(nearest)
        if not near:
            return self._near(nearest, first)
        if all(one.near for one in asked) and self._passed >= self._failures:
            self._passed = 0
            return Question(far, relaxed=self._turn % 4 > 1)
        self._passed += 1
        further = [lower + factor * self._step - 1 for factor in range(2, 2 + len(asked))]
        for horizon in (nearest, *further):
            for relaxed in (first, not first):
                if horizon <= far and (horizon, relaxed) not in near:
                    return self._near(horizon, relaxed)
        return Question(far, relaxed=first)  # with another seed

    def _first(self, horizon: int) -> bool:
        """Whether a near question is asked with a relaxation first."""
        return self._relaxed != ((horizon, self._relaxed) in self._open_ones)

    def _near(self, horizon: int, relaxed: bool) -> Question:
        return Question(horizon, near=True, surplus=self._surplus.get(horizon, 0.0), relaxed=relaxed)

    def hear(self, question: Question, answer: tuple[Report, CpsatModel] | None) -> None:
        """What follows from the solved master of a question, None where there was no time to build it."""
        if answer is not None:
            told = answer[0].ending == "infeasible" or answer[0].values is not None
            self._fruitless = 0 if told else self._fruitless + 1
        if answer is None:
            self._too_large = not self.state.context.budget.exhausted()
        elif question.least:
            self._minimised(*answer)
        elif answer[0].ending == "infeasible":
            self._refuted(question)
        elif answer[0].values is not None:
            self._answered(question, *answer)
        else:
            self._open(question)

    def _minimised(self, report: Report, master: CpsatModel) -> None:
        state = self.state
        if report.ending == "infeasible":
            state.prove(master.horizon + 1)
            return
        if report.bound is not None:
            state.prove(int(np.ceil(report.bound - 1e-6)))
        if report.values is None or state.closed:
            return
        refuted = state.serve(master, report, None, self._for_radio()).refuted
        if report.ending == "optimal" and refuted:
            self._cuts = 0  # again, under one cut more
        elif report.ending == "optimal":
            self._step, self._surplus[state.lower] = 1, _SURPLUS

    def _refuted(self, question: Question) -> None:
        if question.surplus:
            less = question.surplus / 4
            self._surplus[question.horizon] = less if less > _SMALLEST else 0.0
            return
        self.state.prove(question.horizon + 1)
        if question.near:
            self._relaxed = question.relaxed
        if question.near and (self._cap is None or 2 * self._step <= self._cap):
            self._step *= 2

    def _answered(self, question: Question, report: Report, master: CpsatModel) -> None:
        state = self.state
        if question.horizon >= self._value():
            return
        before = self._value()
        answer = state.serve(master, report, question.horizon, self._for_radio())
        if self._value() < before:
            self._step = self._cap = max(1, min(self._step, self._gap() // 2))
            self._undecided = self._failures = 0
        elif answer.refuted:
            if self._slots == 1:
                self._turn -= 1  # the same question again, under one cut more
        else:
            self._undecided += 1
            self._surplus.setdefault(question.horizon, _SURPLUS)
            if question.near and not question.surplus:
                self._smaller()

    def _open(self, question: Question) -> None:
        """There was not enough time for an answer."""
        if question.near:
            self._open_ones.add((question.horizon, question.relaxed))
            if (question.horizon, not question.relaxed) not in self._open_ones:
                return  # the other way has still to be tried
            if self._step <= max(4, self._gap() // 200):
                self._open_ones.clear()
            self._seconds *= 1.5
            self._smaller()
        elif self._slots > 1:
            self._far_seconds *= 1.5
            self._failures += 1  # the thread raises the bound for so many turns, then tries again

    def _smaller(self) -> None:
        self._step = self._cap = max(1, self._step // 3)

    def _idle(self, question: Question) -> bool:
        """True if the answer would be no news."""
        if question.least:
            return False
        return question.horizon < self.state.lower or question.horizon >= self._value()

    def _hear_search(self) -> None:
        beside = self._beside
        if beside is None:
            return
        best = beside.best()
        if best is not None:
            self.state.adopt(*best, "pacs-ls")
        over = beside.idle_s() > self._patience or self.state.context.budget.elapsed() > self._until
        if over and not self._too_large and beside.threads:
            beside.rest()
            for weight in beside.weights():
                self.state.check.remember(weight)

    def _for_radio(self) -> Budget:
        budget = self.state.context.budget
        return budget if budget.time_limit is None else budget.share(max(0.5, _RADIO_SHARE * budget.remaining()))

    def _value(self) -> int:
        assert self.state.value is not None
        return self.state.value

    def _gap(self) -> int:
        return max(0, self._value() - self.state.lower)
