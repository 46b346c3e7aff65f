"""A solution in columns: who is served, with which model, bandwidth and frequency."""

from __future__ import annotations

import os
from dataclasses import dataclass

import numpy as np

from wnpopt.core.document import documents_of
from wnpopt.core.errors import InputError
from wnpopt.core.jsonio import replacing
from wnpopt.domain.files.npz import read_npz
from wnpopt.problems.slide.columnar.columns import FloatArray, IntArray, SlideColumns
from wnpopt.problems.slide.solution import Served, SlideSolution


@dataclass(frozen=True, eq=False)
class Allocation:
    """Served users by growing number: ``user`` and ``model`` are indices, all arrays have the same shape (S,)."""

    user: IntArray
    model: IntArray
    bandwidth_hz: FloatArray
    frequency_hz: FloatArray

    def __post_init__(self) -> None:
        for field in ("user", "model", "bandwidth_hz", "frequency_hz"):
            getattr(self, field).setflags(write=False)

    def to_solution(self, columns: SlideColumns) -> SlideSolution:
        """The solution document."""
        numbers = np.concatenate((self.bandwidth_hz, self.frequency_hz))
        users: list[str] = (
            columns.user_names[self.user].tolist()
            if columns.user_names.size
            else [columns.user_name(u) for u in self.user.tolist()]
        )
        fields = (
            users,
            columns.model_names[self.model].tolist(),
            self.bandwidth_hz.tolist(),
            self.frequency_hz.tolist(),
        )
        if ((numbers >= 0) & (numbers < np.inf)).all():
            # Names are checked in the columns: a document each, without a validation each.
            return SlideSolution(instance=columns.name, served=documents_of(Served, *fields))
        served = [Served(user=u, model=j, bandwidth_hz=b, frequency_hz=f) for u, j, b, f in zip(*fields, strict=True)]
        return SlideSolution(instance=columns.name, served=tuple(served))

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write an uncompressed ``.npz`` of the four arrays; raises :class:`InputError` naming the file."""
        with replacing(path) as stream:
            np.savez(
                stream,
                user=self.user,
                model=self.model,
                bandwidth_hz=self.bandwidth_hz,
                frequency_hz=self.frequency_hz,
            )


def allocation_of(columns: SlideColumns, solution: SlideSolution) -> Allocation:
    """The columns of a solution; raises :class:`InputError` for names that ``columns`` does not have."""
    users = {columns.user_name(u): u for u in range(columns.users)}
    models = {str(name): j for j, name in enumerate(columns.model_names)}
    for index, served in enumerate(solution.served):
        if served.user not in users:
            raise InputError(f'"{served.user}" is no user', where=f"served[{index}].user")
        if served.model not in models:
            raise InputError(f'"{served.model}" is no model', where=f"served[{index}].model")
    return Allocation(
        np.array([users[s.user] for s in solution.served], dtype=np.int64),
        np.array([models[s.model] for s in solution.served], dtype=np.int64),
        np.array([s.bandwidth_hz for s in solution.served], dtype=np.float64),
        np.array([s.frequency_hz for s in solution.served], dtype=np.float64),
    )


def load_allocation(path: str | os.PathLike[str]) -> Allocation:
    """Read what :meth:`Allocation.save` wrote; raises :class:`InputError` naming the file and the column."""
    file = os.fspath(path)
    wanted = {"user": "i", "model": "i", "bandwidth_hz": "f", "frequency_hz": "f"}
    arrays = read_npz(path, wanted)
    for field in wanted:
        if field not in arrays:
            raise InputError(f"missing column; {', '.join(wanted)} are needed", where=field, file=file)
    size = arrays["user"].shape
    for field, kind in wanted.items():
        found = arrays[field]
        if found.dtype.kind != kind or found.shape != size or len(size) != 1:
            raise InputError(
                f"found {found.dtype} of shape {list(found.shape)}; one number for each served user is needed",
                where=field,
                file=file,
            )
    return Allocation(
        arrays["user"].astype(np.int64),
        arrays["model"].astype(np.int64),
        arrays["bandwidth_hz"].astype(np.float64),
        arrays["frequency_hz"].astype(np.float64),
    )
