"""Every stored solution verified again, from what the store keeps alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from wnpopt.bench.record import Record
from wnpopt.bench.store import Store
from wnpopt.core.certificate import Certificate
from wnpopt.core.errors import InputError
from wnpopt.core.result import relative_gap

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
        result, key = record.result, record.key
        asked = (result.instance_hash, result.method, result.seed, result.threads, result.time_limit_s)
        if asked != (key.instance_hash, key.method, key.seed, key.threads, key.time_limit_s):
            yield Recheck(record, deviation="the result is that of another run")
            continue
        if record.solution is None:
            if result.objective is not None:
                yield Recheck(record, deviation="the record has a value and no solution")
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
    if not certificate.accepted or found is None:
        return None  # the violations say enough
    if stored is None or not record.result.verified:
        return "the record has a solution and no verified value"
    if abs(stored - found) > RELATIVE * max(abs(stored), abs(found)):
        return f"the value is {found:g}, the record says {stored:g}"
    gap, known = relative_gap(stored, record.result.bound), record.result.gap
    apart = None if gap is None or known is None else abs(gap - known) > RELATIVE * max(1.0, gap)
    if apart if apart is not None else gap is not known:
        return f"the gap is {gap}, the record says {known}"
    return None
