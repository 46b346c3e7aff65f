"""From the values of a solved model to a solution, whatever solved it."""

from __future__ import annotations

from typing import cast

from wnpopt.backends.values import values_of
from wnpopt.core.attempt import certify
from wnpopt.core.document import Instance, Solution
from wnpopt.core.errors import InputError
from wnpopt.core.lazy import resolve
from wnpopt.core.registry import AnyFamily


def decode(family: AnyFamily, instance: Instance, formulation: str, model: object, values: object) -> Solution:
    """See :func:`wnpopt.decode`; the solution is verified."""
    compiled = getattr(model, "compiled", None)
    if formulation in family.decoders:

        def accepted(solution: Solution) -> bool:
            return certify(family, instance, solution).accepted

        decoder = resolve(family.decoders[formulation])
        made = decoder(instance, values_of(model, values), accepted)  # type: ignore[operator]
    elif formulation in family.formulations and compiled is not None:
        made = compiled.solution()
        if made is None:
            raise InputError("holds no values; solve it first", where="model")
    else:
        known = ", ".join(family.decoders) or "none"
        what = f"found {formulation!r}; those of {family.name} whose values can be read are {known}"
        raise InputError(what, where="formulation")
    solution = cast(Solution, made)
    certificate = certify(family, instance, solution)
    if not certificate.accepted:
        broken = certificate.violations[0] if certificate.violations else "no objective"
        raise InputError(f"these values are no solution: {broken}", where="values")
    return solution
