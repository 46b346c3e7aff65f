"""Planning on while a plan runs: what has begun stays, and nothing is lost by it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, cast

import pytest

import wnpopt
from tests.wnp.tiny_fields import tiny_fields
from wnpopt.cli.main import main
from wnpopt.problems.wnp import WnpInstance, WnpSolution
from wnpopt.problems.wnp.state import WnpState
from wnpopt.problems.wnp.verify import transfer_ticks, verify

FIELDS = [(), ("bus",), ("release",), ("latency",), ("bus", "release", "latency"), ("radio-release", "deadline")]


def state_at(instance: WnpInstance, plan: WnpSolution, now: int) -> WnpState:
    """What has happened by tick ``now`` of a plan that runs as it was made."""
    cores = [core.name for core in instance.chip.cores]
    radio = instance.radio
    slot = min(now // radio.slot_ticks, radio.slots)
    delivered = {m.name: 0 for m in instance.modalities}
    for t, row in enumerate(plan.rb[:slot]):
        for n, k in enumerate(row):
            if k is not None:
                delivered[instance.modalities[k].name] += radio.bits_per_slot[k][n][t // radio.block_slots]
    ends = {s.name: plan.start[s.name] + (s.ticks[cores.index(plan.core[s.name])] or 0) for s in instance.subgraphs}
    begun: dict[str, Any] = {
        name: {"core": plan.core[name], "start": start, "end": ends[name] if ends[name] <= now else None}
        for name, start in plan.start.items()
        if start < now
    }
    transfers = {}
    for e, edge in enumerate(instance.edges):
        source, target = plan.core[edge.source], plan.core[edge.target]
        if source != target and ends[edge.source] < now and edge.source in begun:
            name = f"{edge.source}->{edge.target}"
            at = ends[edge.source] if plan.transfer_start is None else plan.transfer_start[name]
            if at < now and transfer_ticks(instance, e, source, target) >= 0:
                transfers[name] = at
    return WnpState.from_data(
        {
            "kind": "wnp-state",
            "instance": instance.name,
            "now_ticks": now,
            "slot": slot,
            "delivered_bits": delivered,
            "begun": begun,
            "transfers_begun": transfers,
        }
    )


@pytest.mark.parametrize("fields", FIELDS, ids="+".join)
@pytest.mark.parametrize("seed", [2, 5, 8, 13, 21])
def test_an_optimum_that_runs_as_planned_stays_one(seed: int, fields: tuple[str, ...]) -> None:
    """Whatever is planned on from an optimum's own past is no better and no worse than it."""
    instance = tiny_fields(seed, fields)
    first = wnpopt.solve(instance, "cpsat", threads=1, isolate=False)
    if first.solution is None:
        pytest.skip("there is no plan")
    plan = cast(WnpSolution, first.solution)
    for now in sorted({0, 1, *plan.start.values(), *(start + 1 for start in plan.start.values())}):
        state = state_at(instance, plan, now)
        state.check(instance)
        assert verify(instance, plan, state).accepted
        again = wnpopt.solve(instance, "cpsat", threads=1, isolate=False, fixed=state)
        assert (again.status, again.objective) == ("optimal", first.objective)
        begun = cast(WnpSolution, again.solution)
        assert {name: begun.start[name] for name in state.begun} == {n: b.start for n, b in state.begun.items()}


