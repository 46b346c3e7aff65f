"""Measured times of operators on cores: what replaces a roofline where there is a measurement."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from wnpopt.core.errors import InputError
from wnpopt.domain.network.graph import Graph, Operator

Times = tuple[float | None, ...]


@dataclass(frozen=True)
class MeasuredTimes:
    """``seconds`` of each of ``operators`` (rows) on each of ``cores`` (columns), None where it cannot run."""

    name: str
    operators: tuple[str, ...]
    cores: tuple[str, ...]
    seconds: tuple[Times, ...]

    @classmethod
    def of(cls, name: str, rows: Sequence[tuple[str, str, float | None]]) -> MeasuredTimes:
        """From (operator, core, seconds) rows, both in order of appearance; None, or no row, is "cannot run".

        Raises :class:`InputError` naming the row that repeats another, has a negative or infinite time, or the
        operator that no core can run.
        """
        if not rows:
            raise InputError("the profile has no row; at least one is needed", where="rows")
        table: dict[str, dict[str, float | None]] = {}
        for i, (operator, core, time) in enumerate(rows):
            times = table.setdefault(operator, {})
            if core in times:
                raise InputError(f"{operator!r} on {core!r} stands twice; each pair may stand once", where=f"rows[{i}]")
            if time is not None and not (math.isfinite(time) and time >= 0):
                raise InputError(f"found {time}; a finite time of at least 0 is needed", where=f"rows[{i}].time_s")
            times[core] = time
        cores = tuple(dict.fromkeys(core for _, core, _ in rows))
        seconds = tuple(tuple(times.get(core) for core in cores) for times in table.values())
        for operator, found in zip(table, seconds, strict=True):
            if all(time is None for time in found):
                raise InputError(f"{operator!r} can run on no core", where="rows")
        return cls(name, tuple(table), cores, seconds)

    @cached_property
    def _by_operator(self) -> dict[str, Times]:
        return dict(zip(self.operators, self.seconds, strict=True))

    def column(self, *names: str) -> int:
        """The place in ``cores`` of the first of these names that is there: a core's own, or else its type.

        Raises :class:`InputError` if none is.
        """
        for name in names:
            if name in self.cores:
                return self.cores.index(name)
        label = f"{names[0]!r}" + "".join(f" or its type {name!r}" for name in names[1:])
        raise InputError(
            f"the profile has no time on the core {label}; its cores are {', '.join(self.cores)}", where="rows"
        )

    def of_graph(self, graph: Graph) -> tuple[Times, ...]:
        """Seconds of each operator of ``graph`` on each of ``cores``.

        Views that were not measured take no time. Raises :class:`InputError` naming what else was not measured.
        """
        return tuple(self._row(operator) for operator in graph.operators)

    def of_opaque(self, graph: Graph) -> Mapping[int, Times] | None:
        """Seconds of the opaque operators of ``graph``, by index, on each of ``cores``, of a table of those alone; None
        if it has other operators of the graph, or the graph has no opaque one.

        Raises :class:`InputError` naming an opaque operator that was not measured.
        """
        opaque = {i: operator for i, operator in enumerate(graph.operators) if operator.opaque}
        if not opaque or any(o.name in self._by_operator for o in graph.operators if not o.opaque):
            return None
        return {i: self._row(operator) for i, operator in opaque.items()}

    def _row(self, operator: Operator) -> Times:
        times = self._by_operator.get(operator.name)
        if times is None and not operator.is_view:
            why = f" of type {operator.op_type!r}, whose arithmetic is not known: a row is needed" * operator.opaque
            raise InputError(f"the profile has no time for the operator {operator.name!r}{why}", where="rows")
        return (0.0,) * len(self.cores) if times is None else times
