"""The mixed-integer programme: unary rows, big-M waiting. For tiny instances.

Symbols and the numbers of the constraints are those of ``models/intradp/milp.md``. Times are in units of about a
thousandth of a latency that is known to be possible, so that the solver's tolerances are far below what matters however
much faster than the other a side is.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from wnpopt.core.errors import UnsupportedError
from wnpopt.problems.intradp.formulations.horizon import Horizon, horizon_of
from wnpopt.problems.intradp.instance import Input, IntradpInstance
from wnpopt.problems.intradp.solution import IntradpSolution

if TYPE_CHECKING:
    import pyomo.environ as pyo

TOLERANCE = 2e-9
"""What rows and integers of the solver's answers are trusted to hold within: twice what it is asked for."""


@dataclass(frozen=True)
class Scaled:
    """An instance's numbers in the model's unit of time; what takes longer than the horizon counts as twice as long.

    Each of the lists has an entry an operator: the fixed seconds and those of one row, on the device, on the server,
    up and down. ``last`` is the horizon, ``last_server`` and ``last_uplink`` the latest time that the server and the
    uplink may have to reach, ``delay`` the link's latency.
    """

    unit: float
    last: float
    last_server: float
    last_uplink: float
    delay: float
    device: list[tuple[float, float]]
    server: list[tuple[float, float]]
    up: list[float]
    down: list[float]

    @classmethod
    def of(cls, instance: IntradpInstance, horizon: Horizon) -> Scaled:
        """The numbers of ``instance`` for plans within ``horizon``."""
        link, operators, unit = instance.link, instance.operators, horizon.unit
        # Within a horizon of 0 (a deadline of 0) nothing may take time: twice that would make all of it free.
        most = 2 * horizon.seconds or math.inf

        def scaled(seconds: float) -> float:
            return min(seconds, most) / unit

        device = [(scaled(o.device.fixed_s), scaled((o.device.full_s - o.device.fixed_s) / o.units)) for o in operators]
        server = [(scaled(o.server.fixed_s), scaled((o.server.full_s - o.server.fixed_s) / o.units)) for o in operators]
        up = [scaled(o.output_bytes / o.units / (link.uplink_bytes_per_s * link.efficiency)) for o in operators]
        down = [scaled(o.output_bytes / o.units / (link.downlink_bytes_per_s * link.efficiency)) for o in operators]
        last, delay = horizon.seconds / unit, scaled(link.latency_s)
        last_server = last_uplink = last
        if not horizon.useful:
            # What nobody needs may end after the plan has.
            later = sum(server[v][0] + o.units * (server[v][1] + up[v]) + delay for v, o in enumerate(operators))
            last_server = last_uplink = last + later
        return cls(unit, last, last_server, last_uplink, delay, device, server, up, down)

    def error(self, units: Sequence[int]) -> float:
        """By how much (model's unit) the latency of an answer may be too small if all holds within the tolerance.

        Rounded to integers, an answer keeps the binding row of each clock but for the row's own tolerance and its
        binaries' times their coefficients; the latency is a path through the clocks, each at most once.
        """
        total = 0.0
        for v, rows in enumerate(units):
            computing = min(sum(self.device[v]) * rows, self.last)
            serving = min(sum(self.server[v]) * rows, self.last_server)
            total += 1 + computing + self.last + self.delay
            total += 1 + serving + self.last_uplink + self.delay
            total += 1 + min(rows * self.up[v], self.last_uplink) + self.last
            total += 1 + min(rows * self.down[v], self.last) + self.last_server
        return TOLERANCE * total


def refuse_fields(instance: IntradpInstance) -> tuple[str, str] | None:
    """A field that the model leaves out, and why; None if it is all there."""
    if instance.objective != "latency":
        return "objective", f"found {instance.objective!r}; this method supports latency only"
    cut = instance.segment_s
    if cut.device or cut.server:
        return "segment_s", "this method does not support the seconds of cuts at messages"
    for i, operator in enumerate(instance.operators):
        for side, cost in (("device", operator.device), ("server", operator.server)):
            if cost.partial_s:
                return (
                    f"operators[{i}].{side}.partial_s",
                    "this method does not support the seconds of partial operators",
                )
    return None


