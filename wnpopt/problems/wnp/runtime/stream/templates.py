"""The networks of a stream, read, checked to go together, and as arrays."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from wnpopt.core.document import require
from wnpopt.core.errors import InputError
from wnpopt.core.jsonio import read_json
from wnpopt.problems.wnp.instance import IntArray, WnpInstance
from wnpopt.problems.wnp.runtime.stream.document import StreamTemplate, WnpStream

_MOST_RATES = 2 * 10**7


@dataclass(frozen=True)
class Template:
    """A network that requests ask for, K' of its modalities need the radio (``index``).

    Slot t of the stream has the rates of the instance's slot t modulo its number of slots: the table repeats.
    """

    name: str
    instance: WnpInstance
    weight: float
    deadline_ticks: int | None

    @cached_property
    def index(self) -> IntArray:
        """The modalities that some subgraph names and that have a payload, shape (K',)."""
        return np.flatnonzero(self.instance.needed & (self.instance.payloads > 0)).astype(np.int64)

    @cached_property
    def payload(self) -> IntArray:
        """Bits of each of these, shape (K',)."""
        return self.instance.payloads[self.index]

    @cached_property
    def release_slot(self) -> IntArray:
        """Slots after the arrival before which each of these is not sent, shape (K',)."""
        return np.array([self.instance.modalities[k].release_slot for k in self.index], dtype=np.int64)

    @cached_property
    def reads(self) -> IntArray:
        """Which of these each subgraph reads, shape (I,), -1 for none."""
        place = np.full(len(self.instance.modalities) + 1, -1, dtype=np.int64)
        place[self.index] = np.arange(self.index.size)
        return np.asarray(place[self.instance.modality_index])  # the last entry stands for no modality

    @property
    def slots(self) -> int:
        """After so many slots the rates begin again."""
        return self.instance.radio.slots

    @cached_property
    def fits(self) -> bool:
        """True if each modality alone could be sent in one period of the table."""
        return bool((self.payload <= self.rates(0, self.slots).sum(axis=(1, 2))).all())

    @cached_property
    def enough(self) -> int:
        """Slots in which all bits are sent in any case where nothing is taken, one modality after the other."""
        radio = self.instance.radio
        start = np.arange(self.instance.blocks) * radio.block_slots
        length = np.minimum(radio.slots - start, radio.block_slots)
        brings = [int(b) for b in (self.instance.table[self.index] * length).sum(axis=(1, 2))]
        periods = sum(-(-int(bits) // b) for bits, b in zip(self.payload, brings, strict=True))
        return max(1, periods) * radio.slots

    def rates(self, first: int, count: int) -> IntArray:
        """Bits in each of ``count`` slots of the stream from ``first`` on, shape (K', N, count)."""
        radio = self.instance.radio
        block = (np.arange(first, first + count, dtype=np.int64) % radio.slots) // radio.block_slots
        return np.asarray(self.instance.table[self.index][:, :, block])


def templates_of(stream: WnpStream, folder: str | os.PathLike[str] = ".") -> tuple[Template, ...]:
    """The templates of ``stream``; paths are relative to ``folder``.

    Raises :class:`InputError` where a file is wrong, a field of an instance has no meaning in a stream, or they differ
    in what they share: ticks, slots, resource blocks, chip.
    """
    made = []
    for j, entry in enumerate(stream.templates):
        where = f"templates[{j}].instance"
        instance = _read(entry, folder, where)
        _check(instance, where)
        made.append(Template(entry.name, instance, entry.weight, entry.deadline_ticks))
    for j, template in enumerate(made[1:], start=1):
        _check_alike(made[0].instance, template.instance, f"templates[{j}].instance")
    return tuple(made)


def _read(entry: StreamTemplate, folder: str | os.PathLike[str], where: str) -> WnpInstance:
    if isinstance(entry.instance, WnpInstance):
        return entry.instance
    file = Path(folder) / entry.instance
    try:
        data = read_json(file)
        if data.get("kind") != "wnp":
            raise InputError(f"found {data.get('kind')!r}; a wnp instance is needed", where="kind")
        return WnpInstance.from_data(data)
    except InputError as error:
        raise InputError(f"{file}: {error.where + ': ' if error.where else ''}{error.what}", where=where) from None


def _check(instance: WnpInstance, where: str) -> None:
    require(not instance.jobs, f"{where}.jobs", "has no meaning in a stream: each request is a job of its own")
    plain = instance.objective == "makespan"
    require(plain, f"{where}.objective", f'found "{instance.objective}"; "makespan" is needed in a stream')
    for field in ("makespan_limit_ticks", "energy_limit_j"):
        none = getattr(instance, field) is None
        require(none, f"{where}.{field}", "is not known to streams; null is needed (deadline_ticks is by template)")
    bus = instance.chip.exclusive_bus
    require(not bus, f"{where}.chip.exclusive_bus", "streams do not plan an exclusive bus yet; false is needed")
    length = np.minimum(
        instance.radio.slots - np.arange(instance.blocks) * instance.radio.block_slots, instance.radio.block_slots
    )
    for k in np.flatnonzero(instance.needed & (instance.payloads > 0)):
        brings = int((instance.table[k] * length).sum())
        name = instance.modalities[k].name
        what = f"no slot brings a bit of {name}: no request would ever end"
        require(brings > 0, f"{where}.radio.bits_per_slot[{k}]", what)
    template = Template("", instance, 1.0, None)
    rates = (template.enough + instance.radio.slots) * max(1, template.index.size) * max(1, instance.resource_blocks)
    what = f"a request may take {template.enough} slots, {rates} rates; at most {_MOST_RATES} are possible in a stream"
    require(rates <= _MOST_RATES, f"{where}.radio.slots", what)


def _check_alike(first: WnpInstance, other: WnpInstance, where: str) -> None:
    pairs: Sequence[tuple[str, object, object]] = (
        ("tick_s", first.tick_s, other.tick_s),
        ("chip", first.chip.to_data(), other.chip.to_data()),
        ("radio.slot_ticks", first.radio.slot_ticks, other.radio.slot_ticks),
    )
    for field, here, there in pairs:
        what = "differs from that of templates[0]: all requests share one radio and one chip"
        require(here == there, f"{where}.{field}", what)
    blocks = first.resource_blocks, other.resource_blocks
    what = f"has {blocks[1]} resource blocks; templates[0] has {blocks[0]}, and all requests share one radio"
    require(blocks[0] == blocks[1] or 0 in blocks, f"{where}.radio.bits_per_slot", what)
