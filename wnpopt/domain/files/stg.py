"""Standard Task Graph files (Kasahara Laboratory, Waseda University; format pages of www.kasahara.cs.waseda.ac.jp).

A file begins with the number of tasks. Then each task has its number, processing time, number of predecessors, and the
predecessors: their numbers alone, or, in the format with communication costs, each followed by the cost of the
transfer from it. Task 0 and the last one are dummies of no processing time. Lines that begin with ``#`` are remarks.
The prototype set's form, which has the number of processors beside that of tasks and no task 0, is read too, and so
are the published files in which the last dummy is missing: it says nothing.
"""

from __future__ import annotations

import codecs
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from wnpopt.core.document import MAX_INT
from wnpopt.core.errors import InputError
from wnpopt.domain.files.reading import in_file, opening
from wnpopt.domain.network.taskgraph import Task, TaskGraph

_MOST_BYTES = 1 << 28


@dataclass(frozen=True, slots=True)
class _Record:
    number: int
    time: int
    predecessors: tuple[tuple[int, int], ...]


def read_stg(path: str | os.PathLike[str]) -> TaskGraph:
    """The task graph in a file, dummies dropped; tasks are named after their numbers.

    Raises :class:`InputError` naming the file and what is wrong.
    """
    with in_file(path):
        text = _read(Path(path))
        records, exit_number = _records(text)
        return _graph(Path(path).stem, records, exit_number)


def _read(path: Path) -> str:
    with opening("an .stg"):
        size, raw = path.stat().st_size, b""
        if size <= _MOST_BYTES:
            raw = path.read_bytes().removeprefix(codecs.BOM_UTF8)  # editors on Windows write one
    if size > _MOST_BYTES:
        raise InputError("has more than 256 MiB; a task graph is smaller")
    if b"\0" in raw:
        raise InputError(f"is not a task graph: byte {raw.index(bytes(1))} is NUL")
    try:
        return raw.decode("ascii")
    except UnicodeDecodeError as error:
        raise InputError(f"is not a task graph: byte {error.start} is no ASCII") from None


def _records(text: str) -> tuple[list[_Record], int]:
    """The records, and the number that the last dummy has."""
    lines = [line.split() for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    if not lines:
        raise InputError("is empty; a task graph is needed")
    if len(lines[0]) not in (1, 2):
        raise InputError("does not begin with the number of tasks", where="line 1")
    header, numbers = _whole(lines[0]), _whole([word for line in lines[1:] for word in line])
    if min(header) < 0:
        raise InputError(f"found {min(header)} as a number of tasks; at least 0 is needed", where="line 1")
    first = len(header) - 1  # the prototype form has no task 0
    expected = range(first, header[0] + 2)
    attempts = [_parse(numbers, expected, with_costs=with_costs) for with_costs in (False, True)]
    for attempt in attempts:
        if isinstance(attempt, list):
            return attempt, expected[-1]
    plain, costly = attempts
    assert isinstance(plain, _Failure)
    assert isinstance(costly, _Failure)
    furthest = max((plain, costly), key=lambda failure: failure.task)
    raise InputError(furthest.what, where=f"task {furthest.task}")


@dataclass(frozen=True, slots=True)
class _Failure:
    task: int
    what: str


def _parse(numbers: Sequence[int], expected: range, *, with_costs: bool) -> list[_Record] | _Failure:
    """All records, or how far it came: the two formats cannot be told apart but by trying."""
    step = 2 if with_costs else 1
    records: list[_Record] = []
    position = 0
    for task in expected:
        if position == len(numbers) and task == expected[-1] and records:
            break
        if position + 3 > len(numbers):
            return _Failure(task, f"the file ends before it; tasks {expected[0]} to {expected[-1]} are needed")
        number, time, count = numbers[position : position + 3]
        if number != task:
            return _Failure(task, f"found the number {number}; tasks stand in order, and {task} is next")
        end = position + 3 + step * count
        if count < 0 or end > len(numbers):
            return _Failure(task, f"found {count} predecessors, which the file does not hold")
        given = numbers[position + 3 : end]
        pairs = tuple(zip(given[::2], given[1::2], strict=True)) if with_costs else tuple((p, 0) for p in given)
        records.append(_Record(number, time, pairs))
        position = end
    if position < len(numbers):
        return _Failure(expected[-1], f"{len(numbers) - position} numbers stand behind the last task")
    return records


def _graph(name: str, records: Sequence[_Record], exit_number: int) -> TaskGraph:
    known = {record.number for record in records}
    for record in records:
        where = f"task {record.number}"
        if record.time < 0:
            raise InputError(f"found a processing time of {record.time}; it is not negative", where=where)
        seen: set[int] = set()
        for predecessor, cost in record.predecessors:
            if predecessor not in known:
                raise InputError(f"found the predecessor {predecessor}, which does not exist", where=where)
            if predecessor in seen:
                raise InputError(f"found the predecessor {predecessor} twice", where=where)
            if cost < 0:
                raise InputError(f"found a communication cost of {cost}; it is not negative", where=where)
            seen.add(predecessor)
    dummies = {record.number for record in records if record.number in (0, exit_number) and not record.time}
    kept = [record for record in records if record.number not in dummies]
    index = {record.number: i for i, record in enumerate(kept)}
    edges = sorted(
        (index[predecessor], index[record.number], cost)
        for record in kept
        for predecessor, cost in record.predecessors
        if predecessor in index
    )
    return TaskGraph(name, tuple(Task(str(record.number), record.time) for record in kept), tuple(edges))


def _whole(words: Sequence[str]) -> list[int]:
    numbers = []
    for word in words:
        digits = word.removeprefix("-")
        if not digits.isdigit() or len(digits) > 16 or int(digits) > MAX_INT:
            raise InputError(f"found {word[:40]!r}; an integer of at most 2^53 is needed")
        numbers.append(int(word))
    return numbers
