"""What trying everything has shown of a tiny instance: the family's own word against any library's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from wnpopt.core.document import Solution

S = TypeVar("S", bound="Solution")


@dataclass(frozen=True)
class Exhausted(Generic[S]):
    """``solution`` is the best that is better than what was asked for, None if none was met.

    ``complete`` is True if everything was tried; else the instance is too large, and nothing is proved.
    """

    solution: S | None
    complete: bool
