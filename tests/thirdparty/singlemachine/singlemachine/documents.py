"""Instance and solution: all times are integers in ticks, so that an optimum is exact."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from wnpopt.core.document import MAX_INT, Count, Document, Instance, Name, Positive, Solution, require
from wnpopt.core.unique import require_unique


class Job(Document):
    """A job that is there at ``release`` and takes ``processing`` ticks, without a pause."""

    name: Name
    release: Count = 0
    processing: Positive


class SingleMachineInstance(Instance):
    """Jobs for one machine, which does one at a time."""

    kind: Literal["singlemachine"]
    objective: Literal["makespan", "total-completion"] = "makespan"
    jobs: Annotated[tuple[Job, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _check(self) -> SingleMachineInstance:
        require_unique("jobs", (job.name for job in self.jobs))
        last = max(job.release for job in self.jobs) + sum(job.processing for job in self.jobs)
        most = MAX_INT // len(self.jobs)
        require(last <= most, "jobs", f"the last may end at {last}; at most {most} is possible, for an exact sum")
        return self

    def objective_of(self, ends: list[int]) -> int:
        """The makespan, or the sum of all completion times."""
        return max(ends) if self.objective == "makespan" else sum(ends)


class SingleMachineSolution(Solution):
    """The start of every job."""

    kind: Literal["singlemachine-solution"] = "singlemachine-solution"
    start: dict[Name, Count]