def build(
    instance: IntradpInstance, horizon: Horizon | None = None, check: Callable[[], None] = lambda: None
) -> pyo.ConcreteModel:
    """The model of ``instance``; variables and constraints by the operators' positions.

    ``a[u, r]`` is 1 if the device computes at least r rows of u, ``b[u, r]`` if the server begins at row r or later.
    Only plans within ``horizon`` (None: that of the better of device-only and server-only) are solutions. ``check``
    is called now and then and may raise. Raises :class:`UnsupportedError` for a field that the model leaves out: its
    optimum would be that of another instance.
    """
    import pyomo.environ as pyo

    field = refuse_fields(instance)
    if field is not None:
        raise UnsupportedError(f"{field[1]} (formulation milp)", where=field[0])
    horizon = horizon_of(instance) if horizon is None else horizon
    operators = instance.operators
    n = len(operators)
    index = {operator.name: i for i, operator in enumerate(operators)}
    units = [operator.units for operator in operators]
    s = Scaled.of(instance, horizon)

    m = pyo.ConcreteModel(name="intradp_milp")
    steps = [(u, r) for u in range(n) for r in range(1, units[u] + 1)]
    rows = [(u, k) for u in range(n) for k in range(units[u])]
    edges = [(v, j) for v in range(n) for j in range(len(operators[v].inputs))]
    m.a = pyo.Var(steps, within=pyo.Binary)
    m.b = pyo.Var(steps, within=pyo.Binary)
    for name in ("down", "up", "down_from", "down_to", "up_from", "up_to"):
        setattr(m, name, pyo.Var(rows, within=pyo.Binary))
    m.wait_device = pyo.Var(edges, within=pyo.Binary)
    m.wait_server = pyo.Var(edges, within=pyo.Binary)
    m.sends_down = pyo.Var(range(n), within=pyo.Binary)
    m.sends_up = pyo.Var(range(n), within=pyo.Binary)
    for name, most in (
        ("device", s.last), ("server", s.last_server), ("uplink", s.last_uplink), ("downlink", s.last),
    ):  # fmt: skip
        setattr(m, name, pyo.Var(range(n), bounds=(0, most)))
    m.c1 = pyo.Constraint([s for s in steps if s[1] > 1], rule=lambda m, u, r: m.a[u, r] <= m.a[u, r - 1])
    m.c2 = pyo.Constraint([s for s in steps if s[1] > 1], rule=lambda m, u, r: m.b[u, r] <= m.b[u, r - 1])
    m.c3 = pyo.Constraint(steps, rule=lambda m, u, r: m.b[u, r] <= m.a[u, r])
    check()
    for u, r in steps:
        if u in (0, n - 1):
            m.a[u, r].setlb(1)
            m.b[u, r].setlb(1)
            continue
        # No plan within the horizon gives a side rows that take longer than that.
        if s.device[u][0] + r * s.device[u][1] > s.last:
            m.a[u, r].setub(0)
        if horizon.useful and s.server[u][0] + (units[u] - r + 1) * s.server[u][1] > s.last:
            m.b[u, r].setlb(1)
    for u, k in rows:
        if s.down[u] > s.last:
            m.down[u, k].setub(0)
        if horizon.useful and s.up[u] > s.last:
            m.up[u, k].setub(0)

    def device_s(v: int) -> pyo.Expression:
        fixed, each = s.device[v]
        return fixed * m.a[v, 1] + each * sum(m.a[v, r] for r in range(1, units[v] + 1))

    def server_s(v: int) -> pyo.Expression:
        fixed, each = s.server[v]
        idle = sum(m.b[v, r] for r in range(1, units[v] + 1))
        return fixed * (1 - m.b[v, units[v]]) + each * (units[v] - idle)

    m.c4, m.c5, m.c6, m.c7 = (pyo.ConstraintList() for _ in range(4))
    for v, j in edges:
        check()
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
        check()
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
                m.sends_down[u].setub(0)
                m.sends_up[u].setub(0)
    check()

    def previous(clock: pyo.Var, v: int) -> pyo.Expression:
        return clock[v - 1] if v > 0 else 0.0

    m.c11 = pyo.Constraint(range(n), rule=lambda m, v: m.device[v] >= previous(m.device, v) + device_s(v))
    m.c12 = pyo.Constraint(range(n), rule=lambda m, v: m.server[v] >= previous(m.server, v) + server_s(v))
    m.c13, m.c14 = pyo.ConstraintList(), pyo.ConstraintList()
    for v, j in edges:
        check()
        u = index[operators[v].inputs[j].source]
        arrival = m.downlink[u] + s.delay - (s.last + s.delay) * (1 - m.wait_device[v, j])
        m.c13.add(m.device[v] - device_s(v) >= arrival)
        arrival = m.uplink[u] + s.delay - (s.last_uplink + s.delay) * (1 - m.wait_server[v, j])
        m.c14.add(m.server[v] - server_s(v) >= arrival)

    def load(message: pyo.Var, u: int, each: float) -> pyo.Expression:
        return each * sum(message[u, k] for k in range(units[u]))

    m.c15 = pyo.Constraint(range(n), rule=lambda m, u: m.uplink[u] >= previous(m.uplink, u) + load(m.up, u, s.up[u]))
    m.c16 = pyo.Constraint(
        range(n), rule=lambda m, u: m.downlink[u] >= previous(m.downlink, u) + load(m.down, u, s.down[u])
    )
    m.c17 = pyo.Constraint(
        range(n),
        rule=lambda m, u: m.uplink[u] >= m.device[u] + load(m.up, u, s.up[u]) - s.last * (1 - m.sends_up[u]),
    )
    m.c18 = pyo.Constraint(
        range(n),
        rule=lambda m, u: (
            m.downlink[u] >= m.server[u] + load(m.down, u, s.down[u]) - s.last_server * (1 - m.sends_down[u])
        ),
    )
    m.latency = pyo.Objective(expr=m.device[n - 1], sense=pyo.minimize)
    return m


