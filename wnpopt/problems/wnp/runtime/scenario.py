"""Scenarios: how worlds deviate from what an instance has, as a document; every world of one follows from a seed."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from wnpopt.core.document import Count, Document, Name, Positive, Real, SchemaVersion, require
from wnpopt.problems.wnp.instance import WnpInstance

Sigma = Annotated[Real, Field(le=3.0)]
Share = Annotated[Real, Field(le=1.0)]
Slowdown = Annotated[Real, Field(ge=1.0, le=1000.0)]
Mean = Annotated[Real, Field(le=1e9)]


class RateNoise(Document):
    """Log-normal factors of mean 1 on the bits of a slot, correlated in time as exp(-slots / ``correlation_slots``).

    ``sigma`` is that of the logarithm; the share ``common`` of its variance is the same on all resource blocks of a
    modality (shadowing), the rest is each one's own (fading). With ``correlation_slots`` 0 slots are independent.
    """

    sigma: Sigma
    correlation_slots: Mean = 8.0
    common: Share = 0.5


class TickNoise(Document):
    """A log-normal factor of mean 1 on the ticks of each subgraph, the same on all cores; rounded up."""

    sigma: Sigma


class TransferNoise(Document):
    """A log-normal factor of mean 1 on a transfer's ticks without the hops, and an exponential delay, for each edge."""

    sigma: Sigma = 0.0
    delay_ticks: Mean = 0.0


class Outage(Document):
    """With ``probability``, slots in which a resource block brings ``factor`` of its bits.

    Of one ``modality``, or all (null); on some ``resource_blocks``, or all; from ``first_slot``, or from any (null).
    How long it lasts is exponential with mean ``slots``.
    """

    probability: Share
    slots: Mean
    modality: Name | None = None
    resource_blocks: Annotated[tuple[Count, ...], Field(min_length=1)] | None = None
    first_slot: Count | None = None
    factor: Share = 0.0


class CoreDeviation(Document):
    """With ``probability``, a ``core`` (null: any, all alike) is ``slowdown`` times slower, or fails for good.

    It fails at a tick that is uniform in [0, ``fails_within_ticks``). What runs there is lost, what has ended is kept.
    """

    probability: Share
    core: Name | None = None
    slowdown: Slowdown | None = None
    fails_within_ticks: Positive | None = None

    def check_fields(self, where: str) -> None:
        """Raise :class:`InputError` unless it says what happens, once."""
        one = (self.slowdown is None) != (self.fails_within_ticks is None)
        require(one, f"{where}.slowdown", "slowdown or fails_within_ticks is needed, one of them")


class LateRelease(Document):
    """With ``probability``, a modality, a subgraph or all subgraphs of a job are released later than planned.

    By how much is exponential with mean ``slots`` (a modality) or ``ticks`` (the others).
    """

    probability: Share
    modality: Name | None = None
    subgraph: Name | None = None
    job: Name | None = None
    slots: Mean | None = None
    ticks: Mean | None = None

    def check_fields(self, where: str) -> None:
        """Raise :class:`InputError` unless one thing is named, and by how much it is late."""
        named = sum(name is not None for name in (self.modality, self.subgraph, self.job))
        require(named == 1, f"{where}.modality", "modality, subgraph or job is needed, one of them")
        wanted, other = ("slots", "ticks") if self.modality is not None else ("ticks", "slots")
        require(getattr(self, wanted) is not None, f"{where}.{wanted}", "missing field")
        require(getattr(self, other) is None, f"{where}.{other}", f"does not go with this; {wanted} is needed")


class WnpScenario(Document):
    """How the worlds in which a plan may have to run deviate from the instance; without any field they do not.

    ``instance`` is the name of the one that it was made for, null if it does for others.
    """

    kind: Literal["wnp-scenario"]
    schema_version: SchemaVersion
    name: Name
    instance: Name | None = None
    rates: RateNoise | None = None
    ticks: TickNoise | None = None
    transfers: TransferNoise | None = None
    outages: tuple[Outage, ...] = ()
    cores: tuple[CoreDeviation, ...] = ()
    releases: tuple[LateRelease, ...] = ()

    @model_validator(mode="after")
    def _check(self) -> WnpScenario:
        for c, core in enumerate(self.cores):
            core.check_fields(f"cores[{c}]")
        for d, late in enumerate(self.releases):
            late.check_fields(f"releases[{d}]")
        return self

    def check(self, instance: WnpInstance) -> None:
        """Raise :class:`InputError` where this does not fit ``instance``."""
        if self.instance is not None:
            what = f'found "{self.instance}"; "{instance.name}" is simulated'
            require(self.instance == instance.name, "instance", what)
        modalities = {m.name for m in instance.modalities}
        cores = {c.name for c in instance.chip.cores}
        for o, outage in enumerate(self.outages):
            where = f"outages[{o}]"
            _known(outage.modality, modalities, f"{where}.modality", "modality")
            for n, block in enumerate(outage.resource_blocks or ()):
                what = f"found {block}; the radio has {instance.resource_blocks} resource blocks"
                require(block < instance.resource_blocks, f"{where}.resource_blocks[{n}]", what)
            first, slots = outage.first_slot, instance.radio.slots
            what = f"found {first}; the radio has {slots} slots"
            require(first is None or first < slots, f"{where}.first_slot", what)
        for c, core in enumerate(self.cores):
            _known(core.core, cores, f"cores[{c}].core", "core")
        for d, late in enumerate(self.releases):
            where = f"releases[{d}]"
            _known(late.modality, modalities, f"{where}.modality", "modality")
            _known(late.subgraph, {s.name for s in instance.subgraphs}, f"{where}.subgraph", "subgraph")
            _known(late.job, {j.name for j in instance.jobs}, f"{where}.job", "job")


def _known(name: str | None, names: set[str], where: str, what: str) -> None:
    require(name is None or name in names, where, f'"{name}" is no {what} of the instance')


def _preset(name: str, **fields: object) -> WnpScenario:
    return WnpScenario.from_data({"kind": "wnp-scenario", "schema_version": 1, "name": name, **fields})


PRESETS = {
    "none": _preset("none"),
    "mild": _preset("mild", rates={"sigma": 0.1}, ticks={"sigma": 0.05}, transfers={"sigma": 0.05}),
    "rough": _preset(
        "rough",
        rates={"sigma": 0.3, "correlation_slots": 16},
        ticks={"sigma": 0.15},
        transfers={"sigma": 0.2},
        outages=[{"probability": 0.2, "slots": 4}],
        cores=[{"probability": 0.1, "slowdown": 1.5}],
    ),
}
"""Scenarios that go with any instance, by name."""
