"""Operators whose output is indexed like their arguments: which dimension goes with which.

Each argument's dimensions and the output's get a letter; the entries of the output at an index of a letter read of each
argument those at the same index of that letter, and everything along all others, as in the notation of Einstein's
sums. Where rows lie along a dimension whose letter the output has, they are rows of the output. Anything else that an
operator reads, it reads whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from wnpopt.problems.intradp.imports.row_window import Reads
from wnpopt.problems.intradp.imports.rows import ROW, TensorRows, common, in_blocks
from wnpopt.problems.intradp.imports.site import Local, OperatorClass, OperatorSite

Letters = Sequence[object]
"""A letter for each dimension; None for one that goes with none."""


@dataclass(frozen=True, slots=True)
class _Candidate:
    """An argument whose rows are rows of the output, along dimension ``axis`` of it."""

    name: str
    axis: int
    rows: TensorRows


def linked(
    site: OperatorSite, arguments: Sequence[Letters | None], output: Letters, kind: OperatorClass
) -> Local | None:
    """The operator whose arguments (in order, None for one that is read whole) and output have these letters.

    The rows are those of the largest argument that has some, the first of equals; None if none has.
    """
    order = site.op.ordered
    candidates: list[_Candidate] = []
    whole: set[str] = set()
    for position, name in enumerate(order):
        if not name or name not in site.op.inputs:
            continue
        letters = arguments[position] if position < len(arguments) else None
        candidate = None if letters is None else _candidate(site, name, letters, output)
        if candidate is None:
            whole.add(name)
        else:
            candidates.append(candidate)
    # A tensor that stands twice is read as either of its places needs it: whole, if these differ.
    axes: dict[str, set[int]] = {}
    for candidate in candidates:
        axes.setdefault(candidate.name, set()).add(candidate.axis)
    candidates = [c for c in candidates if c.name not in whole and len(axes[c.name]) == 1]
    if not candidates:
        return None
    lead = max(candidates, key=lambda c: _size(site, c.name))
    alike = [c for c in candidates if c.axis == lead.axis and c.rows.outer == lead.rows.outer]
    rows = common([c.rows for c in alike]).moved(lead.axis)
    reads: dict[str, Reads] = dict.fromkeys(site.op.inputs, "all")
    for candidate in alike:
        reads[candidate.name] = in_blocks(ROW, candidate.rows.inner, rows.inner)
    return Local(rows, kind, reads)


def _size(site: OperatorSite, name: str) -> int:
    size = 1
    for extent in site.shape[name]:
        size *= extent
    return size


def _candidate(site: OperatorSite, name: str, letters: Letters, output: Letters) -> _Candidate | None:
    rows = site.rows[name]
    shape = site.shape[name]
    if rows is None or len(letters) != len(shape) or len(output) != len(site.out) or not rows.units(shape):
        return None
    letter = letters[rows.axis]
    if letter is None or list(letters).count(letter) != 1 or list(output).count(letter) != 1:
        return None
    axis = list(output).index(letter)
    return _Candidate(name, axis, rows) if site.out[axis] == shape[rows.axis] else None


def aligned(rank: int, out_rank: int) -> list[int]:
    """The letters of an argument that is spread over an output of higher rank: dimensions align at their ends."""
    return [dim - rank for dim in range(rank)] if rank <= out_rank else []


def broadcast(site: OperatorSite) -> Local | None:
    """Arguments spread over each other."""
    rank = len(site.out)
    if any(len(site.shape[name]) > rank for name in site.op.ordered if name):
        return None
    arguments = [aligned(len(site.shape[name]), rank) if name else None for name in site.op.ordered]
    return linked(site, arguments, aligned(rank, rank), "element-wise")


def same_but(site: OperatorSite, mixed: Sequence[int], kind: OperatorClass, others: int = 0) -> Local | None:
    """The output has the shape of the first argument, and dimensions ``mixed`` are read whole.

    ``others`` more arguments may be activations, which are read whole.
    """
    first = site.local(0)
    if first is None or site.shape[first[0]] != site.out or len(set(site.op.inputs)) > 1 + others:
        return None
    rank = len(site.out)
    if any(not -rank <= dim < rank for dim in mixed):
        return None
    out = {dim % rank for dim in mixed}
    letters = [None if dim in out else dim for dim in range(rank)]
    return linked(site, [letters], letters, kind)


def from_axis_on(site: OperatorSite, others: int = 0) -> Local | None:
    """As :func:`same_but`, mixed from the dimension ``axis`` (by default the last) on."""
    along, rank = site.number("axis", -1), len(site.out)
    if along is None or not -rank <= along < rank:
        return None
    return same_but(site, range(along % rank, rank), "row-wise", others)


def without(site: OperatorSite, gone: Sequence[int], kept: bool, kind: OperatorClass = "row-wise") -> Local | None:
    """The output has the dimensions of the only activation but ``gone``, which became 1 if ``kept``."""
    first = site.alone()
    if first is None:
        return None
    rank = len(site.shape[first[0]])
    if any(not -rank <= dim < rank for dim in gone):
        return None
    reduced = {dim % rank for dim in gone}
    letters = list(range(rank))
    output = [None if d in reduced else d for d in letters] if kept else [d for d in letters if d not in reduced]
    return linked(site, [letters], output, kind)
