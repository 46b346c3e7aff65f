"""The optional fields of random instances, drawn apart from all else: what a seed made before it makes still."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from wnpopt.core.errors import InputError

if TYPE_CHECKING:
    from wnpopt.problems.wnp.generate import Shape

LATER = frozenset(
    {
        "bus", "radio_release", "release", "jobs", "objective", "deadline_slack", "limit_slack", "core_w", "slot_uj",
        "byte_hop_nj", "energy_slack",
    }
)  # fmt: skip
"""Options that came after the first version."""

_IDLE = 0.2
"""Power of an idle core, as a part of its power while it is busy."""


def add_fields(data: dict[str, Any], shape: Shape, branch: list[int | None], seed: int) -> None:
    """Add to ``data`` what ``shape`` asks for; ``branch`` is the modality that each subgraph belongs to, or None."""
    rng = np.random.default_rng([seed, 0x666C64])
    _check(shape)
    if shape.bus == "exclusive":
        data["chip"]["exclusive_bus"] = True
    if shape.objective != "makespan":
        data["objective"] = shape.objective
    if shape.radio_release > 0:
        for modality in data["modalities"]:
            modality["release_slot"] = int(rng.uniform(0, shape.radio_release) * shape.slots)
    radio = shape.slot_ticks * shape.slots * shape.load if shape.modalities else 0.0
    work = [min(t for t in subgraph["ticks"] if t is not None) for subgraph in data["subgraphs"]]
    span = radio + sum(work) / shape.cores + max(work)
    latest = shape.release * (radio or span)
    releases = rng.uniform(0, 1, max(shape.jobs, len(branch))) * latest
    if shape.jobs:
        _add_jobs(data, shape, branch, releases, span, rng)
    elif shape.release > 0:
        targets = {edge["to"] for edge in data["edges"]}
        for subgraph, at in zip(data["subgraphs"], releases, strict=True):
            if subgraph["name"] not in targets:
                subgraph["release_ticks"] = int(at)
    if shape.limit_slack > 0:
        data["makespan_limit_ticks"] = int(latest + shape.limit_slack * span)
    _add_energy(data, shape, span, rng)


def _check(shape: Shape) -> None:
    if shape.jobs > shape.subgraphs:
        raise InputError(f"found {shape.jobs}; at most one a subgraph ({shape.subgraphs}) is possible", where="jobs")
    needs = {"objective": shape.objective == "weighted_latency", "deadline_slack": shape.deadline_slack > 0}
    for name, needed in needs.items():
        if needed and shape.jobs == 0:
            raise InputError("needs jobs; at least 1 of them", where=name)
    if shape.energy_slack > 0 and not (shape.core_w or shape.slot_uj or shape.byte_hop_nj):
        raise InputError("needs an energy: core_w, slot_uj or byte_hop_nj", where="energy_slack")


def _add_jobs(
    data: dict[str, Any],
    shape: Shape,
    branch: list[int | None],
    releases: np.ndarray[tuple[int, ...], np.dtype[np.float64]],
    span: float,
    rng: np.random.Generator,
) -> None:
    """Branches in turn are the jobs', what they share is the last one's; who has none gets one of a first subgraph."""
    owner = [(shape.jobs - 1 if k is None else k % shape.jobs) for k in branch]
    for j in sorted(set(range(shape.jobs)) - set(owner)):
        owner[next(i for i, of in enumerate(owner) if owner.count(of) > 1)] = j
    data["jobs"] = []
    for j in range(shape.jobs):
        job: dict[str, Any] = {"name": f"job{j}", "weight": int(rng.integers(1, 6))}
        if shape.release > 0:
            job["release_ticks"] = int(releases[j])
        if shape.deadline_slack > 0:
            job["deadline_ticks"] = int(releases[j] * (shape.release > 0) + shape.deadline_slack * span)
        data["jobs"].append(job)
    for subgraph, j in zip(data["subgraphs"], owner, strict=True):
        subgraph["job"] = f"job{j}"


def _add_energy(data: dict[str, Any], shape: Shape, span: float, rng: np.random.Generator) -> None:
    """Powers and prices, rounded to three digits; the limit is a multiple of what the fastest cores take."""
    total = 0.0
    if shape.core_w > 0:
        for core in data["chip"]["cores"]:
            core["active_w"] = _rounded(shape.core_w * float(np.exp(0.4 * rng.standard_normal())))
            core["idle_w"] = _rounded(_IDLE * core["active_w"])
        for subgraph in data["subgraphs"]:
            ticks, power = min(
                (t, core["active_w"] - core["idle_w"])
                for t, core in zip(subgraph["ticks"], data["chip"]["cores"], strict=True)
                if t is not None
            )
            total += ticks * power
        total = data["tick_s"] * (total + span * sum(core["idle_w"] for core in data["chip"]["cores"]))
    if shape.slot_uj > 0:
        for modality, plane in zip(data["modalities"], data["radio"]["bits_per_slot"], strict=True):
            price = _rounded(1e-6 * shape.slot_uj * float(np.exp(0.4 * rng.standard_normal())))
            modality["transmit_j_per_rb_slot"] = price
            mean = max(1.0, float(np.mean(plane)))
            total += price * modality["payload_bits"] / mean
    if shape.byte_hop_nj > 0:
        data["chip"]["joule_per_byte_hop"] = _rounded(1e-9 * shape.byte_hop_nj)
        total += 1e-9 * shape.byte_hop_nj * sum(edge["bytes"] for edge in data["edges"]) / 2
    if shape.energy_slack > 0:
        data["energy_limit_j"] = _rounded(shape.energy_slack * total)


def _rounded(value: float) -> float:
    return float(f"{value:.3g}")
