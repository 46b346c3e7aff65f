"""What is to be planned now, as a problem of the family's heuristics: times in it count from a slot of the stream."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from wnpopt.core.document import documents_of
from wnpopt.problems.wnp.instance import Edge, InferenceJob, IntArray, Modality, Subgraph, WnpInstance
from wnpopt.problems.wnp.kernels.plan import BoolArray, Plan, tails
from wnpopt.problems.wnp.kernels.problem import Problem
from wnpopt.problems.wnp.kernels.schedule import Scheduler
from wnpopt.problems.wnp.kernels.uplink import Uplink
from wnpopt.problems.wnp.runtime.stream.occupancy import FREE
from wnpopt.problems.wnp.runtime.stream.templates import Template

Intervals = Sequence[Sequence[tuple[int, int]]]
"""For each core, (start, end) in ticks of the stream."""


@dataclass(frozen=True)
class RemainingWork:
    """What is left of a request, in ticks and slots of the stream.

    ``nodes`` (I',) are subgraphs of the template, with ``release`` (I',), ``ticks`` (I', M; -1 where one cannot run, or
    may not any more) and ``fixed`` (I',): what runs, and begins at its release. ``missing`` (K',) are bits to be sent,
    from ``first_slot`` (K',) on.
    """

    request: int
    template: Template
    arrival: int
    nodes: IntArray
    release: IntArray
    ticks: IntArray
    fixed: BoolArray
    missing: IntArray
    first_slot: IntArray

    @staticmethod
    def whole(request: int, template: Template, arrival: int, earliest: int) -> RemainingWork:
        """All of a request that has arrived, none of it before the tick ``earliest``."""
        instance, slot = template.instance, template.instance.radio.slot_ticks
        count = len(instance.subgraphs)
        return RemainingWork(
            request,
            template,
            arrival,
            np.arange(count),
            np.maximum(instance.release + arrival, earliest),
            np.array(instance.ticks),
            np.zeros(count, dtype=np.bool_),
            np.array(template.payload),
            np.maximum(-(-arrival // slot) + template.release_slot, -(-earliest // slot)),
        )


@dataclass(frozen=True)
class Window:
    """The problem of ``works`` from the slot ``origin`` on, on ``width`` resource blocks.

    Its subgraphs are the works' nodes, one work after the other, then what the cores are busy with (``fixed``, too);
    its modalities those of which bits are missing: ``sender`` lists (work, K' index) of each.
    """

    problem: Problem
    works: tuple[RemainingWork, ...]
    origin: int
    width: int
    fixed: BoolArray
    sender: tuple[tuple[int, int], ...]
    empty: bool
    """True if no core is busy and no RB-slot taken."""

    @property
    def tick(self) -> int:
        """The tick of the stream that is 0 here."""
        return self.origin * self.problem.uplink.slot_ticks


def origin_of(works: Sequence[RemainingWork], busy: Intervals, tick: int) -> int:
    """The slot in which the first of what runs at ``tick`` has begun, that of ``tick`` where nothing does."""
    begun = [runs[0][0] for runs in busy if runs]
    begun += [int(work.release[work.fixed].min()) for work in works if work.fixed.any()]
    return min([tick, *begun]) // works[0].template.instance.radio.slot_ticks


def window_of(works: Sequence[RemainingWork], busy: Intervals, taken: IntArray, origin: int) -> Window:
    """The window of ``works`` beside what the cores are ``busy`` with and the RB-slots that are ``taken`` (T, N).

    What runs already has to have begun in it, so that nothing may stand inside that: see :func:`origin_of`.
    """
    base = works[0].template.instance
    slot = base.radio.slot_ticks
    tick, (slots, width) = origin * slot, taken.shape
    parts = [_subgraphs(w, work, tick) for w, work in enumerate(works)]
    subgraphs = [subgraph for part in parts for subgraph in part]
    reserved = _reserved(busy, tick)
    jobs = [_job(w, work, tick) for w, work in enumerate(works)]
    if reserved:
        jobs.append(("reserved", min(row[3] for row in reserved), 1, None))
    sender, modalities, planes, payload = [], [], [], []
    free = (taken == FREE).T
    for w, work in enumerate(works):
        rates = work.template.rates(origin, slots) if work.missing.any() else None
        for k in np.flatnonzero(work.missing > 0).tolist():
            assert rates is not None, "bits are missing"
            plane = np.where(free, rates[k], 0)
            plane[:, : max(0, int(work.first_slot[k]) - origin)] = 0
            planes.append(plane)
            sender.append((w, k))
            payload.append(int(work.missing[k]))
            modalities.append((f"{w}/{k}", payload[-1], 0, 0.0))
    columns = zip(*modalities, strict=True) if modalities else ([], [], [], [])
    edges = [edge for w, work in enumerate(works) for edge in _edges(w, work)]
    instance: WnpInstance = base.trusted_copy(
        {
            "subgraphs": documents_of(Subgraph, *zip(*(subgraphs + reserved), strict=True)),
            "edges": documents_of(Edge, *(zip(*edges, strict=True) if edges else ([], [], []))),
            "modalities": documents_of(Modality, *columns),
            "jobs": documents_of(InferenceJob, *zip(*jobs, strict=True)),
            "objective": "weighted_latency",
        },
        keep=("hops",),
    )
    uplink = _uplink(planes, payload, [entry[0] for entry in modalities], taken.shape, slot)
    plan = Plan.of(instance)
    tail = np.asarray(tails(*plan.backward, plan.order))
    readers = tuple(np.flatnonzero(plan.modality == k) for k in uplink.index)
    problem = Problem(instance, uplink, plan, tail, Scheduler(plan, tail), readers)
    fixed = np.concatenate([*(work.fixed for work in works), np.ones(len(reserved), dtype=np.bool_)])
    empty = not reserved and not fixed.any() and bool((taken == FREE).all())
    return Window(problem, tuple(works), origin, width, fixed, tuple(sender), empty)


_Row = tuple[str, str | None, tuple[int | None, ...], int, str]


def _subgraphs(w: int, work: RemainingWork, tick: int) -> list[_Row]:
    """Columns of the subgraphs of a work: name, modality, ticks, release, job."""
    reads = work.template.reads[work.nodes].tolist()
    rows = work.ticks.tolist()
    return [
        (
            f"{w}.{i}",
            f"{w}/{k}" if k >= 0 and work.missing[k] > 0 else None,
            tuple([None if t < 0 else t for t in row]),
            release - tick,
            f"{w}",
        )
        for i, k, row, release in zip(work.nodes.tolist(), reads, rows, work.release.tolist(), strict=True)
    ]


def _edges(w: int, work: RemainingWork) -> list[tuple[str, str, int]]:
    inside = np.zeros(len(work.template.instance.subgraphs), dtype=np.bool_)
    inside[work.nodes] = True
    instance = work.template.instance
    return [
        (f"{w}.{i}", f"{w}.{j}", instance.edges[e].bytes)
        for e, (i, j) in enumerate(instance.edge_index.tolist())
        if inside[i] and inside[j] and not work.fixed[np.searchsorted(work.nodes, j)]
    ]


def _reserved(busy: Intervals, tick: int) -> list[_Row]:
    cores = len(busy)
    return [
        (
            f"core {m} at {begin}",
            None,
            tuple([end - begin if c == m else None for c in range(cores)]),
            begin - tick,
            "reserved",
        )
        for m, runs in enumerate(busy)
        for begin, end in runs
    ]


def _job(w: int, work: RemainingWork, tick: int) -> tuple[str, int, int, int | None]:
    """Columns of a work's job: name, release, weight, deadline; an arrival before the window is negative."""
    due, release = work.template.deadline_ticks, work.arrival - tick
    return f"{w}", release, 1, None if due is None else release + due


def _uplink(
    planes: Sequence[IntArray], payload: Sequence[int], names: Sequence[str], shape: tuple[int, int], slot_ticks: int
) -> Uplink:
    """The uplink of rates by slot (K', N, T): slots that are alike for all make a block."""
    slots, width = shape
    index = np.arange(len(planes), dtype=np.int64)
    bits = np.array(payload, dtype=np.int64)
    if planes:
        table = np.stack(planes)
        new = np.ones(slots, dtype=np.bool_)
        new[1:] = (table[:, :, 1:] != table[:, :, :-1]).any(axis=(0, 1))
        start = np.flatnonzero(new).astype(np.int64)
        rates = np.ascontiguousarray(table[:, :, start])
    else:
        start = np.zeros(1, dtype=np.int64)
        rates = np.zeros((0, width, 1), dtype=np.int64)
    share = np.ascontiguousarray((rates / bits[:, None, None]).transpose(1, 2, 0))
    length = np.diff(start, append=slots)
    return Uplink(index, tuple(names), rates, bits, share, start, length, slots, slot_ticks)
