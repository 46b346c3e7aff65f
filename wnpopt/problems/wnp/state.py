"""How far a plan has got: what happened before now, for planning on while it runs."""

from __future__ import annotations

from itertools import pairwise
from typing import Literal

from pydantic import model_validator

from wnpopt.core.document import MAX_INT, Count, Document, Name, PlanState, require
from wnpopt.problems.wnp.instance import WnpInstance
from wnpopt.problems.wnp.solution import TransferName


class Begun(Document):
    """A subgraph that has begun on ``core`` at tick ``start``; ``end`` is null while it runs."""

    core: Name
    start: Count
    end: Count | None = None


class WnpState(PlanState):
    """What happened before tick ``now_ticks``, as it happened and not as it was planned.

    Slots before ``slot`` are over: ``delivered_bits`` are what they brought of each modality (0 where one is not
    named). A subgraph in ``begun`` keeps its core and start, and its end where it has one; one that still runs ends
    after its nominal ticks, but no earlier than now. ``transfers_begun`` have the starts of transfers between cores.
    Everything else starts no earlier than now.
    """

    kind: Literal["wnp-state"]
    instance: Name
    now_ticks: Count
    slot: Count
    delivered_bits: dict[Name, Count]
    begun: dict[Name, Begun]
    transfers_begun: dict[TransferName, Count]

    @model_validator(mode="after")
    def _check(self) -> WnpState:
        for name, begun in self.begun.items():
            where = f"begun.{name}"
            require(begun.start <= self.now_ticks, f"{where}.start", _late(begun.start, self.now_ticks))
            if begun.end is not None:
                require(begun.end <= self.now_ticks, f"{where}.end", _late(begun.end, self.now_ticks))
                require(
                    begun.start <= begun.end, f"{where}.end", f"found {begun.end}; its start {begun.start} or later"
                )
        for name, start in self.transfers_begun.items():
            require(start <= self.now_ticks, f"transfers_begun.{name}", _late(start, self.now_ticks))
        return self

    def check(self, instance: WnpInstance) -> None:
        """Raise :class:`InputError` where this is no state of ``instance``."""
        require(
            self.instance == instance.name, "instance", f'found "{self.instance}"; "{instance.name}" is to be planned'
        )
        radio = instance.radio
        require(self.slot <= radio.slots, "slot", f"found {self.slot}; the radio has {radio.slots} slots")
        gone = min(self.now_ticks // radio.slot_ticks, radio.slots)
        require(self.slot >= gone, "slot", f"found {self.slot}; {gone} slots are over at tick {self.now_ticks}")
        modalities = {m.name for m in instance.modalities}
        for name in self.delivered_bits:
            require(name in modalities, f"delivered_bits.{name}", "is no modality of the instance")
        cores = {c.name: m for m, c in enumerate(instance.chip.cores)}
        subgraphs = {s.name: s for s in instance.subgraphs}
        for name, begun in self.begun.items():
            require(name in subgraphs, f"begun.{name}", "is no subgraph of the instance")
            require(begun.core in cores, f"begun.{name}.core", f'"{begun.core}" is no core of the instance')
            released = int(instance.release[list(subgraphs).index(name)])
            require(
                begun.start >= released, f"begun.{name}.start", f"found {begun.start}; it is released at {released}"
            )
            able = subgraphs[name].ticks[cores[begun.core]] is not None
            require(able, f"begun.{name}.core", f'"{begun.core}" cannot run it')
        edges = {f"{e.source}->{e.target}": e for e in instance.edges}
        for name in self.transfers_begun:
            require(name in edges, f"transfers_begun.{name}", "is no edge of the instance")
            source = self.begun.get(edges[name].source)
            ended = source is not None and source.end is not None
            require(ended, f"transfers_begun.{name}", f'"{edges[name].source}" has to have ended before')
            assert source is not None
            late = source.end is not None and self.transfers_begun[name] >= source.end
            require(late, f"transfers_begun.{name}", f'"{edges[name].source}" ends after it, at {source.end}')
        for edge in instance.edges:
            if edge.target in self.begun:
                before = self.begun.get(edge.source)
                ended = before is not None and before.end is not None
                require(ended, f"begun.{edge.target}", f'it needs "{edge.source}", which has not ended')
        _check_load(self, instance)


def at_start(instance: WnpInstance) -> WnpState:
    """The state of ``instance`` in which nothing has happened yet."""
    return WnpState(
        kind="wnp-state",
        instance=instance.name,
        now_ticks=0,
        slot=0,
        delivered_bits={},
        begun={},
        transfers_begun={},
    )


def _check_load(state: WnpState, instance: WnpInstance) -> None:
    for core in instance.chip.cores:
        here = sorted(
            (b.start, state.now_ticks if b.end is None else b.end, name)
            for name, b in state.begun.items()
            if b.core == core.name
        )
        for (_, end, first), (start, _, second) in pairwise(here):
            require(end <= start, f"begun.{second}.start", f'found {start}; "{first}" runs there until {end}')
        running = [name for name, b in state.begun.items() if b.core == core.name and b.end is None]
        require(len(running) <= 1, f"begun.{running[-1] if running else ''}", f'"{core.name}" runs one at a time')
    require(state.now_ticks <= MAX_INT // 4, "now_ticks", "is beyond all that can be planned")


def _late(at: int, now: int) -> str:
    return f"found {at}; at most now_ticks, which is {now}, is possible"
