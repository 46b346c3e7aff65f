"""Two passes over the states of needs: the least tails behind each state, and the least heads before it.

For every state and direction w there are 1 + 4 * groups numbers: ``own``, the least of w . (device, server, uplink);
and for each group and step the same with the time at which the server holds the step's rows (blocks 0 and 1 of the
group) in place of the server's clock, or the device's likewise (blocks 2 and 3). The objective of a plan through a
state is at least head + tail in every direction and block: where one sum reaches the cutoff, the state, or the option
that leads to it, is dead. A new clock is the larger of two sums; the larger is at least every mixture of the two, so
each direction of new clocks is at least the best mixture of old ones plus a constant.

What is relaxed: rows that nobody needs are computed by nobody, and the downlink has no queue.
"""

from __future__ import annotations

import numpy as np

from wnpopt.backends.compiled import compiled, inner
from wnpopt.backends.stop_flag import raised
from wnpopt.backends.stopping import Flag
from wnpopt.problems.intradp.kernels.arrays import Arrays, FloatArray, IntArray
from wnpopt.problems.intradp.kernels.directions.lattice import Lattice
from wnpopt.problems.intradp.kernels.directions.states import (
    DEVICE,
    DEVICE_EARLY,
    END,
    SERVER,
    SERVER_EARLY,
    SILENT,
    NeedArray,
    coarser,
    look_up,
    messages,
    needs_before,
    next_option,
    own_needs,
)
from wnpopt.problems.intradp.kernels.directions.twins import OperatorStep

STATES, OPTIONS, FULL, STOPPED, EFFORT = 0, 1, 2, 3, 4
"""Places of a pass's tally: states made, options tried, 1 if there was no room, 1 if the flag was raised or the effort
spent; the options that may be tried."""


@inner
def useful_option(
    step: OperatorStep, lattice: Lattice, tails: FloatArray, a: int, b: int, y: int, x: int, cutoff: float
) -> tuple[bool, bool, bool]:
    """By single clocks: (the option is of use; none that sends at least as much up is; none that sends down is)."""
    goes_up, goes_down, up, down = messages(step, a, b, y, x)
    device, server = tails[0, lattice.pure[0]], tails[0, lattice.pure[1]]
    uplink = tails[0, lattice.pure[2]]
    if goes_up:
        behind = tails[1 + 4 * step.group, lattice.pure[1]] + step.delay
        uplink = max(uplink, behind) + up * step.up
        device = max(device, uplink)
    if goes_down:
        server = max(server, tails[3 + 4 * step.group, lattice.pure[0]] + step.delay + down * step.down)
    by_device = device + step.device_head[a] if a > 0 else device
    by_server = server + step.server_head[a] if a < step.units else server
    useful = by_device < cutoff
    if b < step.units:
        useful = useful and server + step.server_head[b] < cutoff and uplink + step.uplink_head[b] < cutoff
    return useful, by_device >= cutoff, by_server >= cutoff


@inner
def _own_tails(
    step: OperatorStep, lattice: Lattice, behind: NeedArray, tails: FloatArray, a: int, b: int, out: FloatArray
) -> tuple[float, float]:
    """The first block of tails (into ``out``) before the operator with this option, from those of the state behind it.

    The result is (time of its message up, what the option adds beside the clocks).
    """
    y, x = own_needs(step, behind)
    goes_up, goes_down, up_rows, down_rows = messages(step, a, b, y, x)
    up, down = up_rows * step.up, down_rows * step.down
    price = step.device_price[a] + up_rows * step.up_price
    up_block = down_block = 0
    if goes_up:
        up_block = 1 + 4 * step.group + (1 if b > behind[4 * step.group + 3] else 0)
    if goes_down:
        down_block = 3 + 4 * step.group + (1 if a < behind[4 * step.group + 1] else 0)
    one = 1.0 / lattice.parts
    computed_device, computed_server = step.device[a], step.server[b]
    for k in range(len(lattice.counts)):
        d, s, g = lattice.counts[k, 0], lattice.counts[k, 1], lattice.counts[k, 2]
        best = tails[0, k] + g * one * up
        if goes_up:
            # The device's tail is at least any mixture of its own and the uplink's; the uplink's of its own and what
            # waits for the message; the server's is at least that.
            for j in range(d + 1):
                sent = (g + j) * one * up
                best = max(best, tails[0, lattice.at[d - j, s]] + sent)
                for r in range(1, g + j + 1):
                    best = max(best, tails[up_block, lattice.at[d - j, s + r]] + sent + r * one * step.delay)
        if goes_down:
            for j in range(1, s + 1):
                waits = tails[down_block, lattice.at[d + j, s - j]]
                best = max(best, waits + j * one * (down + step.delay) + g * one * up)
        out[0, k] = best + one * (d * computed_device + s * computed_server) + price
    return up, price


