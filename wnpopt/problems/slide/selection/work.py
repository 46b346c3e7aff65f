"""How much a selection may do: a count, so that equal input gives equal answers, and the flag that ends it early."""

from __future__ import annotations

from dataclasses import dataclass, field

from wnpopt.backends.stopping import Flag, never

MOST_WORK = 1_000_000_000
"""Elementary steps (a comparison, a sum) that are done without asking for time: about a second."""

TIMED_WORK = 10 * MOST_WORK
"""The same where a time limit may end it earlier."""


@dataclass
class Work:
    """Counts down; ``left`` may become negative by the last piece."""

    left: int = MOST_WORK
    flag: Flag = field(default_factory=never)

    @property
    def over(self) -> bool:
        """True when nothing more shall be begun."""
        return self.left <= 0 or self.stopped

    @property
    def stopped(self) -> bool:
        """True once time is out, or Ctrl-C was pressed: what was begun is not finished."""
        return bool(self.flag[0])

    def spend(self, steps: int) -> None:
        """Count ``steps``."""
        self.left -= steps
