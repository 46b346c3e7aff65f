"""What ``wnpopt show`` tells of an intradp instance and of a solution."""

from __future__ import annotations

import math

from wnpopt.core.facts import Fact, Facts, FactTable, counted, plain_facts, spread
from wnpopt.core.text import number, seconds
from wnpopt.problems.intradp.instance import IntradpInstance
from wnpopt.problems.intradp.solution import IntradpSolution
from wnpopt.problems.intradp.verify import replay


def show(instance: IntradpInstance, solution: IntradpSolution | None = None) -> Facts:
    """The sizes, graph, link and powers of ``instance``; of a solution that the verifier accepts what happens when."""
    return _instance(instance) if solution is None else _solution(instance, solution)


def _instance(instance: IntradpInstance) -> Facts:
    operators, link = instance.operators, instance.link
    between = operators[1:-1]
    local = sum(operator.units > 1 for operator in between)
    device = math.fsum(operator.device.full_s for operator in operators)
    server = math.fsum(operator.server.full_s for operator in operators)
    depth = _longest(instance)
    facts = [
        Fact("operators", len(between), f"{len(between)}, beside input and output"),
        Fact("local_operators", local),
        Fact("global_operators", len(between) - local),
        Fact("edges", sum(len(operator.inputs) for operator in operators)),
        Fact("depth", depth, f"{counted(depth, 'operator')} on the longest path"),
        Fact("input_bytes", instance.input_bytes),
        Fact("tensor_bytes", math.fsum(operator.output_bytes for operator in operators)),
        Fact("device_s", device, f"{seconds(device)} for all operators"),
        Fact("server_s", server, f"{seconds(server)} for all operators"),
        Fact("uplink_bytes_per_s", link.uplink_bytes_per_s, f"{number(link.uplink_bytes_per_s / 1e6)} MB/s"),
        Fact("downlink_bytes_per_s", link.downlink_bytes_per_s, f"{number(link.downlink_bytes_per_s / 1e6)} MB/s"),
        Fact("latency_s", link.latency_s, seconds(link.latency_s)),
        Fact("objective", instance.objective),
        Fact("deadline_s", instance.deadline_s, "" if instance.deadline_s is None else seconds(instance.deadline_s)),
        Fact("transfers", instance.transfers),
    ]
    facts += plain_facts(link, ("uplink_bytes_per_s", "downlink_bytes_per_s", "latency_s"), "link.").facts
    facts += plain_facts(instance.power_w, (), "power_w.").facts
    facts += _optional_costs(instance)
    told = ("kind", "schema_version", "name", "source", "operators", "link", "power_w", "objective", "deadline_s")
    facts += plain_facts(instance, (*told, "transfers")).facts
    return Facts(tuple(facts))


def _optional_costs(instance: IntradpInstance) -> list[Fact]:
    """What ``partial_s`` and ``compute_w`` of the operators amount to, where there are some."""
    facts = []
    for side in ("device", "server"):
        cutting = [getattr(operator, side).partial_s for operator in instance.operators]
        if any(cutting):
            told = f"{seconds(math.fsum(cutting))} if all {sum(map(bool, cutting))} such operators are split"
            facts.append(Fact(f"{side}_partial_s", math.fsum(cutting), told))
    watts = [op.device.compute_w for op in instance.operators if op.device.compute_w is not None]
    if watts:
        told = f"{spread(watts, unit='W')}, own of {counted(len(watts), 'operator')}"
        facts.append(Fact("own_compute_w", len(watts), told))
    return facts


def _longest(instance: IntradpInstance) -> int:
    """The most operators on a path, without input and output."""
    ends = (instance.operators[0].name, instance.operators[-1].name)
    depth: dict[str, int] = {}
    for operator in instance.operators:
        own = operator.name not in ends
        depth[operator.name] = own + max((depth[edge.source] for edge in operator.inputs), default=0)
    return max(depth.values())


def _solution(instance: IntradpInstance, solution: IntradpSolution) -> Facts:
    replayed = replay(instance, solution)
    rows: list[tuple[str, str, str, int | None, int | None, int, float, float]] = []
    for place in ("device", "uplink", "server", "downlink"):
        for entry in getattr(replayed, place):
            operator = instance.operators[entry.operator]
            if 0 < entry.operator < len(instance.operators) - 1 or place.endswith("link"):
                event = "send" if place.endswith("link") else "run"
                rows.append((event, place, operator.name, *entry.rows, operator.units, entry.start_s, entry.end_s))
    segments = {"device": replayed.device_segments, "server": replayed.server_segments}
    for side, cuts in segments.items():
        for cut in cuts:
            operator = instance.operators[cut.operator]
            rows.append((cut.event, side, operator.name, None, None, operator.units, cut.start_s, cut.end_s))
    rows.sort(key=lambda row: (row[6], row[7]))
    busy = {
        side: math.fsum(entry.end_s - entry.start_s for entry in (*getattr(replayed, side), *cuts))
        for side, cuts in segments.items()
    }
    sent = {way: math.fsum(m.bytes for m in getattr(replayed, way)) for way in ("uplink", "downlink")}
    facts = (
        Fact("latency_s", replayed.latency_s, seconds(replayed.latency_s)),
        Fact("energy_j", replayed.energy_j, f"{number(replayed.energy_j)} J"),
        *(Fact(f"{side}_busy_s", busy[side], seconds(busy[side])) for side in busy),
        *(
            Fact(f"{way}_bytes", sent[way], f"{number(sent[way])} in {len(getattr(replayed, way))} messages")
            for way in sent
        ),
    )
    columns = ("event", "on", "operator", "first_row", "end_row", "rows", "start_s", "end_s")
    return Facts(facts, (FactTable("schedule", columns, tuple(rows)),))
