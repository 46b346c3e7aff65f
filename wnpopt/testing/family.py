"""What a family's description must keep."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable
from dataclasses import is_dataclass
from itertools import pairwise
from typing import Any, cast

import numpy as np

from wnpopt import api
from wnpopt.core import registry
from wnpopt.core.budget import Budget
from wnpopt.core.document import Document, Instance, Solution
from wnpopt.core.errors import InputError
from wnpopt.core.facts import Facts
from wnpopt.core.lazy import resolve
from wnpopt.core.options import Option, options_of
from wnpopt.core.registry import AnyFamily
from wnpopt.core.suite import Suite
from wnpopt.plotting.gantt import Gantt
from wnpopt.testing.kit import Subject, check, expect


def check_family(family: AnyFamily) -> None:
    """The family's description is complete, its generator repeats itself, its documents survive being written."""
    from wnpopt.testing.documents import round_trip

    subject = Subject(family)
    description(subject)
    generator(subject)
    round_trip(subject)


@check("family-description")
def description(subject: Subject) -> None:
    """The description is complete, and what it names by reference is there and of the right type."""
    family = subject.family
    expect(bool(family.name) and bool(family.title), "a family has a name and a title")
    expect(_subclass(family.instance_type, Instance), "the instance type is an Instance")
    expect(_subclass(family.solution_type, Solution), "the solution type is a Solution")
    expect(family.sense in ("min", "max"), "the sense is min or max")
    for name in ("verify", "bounds", "prove_infeasible", "generate"):
        expect(callable(getattr(family, name)), f"{name} is a function")
    expect(all(isinstance(o, Option) for o in family.generator_options), "the generator's options are Options")
    methods = api.methods(family.name)
    expect(family.warm_start == "none" or family.warm_start in methods, "the warm start is a method")
    expect("auto" in methods, "every family has a method auto")
    lacking = [name for name in family.methods if name not in methods and ":" not in name]
    expect(not lacking, f"methods that the family lists and that cannot be used: {', '.join(lacking)}")
    for named in ("plot", "gantt", "perturb", "show"):
        reference = getattr(family, named)
        expect(reference is None or callable(resolve(reference)), f"{named} names a function")
    for kind, reference in family.documents.items():
        expect(_subclass(resolve(reference), Document), f"the document {kind} is a Document")
    for name, command in family.commands.items():
        _declared(f"the command {name}", command.summary, command.request_type, command.body)
    for name, importer in family.importers.items():
        _declared(f"the importer {name}", importer.summary, importer.request_type, importer.body)
        known = {option.name for option in options_of(importer.request_type)}
        expect(set(importer.chosen_by) <= known, f"the importer {name} is chosen by options that it has")
    expect(isinstance(family.unit_of(subject.known), str), "the unit of an objective is a text")
    expect(isinstance(family.has_integers(subject.known), bool), "integer_objective is true or false")


def _subclass(kind: object, of: type) -> bool:
    return isinstance(kind, type) and issubclass(kind, of)


def _declared(what: str, summary: str, request: type, body: object) -> None:
    expect(bool(summary), f"{what} has a summary")
    expect(is_dataclass(request), f"the request of {what} is a dataclass")
    expect(callable(body), f"what {what} runs is a function")


@check("family-generate")
def generator(subject: Subject) -> None:
    """Equal options and seed give the same instance, another seed another; an unknown option is refused."""
    family = subject.family
    instance, again = family.generate({}, 1), family.generate({}, 1)
    expect(instance.to_data() == again.to_data(), "equal options and seed give the same instance")
    expect(instance.instance_hash != family.generate({}, 2).instance_hash, "another seed gives another instance")
    written = {option.name: option.default for option in family.generator_options if option.default is not None}
    expect(family.generate(written, 1).to_data() == instance.to_data(), "defaults may be given, and change nothing")
    for options in family.warm_up:
        expect(isinstance(family.generate(options, 1), family.instance_type), "the warm-up's options make instances")
    try:
        family.generate({"no-such-option": 1}, 1)
    except InputError as error:
        expect(
            error.where == "no-such-option", f"an option that the generator does not have is told of {error.where!r}"
        )
    else:
        raise AssertionError("the generator takes an option that it does not have")


