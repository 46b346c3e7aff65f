"""The mixed-integer programme, through Pyomo and HiGHS: unary rows, big-M waiting. For tiny instances.

Symbols and the numbers of the constraints are those of ``models/intradp/milp.md``; times are in units of the latency
of device-only, so that coefficients are near 1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wnpopt.core.method import Method, Outcome, Run
from wnpopt.core.result import Termination
from wnpopt.problems.intradp.instance import Input, IntradpInstance
from wnpopt.problems.intradp.solution import IntradpSolution

if TYPE_CHECKING:
    import pyomo.environ as pyo

MOST_ROWS = 3000
"""Rows of all operators: beyond that the model would take minutes to build and never be solved."""

SLACK = 2e-7
"""How far, relatively, the reported bound stays below the solver's: its tolerances are 1e-9."""


def refuse(instance: IntradpInstance) -> tuple[str, str] | None:
    """Latency alone, and small instances alone."""
    if instance.objective != "latency":
        return "objective", f"found {instance.objective!r}; this method supports latency only"
    rows = sum(operator.units for operator in instance.operators)
    if rows > MOST_ROWS:
        return "operators", f"found {rows} rows in all; this method supports at most {MOST_ROWS}"
    return None


def scale_of(instance: IntradpInstance) -> float:
    """Seconds of the model's unit of time."""
    total = sum(operator.device.full_s for operator in instance.operators)
    link = instance.link
    return total or instance.input_bytes / link.uplink_bytes_per_s or link.latency_s or 1.0


