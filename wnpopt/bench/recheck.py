"""Every stored solution verified again, from what the store keeps alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from wnpopt.bench.record import Record
from wnpopt.bench.store import Store
from wnpopt.core.certificate import Certificate
from wnpopt.core.errors import InputError

RELATIVE = 1e-9
"""How far a recomputed objective may be from the stored one: another machine's rounding, nothing more."""


@dataclass(frozen=True, slots=True)
class Recheck:
    """What verifying a stored run again gave.

    ``unreadable`` tells why its files could not be used; ``deviation`` how what they hold differs from the record.
    """

    record: Record
    certificate: Certificate | None = None
    unreadable: str | None = None
    deviation: str | None = None

    @property
    def accepted(self) -> bool:
        """True if the solution is valid and worth what the record says."""
        return self.certificate is not None and self.certificate.accepted and self.deviation is None


def recheck(store: Store) -> Iterator[Recheck]:
    """Verify the solution of every record that counts and has one, in the store's order."""
    from wnpopt import api
    from wnpopt.core.canonical import content_hash

    for record in store.latest().values():
        if record.solution is None:
            continue
        try:
            instance, solution = store.instance(record), store.solution(record)
            assert solution is not None
            certificate = api.verify(instance, solution)
        except InputError as error:
            yield Recheck(record, unreadable=str(error))
            continue
        if instance.instance_hash != record.key.instance_hash:
            yield Recheck(record, certificate, deviation="the instance is not the one that was solved")
        elif content_hash(solution.to_data()) != record.solution:
            yield Recheck(record, certificate, deviation="the solution is not the one that was stored")
        else:
            yield Recheck(record, certificate, deviation=_deviation(record, certificate))


def _deviation(record: Record, certificate: Certificate) -> str | None:
    stored, found = record.result.objective, certificate.objective
    if not record.result.verified or not certificate.accepted or stored is None or found is None:
        return None
    if abs(stored - found) <= RELATIVE * max(abs(stored), abs(found)):
        return None
    return f"the value is {found:g}, the record says {stored:g}"