@check("family-known-case")
def known_case(subject: Subject) -> None:
    """The optimum of the known case is proved by auto."""
    result = api.solve(subject.known, "auto", time_limit=None, threads=1)
    expect(result.status == "optimal", f"auto proves the optimum of the known case: {result.message}")
    told = f"the known optimum is {subject.optimum:.17g}, auto says {result.objective:.17g}"
    slack = 0.0 if subject.family.has_integers(subject.known) else 1e-6
    expect(math.isclose(result.objective or 0.0, subject.optimum, rel_tol=slack, abs_tol=1e-12), told)


@check("family-bounds")
def bounds(subject: Subject) -> None:
    """No solution is better than a bound, every bound is finite and has a source, and they repeat themselves."""
    family, side = subject.family, 1.0 if subject.family.sense == "min" else -1.0
    values = [(subject.known, subject.optimum)]
    values += [(i, cast(float, family.verify(i, s).objective)) for i, s in subject.solved]
    for instance, objective in values:
        first, again = (tuple(family.bounds(instance, Budget(None))) for _ in range(2))
        expect(first == again, "the bounds of an instance are the same every time")
        for bound in first:
            expect(math.isfinite(bound.value) and bool(bound.source), "a bound is a finite number with a source")
            slack = 1e-6 if family.has_integers(instance) else 1e-9 * abs(objective)
            told = (
                f"the bound {bound.value:.17g} of {bound.source} and the solution {objective:.17g} of {instance.name}"
            )
            expect(side * (bound.value - objective) <= slack, f"no solution is better than a bound: {told}")


@check("family-infeasible")
def infeasible(subject: Subject) -> None:
    """An instance that has a solution is not proved infeasible, and of another the proof is a text."""
    for instance, _ in subject.solved:
        told = subject.family.prove_infeasible(instance, Budget(None))
        expect(told is None, f"{instance.name} has a solution; the proof that it has none: {told}")
    for instance in subject.infeasible:
        told = subject.family.prove_infeasible(instance, Budget(None))
        expect(told is None or (isinstance(told, str) and bool(told)), "a proof of infeasibility is told in words")


@check("family-formulations")
def formulations(subject: Subject) -> str | None:
    """Every formulation makes a model of the known case."""
    for name, reference in subject.family.formulations.items():
        build = cast("Callable[[Instance], object]", resolve(reference))
        expect(build(subject.known) is not None, f"the formulation {name} makes a model")
    return None if subject.family.formulations else "the family has no formulations"


@check("family-gantt")
def gantt(subject: Subject) -> str | None:
    """A Gantt chart has its bars in its lanes and its time, those of one track one after the other."""
    if subject.family.gantt is None:
        return "the family has no Gantt chart"
    draw = cast("Callable[[Instance, Solution], Gantt]", resolve(subject.family.gantt))
    for instance, solution in subject.solved:
        chart = draw(instance, solution)
        expect(isinstance(chart, Gantt), "the Gantt chart is a wnpopt.plotting.gantt.Gantt")
        expect(draw(instance, solution) == chart, "the same solution gives the same chart")
        expect(chart.end >= 0 and math.isfinite(chart.end), "a chart has an end")
        slack = 1e-9 * chart.end
        tracks: dict[tuple[int, int], list[tuple[float, float]]] = {}
        for bar in chart.bars:
            expect(0 <= bar.lane < len(chart.lanes), f"the bar {bar.label} lies in a lane of the chart")
            expect(0 <= bar.track < chart.lanes[bar.lane].tracks, f"the bar {bar.label} lies in a track of its lane")
            expect(0 <= bar.group < len(chart.groups), f"the bar {bar.label} has a group of the chart")
            inside = -slack <= bar.start <= bar.end + slack and bar.end <= chart.end + slack
            expect(inside, f"the bar {bar.label} from {bar.start:g} to {bar.end:g} lies between 0 and {chart.end:g}")
            tracks.setdefault((bar.lane, bar.track), []).append((bar.start, bar.end))
        expect(not _overlapping(tracks.values(), slack), "bars of one track do not overlap")
        for mark in chart.marks:
            expect(mark.lane is None or 0 <= mark.lane < len(chart.lanes), f"the mark {mark.label} lies in a lane")
    return None


