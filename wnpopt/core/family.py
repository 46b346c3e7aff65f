"""A family: one kind of problem, with everything that solving it needs."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast

from wnpopt.core.bound import Bound, Sense
from wnpopt.core.command import Command, Importer
from wnpopt.core.exhausted import Exhausted
from wnpopt.core.figure import FigureKind
from wnpopt.core.lazy import Lazy, resolve
from wnpopt.core.options import GeneratorOption, Option

if TYPE_CHECKING:
    from wnpopt.core.budget import Budget
    from wnpopt.core.certificate import Certificate
    from wnpopt.core.document import Document, Instance, Solution
    from wnpopt.core.facts import Facts

__all__ = ["Family", "GeneratorOption", "KnownCase"]

I = TypeVar("I", bound="Instance")  # noqa: E741
S = TypeVar("S", bound="Solution")


@dataclass(frozen=True)
class KnownCase:
    """A tiny instance (as JSON data) with its optimum, for ``wnpopt doctor``."""

    instance: Mapping[str, object]
    optimum: float

    @classmethod
    def read(cls, package: str, name: str = "known.json") -> KnownCase:
        """The case in the file ``name`` of ``package``: an object with ``instance`` and ``optimum``."""
        data = json.loads(files(package).joinpath(name).read_text(encoding="utf-8"))
        return cls(data["instance"], data["optimum"])


def read_cases(package: str, name: str) -> tuple[KnownCase, ...]:
    """The cases in the file ``name`` of ``package``: a list of objects like those of :meth:`KnownCase.read`."""
    rows = json.loads(files(package).joinpath(name).read_text(encoding="utf-8"))
    return tuple(KnownCase(row["instance"], row["optimum"]) for row in rows)


@dataclass(frozen=True)
class Family(Generic[I, S]):
    """The registered description of a family.

    Whatever needs code is best given by :func:`wnpopt.core.lazy.refer`, by the name of where it is: it is imported when
    it is first asked for, so that listing families costs next to nothing. ``methods`` and ``formulations`` are object
    references (``package.module:NAME``) by name, resolved when they are needed, so that listing families imports no
    solver. (Methods by reference alone, in a tuple, are all imported as soon as one is asked for.) ``warm_start`` names
    the method whose solution the exact methods start from. ``integer_objective`` holds for all instances or is asked of
    one. ``prove_infeasible`` gives a proof that needs no solver's word, or None. ``gantt``
    makes the :class:`wnpopt.plotting.gantt.Gantt` of a verified solution, of which all pictures are drawn; ``plot``
    makes the figures of plotly, by name, that a page shows of an instance beneath the schedule. As packages for wnpopt
    0.1 have it, a ``plot`` with ``plot_formats`` or without ``gantt`` draws the solution itself: a function of the
    instance, the solution, the bound and the path.
    ``perturb`` makes one small random change: a function of an instance, a ``numpy.random.Generator`` and the instance
    with which the changes began, around whose values it keeps the others. ``show`` tells what ``wnpopt show`` has of an
    instance, or of a verified solution: a function of an instance and a solution or None that makes
    :class:`wnpopt.core.facts.Facts`; without it the fields are listed, and the bars of ``gantt``. ``warm_up`` are
    options of ``generate`` for tiny instances that, with the known case, reach everything that the family compiles.

    ``suites`` are references to the family's named suites (:class:`wnpopt.core.suite.Suite`) by name. ``documents`` are
    further kinds of documents that it reads and writes: references to :class:`Document` classes by kind. ``importers``
    make instances from files, by format; ``commands`` are further commands of the command line, by name. ``state`` is
    the kind, one of ``documents``, of the state of a running plan: ``verify(instance, solution, fixed=state)`` then
    judges plans that go on from it. ``carry_on`` is a reference to what brings a plan to such a state, a function of
    the instance, the state and the plan that ran until now: a plan that goes on, or None. ``residual`` is a reference
    to what is left of an instance in such a state, a function of both: an instance that every plan that goes on solves,
    at no lower objective, so that its bounds and its infeasibility hold for them. ``at_start`` is a reference to the
    state of an instance in which nothing has happened yet. ``front`` is a reference to the
    family's :class:`wnpopt.core.front.Bicriteria`, ``robust`` one to its :class:`wnpopt.core.robust.Robust`.
    ``explain`` is a reference to what tells why there is no plan, or who is left out: a function of the instance and
    :class:`wnpopt.core.explanation.ExplanationRequest` that makes an :class:`wnpopt.core.explanation.Explanation`.
    ``charts`` is a reference to what an instance without a plan looks like: a function of it that makes
    :class:`wnpopt.plotting.chart.Chart` by name, which are its page, and its image unless ``picture`` refers to a
    function of it that makes a figure of matplotlib. ``figures`` are further figures of plans and of the family's
    documents, by the names that ``wnpopt plot --figure`` takes. ``decoders`` are references, by formulation, to
    functions of the instance, of values by variables' names and of what says whether the verifier accepts a solution,
    that make one. ``unit_s`` gives the seconds of a unit of an instance's objective, None where that is no time.
    ``leaves_out`` tells of an instance and a solution whether somebody is not served. ``cases`` are further known
    cases: ``wnpopt doctor`` has every method that does not refuse one solve it. ``exhaust`` is a reference to what
    tries everything on a tiny instance, and shares nothing with methods, kernels and solvers: a function of the
    instance and of the objective that is to be beaten (None: any) that makes an
    :class:`wnpopt.core.exhausted.Exhausted`. What is called optimal or infeasible is asked of it before it is believed.
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
    generator_options: tuple[Option, ...]
    plot: str | None = None
    plot_formats: tuple[str, ...] = ()
    unit: str | Callable[[I], str] = ""
    doctor: KnownCase | None = None
    gantt: str | None = None
    perturb: str | None = None
    warm_up: tuple[Mapping[str, int | float | str], ...] = ()
    suites: Mapping[str, str] = field(default_factory=dict)
    documents: Mapping[str, str] = field(default_factory=dict)
    importers: Mapping[str, Importer] = field(default_factory=dict)
    commands: Mapping[str, Command] = field(default_factory=dict)
    state: str | None = None
    front: str | None = None
    carry_on: str | None = None
    residual: str | None = None
    at_start: str | None = None
    robust: str | None = None
    cases: tuple[KnownCase, ...] = ()
    show: str | None = None
    explain: str | None = None
    charts: str | None = None
    picture: str | None = None
    figures: Mapping[str, FigureKind] = field(default_factory=dict)
    decoders: Mapping[str, str] = field(default_factory=dict)
    unit_s: Callable[[I], float | None] | None = None
    leaves_out: Callable[[I, S], bool] | None = None
    exhaust: str | None = None

    def __getattribute__(self, name: str) -> Any:
        """What is named by where it is becomes what it names, once."""
        value = object.__getattribute__(self, name)
        if type(value) is Lazy:
            value = value.make()
            object.__setattr__(self, name, value)
        return value

    @property
    def drawn_formats(self) -> tuple[str, ...]:
        """The endings of the files that ``plot`` draws itself; none where pictures are drawn of ``gantt``."""
        if self.plot is None or (self.gantt is not None and not self.plot_formats):
            return ()
        return self.plot_formats or (".png", ".svg")

    @property
    def shown(self) -> Callable[[I, S | None], Facts] | None:
        """The function that ``show`` names, None where there is none."""
        return None if self.show is None else cast("Callable[[I, S | None], Facts]", resolve(self.show))

    def carried_on(self, instance: I, state: Document, solution: S) -> S | None:
        """What ``carry_on`` makes of ``solution``; None where there is no such function."""
        if self.carry_on is None:
            return None
        return cast("Callable[[I, Document, S], S | None]", resolve(self.carry_on))(instance, state, solution)

    def residual_of(self, instance: I, state: Document) -> I | None:
        """What ``residual`` leaves of ``instance``; None where there is no such function."""
        if self.residual is None:
            return None
        return cast("Callable[[I, Document], I]", resolve(self.residual))(instance, state)

    def state_at_start(self, instance: I) -> Document | None:
        """The state that ``at_start`` makes; None where there is no such function."""
        return None if self.at_start is None else cast("Callable[[I], Document]", resolve(self.at_start))(instance)

    def exhausted(self, instance: I, better_than: float | None) -> Exhausted[S]:
        """What ``exhaust`` says of ``instance``; nothing where there is no such function, or it fails."""
        if self.exhaust is None:
            return Exhausted(None, complete=False)
        try:
            return cast("Callable[[I, float | None], Exhausted[S]]", resolve(self.exhaust))(instance, better_than)
        except Exception:
            return Exhausted(None, complete=False)

    def unit_of(self, instance: I) -> str:
        """The unit of ``instance``'s objective, as it is printed."""
        return self.unit if isinstance(self.unit, str) else self.unit(instance)

    def seconds_of(self, instance: I) -> float | None:
        """The seconds that a unit of the objective stands for; None where it is none of time, or is seconds."""
        return None if self.unit_s is None else self.unit_s(instance)

    def has_integers(self, instance: I) -> bool:
        """True if every solution of ``instance`` has an integer objective, so that bounds may be rounded."""
        rule = self.integer_objective
        return rule if isinstance(rule, bool) else rule(instance)
