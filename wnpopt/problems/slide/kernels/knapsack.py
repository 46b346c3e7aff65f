"""The 0-1 knapsack by dynamic programming over undominated states, pruned by Dantzig's bound.

Its states never outnumber the integer weights or the resource blocks, so it contains the classical tables over both;
and it needs neither. Source: Nemhauser and Ullmann (1969) for the states, Dantzig (1957) for the bound.
"""

from __future__ import annotations

import numpy as np

from wnpopt.backends.compiled import compiled
from wnpopt.backends.stop_flag import raised
from wnpopt.backends.stopping import Flag
from wnpopt.problems.slide.columnar.columns import BoolArray, FloatArray, IntArray

_EPS = 2.220446049250313e-16


@compiled
def knapsack(
    cost: FloatArray, value: FloatArray, capacity: float, step: float, most_states: int, most_work: int, flag: Flag
) -> tuple[BoolArray, float, bool, int]:
    """Items of greatest value within ``capacity``: (taken (n,), bound on the value, whether it was proved, work).

    Items come by falling value/cost, all costs and values above 0. ``step`` is a common divisor of the values, 0 if
    unknown: nothing between two multiples is looked for. Gives up beyond ``most_states`` states at once or
    ``most_work`` states in all, or when the ``flag`` is raised, with the bound that is proved by then. The bound is
    weakened by the error of the sums that it rests on.
    """
    n = cost.size
    costs, values = np.zeros(n + 1), np.zeros(n + 1)
    cost_lost, value_lost = 0.0, 0.0
    for i in range(n):
        # Compensated: each prefix sum is right to its last digit (Higham 2002, 4.3).
        term = cost[i] - cost_lost
        costs[i + 1] = costs[i] + term
        cost_lost = (costs[i + 1] - costs[i]) - term
        term = value[i] - value_lost
        values[i + 1] = values[i] + term
        value_lost = (values[i + 1] - values[i]) - term
    # Differences of prefix sums, and what is made of them, are off by no more than this: bounds allow for it.
    cost_error = 8.0 * _EPS * costs[n]
    value_error = 8.0 * _EPS * values[n] * (1.0 if step > 0.0 else n)
    work = 0
    # A taken item is a node that points to the one before; nodes are shared between states.
    parent = np.empty(1024, dtype=np.int64)
    item = np.empty(1024, dtype=np.int64)
    nodes = 0
    state_cost, state_value = np.zeros(1), np.zeros(1)
    state_node = np.full(1, -1, dtype=np.int64)
    best, best_node, best_from, best_to = -1.0, -1, 0, 0
    proved = True
    bound = 0.0
    for i in range(n + 1):
        # Bound every state by filling up fractionally, and complete it by whole items.
        size = state_cost.size
        k = n
        kept = 0
        upper = np.empty(size)
        work += size
        for s in range(size):
            left = capacity - state_cost[s]
            while k > i and costs[k] - costs[i] > left:
                k -= 1
            whole = state_value[s] + values[k] - values[i]
            if whole > best:
                best, best_node, best_from, best_to = whole, state_node[s], i, k
            upper[s] = whole + value_error
            if k < n:
                upper[s] += (left - (costs[k] - costs[i]) + cost_error) * value[k] / cost[k]
        wanted = best + step * (1.0 - 1e-6) if step > 0.0 else best * (1.0 + 1e-12)
        bound = best
        for s in range(size):
            if upper[s] > wanted:
                bound = max(bound, upper[s])
                state_cost[kept], state_value[kept], state_node[kept] = state_cost[s], state_value[s], state_node[s]
                kept += 1
        if kept == 0 or i == n:
            bound = best if step > 0.0 else best * (1.0 + 2e-12) + value_error
            break
        if kept > most_states or nodes > 20 * most_states or work > most_work or raised(flag):
            proved = False
            break
        # Merge the states with themselves plus item i, by growing cost, dropping what is dominated.
        while nodes + kept > parent.size:
            parent = np.concatenate((parent, np.empty(parent.size, dtype=np.int64)))
            item = np.concatenate((item, np.empty(item.size, dtype=np.int64)))
        new_cost, new_value = np.empty(2 * kept), np.empty(2 * kept)
        new_node = np.empty(2 * kept, dtype=np.int64)
        a, b, size = 0, 0, 0
        top = -1.0
        while a < kept or b < kept:
            shifted_cost = state_cost[b] + cost[i] if b < kept else np.inf
            if shifted_cost > capacity:
                b = kept
                shifted_cost = np.inf
                if a >= kept:
                    break
            # Of equal costs the one of greater value first, then the one without the item.
            take_old = a < kept and (
                state_cost[a] < shifted_cost
                or (state_cost[a] == shifted_cost and state_value[a] >= state_value[b] + value[i])
            )
            if take_old:
                if state_value[a] > top:
                    top = state_value[a]
                    new_cost[size], new_value[size], new_node[size] = state_cost[a], top, state_node[a]
                    size += 1
                a += 1
            else:
                if state_value[b] + value[i] > top:
                    top = state_value[b] + value[i]
                    parent[nodes], item[nodes] = state_node[b], i
                    new_cost[size], new_value[size], new_node[size] = shifted_cost, top, nodes
                    nodes += 1
                    size += 1
                b += 1
        state_cost, state_value, state_node = new_cost[:size], new_value[:size], new_node[:size]
    taken = np.zeros(n, dtype=np.bool_)
    for i in range(best_from, best_to):
        taken[i] = True
    node = best_node
    while node >= 0:
        taken[item[node]] = True
        node = parent[node]
    return taken, bound, proved, work


@compiled
def prefix_count(growing: FloatArray, capacity: float) -> int:
    """How many of the smallest costs fit, by a compensated sum: a million terms lose no digit."""
    total, lost = 0.0, 0.0
    for i in range(growing.size):
        if growing[i] == np.inf:
            return i
        y = growing[i] - lost
        following = total + y
        lost = (following - total) - y
        total = following
        if total > capacity:
            return i
    return int(growing.size)


@compiled
def fractional(cost: FloatArray, value: FloatArray, order: IntArray, capacity: float) -> float:
    """Dantzig's bound of items in ``order`` (falling value/cost), weakened by the error of its sums."""
    left, total = capacity, 0.0
    for i in order:
        if cost[i] <= left:
            left -= cost[i]
            total += value[i]
        else:
            total += value[i] * left / cost[i]
            break
    # What ``left`` is off by is worth no more than the same share of the total: it is the items of least value/cost.
    return float(total * (1.0 + 8.0 * (order.size + 2) * _EPS))


@compiled
def fill(cost: FloatArray, order: IntArray, capacity: float) -> BoolArray:
    """Flags (n,) of the items that are taken in ``order``, each if it still fits."""
    taken = np.zeros(cost.size, dtype=np.bool_)
    left = capacity
    for i in order:
        if cost[i] <= left:
            left -= cost[i]
            taken[i] = True
    return taken


@compiled
def cheapest(costs: FloatArray, open_models: BoolArray) -> tuple[FloatArray, IntArray]:
    """Least cost of each user over the open models and the first model that has it, both (U,)."""
    users, models = costs.shape
    least = np.full(users, np.inf)
    chosen = np.zeros(users, dtype=np.int64)
    for u in range(users):
        for j in range(models):
            if open_models[j] and costs[u, j] < least[u]:
                least[u], chosen[u] = costs[u, j], j
    return least, chosen
