"""What was executed of a stream: where and when every subgraph of every request ran, and what every RB-slot carried."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from wnpopt.problems.wnp.instance import IntArray
from wnpopt.problems.wnp.runtime.stream.requests import StreamRequests
from wnpopt.problems.wnp.runtime.stream.templates import Template


@dataclass(frozen=True)
class StreamSchedule:
    """The decisions: ``core[r]`` and ``start[r]`` (I of the template,) of request r, ``carried`` (T, N).

    An entry of ``carried`` is r * ``kinds`` + k for the modality ``template.index[k]`` of request r, -1 for none.
    """

    templates: tuple[Template, ...]
    requests: StreamRequests
    core: tuple[IntArray, ...]
    start: tuple[IntArray, ...]
    carried: IntArray
    kinds: int

    def template(self, request: int) -> Template:
        """What the request asks for."""
        return self.templates[int(self.requests.template[request])]

    def ends(self, request: int) -> IntArray:
        """The last tick of each subgraph of the request, shape (I,)."""
        ticks = self.template(request).instance.ticks
        return np.asarray(self.start[request] + ticks[np.arange(ticks.shape[0]), self.core[request]])

    @cached_property
    def end(self) -> IntArray:
        """When each request is done, shape (R,)."""
        return np.array([self.ends(r).max() for r in range(self.requests.count)], dtype=np.int64)

    @cached_property
    def latency(self) -> IntArray:
        """Ticks from each request's arrival to its end, shape (R,)."""
        return self.end - self.requests.arrival


def width_of(templates: Sequence[Template]) -> int:
    """The resource blocks of the radio that all share."""
    return max(template.instance.resource_blocks for template in templates)


def kinds_of(templates: Sequence[Template]) -> int:
    """The largest number of modalities that a request sends, at least 1."""
    return max(1, *(template.index.size for template in templates))