def build(instance: IntradpInstance) -> pyo.ConcreteModel:
    """The model of ``instance``; variables and constraints by the operators' positions.

    ``a[u, r]`` is 1 if the device computes at least r rows of u, ``b[u, r]`` if the server begins at row r or later.
    """
    import pyomo.environ as pyo

    operators = instance.operators
    n = len(operators)
    index = {operator.name: i for i, operator in enumerate(operators)}
    units = [operator.units for operator in operators]
    unit = scale_of(instance)
    link = instance.link
    delay = link.latency_s / unit
    up_row = [o.output_bytes / o.units / link.uplink_bytes_per_s / unit for o in operators]
    down_row = [o.output_bytes / o.units / link.downlink_bytes_per_s / unit for o in operators]
    work = sum(o.device.full_s + o.server.full_s for o in operators) / unit
    far = work + sum(units[u] * (up_row[u] + down_row[u]) for u in range(n)) + 2 * n * delay + 1.0

    m = pyo.ConcreteModel(name="intradp_milp")
    steps = [(u, r) for u in range(n) for r in range(1, units[u] + 1)]
    rows = [(u, k) for u in range(n) for k in range(units[u])]
    edges = [(v, j) for v in range(n) for j in range(len(operators[v].inputs))]
    m.a = pyo.Var(steps, within=pyo.Binary)
    m.b = pyo.Var(steps, within=pyo.Binary)
    for name in ("down", "up", "down_from", "down_to", "up_from", "up_to"):
        setattr(m, name, pyo.Var(rows, bounds=(0, 1)))
    m.wait_device = pyo.Var(edges, bounds=(0, 1))
    m.wait_server = pyo.Var(edges, bounds=(0, 1))
    m.sends_down = pyo.Var(range(n), bounds=(0, 1))
    m.sends_up = pyo.Var(range(n), bounds=(0, 1))
    for name in ("device", "server", "uplink", "downlink"):
        setattr(m, name, pyo.Var(range(n), bounds=(0, far)))
    m.c1 = pyo.Constraint([s for s in steps if s[1] > 1], rule=lambda m, u, r: m.a[u, r] <= m.a[u, r - 1])
    m.c2 = pyo.Constraint([s for s in steps if s[1] > 1], rule=lambda m, u, r: m.b[u, r] <= m.b[u, r - 1])
    m.c3 = pyo.Constraint(steps, rule=lambda m, u, r: m.b[u, r] <= m.a[u, r])
    for u in (0, n - 1):
        for r in range(1, units[u] + 1):
            m.a[u, r].fix(1)
            m.b[u, r].fix(1)

    def device_s(v: int) -> pyo.Expression:
        cost = operators[v].device
        each = (cost.full_s - cost.fixed_s) / units[v] / unit
        return cost.fixed_s / unit * m.a[v, 1] + each * sum(m.a[v, r] for r in range(1, units[v] + 1))

    def server_s(v: int) -> pyo.Expression:
        cost = operators[v].server
        each = (cost.full_s - cost.fixed_s) / units[v] / unit
        idle = sum(m.b[v, r] for r in range(1, units[v] + 1))
        return cost.fixed_s / unit * (1 - m.b[v, units[v]]) + each * (units[v] - idle)

    m.c4, m.c5, m.c6, m.c7 = (pyo.ConstraintList() for _ in range(4))
    for v, j in edges:
        edge = operators[v].inputs[j]
        u = index[edge.source]
        for k, r in _first_needs(edge, units[v], units[u]).items():
            # Row k of u is needed on the device as soon as v has r rows there, and missed without a[u, k + 1].
            m.c4.add(m.down[u, k] >= m.a[v, r] - m.a[u, k + 1])
            m.c5.add(m.wait_device[v, j] >= m.a[v, r] - m.a[u, k + 1])
        for k, r in _last_needs(edge, units[v], units[u]).items():
            # Row k is needed on the server if v begins there at row r or before, and missed with b[u, k + 1].
            m.c6.add(m.up[u, k] >= m.b[u, k + 1] - m.b[v, r + 1])
            m.c7.add(m.wait_server[v, j] >= m.b[u, k + 1] - m.b[v, r + 1])
    m.c8 = pyo.ConstraintList()
    for u, k in rows:
        for message, begun, open_ in ((m.down, m.down_from, m.down_to), (m.up, m.up_from, m.up_to)):
            # A message is a hull: a row between two rows that are sent is sent.
            m.c8.add(begun[u, k] >= message[u, k])
            m.c8.add(open_[u, k] >= message[u, k])
            m.c8.add(message[u, k] >= begun[u, k] + open_[u, k] - 1)
            if k > 0:
                m.c8.add(begun[u, k] >= begun[u, k - 1])
                m.c8.add(open_[u, k - 1] >= open_[u, k])
    m.c9 = pyo.Constraint(rows, rule=lambda m, u, k: m.sends_down[u] >= m.down[u, k])
    m.c10 = pyo.Constraint(rows, rule=lambda m, u, k: m.sends_up[u] >= m.up[u, k])
    if instance.transfers == "small":
        for u in range(n):
            if operators[u].output_bytes > instance.input_bytes:
                m.sends_down[u].fix(0)
                m.sends_up[u].fix(0)

    def previous(clock: pyo.Var, v: int) -> pyo.Expression:
        return clock[v - 1] if v > 0 else 0.0

    m.c11 = pyo.Constraint(range(n), rule=lambda m, v: m.device[v] >= previous(m.device, v) + device_s(v))
    m.c12 = pyo.Constraint(range(n), rule=lambda m, v: m.server[v] >= previous(m.server, v) + server_s(v))
    m.c13 = pyo.Constraint(
        edges,
        rule=lambda m, v, j: (
            m.device[v] - device_s(v)
            >= m.downlink[index[operators[v].inputs[j].source]] + delay - (far + delay) * (1 - m.wait_device[v, j])
        ),
    )
    m.c14 = pyo.Constraint(
        edges,
        rule=lambda m, v, j: (
            m.server[v] - server_s(v)
            >= m.uplink[index[operators[v].inputs[j].source]] + delay - (far + delay) * (1 - m.wait_server[v, j])
        ),
    )

    def load(message: pyo.Var, u: int, each: float) -> pyo.Expression:
        return each * sum(message[u, k] for k in range(units[u]))

    m.c15 = pyo.Constraint(range(n), rule=lambda m, u: m.uplink[u] >= previous(m.uplink, u) + load(m.up, u, up_row[u]))
    m.c16 = pyo.Constraint(
        range(n), rule=lambda m, u: m.downlink[u] >= previous(m.downlink, u) + load(m.down, u, down_row[u])
    )
    m.c17 = pyo.Constraint(
        range(n),
        rule=lambda m, u: m.uplink[u] >= m.device[u] + load(m.up, u, up_row[u]) - 2 * far * (1 - m.sends_up[u]),
    )
    m.c18 = pyo.Constraint(
        range(n),
        rule=lambda m, u: m.downlink[u] >= m.server[u] + load(m.down, u, down_row[u]) - 2 * far * (1 - m.sends_down[u]),
    )
    if instance.deadline_s is not None:
        m.c19 = pyo.Constraint(expr=m.device[n - 1] <= instance.deadline_s * (1 + 1e-9) / unit)
    m.latency = pyo.Objective(expr=m.device[n - 1], sense=pyo.minimize)
    return m


