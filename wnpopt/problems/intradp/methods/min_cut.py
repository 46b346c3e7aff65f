"""min-cut: the layer partition of least sequential estimate, by maximum flow (DNN surgery)."""

from __future__ import annotations

from wnpopt.problems.intradp.methods.baseline import baseline

METHOD = baseline("min-cut", "the layer partition of least sequential estimate, by maximum flow (DNN surgery)")
