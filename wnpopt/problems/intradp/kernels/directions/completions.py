"""Exact clocks, from the input on: labels at the states that two passes have left, bounded by the tails behind them.

A label has the clocks of device, server, uplink and downlink, what adds up beside them, and for each group and step the
time at which the server, or the device, holds the step's rows: all exact but for what the states relax. Labels at one
state compare by these numbers alone. In a crowded state two labels become one that has the smaller of each number: it
stands for both, whatever it costs; it is done where it costs the bound at most a given tolerance.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from wnpopt.backends.compiled import compiled, inner
from wnpopt.backends.stop_flag import raised
from wnpopt.backends.stopping import Flag
from wnpopt.problems.intradp.kernels.arrays import Arrays, FloatArray, IntArray
from wnpopt.problems.intradp.kernels.directions.lattice import Lattice
from wnpopt.problems.intradp.kernels.directions.passes import STOPPED, PassSpace, carried, single_tails, useful_option
from wnpopt.problems.intradp.kernels.directions.states import (
    DEVICE,
    DEVICE_EARLY,
    END,
    SERVER,
    SERVER_EARLY,
    SILENT,
    NeedArray,
    look_up,
    messages,
    needs_before,
    next_option,
    own_needs,
)
from wnpopt.problems.intradp.kernels.directions.twins import OperatorStep

SIDES = 5
"""Numbers of a label before those of its groups: device, server, uplink, what adds up, and downlink."""


class Level(NamedTuple):
    """The labels at a cut, those of state i at ``ptr[i]:ptr[i + 1]``, with the states' needs and their table."""

    table: IntArray
    needs: NeedArray
    ptr: IntArray
    labels: FloatArray  # (L, SIDES + 4 G)


class Made(NamedTuple):
    """The labels of the next cut as they are made, and the plan that each stands for: the label before, and (a, b)."""

    labels: FloatArray
    state: IntArray
    bound: FloatArray
    parent: IntArray
    end: IntArray
    begin: IntArray


def made(count: int, groups: int) -> Made:
    """Room for ``count`` labels of ``groups`` groups."""
    return Made(
        np.zeros((count, SIDES + 4 * groups)),
        np.zeros(count, np.int64),
        np.zeros(count),
        np.zeros(count, np.int64),
        np.zeros(count, np.int64),
        np.zeros(count, np.int64),
    )


def first_of(labels: Made, count: int, shift: int = 0) -> Made:
    """A copy of the first ``count`` labels, their states' numbers higher by ``shift``."""
    return Made(
        labels.labels[:count].copy(),
        labels.state[:count] + shift,
        labels.bound[:count].copy(),
        labels.parent[:count].copy(),
        labels.end[:count].copy(),
        labels.begin[:count].copy(),
    )


def joined(parts: Sequence[Made]) -> Made:
    """All of them, in order."""
    return Made(
        np.concatenate([part.labels for part in parts]),
        np.concatenate([part.state for part in parts]),
        np.concatenate([part.bound for part in parts]),
        np.concatenate([part.parent for part in parts]),
        np.concatenate([part.end for part in parts]),
        np.concatenate([part.begin for part in parts]),
    )


@inner(borrows=True)
def _bound(label: FloatArray, lattice: Lattice, tails: FloatArray, i: int, sums: FloatArray) -> float:
    """The largest sum of the label's clocks and the tails of state ``i``; ``sums`` (2, K) is work space."""
    w_device, w_server = lattice.weights[0], lattice.weights[1]
    w_uplink, w_downlink = lattice.weights[2], lattice.weights[3]
    best, rest = sums[0], sums[1]
    for k in range(len(best)):
        rest[k] = w_uplink[k] * label[2] + w_downlink[k] * label[4] + label[3]
        best[k] = w_device[k] * label[0] + w_server[k] * label[1] + rest[k] + tails[i, 0, k]
    for block in range(1, tails.shape[1]):
        clock = label[SIDES + block - 1]
        if (block - 1) % 4 < 2:
            for k in range(len(best)):
                best[k] = max(best[k], w_device[k] * label[0] + w_server[k] * clock + rest[k] + tails[i, block, k])
        else:
            for k in range(len(best)):
                best[k] = max(best[k], w_server[k] * label[1] + w_device[k] * clock + rest[k] + tails[i, block, k])
    most = 0.0
    for k in range(len(best)):
        most = max(most, best[k])
    return most


