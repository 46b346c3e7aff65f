"""The judge of solutions in columns: the same rules as :mod:`~wnpopt.problems.slide.verify`, a million users at once.

Forward recursion layer by layer over arrays; shares no code with bounds, formulations or heuristics.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from wnpopt.core.certificate import Certificate, Violation
from wnpopt.problems.slide.columnar.allocation import Allocation
from wnpopt.problems.slide.columnar.columns import SlideColumns
from wnpopt.problems.slide.verify import TOLERANCE

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]


@np.errstate(all="ignore")  # what overflows or is not a number breaks a rule
def verify_columns(columns: SlideColumns, allocation: Allocation) -> Certificate:
    """The number (or weight) of served users and, for every rule that is broken, its worst place.

    The rules' names are those of :data:`wnpopt.problems.slide.verify.RULES`.
    """
    found: list[Violation] = []
    user, model = allocation.user, allocation.model
    unknown = (user < 0) | (user >= columns.users)
    _report(found, "user-unknown", unknown, unknown.astype(np.float64))
    if not unknown.any():
        twice = np.bincount(user, minlength=columns.users)[user] > 1
        _report(found, "user-twice", twice, twice.astype(np.float64))
    stray = (model < 0) | (model >= columns.models)
    _report(found, "model-unknown", stray, stray.astype(np.float64))
    if found:
        return Certificate(None, tuple(found))
    if columns.allowed.size:
        refused = ~columns.allowed[user, model]
        _report(found, "model-choice", refused, refused.astype(np.float64))
    wanted = columns.min_accuracy[user]
    _report(found, "accuracy", columns.accuracy[model] < wanted * (1 - TOLERANCE), wanted - columns.accuracy[model])
    _check_devices(columns, allocation, found)
    _check_bandwidths(columns, allocation, found)
    if columns.cache_bits is not None:
        bits = math.fsum(math.fsum(_layers(columns, int(j))[0]) for j in np.unique(model))
        if bits > columns.cache_bits * (1 + TOLERANCE):
            found.append(Violation("cache", "served", bits - columns.cache_bits))
    value = math.fsum(columns.weight[user]) if columns.weighted else float(user.size)
    return Certificate(value, tuple(found))


def _layers(columns: SlideColumns, j: int) -> tuple[FloatArray, FloatArray]:
    part = slice(int(columns.layer_start[j]), int(columns.layer_start[j + 1]))
    return columns.bits[part], columns.flop[part]


def _rates(columns: SlideColumns, allocation: Allocation) -> FloatArray:
    user, width = allocation.user, allocation.bandwidth_hz
    rate = width * columns.efficiency[user]
    if columns.power_w.size:
        fixed = columns.efficiency[user] == 0
        who, narrow = user[fixed], width[fixed]
        signal = columns.power_w[who] * columns.gain[who] / columns.noise_w_per_hz[who]
        ratio = signal / narrow
        nats = np.where(np.isfinite(ratio), np.log1p(ratio), np.log(signal) - np.log(narrow))
        rate[fixed] = narrow * nats / math.log(2)  # over nothing at all no number, which is not above 0 either
    if columns.multicast:
        weakest = np.full(columns.models, np.inf)
        np.minimum.at(weakest, allocation.model, rate)
        rate = weakest[allocation.model]
    return rate


def _check_devices(columns: SlideColumns, allocation: Allocation, found: list[Violation]) -> None:
    user, model, frequency = allocation.user, allocation.model, allocation.frequency_hz
    low, high = columns.frequency_min_hz[user], columns.frequency_max_hz[user]
    inside = (frequency >= low * (1 - TOLERANCE)) & (frequency <= high * (1 + TOLERANCE))
    _report(found, "frequency", ~inside, np.maximum(low - frequency, frequency - high))
    _report(found, "bandwidth", ~(allocation.bandwidth_hz > 0), np.ones(user.size))
    rate = _rates(columns, allocation)
    # Nothing is carried: in no bandwidth at all, or where the product is below the least number that there is.
    late, hungry = np.where(rate > 0, 0.0, 1e308), np.zeros(user.size)
    for j in np.unique(model).tolist():
        who = np.flatnonzero((model == j) & (rate > 0) & (frequency > 0))
        bits, flop = _layers(columns, j)
        speed = columns.flop_per_cycle[user[who]] * frequency[who]
        downloaded, done = 0.0, np.zeros(who.size)
        for layer_bits, layer_flop in zip(bits.tolist(), flop.tolist(), strict=True):
            downloaded += layer_bits
            computed = layer_flop / speed if layer_flop > 0 else 0.0
            done = np.maximum(downloaded / rate[who], done) + computed
        deadline = columns.deadline_s[user[who]]
        in_time = (done <= deadline * (1 + TOLERANCE)) & (done < np.inf)
        late[who] = np.where(in_time, 0.0, np.fmax(done - deadline, 1e-300))
        spent = (
            columns.energy_per_flop_hz2[user[who]] * frequency[who] * frequency[who] * math.fsum(flop)
            + columns.receive_w[user[who]] * math.fsum(bits) / rate[who]
        )
        limit = columns.energy_j[user[who]]
        within = ((spent <= limit * (1 + TOLERANCE)) & (spent < np.inf)) | np.isinf(limit)
        hungry[who] = np.where(within, 0.0, np.fmax(spent - limit, 1e-300))
    _report(found, "deadline", late > 0, late)
    _report(found, "energy", hungry > 0, hungry)


def _check_bandwidths(columns: SlideColumns, allocation: Allocation, found: list[Violation]) -> None:
    width = allocation.bandwidth_hz
    if columns.resource_block_hz is not None:
        blocks = width / columns.resource_block_hz
        off = np.abs(blocks - np.maximum(1.0, np.rint(blocks)))
        bad = ~(off <= TOLERANCE * blocks)
        _report(found, "resource-block", bad, off * columns.resource_block_hz)
    counted = width
    if columns.multicast:
        widest = np.zeros(columns.models)
        np.maximum.at(widest, allocation.model, width)
        gap = widest[allocation.model] - width
        _report(found, "multicast-bandwidth", gap > TOLERANCE * widest[allocation.model], gap)
        counted = widest
    try:
        total = math.fsum(counted)
    except OverflowError:
        total = math.inf
    if not (total < math.inf and total <= columns.bandwidth_hz * (1 + TOLERANCE)):
        found.append(Violation("total-bandwidth", "served", _finite(total - columns.bandwidth_hz)))


def _report(found: list[Violation], rule: str, bad: BoolArray, amount: FloatArray) -> None:
    """One violation a rule: the worst place, and how many there are."""
    if bad.any():
        places = np.flatnonzero(bad)
        worst = int(places[np.argmax(amount[places])])
        found.append(Violation(rule, f"served[{worst}] (and {places.size - 1} more)", _finite(float(amount[worst]))))


def _finite(amount: float) -> float:
    """A violation is written as JSON, which has neither infinity nor NaN."""
    return amount if amount < 1e308 else 1e308
