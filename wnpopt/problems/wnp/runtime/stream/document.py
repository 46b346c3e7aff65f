"""A stream of requests as a document: which networks, how often, by when, and when a policy counts as broken."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from wnpopt.core.document import Count, Document, Name, Positive, PositiveReal, Real, SchemaVersion, require
from wnpopt.core.unique import require_unique
from wnpopt.problems.wnp.instance import WnpInstance

Requests = Annotated[int, Field(strict=True, ge=1, le=10**6)]
Share = Annotated[Real, Field(le=1.0)]


class StreamTemplate(Document):
    """A network that requests ask for: a wnp ``instance``, inline or the path of a file (from the stream's folder).

    ``weight`` is its share of the requests, relative to the others'. A request misses its deadline if it ends later
    than ``deadline_ticks`` after its arrival; null is none.
    """

    name: Name
    instance: WnpInstance | Annotated[str, Field(strict=True, min_length=1)]
    weight: PositiveReal = 1.0
    deadline_ticks: Positive | None = None


class PoissonArrivals(Document):
    """Independent exponential gaps of mean 1 / ``rate_per_s`` seconds; the first request arrives after such a gap."""

    kind: Literal["poisson"]
    rate_per_s: PositiveReal


class PeriodicArrivals(Document):
    """Request r arrives at r * ``period_ticks``, and up to ``jitter_ticks`` later: whole ticks, all alike likely."""

    kind: Literal["periodic"]
    period_ticks: Positive
    jitter_ticks: Count = 0


class TraceArrivals(Document):
    """Requests at given ``times_ticks``, in order; ``templates`` are their templates' names, drawn where it is null."""

    kind: Literal["trace"]
    times_ticks: Annotated[tuple[Count, ...], Field(min_length=1, max_length=10**6)]
    templates: tuple[Name, ...] | None = None


class StreamLimits(Document):
    """What a policy may not exceed: beyond, it is broken at that load.

    ``missed_share`` of the requests with a deadline; where no request has one, ``slowdown_p95``: the 95th percentile of
    latency over the latency that the request's network has alone.
    """

    missed_share: Share = 0.05
    slowdown_p95: Annotated[Real, Field(ge=1.0)] = 4.0


class WnpStream(Document):
    """Requests that arrive over time for the networks in ``templates``, on one radio and one chip.

    There are ``requests`` of them, or those that arrive by ``horizon_ticks``; of a trace all, unless one of the two
    says fewer. ``window`` is how many requests the policy joint plans together, the others wait.
    """

    kind: Literal["wnp-stream"]
    schema_version: SchemaVersion
    name: Name
    templates: Annotated[tuple[StreamTemplate, ...], Field(min_length=1)]
    arrivals: Annotated[PoissonArrivals | PeriodicArrivals | TraceArrivals, Field(discriminator="kind")]
    requests: Requests | None = None
    horizon_ticks: Count | None = None
    window: Annotated[Positive, Field(le=100)] = 4
    limits: StreamLimits = StreamLimits()

    @model_validator(mode="after")
    def _check(self) -> WnpStream:
        require_unique("templates", (template.name for template in self.templates))
        arrivals = self.arrivals
        if isinstance(arrivals, TraceArrivals):
            _check_trace(arrivals, {template.name for template in self.templates})
            return self
        one = (self.requests is None) != (self.horizon_ticks is None)
        require(one, "requests", "requests or horizon_ticks is needed, one of them")
        return self


def _check_trace(trace: TraceArrivals, known: set[str]) -> None:
    times = trace.times_ticks
    for r in range(1, len(times)):
        late = times[r] >= times[r - 1]
        require(late, f"arrivals.times_ticks[{r}]", f"found {times[r]} after {times[r - 1]}; times in order are needed")
    names = trace.templates
    if names is not None:
        count = len(times)
        what = f"has {len(names)} entries; {count} are needed, one for each time"
        require(len(names) == count, "arrivals.templates", what)
        for r, name in enumerate(names):
            require(name in known, f"arrivals.templates[{r}]", f'"{name}" is no template')
