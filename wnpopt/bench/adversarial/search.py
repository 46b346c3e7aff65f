"""Adversarial search: instances on which one method loses most to another.

Simulated annealing over instances, after Coleman and Krishnamachari, "PISA: An adversarial approach to comparing task
graph scheduling algorithms" (IPDPS 2025): the family's ``perturb`` changes one number at a time, both methods solve
the changed instance, and the walk moves on to it if the ratio of their verified objectives grew, or now and then
although it fell. Unlike theirs, the temperature is on the scale of the ratio's logarithm, restarts begin with
instances of one's own, values stay around those of that start, and every answer is verified and has a bound.
"""

from __future__ import annotations

import json
import math
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from threading import Event as Flag
from typing import cast

import msgspec
import numpy as np

from wnpopt import api
from wnpopt.bench.adversarial.annealing import Cooling
from wnpopt.bench.adversarial.archive import Archive, Category, Example, Finished, Origin, Session, Settings, Step
from wnpopt.bench.adversarial.comparison import Kind, MethodAnswer, Score, answer, score
from wnpopt.core import arguments, registry
from wnpopt.core.bound import Sense
from wnpopt.core.document import Instance, Solution
from wnpopt.core.errors import InputError, SolverError, UnsupportedError
from wnpopt.core.interrupt import graceful_interrupt
from wnpopt.core.jsonio import write_json
from wnpopt.core.lazy import resolve
from wnpopt.core.registry import AnyFamily
from wnpopt.core.versions import versions

LEAST_RESTARTS = 5
_NAME_LENGTH = 150
_STREAM = 0x61647673

Perturb = Callable[[Instance, np.random.Generator, Instance], Instance]


@dataclass(frozen=True)
class SearchProgress:
    """Where a search is: ``current`` and ``worst`` are ratios, None before there is one."""

    restart: int
    restarts: int
    step: int
    steps: int
    evaluated: int
    current: float | None
    worst: float | None
    without_ratio: int
    defects: int


class SummaryEntry(msgspec.Struct, frozen=True):
    """A file of the summary: the instance ``file`` and what both methods did there."""

    file: str
    instance: str
    instance_hash: str
    start: str
    restart: int
    step: int
    score: Score


class SearchSummary(msgspec.Struct, frozen=True):
    """What a search came to; ``summary.json`` and ``--json`` have these fields.

    ``repeatable``: the same settings give the same files again (neither method obeys a time limit, and every restart
    came to its end). ``complete``: every restart did. ``starts`` has one for each restart.
    """

    settings: Settings
    starts: tuple[Origin, ...]
    sense: Sense
    restarts: int
    restarts_finished: int
    evaluated: int
    accepted: int
    complete: bool
    repeatable: bool
    versions: dict[str, str]
    worst: tuple[SummaryEntry, ...]
    without_ratio: tuple[SummaryEntry, ...] = msgspec.field(name="apart")
    defects: tuple[SummaryEntry, ...]


def adversarial(
    starts: Sequence[Instance],
    method: str,
    against: str,
    *,
    out: str | os.PathLike[str],
    steps: int = 200,
    restarts: int | None = None,
    seed: int = 0,
    time_limit: float | None = 5.0,
    total_time: float | None = None,
    top: int = 5,
    on_progress: Callable[[SearchProgress], None] | None = None,
) -> SearchSummary:
    """Search from ``starts`` for instances where ``method`` loses most to ``against``, and keep them in ``out``.

    Restart r begins with instance r modulo their number and makes ``steps`` changes; by default there are as many
    restarts as starts, and at least :data:`LEAST_RESTARTS`. ``time_limit`` is seconds a run for the methods that have a
    limit, ``total_time`` seconds for the search. Both methods run on one thread with the seed ``seed``.

    A search that is called again with the settings of ``out`` goes on where it was: finished restarts are not
    repeated, an unfinished one begins anew. Ctrl-C ends it early and keeps what was found. Raises :class:`InputError`
    for bad arguments, :class:`UnsupportedError` for a start that a method does not support.
    """
    family = _check(starts, method, against)
    steps, top = arguments.integer("steps", steps, 0), arguments.integer("top", top, 1)
    restarts, seed = arguments.integer_or_none("restarts", restarts, 1), arguments.seed("seed", seed)
    time_limit = arguments.seconds_or_none("time_limit", time_limit)
    total_time = arguments.number_or_none("total_time", total_time, 0, above=True)
    count = restarts if restarts is not None else max(LEAST_RESTARTS, len(starts))
    origins = [starts[restart % len(starts)] for restart in range(count)]
    session = Session(
        Settings(family.name, method, against, seed, steps, time_limit),
        tuple(Origin(instance.name, instance.instance_hash) for instance in origins),
        versions(),
    )
    with graceful_interrupt() as stop, Archive(out, session, top) as archive:
        search = _Search(family, archive, stop, total_time, on_progress)
        search.summarise()
        for restart, origin in enumerate(origins):
            if restart not in archive.finished and not search.walk(restart, origin):
                break
        return search.summarise()


