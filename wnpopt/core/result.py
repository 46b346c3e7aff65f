"""The answer to a solve: what was found, what was proved, and how."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, fields
from functools import cached_property
from typing import TYPE_CHECKING, Generic, TypeVar, cast

from wnpopt.core.bound import Sense
from wnpopt.core.certificate import Violation
from wnpopt.core.lazy import resolve
from wnpopt.core.status import Status, Termination, WarmStart
from wnpopt.core.trace import TracePoint

__all__ = ["Result", "Status", "Termination", "WarmStart", "relative_gap"]

if TYPE_CHECKING:
    from wnpopt.core.document import Solution
    from wnpopt.core.explanation import Explanation

# By name: the command line's help shall not wait for pydantic.
S = TypeVar("S", bound="Solution")


@dataclass(frozen=True)
class Result(Generic[S]):
    """Result of one run; the field names are those of ``--json``.

    ``objective`` is recomputed by the verifier from ``solution``; ``gap`` is ``|objective - bound| / max(|objective|,
    1e-12)``. ``runtime_s`` is the time from the parsed instance to the solution, ``build_s`` the part of it that
    built models. What is not known is None. ``robust`` is there where a robust plan was asked for: what it and the
    nominal plan are worth in sampled worlds. ``explainer`` makes the :attr:`explanation`.
    """

    instance: str
    family: str
    method: str
    status: Status
    termination: Termination
    sense: Sense
    objective: float | None
    bound: float | None
    gap: float | None
    runtime_s: float
    build_s: float
    verified: bool
    violations: tuple[Violation, ...]
    trace: tuple[TracePoint, ...] = field(repr=False)
    warm_start: WarmStart
    found_by: str | None
    bound_by: str | None
    seed: int
    threads: int
    time_limit_s: float | None
    instance_hash: str
    versions: dict[str, str] = field(repr=False)
    message: str
    solution: S | None = field(repr=False)
    robust: dict[str, object] | None = field(default=None, repr=False)
    explainer: Callable[[], Explanation | None] | None = field(default=None, repr=False, compare=False)

    @cached_property
    def explanation(self) -> Explanation | None:
        """Why there is no plan, or whom it leaves out, with what would help; None where there is nothing to explain.

        Made when it is first asked for, in some two seconds at most, and of small instances alone:
        :func:`wnpopt.explain` takes all, and as long as it is let.
        """
        return None if self.explainer is None else self.explainer()

    def _repr_html_(self) -> str:
        """What a notebook shows: value, bound, gap, and how the run converged."""
        return cast(str, resolve("wnpopt.plotting.notebook:result_html")(self))  # type: ignore[operator]

    def to_data(self) -> dict[str, object]:
        """The result as JSON, without the solution (which has a file of its own)."""
        data: dict[str, object] = {}
        for entry in fields(self):
            value = getattr(self, entry.name)
            if entry.name in ("solution", "explainer") or (entry.name == "robust" and value is None):
                continue
            if isinstance(value, tuple):
                value = [part.to_data() for part in value]
            data[entry.name] = value
        return data


def relative_gap(objective: float | None, bound: float | None) -> float | None:
    """The contract's gap; None where one of the two is not known."""
    if objective is None or bound is None:
        return None
    return abs(objective - bound) / max(abs(objective), 1e-12)
