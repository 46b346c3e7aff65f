"""The optional fields in the CP-SAT model: releases, jobs, the exclusive bus, energy, limits, and a running plan.

(F1) to (F12) of ``models/wnp/cpsat.md``.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from wnpopt.problems.wnp.formulations.cpsat_model import CpsatModel
from wnpopt.problems.wnp.formulations.energy import Energy, Key
from wnpopt.problems.wnp.instance import ENERGY_TOLERANCE
from wnpopt.problems.wnp.solution import WnpSolution

if TYPE_CHECKING:
    from wnpopt.problems.wnp.formulations.decisions import Decisions
    from wnpopt.problems.wnp.kernels.problem import Problem
    from wnpopt.problems.wnp.state import WnpState

_OBJECTIVE_BITS = 50  # an objective is told as a double
_LIMIT_BITS = 58

Move = tuple[int, int]
"""(duration in ticks, hops)"""


def moves_of(problem: Problem, e: int) -> dict[Move, list[tuple[int, int]]]:
    """The pairs of different cores on which edge ``e`` may be, by duration and hops of its transfer."""
    plan, instance = problem.plan, problem.instance
    found: dict[Move, list[tuple[int, int]]] = {}
    for m in np.flatnonzero(plan.able[plan.source[e]]).tolist():
        for c in np.flatnonzero(plan.able[plan.target[e]]).tolist():
            if m != c:
                hops = int(instance.hops[m, c])
                duration = instance.chip.hop_ticks * hops + int(instance.edge_ticks[e])
                found.setdefault((duration, hops), []).append((m, c))
    return dict(sorted(found.items()))


def add_fields(built: CpsatModel, state: WnpState | None) -> None:
    """All that the instance asks for beyond the plain problem, and its objective."""
    instance = built.problem.instance
    _add_releases(built, state)
    spends = instance.objective == "energy" or instance.energy_limit_j is not None
    begun = state is not None and bool(state.transfers_begun)
    if instance.chip.exclusive_bus or begun or (spends and instance.chip.joule_per_byte_hop):
        _add_moves(built)
    if instance.chip.exclusive_bus:
        _add_bus(built, state)
    elif begun and state is not None:
        _add_begun_transfers(built, state)
    _add_jobs(built)
    if instance.makespan_limit_ticks is not None:
        built.model.add(built["C"] <= instance.makespan_limit_ticks)  # (F9)
    if instance.energy_limit_j is not None:
        _add_energy_limit(built, instance.energy_limit_j)
    _minimise(built)


def _add_releases(built: CpsatModel, state: WnpState | None) -> None:
    """(F1) own and the job's release; (F12) what has begun stays where it is in time."""
    instance = built.problem.instance
    for i, subgraph in enumerate(instance.subgraphs):
        begun = None if state is None else state.begun.get(subgraph.name)
        if begun is not None:
            built.model.add(built[f"s[{i}]"] == begun.start)
        elif instance.release[i] > 0:
            built.model.add(built[f"s[{i}]"] >= int(instance.release[i]))


def _add_moves(built: CpsatModel) -> None:
    """(F2) exactly one of: edge e stays on one core, or its transfer has this duration over so many hops."""
    problem, model = built.problem, built.model
    plan = problem.plan
    for e, (i, j) in enumerate(zip(plan.source.tolist(), plan.target.tolist(), strict=True)):
        stays = built.flag(f"stays[{e}]")
        flags = [stays]
        for m in np.flatnonzero(plan.able[i] & plan.able[j]).tolist():
            model.add_bool_or([stays, ~built[f"a[{i},{m}]"], ~built[f"a[{j},{m}]"]])
        for (duration, hops), pairs in moves_of(problem, e).items():
            flag = built.flag(f"move[{e},{duration},{hops}]")
            flags.append(flag)
            for m, c in pairs:
                model.add_bool_or([flag, ~built[f"a[{i},{m}]"], ~built[f"a[{j},{c}]"]])
        model.add_exactly_one(flags)


