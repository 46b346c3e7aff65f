"""Every stored run checked again from what the store keeps alone: its solution, and what follows from its numbers."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, replace

from wnpopt.bench.store.consistency import faults, worth
from wnpopt.bench.store.record import Record
from wnpopt.bench.store.store import Store
from wnpopt.core import registry
from wnpopt.core.certificate import Certificate
from wnpopt.core.document import Instance
from wnpopt.core.errors import InputError
from wnpopt.core.registry import AnyFamily
from wnpopt.core.result import Status
from wnpopt.core.verdict import Verdict, better, compare

_KEPT = 8


@dataclass(frozen=True, slots=True)
class Recheck:
    """What checking a stored run again gave.

    ``certificate`` is the verifier's of its solution, None if it has none. ``unreadable`` tells why its files could not
    be used; ``deviation`` how what they hold, or what follows from its numbers, differs from the record.
    """

    record: Record
    certificate: Certificate | None = None
    unreadable: str | None = None
    deviation: str | None = None

    @property
    def accepted(self) -> bool:
        """True if the record is right, and the solution, if it has one, valid and worth what the record says."""
        verified = self.certificate is None or self.certificate.accepted
        return verified and self.unreadable is None and self.deviation is None


def recheck(store: Store) -> Iterator[Recheck]:
    """Check every record that counts, in the store's order; instances and solutions are read from the store.

    In the end the runs of an instance are compared: no bound and no proof of infeasibility may be beaten by a solution
    that was just verified.
    """
    instances = _Instances(store)
    checks = [_check(store, instances, record) for record in store.latest().values()]
    best: dict[str, Record] = {}
    for check in checks:
        if check.accepted and check.certificate is not None:
            key, known = check.record.key.instance_hash, best.get(check.record.key.instance_hash)
            if known is None or _beats(check.record, known):
                best[key] = check.record
    for check in checks:
        rival = best.get(check.record.key.instance_hash)
        differs = _contradicted(check.record, rival) if check.accepted and rival is not None else None
        yield check if differs is None else replace(check, deviation=differs)


def _beats(record: Record, known: Record) -> bool:
    value, than, sense = record.result.objective, known.result.objective, record.result.sense
    return value is not None and than is not None and sense is not None and better(value, than, sense)


def _contradicted(record: Record, best: Record) -> str | None:
    """How the value of ``best``, of the same instance, contradicts ``record``."""
    result, value, sense = record.result, best.result.objective, best.result.sense
    assert value is not None
    assert sense is not None
    whose = f"the value {value:.17g} of {best.key.method}, seed {best.key.seed}"
    if result.status == Status.INFEASIBLE:
        return f"the status is infeasible, contradicted by {whose}"
    whole = result.bound is not None and result.bound.is_integer() and value.is_integer()
    if compare(value, result.bound, sense, whole).verdict is Verdict.CONTRADICTED:
        return f"the bound {result.bound:.17g} is contradicted by {whose}"
    return None


class _Instances:
    """The instances of a store, the last ones kept: the runs of one often stand together."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._read: OrderedDict[tuple[str, str], Instance] = OrderedDict()

    def of(self, record: Record) -> Instance:
        """The instance under the name that it had in that run; raises :class:`InputError`."""
        key = record.key.instance_hash, record.result.instance
        if key not in self._read:
            self._read[key] = self._store.instance(record)
            if len(self._read) > _KEPT:
                self._read.popitem(last=False)
        self._read.move_to_end(key)
        return self._read[key]


def _check(store: Store, instances: _Instances, record: Record) -> Recheck:
    name = record.result.family
    if name is None:
        return Recheck(record, deviation=_joined(faults(record, None, None)))
    try:
        family = registry.family(name)
        instance = instances.of(record)
    except InputError as error:
        return Recheck(record, unreadable=str(error))
    if not isinstance(instance, family.instance_type):
        return Recheck(record, deviation=f"the family is {instance.kind}, the record says {name}")
    found = list(faults(record, family, instance))
    if record.solution is None:
        return Recheck(record, deviation=_joined(found))
    return _with_solution(store, record, family, instance, found)


def _with_solution(store: Store, record: Record, family: AnyFamily, instance: Instance, found: list[str]) -> Recheck:
    from wnpopt.core.canonical import content_hash

    try:
        solution = store.solution(record)
        assert solution is not None
        if not isinstance(solution, family.solution_type):
            return Recheck(record, deviation=f"the solution is a {solution.kind}")
        certificate = family.verify(instance, solution)
    except InputError as error:
        return Recheck(record, unreadable=str(error))
    if content_hash(solution.to_data()) != record.solution:
        found.append("the solution is not the one that was stored")
    if certificate.accepted and certificate.objective is not None:
        differs = worth(record.result.objective, certificate.objective, family.has_integers(instance))
        found += [] if differs is None else [differs]
    return Recheck(record, certificate, deviation=_joined(found))


def _joined(found: Iterator[str] | list[str]) -> str | None:
    return "; ".join(found) or None