@inner(borrows=True)
def _extend(
    step: OperatorStep,
    before: NeedArray,
    behind: NeedArray,
    label: FloatArray,
    a: int,
    b: int,
    flags: IntArray,
    out: FloatArray,
) -> None:
    """The label (into ``out``) behind the operator with this option."""
    y, x = own_needs(step, behind)
    goes_up, goes_down, up_rows, down_rows = messages(step, a, b, y, x)
    device, server, uplink, downlink = label[0], label[1], label[2], label[4]
    for g in range(len(step.source)):
        at = SIDES + 4 * g
        if b < step.units and flags[g] & (SERVER | SERVER_EARLY):
            server = max(server, label[at + (0 if flags[g] & SERVER else 1)])
        if a > 0 and flags[g] & (DEVICE | DEVICE_EARLY):
            device = max(device, label[at + 2 + (0 if flags[g] & DEVICE else 1)])
    device += step.device[a]
    server += step.server[b]
    if goes_up:
        uplink = max(uplink, device) + up_rows * step.up
    if goes_down:
        downlink = max(downlink, server) + down_rows * step.down
    out[0], out[1], out[2], out[4] = device, server, uplink, downlink
    out[3] = label[3] + step.device_price[a] + up_rows * step.up_price
    for g in range((len(out) - SIDES) // 4):
        for kind in range(4):
            ready = server if kind < 2 else device
            if g == step.group:
                if kind < 2 and goes_up and (kind == 0 or b > behind[4 * g + 3]):
                    ready = max(ready, uplink + step.delay)
                if kind >= 2 and goes_down and (kind == 2 or a < behind[4 * g + 1]):
                    ready = max(ready, downlink + step.delay)
            out[SIDES + 4 * g + kind] = ready
    for g in range(len(step.source)):
        source = step.source[g]
        if source < 0:
            continue
        for kind in range(4):
            block = carried(before, behind, g, source, kind)
            if block >= 0:
                at = SIDES + 4 * source + kind
                out[at] = max(out[at], label[SIDES + block - 1])


@compiled(borrows=True)
def labels_pass(
    p: Arrays,
    step: OperatorStep,
    whole: bool,
    lattice: Lattice,
    needs: NeedArray,
    tails: FloatArray,
    old: Level,
    cutoff: float,
    crowd: int,
    tolerance: float,
    work: Made,
    into: Made,
    tally: IntArray,
    space: PassSpace,
    rows: FloatArray,
    flag: Flag,
) -> float:
    """The labels behind an operator, state by state (``needs``, ``tails``); ``tally[0]`` becomes their number.

    ``work`` has room for those of one state, ``rows`` (2, SIDES + 4 G) for two. A label that there is no room for is
    dropped; the result is the least bound of those. In states of more than ``crowd`` labels, labels are merged where
    the bound falls by at most ``tolerance``.
    """
    width = into.labels.shape[1]
    key, flags, single, behind, sums = space.before, space.flags, space.single, space.behind, space.directions
    label, merged = rows[0], rows[1]
    dropped = np.inf
    total = 0
    for i in range(len(needs)):
        count = 0
        for c in range(len(behind)):
            behind[c] = needs[i, c]
        y, x = own_needs(step, behind)
        single_tails(step, lattice, tails, i, single)
        kind, a, b = int(SILENT), int(y), int(x)
        if whole:
            a = b = int(step.units)
        while kind != END:
            if raised(flag):
                tally[STOPPED] = 1
                return dropped
            useful, no_up, no_down = useful_option(step, single, a, b, y, x, cutoff)
            before = -1
            if useful:
                needs_before(p, step, a, b, behind, key, flags)
                before, _ = look_up(old.table, old.needs, key)
            if before >= 0:
                for at in range(old.ptr[before], old.ptr[before + 1]):
                    _extend(step, key, behind, old.labels[at], a, b, flags, label)
                    bound = _bound(label, lattice, tails, i, sums)
                    if bound >= cutoff or _covered(label, bound, work, count):
                        continue
                    if count >= crowd and _merge(label, bound, lattice, tails, i, tolerance, work, count, merged, sums):
                        continue
                    count = _drop_covered(label, bound, work, count)
                    if count == len(work.bound):
                        dropped = min(dropped, bound)
                        continue
                    for c in range(width):
                        work.labels[count, c] = label[c]
                    work.bound[count] = bound
                    work.parent[count] = at
                    work.end[count] = a
                    work.begin[count] = b
                    count += 1
            if whole:
                break
            kind, a, b = next_option(step, kind, a, b, y, x, no_up, no_down)
        for j in range(count):
            if total == len(into.bound):
                dropped = min(dropped, work.bound[j])
                continue
            _copy(work, j, into, total)
            into.state[total] = i
            total += 1
    tally[0] = total
    return dropped


@inner(borrows=True)
def _copy(source: Made, i: int, into: Made, j: int) -> None:
    for c in range(source.labels.shape[1]):
        into.labels[j, c] = source.labels[i, c]
    into.bound[j] = source.bound[i]
    into.parent[j] = source.parent[i]
    into.end[j] = source.end[i]
    into.begin[j] = source.begin[i]


@inner(borrows=True)
def _covered(label: FloatArray, bound: float, work: Made, count: int) -> bool:
    """True if one of the first ``count`` labels is nowhere later; its bound is no larger then."""
    for j in range(count):
        if work.bound[j] > bound:
            continue
        covers = True
        for c in range(len(label)):
            if work.labels[j, c] > label[c]:
                covers = False
                break
        if covers:
            return True
    return False


@inner(borrows=True)
def _drop_covered(label: FloatArray, bound: float, work: Made, count: int) -> int:
    """The number of labels that are left without those that are nowhere earlier than ``label``."""
    kept = 0
    for j in range(count):
        covered = work.bound[j] >= bound
        for c in range(len(label)):
            if not covered or work.labels[j, c] < label[c]:
                covered = False
                break
        if not covered:
            if kept != j:
                _copy(work, j, work, kept)
            kept += 1
    return kept


@inner(borrows=True)
def _merge(
    label: FloatArray,
    bound: float,
    lattice: Lattice,
    tails: FloatArray,
    i: int,
    tolerance: float,
    work: Made,
    count: int,
    merged: FloatArray,
    sums: FloatArray,
) -> bool:
    """True if one of the labels now stands for ``label`` too, its bound lower by the tolerance at most."""
    for j in range(count):
        for c in range(len(label)):
            merged[c] = min(work.labels[j, c], label[c])
        least = min(work.bound[j], bound)
        there = _bound(merged, lattice, tails, i, sums)
        if there >= least - tolerance:
            for c in range(len(label)):
                work.labels[j, c] = merged[c]
            work.bound[j] = min(least, there)
            return True
    return False
