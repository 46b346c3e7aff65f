"""States of needs: what the device and the server must hold of each group of live tensors, and how operators change it.

A state has four numbers for each group: the device needs rows [0, Y1) in all, the earliest of its readers that needs
less than that needs [0, Y2); the server needs [X1, units) in all and its earliest such reader [X2, units). The second
step is what lets an exchange of a few rows overlap with work on the others; it is rounded to the nearest or the
weakest of its kind, so that there are few states.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from wnpopt.backends.compiled import compiled, inner
from wnpopt.problems.intradp.kernels.arrays import Arrays, IntArray
from wnpopt.problems.intradp.kernels.directions.twins import OperatorStep

NeedArray = npt.NDArray[np.int32]

DEVICE, DEVICE_EARLY, SERVER, SERVER_EARLY, DEVICE_SHARED, SERVER_SHARED = 1, 2, 4, 8, 16, 32
"""Flags of a group: the operator sets both steps of the device's need, or the early one alone; the server's alike.

Shared: a later reader asks for as much, by a coarse grain, so that either may be the one that needs the most.
"""

SILENT, DOWN, BOTH, UP, END = 0, 1, 2, 3, -1
"""What an operator's own tensor sends: nothing, rows to the device, rows both ways, rows to the server."""


@inner(borrows=True)
def _hash(key: NeedArray) -> int:
    h = np.uint64(1469598103934665603)
    for entry in key:
        h = (h ^ np.uint64(entry)) * np.uint64(1099511628211)
        h ^= h >> np.uint64(29)
    return int(h >> np.uint64(1))


@inner(borrows=True)
def look_up(table: IntArray, needs: NeedArray, key: NeedArray) -> tuple[int, int]:
    """(the state with the needs ``key``, or -1; its place in the table of a power of two of places)."""
    mask = int(len(table) - 1)
    place = _hash(key) & mask
    while True:
        i = int(table[place])
        if i < 0:
            return i, place
        same = True
        for c in range(len(key)):
            if needs[i, c] != key[c]:
                same = False
                break
        if same:
            return i, place
        place = (place + 1) & mask


@compiled
def tabulated(needs: NeedArray, room: int) -> IntArray:
    """The table by which :func:`look_up` finds these states, with room for so many in all."""
    size = 16
    while size < 2 * max(room, len(needs)) + 2:
        size *= 2
    table = np.full(size, -1, np.int64)
    for i in range(len(needs)):
        _, place = look_up(table, needs, needs[i])
        table[place] = i
    return table


@inner(borrows=True)
def needs_before(
    p: Arrays, step: OperatorStep, a: int, b: int, behind: NeedArray, key: NeedArray, flags: IntArray
) -> None:
    """The state (into ``key``) before an operator whose rows [0, a) and [b, units) are computed, from the one behind.

    ``flags`` tells which steps the operator sets.
    """
    for g in range(len(step.source)):
        most = int(step.group_units[g])
        y1, y2, x1, x2 = 0, 0, most, most
        q = step.source[g]
        if q >= 0:
            y1, y2 = int(behind[4 * q]), int(behind[4 * q + 1])
            x1, x2 = int(behind[4 * q + 2]), int(behind[4 * q + 3])
        y, x = 0, most
        for k in range(step.edge_ptr[g], step.edge_ptr[g + 1]):
            y = max(y, int(p.dev_hi[step.edge_at[k] + a]))
            x = min(x, int(p.srv_lo[step.edge_at[k] + b]))
        y, x = int(step.asks[0, g, y]), int(step.asks[1, g, x])
        set_here = 0
        if y > 0:
            if y >= y1:
                set_here |= DEVICE
                if y == y1 and step.stands_for[0, g, y] > 1:
                    set_here |= DEVICE_SHARED
                y1 = y2 = y
            else:
                y2 = y if step.early and y == y1 - 1 else 1
                set_here |= DEVICE_EARLY
        if x < most:
            if x <= x1:
                set_here |= SERVER
                if x == x1 and step.stands_for[1, g, x] > 1:
                    set_here |= SERVER_SHARED
                x1 = x2 = x
            else:
                x2 = x if step.early and x == x1 + 1 else most - 1
                set_here |= SERVER_EARLY
        if not step.early:
            y2, x2 = min(y1, 1), max(x1, most - 1)
        key[4 * g], key[4 * g + 1], key[4 * g + 2], key[4 * g + 3] = y1, y2, x1, x2
        flags[g] = set_here


