"""Accelerator cores and chips: how long an operator takes, what it costs in energy, how far cores are apart.

A core is a roofline (Williams, Waterman, Patterson, "Roofline: an insightful visual performance model for
multicore architectures", CACM 52(4), 2009): an operator takes the longer of its arithmetic at peak rate and
its traffic at full memory bandwidth, and a launch overhead. Rates count 2 FLOP for a multiply-accumulate, as
vendors do.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace

from wnpopt.core.errors import InputError
from wnpopt.core.unique import require_unique
from wnpopt.domain.network.graph import DTYPE_BITS, FLOATING, Graph, Operator


@dataclass(frozen=True, slots=True)
class Core:
    """One processing core.

    ``efficiency`` is the share of the peak that its kernels reach. ``unsupported`` operator types cannot run
    on it. Of ``vector_types`` it does the multiply-accumulates at its peak and all else at ``vector_flop_per_s``, as an
    array of multipliers leaves it to a few lanes beside it. ``element_bits`` is the width it computes in:
    floating-point elements that are wider move in that many bits, all others in their own (an integer's width is its
    range; an 8-bit network moves 8 bits everywhere); None leaves the bytes as the graph says. ``peaks`` are peak rates
    in other precisions (``int8``, ``float16``, as :attr:`Operator.precision <wnpopt.domain.network.graph.Operator>`
    spells them), ``peak_flop_per_s`` stands for all that are not named. Energies are dynamic, whatever the precision;
    ``idle_w`` is drawn always.
    """

    name: str
    peak_flop_per_s: float
    memory_bytes_per_s: float
    launch_s: float = 0.0
    efficiency: float = 1.0
    unsupported: tuple[str, ...] = ()
    element_bits: int | None = None
    energy_per_flop_j: float = 0.0
    energy_per_byte_j: float = 0.0
    idle_w: float = 0.0
    source: str | None = None
    vector_types: tuple[str, ...] = ()
    vector_flop_per_s: float | None = None
    peaks: tuple[tuple[str, float], ...] = ()

    def __post_init__(self) -> None:
        for precision, peak in self.peaks:
            if precision not in DTYPE_BITS or precision.startswith("u"):
                raise InputError(f"found {precision!r}; a type such as int8 or float16 is needed", where="peaks")
            _positive(peak, f"peaks.{precision}")
        _positive(self.peak_flop_per_s, "peak_flop_per_s")
        _positive(self.memory_bytes_per_s, "memory_bytes_per_s")
        for field in ("launch_s", "energy_per_flop_j", "energy_per_byte_j", "idle_w"):
            _not_negative(getattr(self, field), field)
        if not 0 < self.efficiency <= 1:
            raise InputError(f"found {self.efficiency}; a share above 0 and at most 1 is needed", where="efficiency")
        if self.element_bits is not None and not 1 <= self.element_bits <= 64:
            raise InputError(f"found {self.element_bits}; 1 to 64 bits are possible", where="element_bits")
        if self.vector_flop_per_s is not None:
            _positive(self.vector_flop_per_s, "vector_flop_per_s")
        elif self.vector_types:
            raise InputError("the rate of vector_types is needed, in FLOP a second", where="vector_flop_per_s")

    def without_vector(self) -> Core:
        """The bare array: ``vector_types`` cannot run on it."""
        barred = (*self.unsupported, *(kind for kind in self.vector_types if kind not in self.unsupported))
        return replace(self, unsupported=barred, vector_types=(), vector_flop_per_s=None)

    def supports(self, operator: Operator) -> bool:
        return operator.op_type not in self.unsupported

    def bytes_moved(self, operator: Operator) -> float:
        """Bytes that the operator moves in this core's precision: never more than the graph says."""
        if self.element_bits is None:
            return float(operator.memory_bytes)
        return math.fsum(size * self._share(dtype) for dtype, size in operator.traffic)

    def _share(self, dtype: str) -> float:
        assert self.element_bits is not None
        return min(1.0, self.element_bits / DTYPE_BITS[dtype]) if dtype in FLOATING else 1.0

    def peak(self, precision: str) -> float:
        """FLOP a second in ``precision``."""
        return dict(self.peaks).get(precision, self.peak_flop_per_s)

    def seconds(self, operator: Operator) -> float | None:
        """Time of the operator on this core; None if it cannot run here. Views take no time."""
        if not self.supports(operator):
            return None
        if operator.is_view:
            return 0.0
        peak = self.peak(operator.precision) * self.efficiency
        compute = operator.flop / peak
        if self.vector_flop_per_s is not None and operator.op_type in self.vector_types:
            products = min(2 * operator.macs, operator.flop)
            compute = products / peak + (operator.flop - products) / self.vector_flop_per_s
        return max(compute, self.bytes_moved(operator) / self.memory_bytes_per_s) + self.launch_s

    def joules(self, operator: Operator) -> float | None:
        """Dynamic energy of the operator on this core; None if it cannot run here."""
        if not self.supports(operator):
            return None
        return operator.flop * self.energy_per_flop_j + self.bytes_moved(operator) * self.energy_per_byte_j

    def group_seconds(self, graph: Graph, group: Iterable[int]) -> float | None:
        """Time of several operators one after the other; None if any of them cannot run here."""
        times = [self.seconds(graph.operators[i]) for i in group]
        known = [time for time in times if time is not None]
        return math.fsum(known) if len(known) == len(times) else None