@inner
def _group_tails(
    step: OperatorStep,
    lattice: Lattice,
    tails: FloatArray,
    a: int,
    b: int,
    up: float,
    price: float,
    flags: IntArray,
    out: FloatArray,
) -> None:
    """The groups' blocks of tails, once the first one is there."""
    computed_device, computed_server = step.device[a], step.server[b]
    for group in range(len(step.source)):
        source = step.source[group]
        for kind in range(4):
            on_device, early = kind >= 2, kind % 2 == 1
            sets = DEVICE if on_device else SERVER
            if early:
                sets |= DEVICE_EARLY if on_device else SERVER_EARLY
            block = 1 + 4 * group + kind
            if flags[group] & sets:
                for k in range(len(lattice.counts)):
                    out[block, k] = out[0, k]
                continue
            for k in range(len(lattice.counts)):
                w = lattice.weights[k]
                # Without the side's clock: what the other two alone give.
                best = w[2] * out[0, lattice.pure[2]]
                best += w[1] * out[0, lattice.pure[1]] if on_device else w[0] * out[0, lattice.pure[0]]
                if source >= 0:
                    computed = w[1] * computed_server if on_device else w[0] * computed_device
                    best = max(best, tails[1 + 4 * source + kind, k] + computed + w[2] * up + price)
                out[block, k] = best


@compiled
def tails_pass(
    p: Arrays,
    step: OperatorStep,
    whole: bool,
    lattice: Lattice,
    needs: NeedArray,
    tails: FloatArray,
    known: bool,
    known_step: OperatorStep,
    known_table: IntArray,
    known_needs: NeedArray,
    known_heads: FloatArray,
    border: int,
    border_heads: FloatArray,
    cutoff: float,
    new_needs: NeedArray,
    new_tails: FloatArray,
    new_table: IntArray,
    tally: IntArray,
    flag: Flag,
) -> float:
    """The states before an operator, from ``needs`` (S, 4 G) and ``tails`` (S, 1 + 4 G, K) behind it.

    The operator is the network's input if it is to be ``whole``: all of it is on the device.
    They go into ``new_*``; ``known``: only those that ``known_needs`` stand for, with
    heads, which are of the grain of ``known_step``. The result is the least of the
    largest tails of all options that are left: before the first operator, a bound.
    """
    groups = len(step.source)
    key, flags = np.zeros(4 * groups, np.int32), np.zeros(groups, np.int64)
    known_key = np.zeros(4 * groups, np.int32)
    out = np.zeros((1 + 4 * groups, len(lattice.counts)))
    least = np.inf
    made = 0
    for i in range(len(needs)):
        if raised(flag) or tally[OPTIONS] > tally[EFFORT]:
            tally[STOPPED] = 1
            break
        y, x = own_needs(step, needs[i])
        kind, a, b = int(SILENT), int(y), int(x)
        if whole:
            a = b = int(step.units)
        while kind != END:
            useful, no_up, no_down = useful_option(step, lattice, tails[i], a, b, y, x, cutoff)
            if useful:
                tally[OPTIONS] += 1
                needs_before(p, step, a, b, needs[i], key, flags)
                before = 0
                if known:
                    coarser(known_step, key, known_key)
                    before, _ = look_up(known_table, known_needs, known_key)
                if before >= 0:
                    up, price = _own_tails(step, lattice, needs[i], tails[i], a, b, out)
                    alive = _own_alive(step, lattice, a, b, out, cutoff)
                    if alive and border >= 0:
                        for k in range(len(lattice.counts)):
                            if out[0, k] + border_heads[key[4 * border], key[4 * border + 2], k] >= cutoff:
                                alive = False
                                break
                    if alive and known:
                        alive = not _reaches(out, known_heads[before], 0, 1, cutoff)
                    if alive:
                        _group_tails(step, lattice, tails[i], a, b, up, price, flags, out)
                        alive = _groups_alive(step, lattice, key, out, cutoff)
                    if alive and known:
                        alive = not _reaches(out, known_heads[before], 1, len(out), cutoff)
                    if alive:
                        most = 0.0
                        for k in range(len(lattice.counts)):
                            most = max(most, out[0, k])
                        least = min(least, most)
                        node, place = look_up(new_table, new_needs, key)
                        if node < 0:
                            if made == len(new_needs):
                                tally[FULL] = 1
                                return least
                            node = made
                            made += 1
                            tally[STATES] = made
                            new_table[place] = node
                            for c in range(len(key)):
                                new_needs[node, c] = key[c]
                            for block in range(len(out)):
                                for k in range(len(lattice.counts)):
                                    new_tails[node, block, k] = out[block, k]
                        else:
                            for block in range(len(out)):
                                for k in range(len(lattice.counts)):
                                    new_tails[node, block, k] = min(new_tails[node, block, k], out[block, k])
            if whole:
                break
            kind, a, b = next_option(step, kind, a, b, y, x, no_up, no_down)
    return least


