"""A binary heap of events: by time, then by code, so that equal times always come in the same order."""

from __future__ import annotations

from wnpopt.backends.compiled import inner
from wnpopt.problems.wnp.instance import IntArray


@inner
def push(times: IntArray, codes: IntArray, size: int, time: int, code: int) -> int:
    """The size after an event was put in."""
    place = size
    while place > 0:
        parent = (place - 1) // 2
        if times[parent] < time or (times[parent] == time and codes[parent] <= code):
            break
        times[place], codes[place] = times[parent], codes[parent]
        place = parent
    times[place], codes[place] = time, code
    return size + 1


@inner
def drop(times: IntArray, codes: IntArray, size: int) -> int:
    """The size after the first event, at place 0, was taken out."""
    last = size - 1
    time, code = times[last], codes[last]
    place = 0
    while True:
        child = 2 * place + 1
        if child >= last:
            break
        other = child + 1
        if other < last and (
            times[other] < times[child] or (times[other] == times[child] and codes[other] < codes[child])
        ):
            child = other
        if time < times[child] or (time == times[child] and code <= codes[child]):
            break
        times[place], codes[place] = times[child], codes[child]
        place = child
    times[place], codes[place] = time, code
    return last
