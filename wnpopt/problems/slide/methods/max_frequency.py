"""max-frequency: every processor at its greatest frequency; who has not the energy for that is not served."""

from __future__ import annotations

from wnpopt.problems.slide.kernels.scheme import Scheme
from wnpopt.problems.slide.methods.baseline import baseline

METHOD = baseline(
    "max-frequency",
    "baseline: every processor at its greatest frequency; users selected as well as can be",
    Scheme.MAX_FREQUENCY,
)
