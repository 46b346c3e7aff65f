"""For each rule of intradp's verifier a change of a valid plan that breaks it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from tests.contract.mutations import replaced
from wnpopt.core.perturbation import pick
from wnpopt.problems.intradp import IntradpInstance, IntradpSolution
from wnpopt.testing import Mutation

Broken = IntradpSolution | tuple[IntradpInstance, IntradpSolution] | None


def plan(**change: Callable[[IntradpInstance, IntradpSolution], object]) -> Mutation:
    """The plan with other fields."""

    def mutate(instance: IntradpInstance, solution: IntradpSolution, _rng: np.random.Generator) -> Broken:
        return solution.model_copy(update={name: value(instance, solution) for name, value in change.items()})

    return mutate


def too_many_rows(instance: IntradpInstance, solution: IntradpSolution, rng: np.random.Generator) -> Broken:
    """The device computes a row that some operator does not have."""
    k = pick(len(instance.operators), rng)
    ends = replaced(solution.device_end, k, instance.operators[k].units + 1)
    return solution.model_copy(update={"device_end": ends})


def large_transfer(instance: IntradpInstance, solution: IntradpSolution, _rng: np.random.Generator) -> Broken:
    """The server computes everything, and sends back what is larger than the input."""
    units = [operator.units for operator in instance.operators]
    sent = {edge.source for edge in instance.operators[-1].inputs}
    largest = max(operator.output_bytes for operator in instance.operators if operator.name in sent)
    if largest <= instance.operators[0].output_bytes:
        return None
    rows = (units[0], *(0 for _ in units[1:-1]), units[-1])
    everything = solution.model_copy(update={"device_end": rows, "server_begin": rows})
    return instance.model_copy(update={"transfers": "small"}), everything


def too_late(instance: IntradpInstance, solution: IntradpSolution, _rng: np.random.Generator) -> Broken:
    """There is a deadline that nothing meets."""
    return instance.model_copy(update={"deadline_s": 1e-9}), solution


MUTATIONS: dict[str, Mutation] = {
    "instance-name": plan(instance=lambda *_: "another"),
    "device-length": plan(device_end=lambda _, solution: solution.device_end[:-1]),
    "server-length": plan(server_begin=lambda _, solution: (*solution.server_begin, 0)),
    "rows": too_many_rows,
    "input": plan(server_begin=lambda instance, s: (instance.operators[0].units - 1, *s.server_begin[1:])),
    "output": plan(server_begin=lambda instance, s: (*s.server_begin[:-1], instance.operators[-1].units - 1)),
    "transfers": large_transfer,
    "deadline": too_late,
}
