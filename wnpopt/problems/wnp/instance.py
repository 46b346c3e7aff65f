"""The instance of joint resource-block allocation and subgraph mapping, as in the contract.

All times are integers in ticks, all payloads integers in bits or bytes: an optimum is exact. Whoever builds an
instance from seconds rounds durations up and rates down; nothing is rounded after that.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from math import isfinite
from typing import Annotated, Literal

import numpy as np
import numpy.typing as npt
from pydantic import Field, model_validator

from wnpopt.core.document import (
    LATER,
    MAX_INT,
    Count,
    Document,
    Flag,
    Instance,
    Int,
    Name,
    Positive,
    PositiveReal,
    Real,
    require,
)
from wnpopt.core.topology import CycleError, topological_order
from wnpopt.core.unique import require_unique

IntArray = npt.NDArray[np.int64]

ENERGY_TOLERANCE = 1e-9
"""By how much, relative, an energy may be above its limit."""


class Radio(Document):
    """The uplink: ``slots`` slots of ``slot_ticks`` ticks; the channel is constant for ``block_slots`` slots.

    ``bits_per_slot[k][n][b]`` is what modality k gets through in one slot on resource block n in coherence block b.
    """

    slot_ticks: Positive
    slots: Positive
    block_slots: Positive
    bits_per_slot: tuple[tuple[tuple[Count, ...], ...], ...]


class Modality(Document):
    """A sensor's data: ``payload_bits`` have to arrive before what reads them can start.

    No resource block carries it in a slot before ``release_slot``; each that does costs ``transmit_j_per_rb_slot``.
    """

    name: Name
    payload_bits: Count
    release_slot: Annotated[Count, LATER] = 0
    transmit_j_per_rb_slot: Annotated[Real, LATER] = 0.0


class Core(Document):
    """A core at the mesh position (x, y), with its power in W while it runs a subgraph and while it does not."""

    name: Name
    x: Int
    y: Int
    active_w: Annotated[Real, LATER] = 0.0
    idle_w: Annotated[Real, LATER] = 0.0


class Chip(Document):
    """The accelerator.

    Its cores, and a mesh whose transfers take ``hop_ticks`` a hop plus the bytes at ``bytes_per_tick``.
    """

    cores: Annotated[tuple[Core, ...], Field(min_length=1)]
    hop_ticks: Count
    bytes_per_tick: Positive
    exclusive_bus: Flag = False
    joule_per_byte_hop: Annotated[Real, LATER] = 0.0


class Subgraph(Document):
    """A part of the DNN that runs on one core: ``ticks`` on each core, None where it cannot run.

    It starts no earlier than ``release_ticks`` and the release of its ``job``.
    """

    name: Name
    modality: Name | None = None
    ticks: tuple[Count | None, ...]
    release_ticks: Annotated[Count, LATER] = 0
    job: Annotated[Name | None, LATER] = None


class InferenceJob(Document):
    """An inference request: its subgraphs start no earlier than its release, its latency counts from there.

    ``deadline_ticks`` is absolute and binds the last end of its subgraphs.
    """

    name: Name
    release_ticks: Count = 0
    weight: Positive = 1
    deadline_ticks: Count | None = None


class Edge(Document):
    """``bytes`` flow from one subgraph to another."""

    source: Annotated[Name, Field(alias="from")]
    target: Annotated[Name, Field(alias="to")]
    bytes: Count


class WnpInstance(Instance):
    """A validated instance of the family wnp.

    Beside the fields of the file it offers them as read-only arrays: ``K`` modalities, ``N`` resource blocks, ``B``
    coherence blocks, ``M`` cores, ``I`` subgraphs, ``E`` edges.
    """

    kind: Literal["wnp"]
    tick_s: PositiveReal = 1e-6
    radio: Radio
    modalities: tuple[Modality, ...]
    chip: Chip
    subgraphs: Annotated[tuple[Subgraph, ...], Field(min_length=1)]
    edges: tuple[Edge, ...]
    jobs: Annotated[tuple[InferenceJob, ...], LATER] = ()
    objective: Annotated[Literal["makespan", "weighted_latency", "energy"], LATER] = "makespan"
    makespan_limit_ticks: Annotated[Count | None, LATER] = None
    energy_limit_j: Annotated[Real | None, LATER] = None

    @model_validator(mode="after")
    def _check(self) -> WnpInstance:
        _check_names(self)
        _check_radio(self)
        _check_subgraphs(self)
        _check_edges(self)
        _check_jobs(self)
        _check_sums(self)
        return self

    @cached_property
    def table(self) -> IntArray:
        """``radio.bits_per_slot`` as it stands: shape (K, N, coherence blocks)."""
        table = np.array(self.radio.bits_per_slot, dtype=np.int64)
        return _frozen(table.reshape(len(self.modalities), self.resource_blocks, self.blocks))

    @cached_property
    def rates(self) -> IntArray:
        """Bits a slot, shape (K, N, B); 0 before a modality's release (see :attr:`block_start`)."""
        rates = self.table
        if not any(m.release_slot for m in self.modalities):
            return rates
        rates = np.ascontiguousarray(rates[:, :, self.block_start // self.radio.block_slots])
        for k, modality in enumerate(self.modalities):
            rates[k, :, self.block_start < modality.release_slot] = 0
        return _frozen(rates)

    @cached_property
    def payloads(self) -> IntArray:
        """Bits of each modality, shape (K,)."""
        return _frozen(np.array([m.payload_bits for m in self.modalities], dtype=np.int64))

    @cached_property
    def needed(self) -> npt.NDArray[np.bool_]:
        """Which modalities some subgraph names, shape (K,): the others need not be delivered."""
        named = {s.modality for s in self.subgraphs}
        flags = np.array([m.name in named for m in self.modalities], dtype=np.bool_)
        flags.setflags(write=False)
        return flags

    @cached_property
    def block_start(self) -> IntArray:
        """First slot of each block of constant rates, shape (B,).

        The coherence blocks, cut where a modality is released within one: so each modality is released for all of a
        block or for none of it, and the order of slots within a block does not matter.
        """
        starts = np.arange(self.blocks, dtype=np.int64) * self.radio.block_slots
        cuts = [m.release_slot for m in self.modalities if 0 < m.release_slot < self.radio.slots]
        return _frozen(np.unique(np.concatenate([starts, cuts])).astype(np.int64) if cuts else starts)

    @cached_property
    def block_length(self) -> IntArray:
        """Slots of each block, shape (B,)."""
        return _frozen(np.diff(self.block_start, append=self.radio.slots))

    @cached_property
    def release(self) -> IntArray:
        """Tick before which each subgraph may not start, its own or its job's, shape (I,)."""
        jobs = {job.name: job.release_ticks for job in self.jobs}
        own = [max(s.release_ticks, jobs.get(s.job, 0) if s.job is not None else 0) for s in self.subgraphs]
        return _frozen(np.array(own, dtype=np.int64))

    @cached_property
    def job_index(self) -> IntArray:
        """Job of each subgraph, shape (I,); -1 for none."""
        number = {job.name: j for j, job in enumerate(self.jobs)}
        return _frozen(np.array([-1 if s.job is None else number[s.job] for s in self.subgraphs], dtype=np.int64))

    @cached_property
    def has_energy(self) -> bool:
        """True if anything costs energy."""
        powers = [w for core in self.chip.cores for w in (core.active_w, core.idle_w)]
        return any([*powers, self.chip.joule_per_byte_hop, *(m.transmit_j_per_rb_slot for m in self.modalities)])

    @cached_property
    def ticks(self) -> IntArray:
        """Ticks of each subgraph on each core, shape (I, M); -1 where it cannot run."""
        rows = [[-1 if t is None else t for t in s.ticks] for s in self.subgraphs]
        return _frozen(np.array(rows, dtype=np.int64))

    @cached_property
    def hops(self) -> IntArray:
        """Mesh distance between cores, shape (M, M)."""
        x = np.array([c.x for c in self.chip.cores], dtype=np.int64)
        y = np.array([c.y for c in self.chip.cores], dtype=np.int64)
        return _frozen(np.abs(x[:, None] - x) + np.abs(y[:, None] - y))

    @cached_property
    def edge_index(self) -> IntArray:
        """Subgraphs (from, to) of each edge, shape (E, 2)."""
        number = {s.name: i for i, s in enumerate(self.subgraphs)}
        pairs = [(number[e.source], number[e.target]) for e in self.edges]
        return _frozen(np.array(pairs, dtype=np.int64).reshape(-1, 2))

    @cached_property
    def edge_ticks(self) -> IntArray:
        """Ticks that an edge's bytes take between different cores, without the hops, shape (E,)."""
        width = self.chip.bytes_per_tick
        return _frozen(np.array([-(-e.bytes // width) for e in self.edges], dtype=np.int64))

    @cached_property
    def modality_index(self) -> IntArray:
        """Modality of each subgraph, shape (I,); -1 for none."""
        number = {m.name: k for k, m in enumerate(self.modalities)}
        indices = [-1 if s.modality is None else number[s.modality] for s in self.subgraphs]
        return _frozen(np.array(indices, dtype=np.int64))

    @cached_property
    def order(self) -> IntArray:
        """The subgraphs in a topological order (the least index first among those that are ready), shape (I,)."""
        return _frozen(np.array(_order(self), dtype=np.int64))

    @property
    def resource_blocks(self) -> int:
        """N; 0 without modalities."""
        return len(self.radio.bits_per_slot[0]) if self.radio.bits_per_slot else 0

    @property
    def blocks(self) -> int:
        """The number of coherence blocks, as the file has them."""
        return -(-self.radio.slots // self.radio.block_slots)


def has_integer_objective(instance: WnpInstance) -> bool:
    """True if every solution's objective is an integer: ticks, and not J."""
    return instance.objective != "energy"


def is_plain(instance: WnpInstance) -> bool:
    """True if the instance asks for the least makespan, and nothing is released later, limited, or on a shared bus."""
    released = instance.release.any() or any(m.release_slot for m in instance.modalities)
    limited = instance.makespan_limit_ticks is not None or instance.energy_limit_j is not None
    bus = instance.chip.exclusive_bus
    return not (released or limited or bus or instance.jobs or instance.objective != "makespan")


def objective_unit(instance: WnpInstance) -> str:
    """The unit of the objective, as it is printed."""
    return "J" if instance.objective == "energy" else "ticks"


def objective_unit_s(instance: WnpInstance) -> float | None:
    """The seconds of a tick where the objective is the makespan; None where it is no plain time."""
    return instance.tick_s if instance.objective == "makespan" else None


def _frozen(array: IntArray) -> IntArray:
    array.setflags(write=False)
    return array


def _check_names(instance: WnpInstance) -> None:
    require_unique("modalities", (modality.name for modality in instance.modalities))
    require_unique("chip.cores", (core.name for core in instance.chip.cores))
    require_unique("subgraphs", (subgraph.name for subgraph in instance.subgraphs))
    require_unique("jobs", (job.name for job in instance.jobs))


def _check_radio(instance: WnpInstance) -> None:
    table = instance.radio.bits_per_slot
    _check_length("radio.bits_per_slot", table, len(instance.modalities), "modality")
    if not table:
        return
    require(len(table[0]) > 0, "radio.bits_per_slot[0]", "is empty; at least one resource block is needed")
    for k, plane in enumerate(table):
        _check_length(f"radio.bits_per_slot[{k}]", plane, len(table[0]), "resource block of the first modality")
        for n, row in enumerate(plane):
            if len(row) != instance.blocks:
                _check_length(
                    f"radio.bits_per_slot[{k}][{n}]",
                    row,
                    instance.blocks,
                    "coherence block (slots / block_slots, rounded up)",
                )


def _check_length(where: str, entries: Sequence[object], wanted: int, of: str) -> None:
    require(len(entries) == wanted, where, f"has {len(entries)} entries; {wanted} are needed, one for each {of}")


def _check_subgraphs(instance: WnpInstance) -> None:
    known = {m.name for m in instance.modalities}
    for index, subgraph in enumerate(instance.subgraphs):
        where = f"subgraphs[{index}]"
        require(
            subgraph.modality is None or subgraph.modality in known,
            f"{where}.modality",
            f'"{subgraph.modality}" is no modality; {_choices(known)}',
        )
        _check_length(f"{where}.ticks", subgraph.ticks, len(instance.chip.cores), "core")
        require(
            any(t is not None for t in subgraph.ticks),
            f"{where}.ticks",
            "is null for every core; at least one core must be able to run the subgraph",
        )


def _choices(names: Iterable[str]) -> str:
    listed = ", ".join(f'"{name}"' for name in sorted(names))
    return f"one of {listed} or null is needed" if listed else "there are none, so null is needed"


def _check_edges(instance: WnpInstance) -> None:
    known = {s.name for s in instance.subgraphs}
    seen: dict[tuple[str, str], int] = {}
    for index, edge in enumerate(instance.edges):
        for field, name in (("from", edge.source), ("to", edge.target)):
            require(name in known, f"edges[{index}].{field}", f'"{name}" is no subgraph; the name of one is needed')
        pair = (edge.source, edge.target)
        require(
            pair not in seen,
            f"edges[{index}]",
            f'"{edge.source}" to "{edge.target}" is edges[{seen.get(pair)}] too; add the bytes up in one edge',
        )
        seen[pair] = index
    try:
        _order(instance)
    except CycleError as error:
        names = " to ".join(f'"{instance.subgraphs[i].name}"' for i in error.cycle)
        require(False, "edges", f"form a cycle: {names}; a directed acyclic graph is needed")


def _check_jobs(instance: WnpInstance) -> None:
    known = {job.name for job in instance.jobs}
    for index, subgraph in enumerate(instance.subgraphs):
        require(
            subgraph.job is None or subgraph.job in known,
            f"subgraphs[{index}].job",
            f'"{subgraph.job}" is no job; {_choices(known)}',
        )
    named = {subgraph.job for subgraph in instance.subgraphs}
    for index, job in enumerate(instance.jobs):
        require(job.name in named, f"jobs[{index}]", "no subgraph belongs to it; at least one has to, by its field job")
    require(
        instance.objective != "weighted_latency" or bool(known),
        "objective",
        'found "weighted_latency", but there are no jobs; at least one job is needed, or another objective',
    )


def _order(instance: WnpInstance) -> list[int]:
    return topological_order(len(instance.subgraphs), instance.edge_index.tolist())


def _check_sums(instance: WnpInstance) -> None:
    """No schedule, sum of payloads or sum of rates of this instance leaves the exactly represented integers."""
    radio, chip = instance.radio, instance.chip
    _check_total("radio.slots", radio.slots * radio.slot_ticks, "slots times slot_ticks")
    _check_total("modalities", sum(m.payload_bits for m in instance.modalities), "the sum of payload_bits")
    for k, plane in enumerate(radio.bits_per_slot):
        total = radio.slots * sum(map(max, plane))
        _check_total(f"radio.bits_per_slot[{k}]", total, "the bits that all slots can carry")
    xs, ys = [c.x for c in chip.cores], [c.y for c in chip.cores]
    span = max(xs) - min(xs) + max(ys) - min(ys)
    moves = sum(-(-e.bytes // chip.bytes_per_tick) + span * chip.hop_ticks for e in instance.edges)
    work = sum(max(t for t in s.ticks if t is not None) for s in instance.subgraphs)
    last_release = max([0, *(s.release_ticks for s in instance.subgraphs), *(j.release_ticks for j in instance.jobs)])
    horizon = max(radio.slots * radio.slot_ticks, last_release) + work + moves
    _check_total("subgraphs", horizon, "the sum of all slots, ticks and transfers")
    require(
        horizon * instance.tick_s < float("inf"), "tick_s", f"found {instance.tick_s}; the horizon in seconds overflows"
    )
    _check_total("jobs", horizon * sum(job.weight for job in instance.jobs), "the sum of weights times the horizon")
    require(
        isfinite(_most_energy(instance, horizon, span)), "chip", "the energy of all work, transfers and slots overflows"
    )


def _most_energy(instance: WnpInstance, horizon: int, span: int) -> float:
    chip, radio = instance.chip, instance.radio
    cores = sum(core.active_w + core.idle_w for core in chip.cores) * horizon * instance.tick_s
    sent = sum(m.transmit_j_per_rb_slot for m in instance.modalities) * radio.slots * instance.resource_blocks
    return cores + sent + chip.joule_per_byte_hop * sum(e.bytes for e in instance.edges) * max(1, span)


def _check_total(where: str, total: int, what: str) -> None:
    require(total <= MAX_INT, where, f"{what} is {total}; at most 2^53 is allowed")
