"""A family: one kind of problem, with everything that solving it needs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from wnpopt.core.bound import Bound, Sense
from wnpopt.core.budget import Budget
from wnpopt.core.certificate import Certificate
from wnpopt.core.document import Instance, Solution

I = TypeVar("I", bound=Instance)  # noqa: E741
S = TypeVar("S", bound=Solution)


@dataclass(frozen=True)
class GeneratorOption:
    """An option of the instance generator, for ``wnpopt generate FAMILY --name VALUE``."""

    name: str
    default: int | float | str
    help: str


@dataclass(frozen=True)
class KnownCase:
    """A tiny instance (as JSON data) with its optimum, for ``wnpopt doctor``."""

    instance: Mapping[str, object]
    optimum: float


@dataclass(frozen=True)
class Family(Generic[I, S]):
    """The registered description of a family.

    ``methods`` and ``formulations`` are object references (``package.module:NAME``) by name, resolved when they are
    needed, so that listing families imports no solver. (Methods by reference alone, in a tuple, are all imported as
    soon as one is asked for.) ``warm_start`` names the method whose solution the exact methods start
    from. ``integer_objective`` holds for all instances or is asked of one. ``prove_infeasible`` gives a proof that
    needs no solver's word, or None. ``plot`` draws a solution into a file of one of ``plot_formats``; ``gantt``
    makes the :class:`wnpopt.plotting.gantt.Gantt` of a verified solution. ``perturb`` makes one small random change:
    a function of an instance, a ``numpy.random.Generator`` and the instance with which the changes began, around
    whose values it keeps the others. ``warm_up`` are options of ``generate`` for tiny instances that, with the
    known case, reach everything that the family compiles.
    """

    name: str
    title: str
    instance_type: type[I]
    solution_type: type[S]
    sense: Sense
    integer_objective: bool | Callable[[I], bool]
    verify: Callable[[I, S], Certificate]
    bounds: Callable[[I, Budget], Sequence[Bound]]
    prove_infeasible: Callable[[I, Budget], str | None]
    methods: Mapping[str, str] | tuple[str, ...]
    formulations: Mapping[str, str]
    warm_start: str
    generate: Callable[[Mapping[str, int | float | str], int], I]
    generator_options: tuple[GeneratorOption, ...]
    plot: str | None = None
    plot_formats: tuple[str, ...] = (".png", ".svg")
    unit: str | Callable[[I], str] = ""
    doctor: KnownCase | None = None
    gantt: str | None = None
    perturb: str | None = None
    warm_up: tuple[Mapping[str, int | float | str], ...] = ()

    def unit_of(self, instance: I) -> str:
        """The unit of ``instance``'s objective, as it is printed."""
        return self.unit if isinstance(self.unit, str) else self.unit(instance)

    def has_integers(self, instance: I) -> bool:
        """True if every solution of ``instance`` has an integer objective, so that bounds may be rounded."""
        rule = self.integer_objective
        return rule if isinstance(rule, bool) else rule(instance)
