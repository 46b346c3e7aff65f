"""Robust plans: what a family is asked for them, and what it answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

if TYPE_CHECKING:
    from wnpopt.core.budget import Budget
    from wnpopt.core.document import Document, Instance, Solution

I_contra = TypeVar("I_contra", bound="Instance", contravariant=True)
S = TypeVar("S", bound="Solution")


@dataclass(frozen=True)
class RobustAnswer(Generic[S]):
    """The plan that is best over sampled worlds, where it comes from, and how it compares with the nominal one.

    ``report`` is JSON: the criterion and its values in worlds that were not used in choosing; ``message`` says it.
    """

    solution: S
    origin: str
    report: dict[str, object]
    message: str


class Robust(Protocol, Generic[I_contra, S]):
    """What a family's ``robust`` names: reads scenarios, and chooses a plan by them."""

    def scenarios(self, instance: I_contra, given: Any) -> Document:
        """The scenarios, read from a file or as they are; raises :class:`InputError` where they do not fit."""

    def choose(
        self, instance: I_contra, scenarios: Any, nominal: S, others: Sequence[S], budget: Budget
    ) -> RobustAnswer[S]:
        """The plan to take, beginning with the accepted plan ``nominal`` and candidates that nobody has verified."""
