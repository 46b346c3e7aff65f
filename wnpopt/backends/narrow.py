"""OR-Tools 9.15 adds up Boolean terms in 32 bits (or-tools issue 5293): models that reach 2^31 must not get there.

It is allowed on Python 3.14 alone, for which there is no other wheel.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wnpopt.core.errors import UnsupportedError

if TYPE_CHECKING:
    from ortools.sat.python import cp_model

LIMIT = 2**31
_AFFECTED = (9, 15)


def affected(version: str) -> bool:
    """True if that version of OR-Tools has the defect, or is newer than what is known."""
    major, minor = version.split(".")[:2]
    return (int(major), int(minor)) >= _AFFECTED


def guard(model: cp_model.CpModel) -> bool:
    """True if the presolve that has the defect must be left out: some row's terms may add up to 2^31.

    They may become Boolean in presolve. Raises :class:`UnsupportedError` where Boolean terms alone add up to that.
    """
    boolean, all_terms = widest(model)
    if boolean >= LIMIT:
        raise UnsupportedError(
            f"a sum of Boolean terms of the CP-SAT model reaches {boolean}; OR-Tools 9.15 adds them up in 32 bits "
            "(or-tools issue 5293), so less than 2^31 is needed: larger ticks, another method, or Python 3.13"
        )
    return all_terms >= LIMIT


def widest(model: cp_model.CpModel) -> tuple[int, int]:
    """The largest sums of coefficient times range over the rows of ``model``: of Boolean terms, and of all terms."""
    proto = model.proto
    spans = []
    for variable in proto.variables:
        domain = list(variable.domain)
        spans.append((domain[-1] - domain[0], _is_boolean(domain)))
    linear = [c.linear for c in proto.constraints if _has(c, "linear")]
    rows = [(list(row.vars), list(row.coeffs)) for row in linear]
    if model.has_objective():
        rows.append((list(proto.objective.vars), list(proto.objective.coeffs)))
    boolean, all_terms = 0, 0
    for variables, coefficients in rows:
        some, every = 0, 0
        for variable, coefficient in zip(variables, coefficients, strict=True):
            # A negative number stands for the negation of a Boolean.
            span, two = spans[variable if variable >= 0 else -variable - 1]
            every += abs(coefficient) * span
            some += abs(coefficient) * span if two else 0
        boolean, all_terms = max(boolean, some), max(all_terms, every)
    return boolean, all_terms


def _has(message: Any, field: str) -> bool:
    """True if a field is set. In OR-Tools 9.15 reading one that is not would set it: the model would be another."""
    if hasattr(message, "HasField"):
        return bool(message.HasField(field))
    return bool(getattr(message, f"has_{field}")())


def _is_boolean(domain: list[int]) -> bool:
    """True for at most two values, as intervals (low, high, low, high, ..): presolve makes a Boolean of them."""
    return sum(high - low + 1 for low, high in zip(domain[::2], domain[1::2], strict=True)) <= 2
