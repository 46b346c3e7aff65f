"""The figures that a family offers by name, as data in its description."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FigureKind:
    """A figure: what it shows, in a line, and a reference to what makes its :class:`wnpopt.plotting.chart.Chart`.

    ``of`` says what of: "plan" (``draw`` is a function of an instance and a solution that the verifier accepts), or the
    kind of a document of the family (a function of the document alone), which has this figure unless asked otherwise.
    """

    summary: str
    draw: str
    of: str = "plan"