@dataclass(frozen=True, slots=True)
class Placed:
    """A core at a place of the chip's mesh, under a name of its own."""

    name: str
    core: Core
    x: int
    y: int


@dataclass(frozen=True, slots=True)
class Chip:
    """Cores on a mesh: a transfer between two takes ``hop_s`` for each hop and its bytes at
    ``bytes_per_s``."""

    name: str
    cores: tuple[Placed, ...]
    hop_s: float
    bytes_per_s: float
    energy_per_byte_hop_j: float = 0.0
    source: str | None = None

    def __post_init__(self) -> None:
        if not self.cores:
            raise InputError("the chip has no core; at least one is needed", where="cores")
        _not_negative(self.hop_s, "hop_s")
        _positive(self.bytes_per_s, "bytes_per_s")
        _not_negative(self.energy_per_byte_hop_j, "energy_per_byte_hop_j")
        require_unique("cores", (placed.name for placed in self.cores))
        places: set[tuple[int, int]] = set()
        for i, placed in enumerate(self.cores):
            if (placed.x, placed.y) in places:
                raise InputError(f"two cores stand at ({placed.x}, {placed.y})", where=f"cores[{i}]")
            places.add((placed.x, placed.y))

    def without_vector(self) -> Chip:
        """The chip of bare arrays; see :meth:`Core.without_vector`."""
        cores = tuple(replace(placed, core=placed.core.without_vector()) for placed in self.cores)
        return replace(self, cores=cores)

    def hops(self, a: int, b: int) -> int:
        """Mesh distance of two cores, by index."""
        return abs(self.cores[a].x - self.cores[b].x) + abs(self.cores[a].y - self.cores[b].y)

    def transfer_seconds(self, a: int, b: int, size: int) -> float:
        """Time of ``size`` bytes from core ``a`` to core ``b``; 0 on the same core."""
        return 0.0 if a == b else self.hop_s * self.hops(a, b) + size / self.bytes_per_s

    def transfer_joules(self, a: int, b: int, size: int) -> float:
        return self.energy_per_byte_hop_j * self.hops(a, b) * size


def mesh(
    name: str,
    cores: Iterable[Core],
    *,
    columns: int,
    hop_s: float,
    bytes_per_s: float,
    energy_per_byte_hop_j: float = 0.0,
) -> Chip:
    """A chip whose cores fill the rows of a mesh of ``columns`` columns, named after their type and place."""
    if columns < 1:
        raise InputError(f"found {columns}; at least 1 column is needed", where="columns")
    placed = tuple(
        Placed(f"{core.name}.{i // columns}.{i % columns}", core, i % columns, i // columns)
        for i, core in enumerate(cores)
    )
    return Chip(name, placed, hop_s, bytes_per_s, energy_per_byte_hop_j)


def _positive(value: float, where: str) -> None:
    if not (math.isfinite(value) and value > 0):
        raise InputError(f"found {value}; a finite number above 0 is needed", where=where)


def _not_negative(value: float, where: str) -> None:
    if not (math.isfinite(value) and value >= 0):
        raise InputError(f"found {value}; a finite number of at least 0 is needed", where=where)
