"""Multicast: what one transmission of a model can serve at which bandwidth.

A transmission has a rate rho and a bandwidth b; it serves the users whose least rate is at most rho and whose link
carries rho in b. Only rates that some user needs and only bandwidths that some link needs can be worth while, and of
those only the ones that no cheaper one matches: the menu of the model.
"""

from __future__ import annotations

import numpy as np

from wnpopt.backends.compiled import compiled
from wnpopt.backends.stop_flag import raised
from wnpopt.backends.stopping import Flag
from wnpopt.problems.slide.columnar.columns import FloatArray, IntArray
from wnpopt.problems.slide.kernels.link import band


@compiled
def menu(
    rate: FloatArray,
    efficiency: FloatArray,
    snr_hz: FloatArray,
    value: FloatArray,
    linear_order: IntArray,
    fixed_order: IntArray,
    levels: FloatArray,
    capacity: float,
    block: float,
    slack: float,
    least: float,
    flag: Flag,
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """(cost, value, rate) of the undominated transmissions, by growing cost; those of the first levels when the
    ``flag`` is raised.

    ``rate`` (n,) are the users' least rates, ``linear_order`` the users with a spectral efficiency, strongest first,
    ``fixed_order`` those with a fixed power, strongest first; ``levels`` the rates to try, growing. ``block`` is the
    resource block in Hz, 0 without; costs are in blocks then, else in Hz and at ``least`` that.
    """
    front_cost, front_value, front_rate = np.empty(0), np.empty(0), np.empty(0)
    n = rate.size
    level_cost, level_value = np.empty(n), np.empty(n)
    for rho in levels:
        if raised(flag):
            break
        # Users by growing bandwidth for this rate: two ordered lists, merged.
        a, b, size = 0, 0, 0
        total = 0.0
        next_a, next_b = -1.0, -1.0
        while True:
            while a < linear_order.size and rate[linear_order[a]] > rho:
                a += 1
            while b < fixed_order.size and rate[fixed_order[b]] > rho:
                b += 1
                next_b = -1.0
            next_a = rho / efficiency[linear_order[a]] if a < linear_order.size else np.inf
            if next_b < 0.0:
                next_b = band(rho, 0.0, snr_hz[fixed_order[b]]) if b < fixed_order.size else np.inf
            cost = min(next_a, next_b)
            if cost == np.inf:
                break
            if block > 0.0:
                cost = max(1.0, np.ceil(cost / (block * (1.0 + slack)) * (1.0 - 1e-12)))
            else:
                cost = max(cost, least)
            if cost > capacity:
                break
            if next_a <= next_b:
                total += value[linear_order[a]]
                a += 1
            else:
                total += value[fixed_order[b]]
                b += 1
                next_b = -1.0
            if size > 0 and level_cost[size - 1] == cost:
                level_value[size - 1] = total
            else:
                level_cost[size], level_value[size] = cost, total
                size += 1
        if size == 0:
            continue
        # Merge with the front so far, dropping what is dominated.
        old = front_cost.size
        new_cost, new_value, new_rate = np.empty(old + size), np.empty(old + size), np.empty(old + size)
        i, k, count = 0, 0, 0
        top = 0.0
        while i < old or k < size:
            use_old = i < old and (
                k >= size
                or front_cost[i] < level_cost[k]
                or (front_cost[i] == level_cost[k] and front_value[i] >= level_value[k])
            )
            if use_old:
                if front_value[i] > top:
                    top = front_value[i]
                    new_cost[count], new_value[count], new_rate[count] = front_cost[i], top, front_rate[i]
                    count += 1
                i += 1
            else:
                if level_value[k] > top:
                    top = level_value[k]
                    new_cost[count], new_value[count], new_rate[count] = level_cost[k], top, rho
                    count += 1
                k += 1
        front_cost, front_value, front_rate = new_cost[:count], new_value[:count], new_rate[:count]
    return front_cost, front_value, front_rate


@compiled
def add_menu(
    best: FloatArray, top: int, cost: FloatArray, value: IntArray, capacity: float, flag: Flag
) -> tuple[FloatArray, int]:
    """(min,+) convolution of ``best`` (least cost of each integer value up to ``top``) with a menu.

    Returns the new ``best`` and the greatest value within ``capacity``; of the menu's first entries when the ``flag``
    is raised. Which entry was used is found again from the two tables: without that the innermost loop is a plain
    minimum.
    """
    result = best.copy()
    for entry in range(cost.size):
        if raised(flag):
            break
        price = cost[entry]
        target = result[value[entry] : value[entry] + top + 1]
        for v in range(top + 1):
            total = best[v] + price
            target[v] = total if total < target[v] else target[v]
    highest = best.size - 1
    while highest > 0 and result[highest] > capacity:
        highest -= 1
    return result, highest


@compiled
def used_entry(before: FloatArray, after: float, left: int, cost: FloatArray, value: IntArray) -> int:
    """The menu's entry by which the value ``left`` costs ``after``; -1 if it costs that without the menu."""
    if before[left] == after:
        return -1
    for entry in range(cost.size):
        if value[entry] <= left and before[left - value[entry]] + cost[entry] == after:
            return entry
    return -1
