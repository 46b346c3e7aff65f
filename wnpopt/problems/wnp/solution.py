"""The solution of a wnp instance: who gets which resource block when, which subgraph runs where and when."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from wnpopt.core.document import Count, Name, Solution

TransferName = Annotated[str, Field(strict=True, min_length=4, max_length=402)]
"""``i->j`` for the edge from subgraph i to subgraph j."""


class WnpSolution(Solution):
    """Decisions alone.

    ``rb[t][n]`` is the index of the modality that resource block n carries in slot t, None for none; slots after the
    last row are not used. ``core`` and ``start`` (ticks) are by subgraph. ``transfer_start`` is there exactly when
    the bus is exclusive: the start (ticks) of the transfer on each edge ``i->j`` between different cores.
    """

    kind: Literal["wnp-solution"] = "wnp-solution"
    rb: tuple[tuple[Count | None, ...], ...]
    core: dict[Name, Name]
    start: dict[Name, Count]
    transfer_start: dict[TransferName, Count] | None = None

    def to_data(self) -> dict[str, object]:
        """The JSON object; without ``transfer_start`` where there is no exclusive bus."""
        data = super().to_data()
        if self.transfer_start is None:
            del data["transfer_start"]
        return data