def _overlapping(tracks: Iterable[list[tuple[float, float]]], slack: float) -> bool:
    ordered = [sorted(bars) for bars in tracks]
    return any(b[0] < a[1] - slack for bars in ordered for a, b in pairwise(bars))


@check("family-show")
def shown(subject: Subject) -> str | None:
    """What is shown of an instance and of a solution is JSON under names that stand once, and the same every time."""
    show = subject.family.shown
    if show is None:
        return "the family shows its fields alone"
    told: list[tuple[Instance, Solution | None]] = [(instance, None) for instance in subject.instances]
    for instance, solution in [*told, *subject.solved]:
        facts = show(instance, solution)
        expect(isinstance(facts, Facts), "what is shown is a wnpopt.core.facts.Facts")
        names = [fact.key for fact in facts.facts] + [table.key for table in facts.tables]
        twice = sorted({name for name in names if names.count(name) > 1})
        expect(not twice, f"a name stands once in what is shown: {', '.join(twice)}")
        for table in facts.tables:
            whole = all(len(row) == len(table.columns) for row in table.rows)
            expect(whole, f"a row of the table {table.key} has a value for each column")
        try:
            json.dumps(facts.to_data(), allow_nan=False)
        except (TypeError, ValueError) as error:
            expect(False, f"what is shown can be written as JSON: {error}")
        expect(show(instance, solution) == facts, "the same is shown every time")
    return None


@check("family-perturb")
def perturb(subject: Subject) -> str | None:
    """A small change makes another valid instance, the same one for equal random numbers."""
    if subject.family.perturb is None:
        return "the family has no perturb"
    change = cast("Callable[[Instance, np.random.Generator, Instance], Instance]", resolve(subject.family.perturb))
    for origin in subject.instances:
        instance, before = origin, origin.to_data()
        for step in range(20):
            made, again = (change(instance, np.random.default_rng(step), origin) for _ in range(2))
            expect(made.to_data() == again.to_data(), "equal random numbers make the same change")
            valid: Any = subject.family.instance_type.from_data(made.to_data())
            expect(valid == made, "a changed instance is a valid one")
            instance = made
        expect(origin.to_data() == before, "the instance that is changed stays what it was")
        expect(instance.instance_hash != origin.instance_hash, f"20 changes make another instance of {origin.name}")
    return None


@check("family-suites")
def suites(subject: Subject) -> str | None:
    """Suites have their names, methods that exist, and the same instances every time."""
    names = list(subject.family.suites)
    for name, reference in subject.family.suites.items():
        suite = resolve(reference)
        expect(isinstance(suite, Suite), f"{reference} is a Suite")
        assert isinstance(suite, Suite)
        expect((suite.name, suite.family) == (name, subject.family.name), "a suite has its name and its family")
        lacking = [name for name in suite.methods if name not in registry.methods(subject.family.name)]
        expect(not lacking, f"methods of the suite {suite.name} that do not exist: {', '.join(lacking)}")
        expect(bool(suite.presets), f"the suite {suite.name} has presets")
        for preset in suite.presets:
            point = next(suite.points(preset))
            made, again = suite.instance(point), suite.instance(point)
            expect(isinstance(made, subject.family.instance_type), f"the suite {suite.name} makes instances")
            expect(made.to_data() == again.to_data(), f"the suite {suite.name} makes the same instances every time")
    return None if names else "the family has no suites"
