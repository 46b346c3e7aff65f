"""The conformance kit: named checks, each of which says in which version of the kit it came.

A check is a function of a :class:`Subject` (and of a method, or of a rule of the verifier) that raises
``AssertionError`` saying what was broken, and returns nothing, or the reason for which it does not apply.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from importlib import import_module
from typing import Any, Literal

import numpy as np

from wnpopt import api
from wnpopt.core import registry
from wnpopt.core.document import Instance, Solution
from wnpopt.core.errors import describe
from wnpopt.core.extras import installed
from wnpopt.core.patience import patience
from wnpopt.core.registry import AnyFamily

VERSION = 1
"""The kit's newest version. A package that names the version it was tried with gets no check that came later."""

PATIENCE_S = 60.0
"""So long after its limit a run may end."""

Changed = Solution | tuple[Instance, Solution] | None
Mutation = Callable[[Any, Any, np.random.Generator], Changed]
"""Breaks one rule of a verifier: of a valid solution (and, where that has to be, of its instance) it makes one that
breaks the rule. None where this instance does not lend itself to it."""

Scope = Literal["family", "method", "rule"]
Body = Callable[..., str | None]


def expect(condition: bool, what: str) -> None:
    """Raise ``AssertionError`` with ``what`` unless ``condition`` holds."""
    if not condition:
        raise AssertionError(what)


@dataclass(frozen=True)
class Subject:
    """A family with what its author knows about it.

    ``mutations`` are by rule of its verifier (``rules``; None: the ``RULES`` of the verifier's module). ``samples`` are
    further small instances, beside the known case and two of the generator, and ``solutions`` valid pairs of an
    instance and a solution, for what no method of the family solves; ``infeasible`` are instances without
    a solution, and ``unsupported`` instances by the method that refuses them.
    """

    family: AnyFamily
    mutations: Mapping[str, Mutation] = field(default_factory=dict)
    rules: tuple[str, ...] | None = None
    samples: tuple[Instance, ...] = ()
    solutions: tuple[tuple[Instance, Solution], ...] = ()
    infeasible: tuple[Instance, ...] = ()
    unsupported: Mapping[str, Instance] = field(default_factory=dict)

    @cached_property
    def known(self) -> Instance:
        """The family's known case; its absence is a failure."""
        case = self.family.doctor
        expect(case is not None, "a family brings a tiny instance with its optimum (doctor)")
        made: Instance = self.family.instance_type.from_data(dict(case.instance))  # type: ignore[union-attr]
        return made

    @cached_property
    def optimum(self) -> float:
        """The optimum of the known case."""
        expect(self.family.doctor is not None, "a family brings a tiny instance with its optimum (doctor)")
        return self.family.doctor.optimum  # type: ignore[union-attr]

    @cached_property
    def instances(self) -> tuple[Instance, ...]:
        """The known case, two that the generator makes with its defaults, and the samples."""
        return (self.known, *(self.family.generate({}, seed) for seed in (1, 2)), *self.samples)

    @cached_property
    def solved(self) -> tuple[tuple[Instance, Solution], ...]:
        """Instances with a valid solution each: of the warm start's method, or of auto where that finds none."""
        pairs = []
        for instance in self.instances:
            names = [self.family.warm_start] if self.family.warm_start != "none" else []
            for name in (*names, "auto"):
                method = registry.method(self.family.name, name)
                if method.refuse(instance) is None and all(map(installed, method.modules)):
                    solution = api.solve(instance, name, time_limit=5, threads=1).solution
                    if solution is not None and self.family.verify(instance, solution).accepted:
                        pairs.append((instance, solution))
                        break
        expect(bool(pairs), "some method solves one of the family's instances")
        return (*pairs, *self.solutions)

    @cached_property
    def rule_names(self) -> tuple[str, ...]:
        """The rules of the verifier."""
        if self.rules is not None:
            return self.rules
        return tuple(getattr(import_module(self.family.verify.__module__), "RULES", ()))


@dataclass(frozen=True)
class Check:
    """A promise that is checked: of a family, of each of its methods, or of each rule of its verifier."""

    name: str
    scope: Scope
    since: int
    body: Body

    @property
    def promise(self) -> str:
        """What is promised, in a line."""
        return (self.body.__doc__ or "").strip().partition("\n")[0]


CHECKS: dict[str, Check] = {}
"""All checks, by name, in the order in which they run."""


def check(name: str, scope: Scope = "family", since: int = 1) -> Callable[[Body], Body]:
    """Make the function below it a check of the kit."""

    def add(body: Body) -> Body:
        assert name not in CHECKS, name
        CHECKS[name] = Check(name, scope, since, body)
        return body

    return add


@dataclass(frozen=True)
class Case:
    """A check on what it is about: ``about`` is a method or a rule, or empty."""

    subject: Subject
    check: Check
    about: str = ""
    excluded: str | None = None

    def __str__(self) -> str:
        return "-".join(filter(None, (self.subject.family.name, self.check.name, self.about)))

    def run(self) -> str | None:
        """Nothing if the promise is kept, or why it is not asked for.

        Raises ``AssertionError`` if it is broken, or if it is excluded although it is kept.
        """
        if self.excluded is None:
            return self._body()
        try:
            told = self._body()
        except Exception:
            return f"excluded: {self.excluded}"
        what = "keeps the promise" if told is None else f"is not asked ({told})"
        raise AssertionError(f"{self} {what}: its exclusion ({self.excluded}) is not needed any more")

    def _body(self) -> str | None:
        # What is checked is what a run ends with, not whether this machine has time for it.
        with patience(PATIENCE_S):
            return self.check.body(self.subject, *([self.about] if self.check.scope != "family" else []))


def cases(subject: Subject, *, exclude: Mapping[str, str] | None = None, version: int = VERSION) -> list[Case]:
    """All that there is to check of ``subject``, for a test framework to run one by one.

    ``exclude`` names what is known to fail and why: a check, or ``check:method`` (or ``check:rule``) for one alone.
    Raises ``ValueError`` for an exclusion that names nothing.
    """
    known = dict(exclude or {})
    made = []
    used = set()
    for each in CHECKS.values():
        for about in _abouts(subject, each.scope) if each.since <= version else ():
            names = [name for name in (f"{each.name}:{about}", each.name) if name in known]
            used.update(names)
            made.append(Case(subject, each, about, known[names[0]] if names else None))
    unknown = sorted(set(known) - used)
    if unknown:
        raise ValueError(f"nothing that is checked is called {', '.join(unknown)}; the checks are {', '.join(CHECKS)}")
    return made


def _abouts(subject: Subject, scope: Scope) -> Iterator[str]:
    if scope == "method":
        yield from registry.methods(subject.family.name)
    elif scope == "rule":
        yield from (rule for rule in subject.rule_names if rule in subject.mutations)
    else:
        yield ""


def conform(subject: Subject, *, exclude: Mapping[str, str] | None = None, version: int = VERSION) -> Sequence[str]:
    """Run every check; returns what was not asked for, and why, one line each.

    Raises one ``AssertionError`` with all that was broken.
    """
    skipped, broken = [], []
    for case in cases(subject, exclude=exclude, version=version):
        try:
            told = case.run()
        except Exception as error:
            broken.append(f"{case}: {error if isinstance(error, AssertionError) else describe(error)}")
        else:
            skipped += [f"{case}: {told}"] if told else []
    expect(not broken, f"{len(broken)} checks failed:\n" + "\n".join(broken))
    return skipped
