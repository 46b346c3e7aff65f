"""The solution of a slide instance: who is served, with which model, bandwidth and frequency."""

from __future__ import annotations

from typing import Literal

from wnpopt.core.document import Document, Name, Real, Solution


class Served(Document):
    """A served user: the model, the bandwidth in Hz (under multicast that of the model's one transmission), the
    processor's frequency in Hz."""

    user: Name
    model: Name
    bandwidth_hz: Real
    frequency_hz: Real


class SlideSolution(Solution):
    """Decisions alone, for the users that are served."""

    kind: Literal["slide-solution"] = "slide-solution"
    served: tuple[Served, ...]
