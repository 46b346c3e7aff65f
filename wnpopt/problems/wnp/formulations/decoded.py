"""Plans of the values of models that somebody else has solved."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping

from wnpopt.backends.values import in_order
from wnpopt.problems.wnp.instance import WnpInstance
from wnpopt.problems.wnp.solution import WnpSolution


def from_milp(
    instance: WnpInstance, values: Mapping[str, float], accepted: Callable[[WnpSolution], bool]
) -> WnpSolution:
    """The plan of a solved MILP, by the names of its variables."""
    import pyomo.environ as pyo

    from wnpopt.backends.completed import completed
    from wnpopt.problems.wnp.formulations.milp import build_milp, decode
    from wnpopt.problems.wnp.formulations.uplink import deliverable

    problem = deliverable(instance)
    model = build_milp(problem)
    names = [variable.name for variable in model.component_data_objects(pyo.Var, active=True)]
    # The completed model is spent: its integers are fixed.
    ordered = in_order(names, completed(build_milp(problem), values))
    at = dict(zip(names, ordered, strict=True))
    composed = decode(model, problem, ordered)
    starts = [at[model.s[i].name] / model.tick.value for i in range(len(instance.subgraphs))]
    return _kept(instance, composed, starts, accepted)


def from_cpsat(
    instance: WnpInstance, values: Mapping[str, float], accepted: Callable[[WnpSolution], bool]
) -> WnpSolution:
    """The plan of a solved CP-SAT model, by the names of its variables."""
    from wnpopt.problems.wnp.formulations.cpsat import compile_cpsat, decode
    from wnpopt.problems.wnp.formulations.uplink import deliverable

    compiled = compile_cpsat(deliverable(instance))
    assert compiled is not None, "without a budget there is always time"
    names = [variable.name for variable in compiled.model.proto.variables]
    ordered = in_order(names, values)
    composed = decode(compiled, ordered)
    return _kept(instance, composed, compiled.placement(ordered)[1].tolist(), accepted)


def _kept(
    instance: WnpInstance, composed: WnpSolution, starts: list[float], accepted: Callable[[WnpSolution], bool]
) -> WnpSolution:
    """``composed`` with the solver's own starts, rounded, where the verifier accepts these; else as it was retimed."""
    names = [subgraph.name for subgraph in instance.subgraphs]
    start = {name: max(0, round(at)) for name, at in zip(names, starts, strict=True)}
    kept = composed.model_copy(update={"start": start})
    if accepted(kept):
        return kept
    told = "the rounded starts of the values break a rule; they were made anew from cores and order"
    if accepted(composed):
        warnings.warn(told, UserWarning, stacklevel=5)
    return composed
