"""Small random changes: valid, in their range, repeatable."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wnpopt import api
from wnpopt.core import registry
from wnpopt.core.document import Instance
from wnpopt.core.lazy import resolve
from wnpopt.core.perturbation import FACTOR, count_range
from wnpopt.problems.intradp.instance import IntradpInstance, Window
from wnpopt.problems.intradp.perturb import WIDEN
from wnpopt.problems.slide.instance import SlideInstance
from wnpopt.problems.wnp.instance import WnpInstance

INSTANCES = Path(__file__).resolve().parents[2] / "instances"
ORIGINS = sorted(
    file for family in registry.family_names() for file in (INSTANCES / family / "tiny").glob("*[!x].json")
) + sorted((INSTANCES / "intradp" / "tiny-fields").glob("tiny-*.json"))
STEPS = 150
ROUNDING = 1 + 1e-12


def perturbation(instance: Instance) -> Callable[[Instance, np.random.Generator, Instance], Instance]:
    reference = api.family_of(instance).perturb
    assert reference is not None
    found = resolve(reference)
    assert callable(found)
    return found


def walk(origin: Instance, seed: int, steps: int) -> list[Instance]:
    rng = np.random.default_rng(seed)
    perturb = perturbation(origin)
    visited = [origin]
    for _ in range(steps):
        visited.append(perturb(visited[-1], rng, origin))
    return visited


def around(value: float, known: list[float]) -> bool:
    """True if ``value`` is within the factor of the range of ``known``."""
    return min(known) / FACTOR / ROUNDING <= value <= max(known) * FACTOR * ROUNDING


def windows(instance: IntradpInstance) -> list[Window]:
    return [edge.window for op in instance.operators for edge in op.inputs if isinstance(edge.window, Window)]


def around_integer(value: int, known: list[int]) -> bool:
    return min(known) // FACTOR <= value <= -(-max(known) * FACTOR // 1)


def check_wnp(now: WnpInstance, origin: WnpInstance) -> None:
    least, most = count_range(len(origin.edges))
    assert least <= len(now.edges) <= most
    pairs = [
        ([m.payload_bits for m in now.modalities], [m.payload_bits for m in origin.modalities]),
        ([e.bytes for e in now.edges], [e.bytes for e in origin.edges]),
        ([now.chip.hop_ticks], [origin.chip.hop_ticks]),
        (now.rates.ravel().tolist(), origin.rates.ravel().tolist()),
        (now.ticks[now.ticks >= 0].tolist(), origin.ticks[origin.ticks >= 0].tolist()),
    ]
    for values, known in pairs:
        assert all(around_integer(value, known) for value in values)
    assert sorted(s.modality or "" for s in now.subgraphs) == sorted(s.modality or "" for s in origin.subgraphs)
    assert np.array_equal(now.ticks < 0, origin.ticks < 0)
    same = {"subgraphs", "edges", "modalities", "radio", "chip", "name", "source"}
    assert now.model_dump(exclude=same) == origin.model_dump(exclude=same)
    assert now.radio.model_dump(exclude={"bits_per_slot"}) == origin.radio.model_dump(exclude={"bits_per_slot"})
    assert now.rates.shape == origin.rates.shape
    assert now.chip.model_dump(exclude={"hop_ticks"}) == origin.chip.model_dump(exclude={"hop_ticks"})


def check_slide(now: SlideInstance, origin: SlideInstance) -> None:
    for values, known in (
        ([u.deadline_s for u in now.users], [u.deadline_s for u in origin.users]),
        ([u.weight for u in now.users], [u.weight for u in origin.users]),
        ([u.energy_j for u in now.users], [u.energy_j for u in origin.users]),
        ([u.link.spectral_efficiency for u in now.users], [u.link.spectral_efficiency for u in origin.users]),
        ([u.link.gain for u in now.users], [u.link.gain for u in origin.users]),
        ([now.bandwidth_hz], [origin.bandwidth_hz]),
        ([now.cache_bits], [origin.cache_bits]),
    ):
        real = [value for value in known if value is not None]
        assert [value is None for value in values] == [value is None for value in known]
        assert all(value is None or around(value, real) for value in values)
    for model, before in zip(now.models, origin.models, strict=True):
        for field in ("bits", "flop"):
            known_layers = [getattr(layer, field) for layer in before.layers]
            assert all(around(getattr(layer, field), known_layers) for layer in model.layers)
    family = registry.family("slide")
    assert family.has_integers(now) == family.has_integers(origin)
    changing = {"deadline_s", "weight", "energy_j", "link"}
    for user, other in zip(now.users, origin.users, strict=True):
        assert user.model_dump(exclude=changing) == other.model_dump(exclude=changing)
        assert (user.link.spectral_efficiency > 0) == (other.link.spectral_efficiency > 0)
    same = {"users", "models", "bandwidth_hz", "cache_bits"}
    assert now.model_dump(exclude=same) == origin.model_dump(exclude=same)


def check_intradp(now: IntradpInstance, origin: IntradpInstance) -> None:
    for field in ("uplink_bytes_per_s", "downlink_bytes_per_s", "latency_s", "efficiency"):
        assert around(getattr(now.link, field), [getattr(origin.link, field)])
    assert all(around(op.output_bytes, [o.output_bytes for o in origin.operators]) for op in now.operators)
    for side in ("device", "server"):
        costs = [getattr(op, side) for op in origin.operators]
        for op, before in zip(now.operators, costs, strict=True):
            cost = getattr(op, side)
            if before.full_s == 0:
                assert cost == before
                continue
            assert around(cost.full_s, [c.full_s for c in costs if c.full_s > 0])
            assert cost.fixed_s <= max(c.fixed_s for c in costs) * FACTOR * ROUNDING
            assert cost.partial_s <= max(c.partial_s for c in costs) * FACTOR * ROUNDING
    kernels = [window.kernel for window in windows(origin)]
    strides = [window.stride for window in windows(origin)]
    for window in windows(now):
        assert min(1, *kernels) <= window.kernel <= max(kernels) + WIDEN
        assert 1 <= window.stride <= max(strides) + 1
    assert (now.deadline_s is None) == (origin.deadline_s is None)
    if now.deadline_s is not None and origin.deadline_s is not None:
        assert around(now.deadline_s, [origin.deadline_s])
    for op, before in zip(now.operators, origin.operators, strict=True):
        assert (op.name, op.units) == (before.name, before.units)
        assert [(e.source, e.window == "all") for e in op.inputs] == [
            (e.source, e.window == "all") for e in before.inputs
        ]
        watts = [o.device.compute_w for o in origin.operators if o.device.compute_w is not None]
        assert (op.device.compute_w is None) == (before.device.compute_w is None)
        assert op.device.compute_w is None or around(op.device.compute_w, watts)
    for side in ("device", "server"):
        assert around(getattr(now.segment_s, side), [getattr(origin.segment_s, side)])
    assert (now.power_w.launch is None) == (origin.power_w.launch is None)
    if now.power_w.launch is not None and origin.power_w.launch is not None:
        assert around(now.power_w.launch, [origin.power_w.launch])
    same = {"operators", "link", "deadline_s", "segment_s", "power_w"}
    assert now.model_dump(exclude=same) == origin.model_dump(exclude=same)
    powers = ("compute", "communicate", "standby")
    assert [getattr(now.power_w, p) for p in powers] == [getattr(origin.power_w, p) for p in powers]


def check(now: Instance, origin: Instance) -> None:
    if isinstance(now, WnpInstance) and isinstance(origin, WnpInstance):
        check_wnp(now, origin)
    elif isinstance(now, SlideInstance) and isinstance(origin, SlideInstance):
        check_slide(now, origin)
    elif isinstance(now, IntradpInstance) and isinstance(origin, IntradpInstance):
        check_intradp(now, origin)
    else:
        raise AssertionError(f"no check of the family {now.kind}")


@pytest.mark.parametrize("family", registry.family_names())
@settings(max_examples=6, deadline=None)
@given(data=st.data())
def test_hundreds_of_steps_stay_valid_and_in_range(family: str, data: st.DataObject) -> None:
    file = data.draw(st.sampled_from([file for file in ORIGINS if file.parts[-3] == family]))
    origin = api.load(file)
    visited = walk(origin, data.draw(st.integers(0, 2**32)), STEPS)
    for instance in visited:
        check(instance, origin)
    for instance in (visited[STEPS // 2], visited[-1]):
        again = type(instance).from_data(json.loads(json.dumps(instance.to_data())))
        assert again.instance_hash == instance.instance_hash
    # Nearly every step changes something: a walk that stands still would search nothing.
    assert len({instance.instance_hash for instance in visited}) > STEPS // 2


@pytest.mark.parametrize("family", registry.family_names())
def test_every_origin_has_something_to_change_and_walks_repeat(family: str) -> None:
    for file in (file for file in ORIGINS if file.parts[-3] == family):
        origin = api.load(file)
        first, second = walk(origin, 7, 4), walk(origin, 7, 4)
        assert [i.instance_hash for i in first] == [i.instance_hash for i in second]
        assert first[1].instance_hash != origin.instance_hash


def test_every_kind_of_change_comes_up() -> None:
    """All fields that a family's perturb claims to change do change in a long walk."""
    wnp = registry.family("wnp").generate({"subgraphs": 6, "modalities": 2, "resource_blocks": 3, "slots": 8}, 3)
    visited = walk(wnp, 1, 120)
    assert all(isinstance(i, WnpInstance) for i in visited)
    parts = {
        "ticks": {i.ticks.tobytes() for i in visited},
        "payloads": {i.payloads.tobytes() for i in visited},
        "rates": {i.rates.tobytes() for i in visited},
        "hop": {i.chip.hop_ticks for i in visited},
        "edges": {len(i.edges) for i in visited},
        "bytes": {tuple(e.bytes for e in i.edges) for i in visited},
        "modalities": {tuple(s.modality for s in i.subgraphs) for i in visited},
    }
    assert {name for name, seen in parts.items() if len(seen) < 2} == set()
    slide = registry.family("slide").generate(
        {"users": 4, "mix": "synthetic", "weighted": 1, "cache_share": 0.5, "models": 2, "layers": 3}, 3
    )
    visited = walk(slide, 1, 150)
    seen_fields = {
        "deadline": {tuple(u.deadline_s for u in i.users) for i in visited},
        "energy": {tuple(u.energy_j for u in i.users) for i in visited},
        "weight": {tuple(u.weight for u in i.users) for i in visited},
        "link": {tuple(u.link.spectral_efficiency for u in i.users) for i in visited},
        "bandwidth": {i.bandwidth_hz for i in visited},
        "cache": {i.cache_bits for i in visited},
        "bits": {tuple(layer.bits for m in i.models for layer in m.layers) for i in visited},
        "flop": {tuple(layer.flop for m in i.models for layer in m.layers) for i in visited},
    }
    assert {name for name, seen in seen_fields.items() if len(seen) < 2} == set()
    visited = walk(registry.family("slide").generate({"users": 2, "link": "power"}, 3), 1, 30)
    assert len({tuple(u.link.gain for u in i.users) for i in visited if isinstance(i, SlideInstance)}) > 1
    assert {
        (u.link.power_w, u.link.noise_w_per_hz) for i in visited if isinstance(i, SlideInstance) for u in i.users
    } == {(u.link.power_w, u.link.noise_w_per_hz) for u in visited[0].users}
    intradp = registry.family("intradp").generate({"operators": 6, "units": 4, "latency_s": 1e-3, "slack": 2.0}, 3)
    visited = walk(intradp, 1, 200)
    changes = {
        "uplink": {i.link.uplink_bytes_per_s for i in visited},
        "downlink": {i.link.downlink_bytes_per_s for i in visited},
        "latency": {i.link.latency_s for i in visited},
        "deadline": {i.deadline_s for i in visited},
        "bytes": {tuple(o.output_bytes for o in i.operators) for i in visited},
        "device": {tuple(o.device.full_s for o in i.operators) for i in visited},
        "launch": {tuple(o.server.fixed_s / (o.server.full_s or 1) for o in i.operators) for i in visited},
        "kernel": {tuple(w.kernel for w in windows(i)) for i in visited},
        "stride": {tuple(w.stride for w in windows(i)) for i in visited},
    }
    assert {name for name, seen in changes.items() if len(seen) < 2} == set()


def test_nothing_to_change_is_the_instance_itself() -> None:
    """One core that takes no time, no edge, no modality: every range is 0 alone."""
    bare = WnpInstance.from_data(
        {
            "kind": "wnp", "schema_version": 1, "name": "bare",
            "radio": {"slot_ticks": 1, "slots": 1, "block_slots": 1, "bits_per_slot": []}, "modalities": [],
            "chip": {"cores": [{"name": "c", "x": 0, "y": 0}], "hop_ticks": 0, "bytes_per_tick": 1},
            "subgraphs": [{"name": "s", "ticks": [0]}], "edges": [],
        }
    )  # fmt: skip
    assert perturbation(bare)(bare, np.random.default_rng(0), bare) is bare