@compiled
def add_states(
    needs: NeedArray, tails: FloatArray, new_needs: NeedArray, new_tails: FloatArray, new_table: IntArray, made: int
) -> int:
    """Further states (of another pass over the same operator) beside the ``made`` ones; how many there are then.

    There must be room for all.
    """
    for i in range(len(needs)):
        node, place = look_up(new_table, new_needs, needs[i])
        if node < 0:
            new_table[place] = made
            for c in range(needs.shape[1]):
                new_needs[made, c] = needs[i, c]
            for block in range(tails.shape[1]):
                for k in range(tails.shape[2]):
                    new_tails[made, block, k] = tails[i, block, k]
            made += 1
        else:
            for block in range(tails.shape[1]):
                for k in range(tails.shape[2]):
                    new_tails[node, block, k] = min(new_tails[node, block, k], tails[i, block, k])
    return made


@inner
def _own_alive(step: OperatorStep, lattice: Lattice, a: int, b: int, tails: FloatArray, cutoff: float) -> bool:
    """False if heads of the operator's own clocks already kill the option."""
    device = step.device_head[a] - step.device[a] - step.device_price[a] if a > 0 else 0.0
    server, uplink = 0.0, 0.0
    if b < step.units:
        server, uplink = step.server_head[b] - step.server[b], step.uplink_head[b]
    for k in range(len(lattice.counts)):
        w = lattice.weights[k]
        if tails[0, k] + w[0] * device + w[1] * server + w[2] * uplink >= cutoff:
            return False
    return True


@inner
def _groups_alive(step: OperatorStep, lattice: Lattice, key: NeedArray, tails: FloatArray, cutoff: float) -> bool:
    """False if heads of what a side must hold of a group already kill the option."""
    for g in range(len(step.source)):
        y, x = key[4 * g], key[4 * g + 2]
        if y > 0 and tails[3 + 4 * g, lattice.pure[0]] + step.ahead[2, g, y] >= cutoff:
            return False
        if x < step.group_units[g]:
            if tails[1 + 4 * g, lattice.pure[1]] + step.ahead[0, g, x] >= cutoff:
                return False
            if tails[0, lattice.pure[2]] + step.ahead[1, g, x] >= cutoff:
                return False
    return True


@inner
def _reaches(tails: FloatArray, heads: FloatArray, first: int, end: int, cutoff: float) -> bool:
    """True if a sum of the two reaches the cutoff, in the blocks from ``first`` to before ``end``."""
    for block in range(first, end):
        for k in range(tails.shape[1]):
            if tails[block, k] + heads[block, k] >= cutoff:
                return True
    return False


@inner
def _own_heads(
    step: OperatorStep,
    lattice: Lattice,
    behind: NeedArray,
    heads: FloatArray,
    a: int,
    b: int,
    flags: IntArray,
    ran: FloatArray,
    out: FloatArray,
) -> None:
    """The first block of heads (into ``out``) behind the operator with this option, from those of the state before it.

    ``ran`` (K,) is work space.
    """
    y, x = own_needs(step, behind)
    goes_up, _, up_rows, _ = messages(step, a, b, y, x)
    up = up_rows * step.up
    price = step.device_price[a] + up_rows * step.up_price
    one = 1.0 / lattice.parts
    directions = len(lattice.counts)
    computed_device, computed_server = step.device[a], step.server[b]
    for k in range(directions):
        best = heads[0, k]
        for g in range(len(step.source)):
            if b < step.units and flags[g] & (SERVER | SERVER_EARLY):
                best = max(best, heads[1 + 4 * g + (0 if flags[g] & SERVER else 1), k])
            if a > 0 and flags[g] & (DEVICE | DEVICE_EARLY):
                best = max(best, heads[3 + 4 * g + (0 if flags[g] & DEVICE else 1), k])
        ran[k] = best + lattice.weights[k, 0] * computed_device + lattice.weights[k, 1] * computed_server
    for k in range(directions):
        d, s, g = lattice.counts[k, 0], lattice.counts[k, 1], lattice.counts[k, 2]
        best = ran[k]
        if goes_up:
            for j in range(1, g + 1):
                best = max(best, ran[lattice.at[d + j, s]])
            best += g * one * up
        out[0, k] = best + price


