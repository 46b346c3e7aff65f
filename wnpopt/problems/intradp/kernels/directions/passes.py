"""Two passes over the states of needs: the least tails behind each state, and the least heads before it.

For every state and direction w there are 1 + 4 * groups numbers: ``own``, the least of w . (device, server, uplink,
downlink); and for each group and step the same with the time at which the server holds the step's rows (blocks 0 and 1
of the group) in place of the server's clock, or the device's likewise (blocks 2 and 3). The objective of a plan through
a state is at least head + tail in every direction and block: where one sum reaches the cutoff, the state, or the option
that leads to it, is dead. A new clock is the larger of two sums; the larger is at least every mixture of the two, so
each direction of new clocks is at least the best mixture of old ones plus a constant.

What is relaxed: rows that nobody needs are computed by nobody.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from wnpopt.backends.compiled import compiled, inner
from wnpopt.backends.stop_flag import raised
from wnpopt.backends.stopping import Flag
from wnpopt.problems.intradp.kernels.arrays import Arrays, FloatArray, IntArray
from wnpopt.problems.intradp.kernels.directions.lattice import (
    DEVICE_CLOCK,
    DOWNLINK_CLOCK,
    SERVER_CLOCK,
    UPLINK_CLOCK,
    Lattice,
)
from wnpopt.problems.intradp.kernels.directions.states import (
    DEVICE,
    DEVICE_EARLY,
    DEVICE_SHARED,
    END,
    SERVER,
    SERVER_EARLY,
    SERVER_SHARED,
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

STATES, OPTIONS, FULL, STOPPED, EFFORT, NEXT = 0, 1, 2, 3, 4, 5
"""Places of a pass's tally: states made, options tried, 1 if there was no room, 1 if the flag was raised or the effort
spent; the options that may be tried; the state to begin with, or to go on with once there is more room."""


class PassSpace(NamedTuple):
    """What a pass writes to on the way: keys and values of a state before an operator, and of one behind it."""

    before: NeedArray  # (4 G,)
    known: NeedArray  # (4 G,)
    behind: NeedArray  # (4 G',)
    flags: IntArray  # (G,)
    single: FloatArray  # (5,)
    directions: FloatArray  # (8, K)
    before_values: FloatArray  # (1 + 4 G, K)
    behind_values: FloatArray  # (1 + 4 G', K)


def pass_space(before: int, behind: int, directions: int) -> PassSpace:
    """For so many groups before an operator, and behind it."""
    return PassSpace(
        np.zeros(4 * before, np.int32),
        np.zeros(4 * before, np.int32),
        np.zeros(4 * behind, np.int32),
        np.zeros(before, np.int64),
        np.zeros(5),
        np.zeros((8, directions)),
        np.zeros((1 + 4 * before, directions)),
        np.zeros((1 + 4 * behind, directions)),
    )


@inner(borrows=True)
def single_tails(step: OperatorStep, lattice: Lattice, tails: FloatArray, i: int, out: FloatArray) -> None:
    """What :func:`useful_option` has to know of state ``i`` behind an operator, into ``out`` (5,).

    The tails of device, server and uplink alone; of the uplink by the server that waits for its message, of the server
    by the device that does, or by what queues behind.
    """
    for c in range(3):
        out[c] = tails[i, 0, lattice.pure[c]]
    out[3] = out[4] = 0.0
    if step.group >= 0:
        out[3] = tails[i, 1 + 4 * step.group, lattice.pure[SERVER_CLOCK]] + step.delay
        waits = tails[i, 3 + 4 * step.group, lattice.pure[DEVICE_CLOCK]] + step.delay
        out[4] = max(waits, tails[i, 0, lattice.pure[DOWNLINK_CLOCK]])


@inner(borrows=True)
def useful_option(
    step: OperatorStep, single: FloatArray, a: int, b: int, y: int, x: int, cutoff: float
) -> tuple[bool, bool, bool]:
    """By single clocks: (the option is of use; none that sends at least as much up is; none that sends down is)."""
    goes_up, goes_down, up, down = messages(step, a, b, y, x)
    device, server, uplink = single[0], single[1], single[2]
    if goes_up:
        uplink = max(uplink, single[3]) + up * step.up
        device = max(device, uplink)
    if goes_down:
        server = max(server, single[4] + down * step.down)
    by_device = device + step.device_head[a] if a > 0 else device
    by_server = server + step.server_head[a] if a < step.units else server
    useful = by_device < cutoff
    if b < step.units:
        useful = useful and server + step.server_head[b] < cutoff and uplink + step.uplink_head[b] < cutoff
    return useful, by_device >= cutoff, by_server >= cutoff


@inner(borrows=True)
def _sendings(
    lattice: Lattice, tails: FloatArray, i: int, link: int, reader: int, block: int, delay: float, out: FloatArray
) -> None:
    """Tails of state ``i`` (K,) in front of a message that ``block`` waits for, but for the time that it takes.

    The tail of the ``link`` is at least its own behind the message or, ``delay`` seconds less, that of the side of the
    ``reader`` as it waits for the rows: each direction is at least the best that moving weight to that side gives.
    """
    one = delay / lattice.parts
    # Both sides are reached through directions that come later.
    for k in range(len(out) - 1, -1, -1):
        more = lattice.moved[link, reader, k]
        out[k] = max(tails[i, block, more], out[more]) + one if more >= 0 else 0.0
    for k in range(len(out)):
        out[k] = max(out[k], tails[i, 0, k])


@compiled(borrows=True)
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
    work: PassSpace,
    flag: Flag,
) -> float:
    """The states before an operator, from ``needs`` (S, 4 G) and ``tails`` (S, 1 + 4 G, K) behind it.

    The operator is the network's input if it is to be ``whole``: all of it is on the device.
    They go into ``new_*``; ``known``: only those that ``known_needs`` stand for, with
    heads, which are of the grain of ``known_step``. The result is the least of the
    largest tails of all options that are left: before the first operator, a bound.
    """
    groups, directions = len(step.source), len(lattice.counts)
    key, known_key, behind, flags = work.before, work.known, work.behind, work.flags
    single, out = work.single, work.before_values
    # Before a message up: with the early step's rows in it, and with none; before one down likewise.
    sent_all, sent_late, got_all = work.directions[0], work.directions[1], work.directions[2]
    device_ran, server_ran = work.directions[3], work.directions[4]
    without_device, without_server = work.directions[5], work.directions[6]
    got_late = work.directions[7]
    w_device, w_server = lattice.weights[0], lattice.weights[1]
    w_uplink, w_downlink = lattice.weights[2], lattice.weights[3]
    least = np.inf
    made = int(tally[STATES])
    own = 1 + 4 * int(step.group)
    for i in range(int(tally[NEXT]), len(needs)):
        if raised(flag) or tally[OPTIONS] > tally[EFFORT]:
            tally[STOPPED] = 1
            break
        for c in range(len(behind)):
            behind[c] = needs[i, c]
        y, x = own_needs(step, behind)
        single_tails(step, lattice, tails, i, single)
        if step.group >= 0:
            _sendings(lattice, tails, i, UPLINK_CLOCK, SERVER_CLOCK, own, step.delay, sent_all)
            _sendings(lattice, tails, i, UPLINK_CLOCK, SERVER_CLOCK, own + 1, step.delay, sent_late)
            _sendings(lattice, tails, i, DOWNLINK_CLOCK, DEVICE_CLOCK, own + 2, step.delay, got_all)
            _sendings(lattice, tails, i, DOWNLINK_CLOCK, DEVICE_CLOCK, own + 3, step.delay, got_late)
        kind, a, b = int(SILENT), int(y), int(x)
        if whole:
            a = b = int(step.units)
        while kind != END:
            useful, no_up, no_down = useful_option(step, single, a, b, y, x, cutoff)
            while useful:  # once
                useful = False
                tally[OPTIONS] += 1
                needs_before(p, step, a, b, behind, key, flags)
                before = 0
                if known:
                    coarser(known_step, key, known_key)
                    before, _ = look_up(known_table, known_needs, known_key)
                    if before < 0:
                        break
                # The first block: own clocks.
                goes_up, goes_down, up_rows, down_rows = messages(step, a, b, y, x)
                up, down = up_rows * step.up, down_rows * step.down
                price = step.device_price[a] + up_rows * step.up_price
                for k in range(directions):
                    out[0, k] = tails[i, 0, k]
                if goes_up:
                    sent = sent_late if b > behind[own + 2] else sent_all
                    for k in range(directions):
                        out[0, k] = max(out[0, k], sent[k])
                if goes_down:
                    got = got_late if a < behind[own] else got_all
                    for k in range(directions):
                        out[0, k] = max(out[0, k], got[k])
                for k in range(directions):
                    out[0, k] += w_uplink[k] * up + w_downlink[k] * down
                # In front of its message a link's tail is at most that of the side that sends: weight may move there.
                if goes_up:
                    for k in range(directions):
                        more = lattice.moved[DEVICE_CLOCK, UPLINK_CLOCK, k]
                        if more >= 0:
                            out[0, k] = max(out[0, k], out[0, more])
                if goes_down:
                    for k in range(directions):
                        more = lattice.moved[SERVER_CLOCK, DOWNLINK_CLOCK, k]
                        if more >= 0:
                            out[0, k] = max(out[0, k], out[0, more])
                device, server = step.device[a], step.server[b]
                device_head, server_head, uplink_head = 0.0, 0.0, 0.0
                if a > 0:
                    device_head = step.device_head[a] - device - step.device_price[a]
                if b < step.units:
                    server_head, uplink_head = step.server_head[b] - server, step.uplink_head[b]
                dead = False
                for k in range(directions):
                    out[0, k] += w_device[k] * device + w_server[k] * server + price
                    head = w_device[k] * device_head + w_server[k] * server_head + w_uplink[k] * uplink_head
                    dead = dead | (out[0, k] + head >= cutoff)
                if dead:
                    break
                if border >= 0:
                    rows, begin = key[4 * border], key[4 * border + 2]
                    for k in range(directions):
                        dead = dead | (out[0, k] + border_heads[rows, begin, k] >= cutoff)
                if known:
                    for k in range(directions):
                        dead = dead | (out[0, k] + known_heads[before, 0, k] >= cutoff)
                if dead:
                    break
                # The groups' blocks.
                pure_device, pure_server = out[0, lattice.pure[0]], out[0, lattice.pure[1]]
                pure_uplink, pure_downlink = out[0, lattice.pure[2]], out[0, lattice.pure[3]]
                for k in range(directions):
                    sending = w_uplink[k] * up + w_downlink[k] * down + price
                    device_ran[k] = w_device[k] * device + sending
                    server_ran[k] = w_server[k] * server + sending
                    # Without one side's clock: what the others alone give.
                    links = w_uplink[k] * pure_uplink + w_downlink[k] * pure_downlink
                    without_device[k] = links + w_server[k] * pure_server
                    without_server[k] = links + w_device[k] * pure_device
                for group in range(groups):
                    source = step.source[group]
                    for kind_of in range(4):
                        on_device, early = kind_of >= 2, kind_of % 2 == 1
                        sets = DEVICE if on_device else SERVER
                        if early:
                            sets |= DEVICE_EARLY if on_device else SERVER_EARLY
                        block = 1 + 4 * group + kind_of
                        from_ = 1 + 4 * source + kind_of
                        if flags[group] & sets:
                            for k in range(directions):
                                out[block, k] = out[0, k]
                            if not early and flags[group] & (DEVICE_SHARED if on_device else SERVER_SHARED):
                                # If the later reader needs more, nobody waits here for all of it.
                                for k in range(directions):
                                    later = tails[i, from_, k] + (server_ran[k] if on_device else device_ran[k])
                                    without = without_device[k] if on_device else without_server[k]
                                    out[block, k] = min(out[block, k], max(without, later))
                        elif on_device and source >= 0:
                            for k in range(directions):
                                out[block, k] = max(without_device[k], tails[i, from_, k] + server_ran[k])
                        elif on_device:
                            for k in range(directions):
                                out[block, k] = without_device[k]
                        elif source >= 0:
                            for k in range(directions):
                                out[block, k] = max(without_server[k], tails[i, from_, k] + device_ran[k])
                        else:
                            for k in range(directions):
                                out[block, k] = without_server[k]
                        if known:
                            for k in range(directions):
                                dead = dead | (out[block, k] + known_heads[before, block, k] >= cutoff)
                    if dead:
                        break
                if dead or not _groups_alive(step, lattice, key, out, cutoff):
                    break
                most = 0.0
                for k in range(directions):
                    most = max(most, out[0, k])
                least = min(least, most)
                node, place = look_up(new_table, new_needs, key)
                if node < 0:
                    if made == len(new_needs):
                        tally[FULL], tally[NEXT] = 1, i
                        return least
                    node = made
                    made += 1
                    tally[STATES] = made
                    new_table[place] = node
                    for c in range(len(key)):
                        new_needs[node, c] = key[c]
                    for block in range(len(out)):
                        for k in range(directions):
                            new_tails[node, block, k] = out[block, k]
                else:
                    for block in range(len(out)):
                        for k in range(directions):
                            new_tails[node, block, k] = min(new_tails[node, block, k], out[block, k])
            if whole:
                break
            kind, a, b = next_option(step, kind, a, b, y, x, no_up, no_down)
    return least


@compiled(borrows=True)
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


@inner(borrows=True)
def _groups_alive(step: OperatorStep, lattice: Lattice, key: NeedArray, tails: FloatArray, cutoff: float) -> bool:
    """False if heads of what a side must hold of a group already kill the option."""
    for g in range(len(step.source)):
        y, x = key[4 * g], key[4 * g + 2]
        if y > 0:
            if tails[3 + 4 * g, lattice.pure[0]] + step.ahead[2, g, y] >= cutoff:
                return False
            if tails[0, lattice.pure[3]] + step.ahead[3, g, y] >= cutoff:
                return False
        if x < step.group_units[g]:
            if tails[1 + 4 * g, lattice.pure[1]] + step.ahead[0, g, x] >= cutoff:
                return False
            if tails[0, lattice.pure[2]] + step.ahead[1, g, x] >= cutoff:
                return False
    return True


@compiled(borrows=True)
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
    work: PassSpace,
    flag: Flag,
) -> None:
    """The heads (into ``heads``) of the states behind an operator, from those before it.

    ``alive`` (S,) becomes 1 for the states that an option leads to whose sums all stay below the cutoff.
    """
    groups, groups_behind, directions = len(step.source), needs.shape[1] // 4, len(lattice.counts)
    key, behind, flags = work.before, work.behind, work.flags
    single, out = work.single, work.behind_values
    ran, device_ran, server_ran = work.directions[0], work.directions[1], work.directions[2]
    w_device, w_server = lattice.weights[0], lattice.weights[1]
    w_uplink, w_downlink = lattice.weights[2], lattice.weights[3]
    for i in range(len(needs)):
        if raised(flag) or tally[OPTIONS] > tally[EFFORT]:
            tally[STOPPED] = 1
            return
        for c in range(len(behind)):
            behind[c] = needs[i, c]
        y, x = own_needs(step, behind)
        single_tails(step, lattice, tails, i, single)
        for block in range(len(out)):  # not slices: those take seconds to compile
            for k in range(directions):
                heads[i, block, k] = np.inf
        kind, a, b = int(SILENT), int(y), int(x)
        if whole:
            a = b = int(step.units)
        while kind != END:
            useful, no_up, no_down = useful_option(step, single, a, b, y, x, cutoff)
            while useful:  # once
                useful = False
                tally[OPTIONS] += 1
                needs_before(p, step, a, b, behind, key, flags)
                before, _ = look_up(old_table, old_needs, key)
                if before < 0:
                    break
                # The first block: own clocks.
                goes_up, goes_down, up_rows, down_rows = messages(step, a, b, y, x)
                up, down = up_rows * step.up, down_rows * step.down
                price = step.device_price[a] + up_rows * step.up_price
                device, server = step.device[a], step.server[b]
                for k in range(directions):
                    ran[k] = old_heads[before, 0, k]
                for g in range(groups):
                    if b < step.units and flags[g] & (SERVER | SERVER_EARLY):
                        block = 1 + 4 * g + (0 if flags[g] & SERVER else 1)
                        for k in range(directions):
                            ran[k] = max(ran[k], old_heads[before, block, k])
                    if a > 0 and flags[g] & (DEVICE | DEVICE_EARLY):
                        block = 3 + 4 * g + (0 if flags[g] & DEVICE else 1)
                        for k in range(directions):
                            ran[k] = max(ran[k], old_heads[before, block, k])
                for k in range(directions):
                    ran[k] += w_device[k] * device + w_server[k] * server
                if goes_up:
                    for k in range(directions - 1, -1, -1):
                        # The uplink's clock is at least the device's.
                        more = lattice.moved[UPLINK_CLOCK, DEVICE_CLOCK, k]
                        if more >= 0:
                            ran[k] = max(ran[k], ran[more])
                if goes_down:
                    for k in range(directions - 1, -1, -1):
                        # The downlink's is at least the server's.
                        more = lattice.moved[DOWNLINK_CLOCK, SERVER_CLOCK, k]
                        if more >= 0:
                            ran[k] = max(ran[k], ran[more])
                dead = False
                for k in range(directions):
                    out[0, k] = ran[k] + w_uplink[k] * up + w_downlink[k] * down + price
                    dead = dead | (out[0, k] + tails[i, 0, k] >= cutoff)
                if dead:
                    break
                # The groups' blocks.
                for k in range(directions):
                    sending = w_uplink[k] * up + w_downlink[k] * down + price
                    device_ran[k] = w_device[k] * device + sending
                    server_ran[k] = w_server[k] * server + sending
                for group in range(groups_behind):
                    for kind_of in range(4):
                        block = 1 + 4 * group + kind_of
                        for k in range(directions):
                            out[block, k] = out[0, k]
                        if group == step.group and kind_of < 2:
                            if goes_up and (kind_of == 0 or b > behind[4 * group + 3]):
                                _arrived(lattice, SERVER_CLOCK, UPLINK_CLOCK, step.delay, out, block)
                        elif group == step.group and goes_down and (kind_of == 2 or a < behind[4 * group + 1]):
                            _arrived(lattice, DEVICE_CLOCK, DOWNLINK_CLOCK, step.delay, out, block)
                for group in range(groups):
                    source = int(step.source[group])
                    if source < 0:
                        continue
                    for kind_of in range(4):
                        from_ = carried(key, behind, group, source, kind_of)
                        if from_ < 0:
                            continue
                        block = 1 + 4 * source + kind_of
                        if kind_of >= 2:
                            for k in range(directions):
                                out[block, k] = max(out[block, k], old_heads[before, from_, k] + server_ran[k])
                        else:
                            for k in range(directions):
                                out[block, k] = max(out[block, k], old_heads[before, from_, k] + device_ran[k])
                for block in range(1, len(out)):
                    for k in range(directions):
                        dead = dead | (out[block, k] + tails[i, block, k] >= cutoff)
                if dead:
                    break
                alive[i] = 1
                for block in range(len(out)):
                    for k in range(directions):
                        heads[i, block, k] = min(heads[i, block, k], out[block, k])
            if whole:
                break
            kind, a, b = next_option(step, kind, a, b, y, x, no_up, no_down)


@inner(borrows=True)
def _arrived(lattice: Lattice, side: int, link: int, delay: float, out: FloatArray, block: int) -> None:
    """Heads with the time at which a message is there, ``delay`` after the link's clock, in place of the side's."""
    one = delay / lattice.parts
    # Either side's weight goes to a later clock, through directions that come earlier.
    for k in range(out.shape[1]):
        more = lattice.moved[side, link, k]
        if more >= 0:
            out[block, k] = max(out[block, k], out[block, more] + one)


@inner(borrows=True)
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
