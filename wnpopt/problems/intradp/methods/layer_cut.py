"""layer-cut: the best contiguous range of operators on the server, by the true timing."""

from __future__ import annotations

from wnpopt.problems.intradp.methods.baseline import baseline

METHOD = baseline("layer-cut", "the best contiguous range of operators on the server, by the true timing")