def _add_bus(built: CpsatModel, state: WnpState | None) -> None:
    """(F3) a transfer lies between its producer's end and its consumer's start, (F4) one at a time.

    (F5) one of no ticks not strictly inside another; (F12) what has begun stays, the rest begins no earlier than now.
    """
    problem, model = built.problem, built.model
    plan, subgraphs = problem.plan, problem.instance.subgraphs
    intervals = []
    instants: list[tuple[int, str]] = []
    lasting: list[tuple[int, str, int]] = []
    for e, (i, j) in enumerate(zip(plan.source.tolist(), plan.target.tolist(), strict=True)):
        at = built.integer(f"t[{e}]", 0, built.horizon)
        name = f"{subgraphs[i].name}->{subgraphs[j].name}"
        begun = None if state is None else state.transfers_begun.get(name)
        model.add(at == 0).only_enforce_if(built[f"stays[{e}]"])
        for duration, hops in moves_of(problem, e):
            flag = built[f"move[{e},{duration},{hops}]"]
            model.add(at >= built[f"e[{i}]"]).only_enforce_if(flag)
            model.add(built[f"s[{j}]"] >= at + duration).only_enforce_if(flag)
            if begun is not None:
                model.add(at == begun).only_enforce_if(flag)
            elif state is not None:
                model.add(at >= state.now_ticks).only_enforce_if(flag)
            if duration == 0:
                instants.append((e, f"move[{e},{duration},{hops}]"))
            else:
                label = f"bus[{e},{duration},{hops}]"
                intervals.append(model.new_optional_fixed_size_interval_var(at, duration, flag, label))
                lasting.append((e, f"move[{e},{duration},{hops}]", duration))
    if len(intervals) > 1:
        model.add_no_overlap(intervals)
    for e, none in instants:
        for f, some, duration in lasting:
            if e != f:
                name = f"first[{e},{f}]"
                before = built.variables.get(name)
                before = built.flag(name) if before is None else before
                both = [built[none], built[some]]
                model.add(built[f"t[{e}]"] <= built[f"t[{f}]"]).only_enforce_if([*both, before])
                model.add(built[f"t[{e}]"] >= built[f"t[{f}]"] + duration).only_enforce_if([*both, ~before])


def _add_begun_transfers(built: CpsatModel, state: WnpState) -> None:
    """(F12) without a bus: the input is there when the transfer that has begun is over."""
    problem = built.problem
    subgraphs = problem.instance.subgraphs
    for e, (i, j) in enumerate(problem.instance.edge_index.tolist()):
        begun = state.transfers_begun.get(f"{subgraphs[i].name}->{subgraphs[j].name}")
        if begun is not None:
            for duration, hops in moves_of(problem, e):
                flag = built[f"move[{e},{duration},{hops}]"]
                built.model.add(built[f"s[{j}]"] >= begun + duration).only_enforce_if(flag)


def _add_jobs(built: CpsatModel) -> None:
    """(F6) a job's last end, (F7) its deadline."""
    instance = built.problem.instance
    for j, job in enumerate(instance.jobs):
        last = built.integer(f"L[{j}]", 0, built.horizon)
        for i in np.flatnonzero(instance.job_index == j).tolist():
            built.model.add(last >= built[f"e[{i}]"])
        built.model.add(built["C"] >= last)
        if job.deadline_ticks is not None:
            built.model.add(last <= job.deadline_ticks)


def energy_of(built: CpsatModel) -> tuple[Energy, dict[Key, int]]:
    """The energy, and the greatest value of each of its variables."""
    problem = built.problem
    uplink, instance = problem.uplink, problem.instance
    sent = [(k, n, b, int(uplink.index[k])) for k, n, b in np.argwhere(uplink.rates > 0).tolist()]
    moves = []
    if instance.chip.joule_per_byte_hop:
        moves = [(e, *move) for e in range(problem.plan.source.size) for move in moves_of(problem, e)]
    most: dict[Key, int] = {("C",): built.horizon}
    most |= {("x", k, n, b): int(uplink.block_length[b]) for k, n, b, _ in sent}
    energy = Energy.of(instance, sent, moves)
    return energy, {key: most.get(key, 1) for key in energy.terms}