@inner(borrows=True)
def own_needs(step: OperatorStep, behind: NeedArray) -> tuple[int, int]:
    """(rows that the device needs of the operator's own tensor, first row that the server needs)."""
    if step.group < 0:
        return 0, step.units
    return int(behind[4 * step.group]), int(behind[4 * step.group + 2])


@inner(borrows=True)
def coarser(step: OperatorStep, key: NeedArray, out: NeedArray) -> None:
    """The state (into ``out``) of the grain of ``step``, before its operator, that stands for the finer one ``key``."""
    for g in range(len(step.source)):
        y, x = int(key[4 * g]), int(key[4 * g + 2])
        out[4 * g], out[4 * g + 2] = step.asks[0, g, y], step.asks[1, g, x]
        if step.early:
            out[4 * g + 1], out[4 * g + 3] = key[4 * g + 1], key[4 * g + 3]
        else:
            out[4 * g + 1], out[4 * g + 3] = min(y, 1), max(x, int(step.group_units[g]) - 1)


@inner(borrows=True)
def next_option(
    step: OperatorStep, kind: int, a: int, b: int, y: int, x: int, no_up: bool, no_down: bool
) -> tuple[int, int, int]:
    """The option (kind, a, b) behind this one; kind END behind the last. All begin with (SILENT, y, x).

    These are all that a best plan may use if nobody has to compute rows that nobody needs: a side computes what it
    needs of the tensor, less (and receives the rest), or more (and sends it). Where others ask like (y, x), they are
    those of all of these. ``no_up`` and ``no_down``: no option that sends at least as much up, or down, is of use. The
    rows sent down rise through DOWN, those sent up through BOTH and UP.
    """
    units = int(step.units)
    top, low = y, x
    if step.group >= 0:
        top, low = int(step.most_alike[y]), int(step.least_alike[x])
    if kind == SILENT:
        # Of options that differ in what is computed alone, only the least.
        while b > low:
            b -= 1
            if step.differs[1, b]:
                return SILENT, a, b
        while a < top:
            a += 1
            if step.differs[0, a]:
                return SILENT, a, x
        if step.group < 0 or not step.sendable:
            return END, 0, 0
        a = min(top, max(y, low))  # more rows, without a message down, are with SILENT or UP
    elif kind == DOWN:
        if no_down and a < y:
            a = 0
        elif b < a:
            return BOTH, a, b + 1
    elif kind == BOTH:
        if not no_up and b < a:
            return BOTH, a, b + 1
    else:
        if no_up and a == max(b, y):
            return END, 0, 0
        while not no_up and a < max(b, top):
            a += 1
            if step.differs[0, a]:
                return UP, a, b
        if b >= units:
            return END, 0, 0
        return UP, max(b + 1, y), b + 1
    if a > 0:
        return DOWN, a - 1, min(a - 1, low)
    if low < units:
        return UP, max(low + 1, y), low + 1
    return END, 0, 0


@inner(borrows=True)
def messages(step: OperatorStep, a: int, b: int, y: int, x: int) -> tuple[bool, bool, float, float]:
    """(whether rows go up, and down; the rows, at least)."""
    goes_up = step.group >= 0 and b > x
    goes_down = step.group >= 0 and a < y
    up = float(max(0, min(b, step.end) - x)) if goes_up else 0.0
    down = float(max(0, y - max(a, step.first))) if goes_down else 0.0
    return goes_up, goes_down, up, down