CHAIN: dict[str, Any] = {
    "kind": "wnp",
    "schema_version": 1,
    "name": "chain",
    "radio": {"slot_ticks": 10, "slots": 6, "block_slots": 6, "bits_per_slot": [[[5]], [[5]]]},
    "modalities": [{"name": "a", "payload_bits": 10}, {"name": "b", "payload_bits": 10}],
    "chip": {
        "cores": [{"name": "c0", "x": 0, "y": 0}, {"name": "c1", "x": 1, "y": 0}],
        "hop_ticks": 1,
        "bytes_per_tick": 1,
    },
    "subgraphs": [
        {"name": "p", "modality": "a", "ticks": [20, 20]},
        {"name": "q", "modality": "b", "ticks": [20, 20]},
        {"name": "r", "modality": None, "ticks": [5, 5]},
    ],
    "edges": [{"from": "p", "to": "r", "bytes": 2}, {"from": "q", "to": "r", "bytes": 2}],
}
# As planned: a arrives at 20, p 20..40; b arrives at 40, q 40..60, r 60..65 on one core.
LATE: dict[str, Any] = {
    "kind": "wnp-state",
    "instance": "chain",
    "now_ticks": 45,
    "slot": 5,
    "delivered_bits": {"a": 10, "b": 9},
    "begun": {"p": {"core": "c0", "start": 22, "end": None}},
    "transfers_begun": {},
}


def test_what_happened_counts_and_not_what_was_nominal() -> None:
    """p should have ended at 42 and still runs; b lacks a bit, that the slot from 50 on brings by 60."""
    instance = WnpInstance.from_data(CHAIN)
    result = wnpopt.solve(instance, "cpsat", threads=1, isolate=False, fixed=WnpState.from_data(LATE))
    assert (result.status, result.objective) == ("optimal", 85)
    plan = cast(WnpSolution, result.solution)
    assert plan.start["p"] == 22
    assert not any(any(k is not None for k in row) for row in plan.rb[:5])
    nominal = wnpopt.solve(instance, "cpsat", threads=1, isolate=False)
    assert nominal.objective == 65
    assert not wnpopt.verify(instance, cast(WnpSolution, nominal.solution), fixed=WnpState.from_data(LATE)).accepted


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"instance": "another"}, "instance"),
        ({"slot": 3}, "slot"),
        ({"slot": 7}, "slot"),
        ({"delivered_bits": {"z": 1}}, "delivered_bits.z"),
        ({"begun": {"z": {"core": "c0", "start": 1}}}, "begun.z"),
        ({"begun": {"p": {"core": "c9", "start": 1}}}, "begun.p.core"),
        ({"begun": {"p": {"core": "c0", "start": 46}}}, "begun.p.start"),
        ({"begun": {"r": {"core": "c0", "start": 44}}}, "begun.r"),
        ({"begun": {"p": {"core": "c0", "start": 9, "end": 8}}}, "begun.p.end"),
        ({"begun": {"p": {"core": "c0", "start": 22}, "q": {"core": "c0", "start": 40}}}, "begun.q.start"),
        ({"transfers_begun": {"p->q": 3}}, "transfers_begun.p->q"),
        ({"transfers_begun": {"p->r": 3}}, "transfers_begun.p->r"),
    ],
)
def test_a_state_that_cannot_be_is_refused(change: dict[str, Any], where: str) -> None:
    with pytest.raises(wnpopt.InputError) as raised:
        WnpState.from_data({**LATE, **change}).check(WnpInstance.from_data(CHAIN))
    assert raised.value.where == where


def test_methods_and_families_without_it_refuse(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "chain.json").write_text(json.dumps(CHAIN))
    (tmp_path / "state.json").write_text(json.dumps(LATE))
    files = [str(tmp_path / "chain.json"), "--fixed", str(tmp_path / "state.json")]
    out = str(tmp_path / "plan.json")
    assert main(["solve", *files, "--method", "cpsat", "--out", out, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["objective"] == 85
    assert main(["verify", files[0], out, *files[1:], "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"objective": 85, "violations": []}
    assert main(["solve", *files, "--method", "lbbd"]) == 2
    assert "fixed: the method lbbd does not plan on from a state" in capsys.readouterr().err
    assert main(["generate", "slide", "--out", str(tmp_path / "slide")]) == 0
    slide = next(path for path in (tmp_path / "slide").glob("*.json") if path.name != "index.json")
    capsys.readouterr()
    assert main(["solve", str(slide), "--fixed", files[2]]) == 2
    assert "slide does not plan on from a state" in capsys.readouterr().err