def _check(starts: Sequence[Instance], method: str, against: str) -> AnyFamily:
    if not starts:
        raise InputError("there is none; at least one instance to start from is needed", where="starts")
    kinds = sorted({instance.kind for instance in starts})
    if len(kinds) > 1:
        raise InputError(f"found instances of {' and '.join(kinds)}; one family is needed", where="starts")
    family = api.family_of(starts[0])
    if family.perturb is None:
        raise InputError(f"the family {family.name} has no perturb function to search with", where="starts")
    if method == against:
        raise InputError(f"found {against} twice; another method is needed", where="against")
    for name in (method, against):
        chosen = registry.method(family.name, name)
        for instance in starts:
            refused = chosen.refuse(instance)
            if refused is not None:
                raise UnsupportedError(f"{refused[1]} (method {name}, start {instance.name})", where=refused[0])
    return family


class _Search:
    """One session of a search."""

    def __init__(
        self,
        family: AnyFamily,
        archive: Archive,
        stop: Flag,
        total_time: float | None,
        on_progress: Callable[[SearchProgress], None] | None,
    ) -> None:
        assert family.perturb is not None
        self._family = family
        self._perturb = cast(Perturb, resolve(family.perturb))
        self._settings = archive.session.settings
        self._restarts = len(archive.session.starts)
        self._archive = archive
        self._stop = stop
        self._end = math.inf if total_time is None else time.perf_counter() + total_time
        self._on_progress = on_progress
        self._evaluated = sum(done.evaluated for done in archive.finished.values())

    def walk(self, restart: int, origin: Instance) -> bool:
        """One restart from ``origin``; False if it ended before its time."""
        rng = np.random.default_rng([self._settings.seed, _STREAM, restart])
        cooling = Cooling(self._settings.steps)
        current, value = origin, -math.inf
        evaluated, accepted, settled = 0, 0, False
        for step in range(self._settings.steps + 1):
            uniform = float(rng.random())
            candidate = current
            if step > 0:
                candidate = self._perturb(current, rng, origin)
                if candidate.instance_hash == current.instance_hash:
                    continue
                candidate = self._labelled(candidate, origin, restart, step)
            found = self._evaluate(candidate)
            if found is None:
                return False
            answers, result = found
            evaluated += 1
            self._evaluated += 1
            self._keep(candidate, origin, restart, step, answers, result)
            ratio = -math.inf if result.ratio is None else _logarithm(result.ratio)
            # Until both methods have a value, every instance is as good as another to go on from.
            wanders = not settled and result.kind is not Kind.RATIO
            comparable = result.kind is Kind.RATIO and (not settled or cooling.accepts(ratio, value, step, uniform))
            if wanders or comparable or step == 0:
                current, value = candidate, ratio
                settled = settled or result.kind is Kind.RATIO
                accepted += step > 0
                self._archive.append(Step(restart, step, candidate.instance_hash, result))
            self._tell(restart, step, value)
        self._archive.append(Finished(restart, evaluated, accepted))
        self.summarise()
        return True

    def summarise(self) -> SearchSummary:
        """Write ``summary.json`` as things are, and return it."""
        finished = {r: done for r, done in self._archive.finished.items() if r < self._restarts}
        complete = len(finished) == self._restarts
        timed = any(
            registry.method(self._family.name, name).timed for name in (self._settings.method, self._settings.against)
        )
        summary = SearchSummary(
            settings=self._settings,
            starts=self._archive.session.starts,
            sense=self._family.sense,
            restarts=self._restarts,
            restarts_finished=len(finished),
            evaluated=sum(done.evaluated for done in finished.values()),
            accepted=sum(done.accepted for done in finished.values()),
            complete=complete,
            repeatable=complete and not timed,
            versions=versions(),
            worst=self._entries("worst"),
            without_ratio=self._entries("apart"),
            defects=self._entries("defect"),
        )
        write_json(self._archive.path / "summary.json", msgspec.to_builtins(summary))
        return summary

    def _evaluate(self, instance: Instance) -> tuple[tuple[MethodAnswer, MethodAnswer], Score] | None:
        """Both answers and their score; None if the search ended meanwhile, for then a run may have been cut."""
        settings = self._settings
        answers = []
        for method in (settings.method, settings.against):
            if self._over():
                return None
            limit = settings.time_limit_s
            if self._end < math.inf:
                left = max(0.0, self._end - time.perf_counter())
                limit = left if limit is None else min(limit, left)
            answers.append(answer(instance, method, settings.seed, limit))
        if self._over():
            return None
        a, b = answers
        return (a, b), score(a, b, self._family.sense, self._family.has_integers(instance))

    def _over(self) -> bool:
        return self._stop.is_set() or time.perf_counter() >= self._end

    def _labelled(self, instance: Instance, origin: Instance, restart: int, step: int) -> Instance:
        """``instance`` under a name and with a source that tell where it comes from."""
        settings = self._settings
        name = f"{origin.name[:_NAME_LENGTH]}-adversarial-s{settings.seed}-r{restart}-{step}"
        source = (
            f"adversarial search of {settings.method} against {settings.against}: start {origin.name} "
            f"({origin.instance_hash}), seed {settings.seed}, restart {restart}, step {step}"
        )
        return instance.model_copy(update={"name": name, "source": source})

    def _keep(
        self,
        instance: Instance,
        origin: Instance,
        restart: int,
        step: int,
        answers: tuple[MethodAnswer, MethodAnswer],
        result: Score,
    ) -> None:
        if result.kind is Kind.OPEN:
            return
        a, b = (None if given.solution is None else given.solution.to_data() for given in answers)
        example = Example(restart, step, origin.name, instance.instance_hash, result, instance.to_data(), a, b)
        if not self._archive.improves(example):
            return
        for given in answers:
            self._check_again(instance, given)
        self._archive.append(example)
        self.summarise()

    def _check_again(self, instance: Instance, given: MethodAnswer) -> None:
        """What is kept is verified as a reader of the files will do it: from their text."""
        if given.solution is None:
            return
        read = cast(Instance, self._family.instance_type.from_data(json.loads(json.dumps(instance.to_data()))))
        solution = cast(
            Solution, self._family.solution_type.from_data(json.loads(json.dumps(given.solution.to_data())))
        )
        certificate = api.verify(read, solution)
        if not certificate.accepted or certificate.objective != given.objective:
            raise SolverError(f"a solution of {instance.name} changes when it is written and read")

    def _entries(self, category: Category) -> tuple[SummaryEntry, ...]:
        return tuple(
            SummaryEntry(
                f"{category}-{place}.json", str(example.instance["name"]), example.instance_hash, example.start,
                example.restart, example.step, example.score,
            )
            for place, example in enumerate(self._archive.ranked(category), start=1)
        )  # fmt: skip

    def _tell(self, restart: int, step: int, value: float) -> None:
        if self._on_progress is None:
            return
        worst = self._archive.ranked("worst")
        self._on_progress(
            SearchProgress(
                restart=restart,
                restarts=self._restarts,
                step=step,
                steps=self._settings.steps,
                evaluated=self._evaluated,
                current=None if value == -math.inf else math.exp(value),
                worst=worst[0].score.ratio if worst else None,
                without_ratio=len(self._archive.ranked("apart")),
                defects=len(self._archive.ranked("defect")),
            )
        )


def _logarithm(ratio: float) -> float:
    return math.log(ratio) if ratio > 0 else -math.inf
