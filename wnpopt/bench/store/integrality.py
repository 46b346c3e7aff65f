"""Whether every solution of a stored instance has an integer objective: the rule of what is proved depends on it."""

from __future__ import annotations

import warnings

from wnpopt.bench.store.record import Record
from wnpopt.bench.store.store import Store, StoreWarning
from wnpopt.core import registry
from wnpopt.core.errors import WnpoptError


class Integrality:
    """Asks the record; of records of format 1, which do not say it, the family, and where that depends on the instance,
    the instance that the ``store`` keeps (read once). Where nobody knows it is taken to be no integer.
    """

    def __init__(self, store: Store | None = None) -> None:
        self._store = store
        self._known: dict[str, bool] = {}

    def __call__(self, record: Record) -> bool:
        """True if every solution of the record's instance has an integer objective."""
        if record.integral is not None:
            return record.integral
        key = record.key.instance_hash
        if key not in self._known:
            self._known[key] = self._ask(record)
        return self._known[key]

    def _ask(self, record: Record) -> bool:
        name = record.result.family
        if name is None or name not in registry.family_names():
            return False
        family = registry.family(name)
        if isinstance(family.integer_objective, bool):
            return family.integer_objective
        if self._store is None:
            return False
        try:
            instance = self._store.instance(record)
            return isinstance(instance, family.instance_type) and family.has_integers(instance)
        except WnpoptError as error:
            told = f"{error}; whether its objective is an integer is not known, taken for a real number"
            warnings.warn(told, StoreWarning, stacklevel=2)
            return False
