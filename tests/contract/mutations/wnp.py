"""For each rule of wnp's verifier a change of a valid plan that breaks it."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations
from typing import Any

import numpy as np

from wnpopt.problems.wnp import WnpInstance, WnpSolution
from wnpopt.problems.wnp.verify import makespan
from wnpopt.testing import Mutation

Broken = WnpSolution | None


def two_transfers() -> tuple[WnpInstance, WnpSolution]:
    """Two transfers over an exclusive bus, in opposite directions, and a plan: no method makes one for such a bus."""
    ticks = {"a": [5, None], "b": [None, 5], "c": [None, 5], "d": [5, None]}
    instance = WnpInstance.from_data(
        {
            "kind": "wnp",
            "schema_version": 1,
            "name": "two-transfers",
            "radio": {"slot_ticks": 10, "slots": 1, "block_slots": 1, "bits_per_slot": []},
            "modalities": [],
            "chip": {
                "cores": [{"name": "c0", "x": 0, "y": 0}, {"name": "c1", "x": 1, "y": 1}],
                "hop_ticks": 2,
                "bytes_per_tick": 4,
                "exclusive_bus": True,
            },
            "subgraphs": [{"name": name, "modality": None, "ticks": row} for name, row in ticks.items()],
            "edges": [{"from": "a", "to": "c", "bytes": 9}, {"from": "b", "to": "d", "bytes": 9}],
        }
    )
    # Each transfer takes 2 hops of 2 ticks and 3 ticks for 9 bytes.
    solution = WnpSolution(
        instance=instance.name,
        rb=(),
        core={"a": "c0", "b": "c1", "c": "c1", "d": "c0"},
        start={"a": 0, "b": 0, "c": 12, "d": 19},
        transfer_start={"a->c": 5, "b->d": 12},
    )
    return instance, solution


def plan(**change: Callable[[WnpInstance, WnpSolution], Any]) -> Mutation:
    """The plan with other fields; a change that is None does not apply."""

    def mutate(instance: WnpInstance, solution: WnpSolution, _rng: np.random.Generator) -> Broken:
        fields = {name: value(instance, solution) for name, value in change.items()}
        return None if None in fields.values() else solution.model_copy(update=fields)

    return mutate


def transfers(change: Callable[[WnpInstance, WnpSolution, dict[str, int]], dict[str, int] | None]) -> Mutation:
    """Other transfers, where there are any."""

    def mutate(instance: WnpInstance, solution: WnpSolution, _rng: np.random.Generator) -> Broken:
        if not solution.transfer_start:
            return None
        changed = change(instance, solution, dict(solution.transfer_start))
        return None if changed is None else solution.model_copy(update={"transfer_start": changed})

    return mutate


def first_row(change: Callable[[WnpInstance, tuple[int | None, ...]], tuple[int | None, ...]]) -> Mutation:
    """Another first slot, where one is used."""

    def rows(instance: WnpInstance, solution: WnpSolution) -> object:
        return (change(instance, solution.rb[0]), *solution.rb[1:]) if solution.rb else None

    return plan(rb=rows)


def _names(instance: WnpInstance) -> list[str]:
    return [subgraph.name for subgraph in instance.subgraphs]


def _forbidden(instance: WnpInstance, solution: WnpSolution) -> dict[str, str] | None:
    for subgraph in instance.subgraphs:
        for core, ticks in zip(instance.chip.cores, subgraph.ticks, strict=True):
            if ticks is None:
                return {**solution.core, subgraph.name: core.name}
    return None


def _before_arrival(instance: WnpInstance, solution: WnpSolution) -> dict[str, int] | None:
    early = [s.name for s in instance.subgraphs if s.modality is not None and solution.start[s.name] > 0]
    return {**solution.start, early[0]: 0} if early else None


def _undelivered(instance: WnpInstance, solution: WnpSolution) -> object:
    read = [s for s in instance.subgraphs if s.modality is not None]
    return tuple((None,) * len(row) for row in solution.rb) if read else None


def _both_at_once(instance: WnpInstance, solution: WnpSolution) -> dict[str, int] | None:
    for first, second in combinations(_names(instance), 2):
        if solution.core[first] == solution.core[second]:
            return {**solution.start, second: solution.start[first]}
    return None


def _before_producer(instance: WnpInstance, solution: WnpSolution) -> dict[str, int] | None:
    for edge in instance.edges:
        if not instance.chip.exclusive_bus or solution.core[edge.source] == solution.core[edge.target]:
            return {**solution.start, edge.target: solution.start[edge.source]}
    return None


def _at_once(_: WnpInstance, __: WnpSolution, starts: dict[str, int]) -> dict[str, int] | None:
    return dict.fromkeys(starts, 100) if len(starts) > 1 else None


def _other_instance(change: Callable[[WnpInstance, WnpSolution], dict[str, Any] | None]) -> Mutation:
    """The same plan, for an instance that asks for more."""

    def mutate(
        instance: WnpInstance, solution: WnpSolution, _rng: np.random.Generator
    ) -> tuple[WnpInstance, WnpSolution] | None:
        update = change(instance, solution)
        return None if update is None else (WnpInstance.from_data({**instance.to_data(), **update}), solution)

    return mutate


def _later_modality(instance: WnpInstance, solution: WnpSolution) -> dict[str, Any] | None:
    for t, row in enumerate(solution.rb):
        for k in row:
            if k is not None:
                modalities = [m.to_data() for m in instance.modalities]
                modalities[k]["release_slot"] = t + 1
                return {"modalities": modalities}
    return None


def _later_subgraph(instance: WnpInstance, solution: WnpSolution) -> dict[str, Any]:
    first, *others = [s.to_data() for s in instance.subgraphs]
    return {"subgraphs": [{**first, "release_ticks": solution.start[str(first["name"])] + 1}, *others]}


def _earlier_deadline(instance: WnpInstance, solution: WnpSolution) -> dict[str, Any] | None:
    if instance.jobs or makespan(instance, solution) == 0:
        return None
    subgraphs = [{**s.to_data(), "job": "all"} for s in instance.subgraphs]
    deadline = makespan(instance, solution) - 1
    return {"subgraphs": subgraphs, "jobs": [{"name": "all", "deadline_ticks": deadline}]}


def _shorter(instance: WnpInstance, solution: WnpSolution) -> dict[str, Any] | None:
    reached = makespan(instance, solution)
    return {"makespan_limit_ticks": reached - 1} if reached else None


def _less_energy(instance: WnpInstance, solution: WnpSolution) -> dict[str, Any] | None:
    if makespan(instance, solution) == 0:
        return None
    chip = instance.chip.to_data()
    chip["cores"] = [{**core.to_data(), "active_w": 1.0, "idle_w": 1.0} for core in instance.chip.cores]
    return {"chip": chip, "energy_limit_j": 0.5 * instance.tick_s * makespan(instance, solution)}


MUTATIONS: dict[str, Mutation] = {
    "instance-name": plan(instance=lambda *_: "another"),
    "rb-slots": plan(rb=lambda i, s: (*s.rb, *((None,) * i.resource_blocks for _ in range(i.radio.slots + 1)))),
    "rb-width": first_row(lambda _, row: (*row, None)),
    "rb-modality": first_row(lambda instance, row: (len(instance.modalities), *row[1:])),
    "delivery": plan(rb=_undelivered),
    "core-missing": plan(core=lambda i, s: {name: s.core[name] for name in _names(i)[1:]}),
    "core-unknown": plan(core=lambda i, s: {**s.core, _names(i)[0]: "nowhere"}),
    "core-forbidden": plan(core=_forbidden),
    "start-missing": plan(start=lambda i, s: {name: s.start[name] for name in _names(i)[1:]}),
    "start-unknown": plan(start=lambda _, s: {**s.start, "nobody": 1}),
    "arrival": plan(start=_before_arrival),
    "overlap": plan(start=_both_at_once),
    "precedence": plan(start=_before_producer),
    "bus-field": lambda _instance, solution, _rng: solution.model_copy(
        update={"transfer_start": {} if solution.transfer_start is None else None}
    ),
    "bus-transfers": transfers(lambda *_: {}),
    "bus-early": transfers(lambda _, __, starts: dict.fromkeys(starts, 0)),
    "bus-late": transfers(lambda _, __, starts: dict.fromkeys(starts, 10**6)),
    "bus-overlap": transfers(_at_once),
    "rb-release": _other_instance(_later_modality),
    "release": _other_instance(_later_subgraph),
    "deadline": _other_instance(_earlier_deadline),
    "makespan-limit": _other_instance(
        lambda i, s: {"makespan_limit_ticks": makespan(i, s) - 1} if makespan(i, s) else None
    ),
    "energy-limit": _other_instance(_less_energy),
}