def _first_needs(edge: Input, units: int, source_units: int) -> dict[int, int]:
    """For each row of the source that device rows [0, r) may need: the least such r."""
    found: dict[int, int] = {}
    for r in range(1, units + 1):
        for k in range(*edge.rows(0, r, source_units)):
            found.setdefault(k, r)
    return found


def _last_needs(edge: Input, units: int, source_units: int) -> dict[int, int]:
    """For each row of the source that server rows [r, units) may need: the largest such r."""
    found: dict[int, int] = {}
    for r in range(units - 1, -1, -1):
        for k in range(*edge.rows(r, units, source_units)):
            found.setdefault(k, r)
    return found


def decode(instance: IntradpInstance, model: pyo.ConcreteModel, values: Sequence[float]) -> IntradpSolution:
    """The plan that ``values``, in the order of the model's variables, describe."""
    import pyomo.environ as pyo

    variables = model.component_data_objects(pyo.Var, active=True)
    value = {id(variable): found for variable, found in zip(variables, values, strict=True)}

    def count(side: pyo.Var, u: int) -> int:
        return sum(round(value[id(side[u, r])]) for r in range(1, instance.operators[u].units + 1))

    every = range(len(instance.operators))
    return IntradpSolution(
        instance=instance.name,
        device_end=tuple(count(model.a, u) for u in every),
        server_begin=tuple(count(model.b, u) for u in every),
    )


def elements(instance: IntradpInstance) -> int:
    """Roughly how many variables and constraints the model has."""
    units = {operator.name: operator.units for operator in instance.operators}
    reads = sum(4 * units[edge.source] + 6 for operator in instance.operators for edge in operator.inputs)
    return reads + 24 * sum(units.values())
