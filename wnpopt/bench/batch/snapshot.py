"""How far a batch is, for whoever shows it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Running:
    """A run under way; ``gap`` is that of its incumbent to its bound, as its method tells them."""

    instance: str
    method: str
    seed: int
    seconds: float
    gap: float | None


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A moment of a batch, in runs.

    ``total`` counts ``done`` (in this batch), ``stored`` (found in the store) and what is to come; it is an estimate
    until every file is read (``exact``). ``eta_s`` is None while nothing can be said.
    """

    done: int
    stored: int
    failed: int
    total: int
    exact: bool
    running: tuple[Running, ...]
    elapsed_s: float
    eta_s: float | None