def _first_needs(edge: Input, units: int, source_units: int) -> dict[int, int]:
    """For each row of the source that device rows [0, r) may need: the least such r."""
    found: dict[int, int] = {}
    for r in range(1, units + 1):
        lo, hi = (0, source_units) if edge.window == "all" else edge.window.rows(0, r, source_units)
        for k in range(lo, hi):
            found.setdefault(k, r)
    return found


def _last_needs(edge: Input, units: int, source_units: int) -> dict[int, int]:
    """For each row of the source that server rows [r, units) may need: the largest such r."""
    found: dict[int, int] = {}
    for r in range(units - 1, -1, -1):
        lo, hi = (0, source_units) if edge.window == "all" else edge.window.rows(r, units, source_units)
        for k in range(lo, hi):
            found.setdefault(k, r)
    return found


def run(instance: IntradpInstance, run: Run[IntradpSolution]) -> Outcome[IntradpSolution]:
    """Build, cut off at the warm start, solve, decode."""
    import pyomo.environ as pyo

    from wnpopt.backends.highs import solve_highs
    from wnpopt.backends.report import Ending
    from wnpopt.core.bound import Bound

    began = run.budget.elapsed()
    model = build(instance)
    unit = scale_of(instance)
    last = len(instance.operators) - 1
    if run.start is not None:
        model.device[last].setub(run.start.objective / unit * (1 + 1e-6))
    built = run.budget.elapsed() - began
    report = solve_highs(model, run.budget)
    if report.ending is Ending.INFEASIBLE and run.start is None:
        return Outcome(None, Termination.PROVED, build_s=built, infeasible="HiGHS calls the model infeasible")
    bounds = () if report.bound is None else (Bound(report.bound * unit * (1 - SLACK), "milp"),)
    if report.values is None:
        return Outcome(None, report.termination(), bounds, build_s=built)
    for variable, value in zip(model.component_data_objects(pyo.Var, active=True), report.values, strict=True):
        variable.set_value(value, skip_validation=True)
    ends, begins = [], []
    for u, operator in enumerate(instance.operators):
        ends.append(sum(round(pyo.value(model.a[u, r])) for r in range(1, operator.units + 1)))
        begins.append(sum(round(pyo.value(model.b[u, r])) for r in range(1, operator.units + 1)))
    solution = IntradpSolution(instance=instance.name, device_end=tuple(ends), server_begin=tuple(begins))
    return Outcome(solution, report.termination(), bounds, build_s=built)


METHOD = Method(
    family="intradp",
    name="milp",
    summary="mixed-integer programme with unary rows, by HiGHS; tiny instances",
    proves="optimality",
    run=run,
    modules=("pyomo", "highspy"),
    timed=True,
    warm_startable=True,
    refuse=refuse,
)