@inner
def _group_heads(
    step: OperatorStep,
    lattice: Lattice,
    before: NeedArray,
    behind: NeedArray,
    heads: FloatArray,
    a: int,
    b: int,
    out: FloatArray,
) -> None:
    """The groups' blocks of heads, once the first one is there."""
    y, x = own_needs(step, behind)
    goes_up, goes_down, up_rows, down_rows = messages(step, a, b, y, x)
    up, down = up_rows * step.up, down_rows * step.down
    price = step.device_price[a] + up_rows * step.up_price
    one = 1.0 / lattice.parts
    directions = len(lattice.counts)
    computed_device, computed_server = step.device[a], step.server[b]
    for group in range((out.shape[0] - 1) // 4):
        for kind in range(4):
            block = 1 + 4 * group + kind
            own = False
            if group == step.group:
                if kind < 2:
                    own = goes_up and (kind == 0 or b > behind[4 * group + 3])
                else:
                    own = goes_down and (kind == 2 or a < behind[4 * group + 1])
            for k in range(directions):
                best = out[0, k]
                if own:
                    d, s = lattice.counts[k, 0], lattice.counts[k, 1]
                    if kind < 2:
                        for j in range(1, s + 1):
                            best = max(best, out[0, lattice.at[d, s - j]] + j * one * step.delay)
                    else:
                        for j in range(1, d + 1):
                            best = max(best, out[0, lattice.at[d - j, s + j]] + j * one * (step.delay + down))
                out[block, k] = best
    for group in range(len(step.source)):
        source = step.source[group]
        if source < 0:
            continue
        for kind in range(4):
            from_ = carried(before, behind, group, source, kind)
            if from_ < 0:
                continue
            block = 1 + 4 * source + kind
            for k in range(directions):
                w = lattice.weights[k]
                computed = w[1] * computed_server if kind >= 2 else w[0] * computed_device
                out[block, k] = max(out[block, k], heads[from_, k] + computed + w[2] * up + price)


@inner
def carried(before: NeedArray, behind: NeedArray, group: int, source: int, kind: int) -> int:
    """The block before an operator that says when a side holds what step ``kind`` of ``source`` behind it needs; or -1.

    It is of a step that needs no more: a message with its rows is missed by the later reader too.
    """
    on_device = kind >= 2
    need = int(behind[4 * source + (kind - 2 if on_device else 2 + kind)])
    for early in range(2):
        had = int(before[4 * group + (early if on_device else 2 + early)])
        if (on_device and had <= need) or (not on_device and had >= need):
            return 1 + 4 * group + (2 if on_device else 0) + early
    return -1


@compiled
def heads_pass(
    p: Arrays,
    step: OperatorStep,
    whole: bool,
    lattice: Lattice,
    needs: NeedArray,
    tails: FloatArray,
    old_table: IntArray,
    old_needs: NeedArray,
    old_heads: FloatArray,
    cutoff: float,
    alive: IntArray,
    heads: FloatArray,
    tally: IntArray,
    flag: Flag,
) -> None:
    """The heads (into ``heads``) of the states behind an operator, from those before it.

    ``alive`` (S,) becomes 1 for the states that an option leads to whose sums all stay below the cutoff.
    """
    groups = len(step.source)
    key, flags = np.zeros(4 * groups, np.int32), np.zeros(groups, np.int64)
    out, ran = np.zeros((tails.shape[1], len(lattice.counts))), np.zeros(len(lattice.counts))
    for i in range(len(needs)):
        if raised(flag) or tally[OPTIONS] > tally[EFFORT]:
            tally[STOPPED] = 1
            return
        y, x = own_needs(step, needs[i])
        for block in range(len(out)):  # not slices: those take seconds to compile
            for k in range(len(lattice.counts)):
                heads[i, block, k] = np.inf
        kind, a, b = int(SILENT), int(y), int(x)
        if whole:
            a = b = int(step.units)
        while kind != END:
            useful, no_up, no_down = useful_option(step, lattice, tails[i], a, b, y, x, cutoff)
            if useful:
                tally[OPTIONS] += 1
                needs_before(p, step, a, b, needs[i], key, flags)
                before, _ = look_up(old_table, old_needs, key)
                if before >= 0:
                    _own_heads(step, lattice, needs[i], old_heads[before], a, b, flags, ran, out)
                    dead = _reaches(out, tails[i], 0, 1, cutoff)
                    if not dead:
                        _group_heads(step, lattice, key, needs[i], old_heads[before], a, b, out)
                        dead = _reaches(out, tails[i], 1, len(out), cutoff)
                    if not dead:
                        alive[i] = 1
                        for block in range(len(out)):
                            for k in range(len(lattice.counts)):
                                heads[i, block, k] = min(heads[i, block, k], out[block, k])
            if whole:
                break
            kind, a, b = next_option(step, kind, a, b, y, x, no_up, no_down)
