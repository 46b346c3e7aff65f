"""The words of a result: what is known, why the run ended, what became of the warm start."""

from __future__ import annotations

from enum import StrEnum


class Status(StrEnum):
    """What is known of the instance after the run."""

    OPTIMAL = "optimal"
    FEASIBLE = "feasible"
    INFEASIBLE = "infeasible"
    UNKNOWN = "unknown"


class Termination(StrEnum):
    """Why the run ended."""

    PROVED = "proved"
    TIME_LIMIT = "time_limit"
    HEURISTIC = "heuristic"
    INTERRUPTED = "interrupted"
    GAP_REACHED = "gap_reached"
    TARGET_REACHED = "target_reached"
    NO_IMPROVEMENT = "no_improvement"
    STOPPED = "stopped"
    ERROR = "error"


class WarmStart(StrEnum):
    """What the solver did with the warm start."""

    NONE = "none"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