def _variable(key: Key) -> str:
    kind, *at = key
    return f"{kind}[{','.join(map(str, at))}]" if at else str(kind)


def _add_energy_limit(built: CpsatModel, limit: float) -> None:
    """(F10) coefficients rounded down and the limit with its tolerance rounded up lose no plan."""
    energy, most = energy_of(built)
    scale = energy.scale(most, _LIMIT_BITS)
    spent = [coefficient * built[_variable(key)] for key, coefficient in energy.floors(scale).items()]
    allowed = (Fraction(limit) * (1 + Fraction(ENERGY_TOLERANCE)) * scale).__ceil__()
    if spent:
        built.model.add(sum(spent) <= min(allowed, 2**_LIMIT_BITS))


def _minimise(built: CpsatModel) -> None:
    """(F8), (F11) the objective; energies in units of a power of two, so that what the solver tells is exact."""
    instance, model = built.problem.instance, built.model
    if instance.objective == "makespan":
        model.minimize(built["C"])
    elif instance.objective == "weighted_latency":
        latency = [job.weight * (built[f"L[{j}]"] - job.release_ticks) for j, job in enumerate(instance.jobs)]
        model.minimize(sum(latency))
    else:
        energy, most = energy_of(built)
        scale = energy.scale(most, _OBJECTIVE_BITS)
        model.minimize(sum(coefficient * built[_variable(key)] for key, coefficient in energy.floors(scale).items()))
        model.proto.objective.scaling_factor = float(1 / scale)


def hints(built: CpsatModel, decisions: Decisions, solution: WnpSolution) -> dict[str, int]:
    """The values of the variables made here, for a valid solution."""
    problem = built.problem
    plan, instance = problem.plan, problem.instance
    values: dict[str, int] = {}
    end = decisions.start + plan.ticks[np.arange(decisions.core.size), decisions.core]
    chosen: dict[int, Move | None] = {}
    for e, (i, j) in enumerate(zip(plan.source.tolist(), plan.target.tolist(), strict=True)):
        pair = (int(decisions.core[i]), int(decisions.core[j]))
        chosen[e] = next((move for move, pairs in moves_of(problem, e).items() if pair in pairs), None)
        values[f"stays[{e}]"] = int(chosen[e] is None)
        for duration, hops in moves_of(problem, e):
            values[f"move[{e},{duration},{hops}]"] = int(chosen[e] == (duration, hops))
        name = f"{instance.subgraphs[i].name}->{instance.subgraphs[j].name}"
        values[f"t[{e}]"] = (solution.transfer_start or {}).get(name, 0)
    for name in built.variables:
        if name.startswith("first["):
            e, f = map(int, name[6:-1].split(","))
            values[name] = int(values[f"t[{e}]"] <= values[f"t[{f}]"])
    for j in range(len(instance.jobs)):
        values[f"L[{j}]"] = int(end[instance.job_index == j].max())
    return values


def exact(built: CpsatModel, values: tuple[float, ...], solution: WnpSolution) -> WnpSolution:
    """``solution`` with the starts that the solver chose, of subgraphs and on the bus: integers as they are."""
    problem = built.problem
    instance = problem.instance
    start = {s.name: built.value(values, f"s[{i}]") for i, s in enumerate(instance.subgraphs)}
    transfers = None
    if instance.chip.exclusive_bus:
        transfers = {
            f"{instance.subgraphs[i].name}->{instance.subgraphs[j].name}": built.value(values, f"t[{e}]")
            for e, (i, j) in enumerate(instance.edge_index.tolist())
            if not built.value(values, f"stays[{e}]")
        }
    return solution.model_copy(update={"start": start, "transfer_start": transfers})
